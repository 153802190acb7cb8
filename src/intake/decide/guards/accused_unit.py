"""Never to the unit complained about, in any role: it must not even learn that there is a complaint."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason
from intake.understand.accused import accused_of


def never_to(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar every unit that the text complains about; hold where it is not certain which one that is."""
    if not dossier.understanding.accusations:
        return
    near = draft.area or dossier.home_area or ""
    found = accused_of(dossier.understanding.accusations, book.names, near, dossier.day)
    bars = {
        unit.id: Bar(
            code="accused",
            replaced="decision.guard.accused",
            nobody="decision.guard.accused_nobody",
            hold=HoldReason.SUPERIOR_UNKNOWN,
            waits="decision.hold.no_superior",
            params={"unit": unit.name, "words": accused.accusation.span.text},
            below=True,
        )
        for accused in found
        for unit in accused.units
    }
    draft.barred = {**draft.barred, **bars}
    for accused in found:
        if accused.unresolved:
            words = accused.accusation.span.text
            draft.wait(HoldReason.ACCUSATION, "decision.hold.accused_unknown", words=words)
