"""Never back to the unit that handed it in: it did so because the matter is not its own."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason

PERHAPS = 0.3
"""From this on a unit may be the one that a name means; sending it back there does harm enough."""


def never_back(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar the unit that submitted the request; hold where the tables do not know its name."""
    name = (dossier.submitter_unit or "").strip()
    if not name:
        return
    found = book.names.resolve(name, dossier.home_area or draft.area or "", dossier.day)
    bars = {
        candidate.unit.id: Bar(
            code="submitter",
            replaced="decision.guard.submitter",
            nobody="decision.guard.submitter_nobody",
            hold=HoldReason.NO_RULE,
            waits="decision.hold.submitter_no_superior",
            params={"unit": candidate.unit.name},
        )
        for candidate in found
        if candidate.sure >= PERHAPS
    }
    draft.barred = {**draft.barred, **bars}
    if not found and not book.names.recognises(name):
        draft.wait(HoldReason.NO_RULE, "decision.hold.submitter_unknown")
