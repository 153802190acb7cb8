"""A major and sensitive matter (重大敏感) waits for a person, who takes it to the leadership."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason, Lane


def waits(draft: Draft, dossier: Dossier, _: Rulebook) -> None:
    """Hold where the text has words of a sensitive matter."""
    if signal := dossier.understanding.last("sensitive"):
        draft.wait(
            HoldReason.SENSITIVE,
            "decision.hold.sensitive",
            words=signal.words,
            lane=Lane.LEADERSHIP.value,
        )
