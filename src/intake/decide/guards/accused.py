"""Never to the unit complained about: it learns that there is a complaint, not who complained (I8)."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def never_to(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar every unit that the text complains about."""
    if not dossier.understanding.accusation:
        return
    found = book.accusations.units(
        dossier.understanding.text, draft.area or "", book.catalogue, dossier.day
    )
    bars = {
        item.unit.id: Bar(
            code="accused",
            replaced="decision.guard.accused",
            nobody="decision.guard.accused_nobody",
            hold=HoldReason.SUPERIOR_UNKNOWN,
            waits="decision.hold.no_superior",
            params={"unit": item.unit.name, "words": item.span.text},
            informed=True,
        )
        for item in found
    }
    draft.barred = {**draft.barred, **bars}
