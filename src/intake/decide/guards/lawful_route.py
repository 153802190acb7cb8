"""Clues to a breach of discipline, and what is before a court, go their lawful route by a person's hand."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def waits(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Hold for discipline first, else for litigation."""
    understood, role = dossier.understanding, book.taxonomy.role
    if understood.last("discipline") or role(draft.category) == "discipline":
        draft.wait(HoldReason.LEGAL_ROUTE, "decision.hold.discipline")
        return
    perhaps = any(role(score.category) == "litigation" for score in understood.classification.top)
    if draft.rejected == "legal_route" or (perhaps and understood.last("legal")):
        draft.wait(HoldReason.LEGAL_ROUTE, "decision.hold.litigation")
