"""What is major and sensitive (重大敏感) goes the way of the leadership, by a person's hand."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def waits(draft: Draft, dossier: Dossier, _: Rulebook) -> None:
    """Hold where the text has words of a sensitive matter."""
    if signal := dossier.understanding.last("sensitive"):
        draft.wait(HoldReason.SENSITIVE, f"重大敏感({'、'.join(signal.words)}),走高位办")
