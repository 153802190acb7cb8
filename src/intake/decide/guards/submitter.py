"""Never back to the unit that handed it in: it did so because the matter is not its own."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def never_back(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar the unit that handed the request in."""
    unit = book.catalogue.named(dossier.submitter_unit or "", dossier.home_area or "")
    if unit is None:
        return
    bar = Bar(
        code="submitter",
        replaced="decision.guard.submitter",
        nobody="decision.guard.submitter_nobody",
        hold=HoldReason.NO_RULE,
        waits="decision.hold.submitter_no_superior",
        params={"unit": unit.name},
    )
    draft.barred = {**draft.barred, unit.id: bar}
