"""Never back to the unit that handed it in: it did so because the matter is not its own."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def never_back(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar the unit that submitted the request; hold where the tables do not know its name."""
    name = (dossier.submitter_unit or "").strip()
    if not name:
        return
    home, area = dossier.home_area or "", draft.area or ""
    found = book.names.resolve(name, area if area.startswith(home) else home, dossier.day)
    bars = {
        candidate.unit.id: Bar(
            code="submitter",
            replaced="decision.guard.submitter",
            nobody="decision.guard.submitter_nobody",
            hold=HoldReason.NO_RULE,
            waits="decision.hold.submitter_no_superior",
            params={"unit": candidate.unit.name},
        )
        for candidate in found  # all that it may be: sending it back does harm enough
    }
    draft.barred = {**draft.barred, **bars}
    if not found and not book.names.recognises(name):
        draft.wait(HoldReason.NO_RULE, "decision.hold.submitter_unknown")
