"""A text that asks for nothing recognisable waits for a person, who asks the citizen."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def waits(draft: Draft, _: Dossier, book: Rulebook) -> None:
    """Hold what the classifier takes for a message without a matter."""
    if book.taxonomy.role(draft.category) == "no_matter":
        draft.wait(HoldReason.UNCLEAR, "decision.hold.no_matter")
