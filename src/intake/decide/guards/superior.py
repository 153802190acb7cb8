"""A lead that is barred gives way to its superior, and that one to its own, until one may handle it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date

from intake.catalogue import Catalogue, Unit
from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook


def stands_in(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Take barred units out of every role; hold where no superior of a barred lead is known."""
    while draft.lead is not None and (bar := draft.barred.get(draft.lead.id)) is not None:
        above = superior(draft.lead, book.catalogue, dossier.day)
        if above is None:
            draft.say("guard", bar.code, bar.nobody, **bar.params)
        else:
            draft.say("guard", bar.code, bar.replaced, **bar.params, above=above.name)
        if bar.informed:
            draft.informed = (*draft.informed, draft.lead)
        draft.lead = above
        if above is None:
            draft.wait(bar.hold, bar.waits, **bar.params)
    draft.co = _without((u for u in draft.co if u is not draft.lead), draft.barred)
    draft.via = _without(draft.via, draft.barred)


def superior(unit: Unit, catalogue: Catalogue, on: date) -> Unit | None:
    """Give the unit above: its parent in the table, if that one exists on the day."""
    parent = catalogue.units.get(unit.parent or "")
    return parent if parent is not None and parent.valid_on(on) else None


def _without(units: Iterable[Unit], barred: Container[str]) -> tuple[Unit, ...]:
    return tuple(unit for unit in units if unit.id not in barred)
