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
            because=f"来件反映{item.unit.name}(“{item.span.text}”),被反映单位不能承办",
            hold=HoldReason.SUPERIOR_UNKNOWN,
            nobody_above="被反映单位的上级不在单位表中,请人工指定",
            informed=True,
        )
        for item in found
    }
    draft.barred = {**draft.barred, **bars}
