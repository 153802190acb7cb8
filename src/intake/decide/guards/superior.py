"""A barred lead is replaced by its superior, and so on upwards until one may handle the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from intake.catalogue import Catalogue, Unit
from intake.decide.dossier import Bar, Dossier, Draft
from intake.decide.guards.rule import Rulebook


def stands_in(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Take barred units out of every role; hold where no superior of a barred lead is known."""
    passed: set[str] = set()
    while draft.lead is not None and (bar := _bar(draft, draft.lead, dossier, book)) is not None:
        passed.add(draft.lead.id)
        above = superior(draft.lead, book.catalogue, dossier.day)
        if above is not None and above.id in passed:
            above = None  # the table goes round in a circle
        if above is None:
            draft.say("guard", bar.code, bar.nobody, **bar.params)
        else:
            draft.say("guard", bar.code, bar.replaced, **bar.params, above=above.name)
        draft.lead = above
        if above is None:
            draft.wait(bar.hold, bar.waits, **bar.params)

    def allowed(units: Iterable[Unit]) -> tuple[Unit, ...]:
        return tuple(unit for unit in units if _bar(draft, unit, dossier, book) is None)

    draft.co = allowed(unit for unit in draft.co if unit is not draft.lead)
    draft.informed, draft.via = allowed(draft.informed), allowed(draft.via)


def superior(unit: Unit, catalogue: Catalogue, on: date) -> Unit | None:
    """Return the unit above: its parent in the table, if that one exists on the day."""
    parent = catalogue.units.get(unit.parent or "")
    return parent if parent is not None and parent.valid_on(on) else None


def chain(unit: Unit, catalogue: Catalogue, on: date) -> Iterator[Unit]:
    """Return a unit and those above it, each once, however the table goes round."""
    passed: set[str] = set()
    one: Unit | None = unit
    while one is not None and one.id not in passed:
        passed.add(one.id)
        yield one
        one = superior(one, catalogue, on)


def _bar(draft: Draft, unit: Unit, dossier: Dossier, book: Rulebook) -> Bar | None:
    """Find why a unit must not handle the request: barred itself, or under one that is accused."""
    if not draft.barred:
        return None
    own = draft.barred.get(unit.id)
    above = (draft.barred.get(one.id) for one in chain(unit, book.catalogue, dossier.day))
    return own or next((bar for bar in above if bar is not None and bar.below), None)
