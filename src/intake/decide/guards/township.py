"""A department's matter is not pushed down to a township (国办函〔2025〕66号)."""

from __future__ import annotations

from intake.catalogue import Unit
from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def not_pushed_down(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Put the department that the less specific rules name above the township; hold without one."""
    lead, category = draft.lead, book.taxonomy.get(draft.category or "")
    if lead is None or lead.level != "town" or category is None or category.townships_too:
        return
    if any(book.catalogue.is_department(unit) for unit in draft.co):
        return
    department = _department(draft, dossier, book)
    if department is None:
        draft.wait(HoldReason.NO_RULE, "decision.hold.township", town=lead.name)
        return
    draft.lead, draft.co = department, (lead, *(u for u in draft.co if u is not department))
    draft.say(
        "guard", "township", "decision.guard.township", department=department.name, town=lead.name
    )


def _department(draft: Draft, dossier: Dossier, book: Rulebook) -> Unit | None:
    for rule in draft.finding.losers if draft.finding else ():
        unit, _, _ = book.catalogue.resolve(rule.handler, draft.area or "", dossier.day)
        if unit is not None and unit.id not in draft.barred and book.catalogue.is_department(unit):
            return unit
    return None
