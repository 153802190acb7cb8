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
        because=f"{unit.name}是提交单位,不能转回",
        hold=HoldReason.NO_RULE,
        nobody_above="提交单位没有可用的上级单位,请人工指定",
    )
    draft.barred = {**draft.barred, unit.id: bar}
