"""Never to the unit complained about, in any role: it must not even learn that there is a complaint."""

from __future__ import annotations

from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason
from intake.understand.accusations import find_accusations
from intake.understand.accused import Accused, accused_of


def never_to(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Bar every unit that the text complains about; hold where nobody can tell which one that is."""
    if not dossier.understanding.accusation:
        return
    near = draft.area or dossier.home_area or ""
    accusations = find_accusations(dossier.understanding.text, book.names)
    found = accused_of(accusations, book.names, near, dossier.day)
    bars = {
        unit.id: Bar(
            code="accused",
            because=f"来件反映{unit.name}(“{accused.accusation.span.text}”),被反映单位不能承办",
            hold=HoldReason.SUPERIOR_UNKNOWN,
            nobody_above="被反映单位的上级不在单位表中,请人工指定",
            below=True,
        )
        for accused in found
        for unit in accused.units
    }
    draft.barred = {**draft.barred, **bars}
    for accused in found:
        if accused.unresolved:
            draft.wait(HoldReason.ACCUSATION, _unknown(accused))


def _unknown(accused: Accused) -> str:
    return f"“{accused.accusation.span.text}”:被反映单位不在单位表中"
