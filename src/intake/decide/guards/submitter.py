"""Never back to the unit that handed it in: it did so because the matter is not its own."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason

PERHAPS = 0.3
"""From this on a unit may be the one that a name means; sending it back there does harm enough."""


def never_back(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar the unit that handed the request in; hold where its name says nothing to the tables."""
    name = (dossier.submitter_unit or "").strip()
    if not name:
        return
    found = book.names.resolve(name, dossier.home_area or draft.area or "", dossier.day)
    bars = {
        candidate.unit.id: Bar(
            code="submitter",
            because=f"{candidate.unit.name}是提交单位,不能转回",
            hold=HoldReason.NO_RULE,
            nobody_above="提交单位没有可用的上级单位,请人工指定",
        )
        for candidate in found
        if candidate.sure >= PERHAPS
    }
    draft.barred = {**draft.barred, **bars}
    if not found and not book.names.recognises(name):
        draft.wait(HoldReason.NO_RULE, "提交单位无法识别,请人工确认")
