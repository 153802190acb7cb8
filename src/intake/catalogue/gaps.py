"""Gaps of the rules at every place: categories without a rule, handlers that a place does not have.

They are looked for on one day, and on every later day on which a unit or a rule begins or ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from intake.areas.gazetteer import Gazetteer
from intake.catalogue.lookup import Catalogue, Query
from intake.catalogue.remarks import Remark, Severity, listed
from intake.catalogue.rows import ANY, DEPTH, Handler, Rule
from intake.catalogue.taxonomy import Taxonomy

RULES = "rules.csv"
ADD_UNIT = "Add the unit to units.csv, or name another handler for these places."
LATER_DAYS = 12


@dataclass(frozen=True)
class Ground:
    """The places and categories that a catalogue is looked at for."""

    catalogue: Catalogue
    gazetteer: Gazetteer
    taxonomy: Taxonomy
    within: str = ""

    @cached_property
    def counties(self) -> tuple[str, ...]:
        """All counties of the cities that have units in counties."""
        units = self.catalogue.units.values()
        cities = sorted({unit.area[:4] for unit in units if unit.level == "county"})
        codes = (area.code for city in cities for area in self.gazetteer.children(city))
        return tuple(code for code in codes if len(code) == 6 and code.startswith(self.within[:6]))

    @cached_property
    def towns(self) -> tuple[str, ...]:
        """All towns of these counties."""
        return tuple(
            area.code
            for county in self.counties
            for area in self.gazetteer.children(county)
            if area.code.startswith(self.within) or self.within.startswith(area.code)
        )

    def name(self, code: str) -> str:
        """Write a place for people."""
        return self.gazetteer.full_name(code) or code

    def days(self, on: date) -> list[date]:
        """Return the day, and the next later ones on which something changes."""
        return [on, *(day for day in self.catalogue.turns if day > on)][: LATER_DAYS + 1]


def gaps(ground: Ground, on: date) -> Iterator[Remark]:
    """Find categories that nobody handles somewhere, and handlers that are missing somewhere."""
    told: set[tuple[str, ...]] = set()
    for day in ground.days(on):
        since = "" if day == on else f" from {day}"
        for remark in (*_unruled(ground, day, since), *_unresolved(ground, day, since)):
            key = (remark.code, *remark.ids, remark.said.removesuffix(since))
            if key not in told:
                told.add(key)
                yield remark


def _unruled(ground: Ground, day: date, since: str) -> Iterator[Remark]:
    for leaf in ground.taxonomy.leaves:
        query = Query("", leaf.code, None, frozenset(), day)
        without = [
            code for code in ground.counties if not ground.catalogue.applying(_at(query, code))
        ]
        if without:
            places = listed(ground.name(code) for code in without)
            yield Remark(
                "error", "gap", RULES, 0, (leaf.code,),
                f"{leaf.code} {leaf.name}: no rule at {places}{since}",
                f"Add a rule for {leaf.code}; area * makes it the default everywhere.",
            )  # fmt: skip


def _at(query: Query, area: str) -> Query:
    return Query(area, query.category, query.matter_type, query.conditions, query.on)


@dataclass(slots=True)
class _Lack:
    """A handler that is not there at some places, for some rules."""

    lines: dict[str, int] = field(default_factory=dict)
    places: set[str] = field(default_factory=set)


def _unresolved(ground: Ground, day: date, since: str) -> Iterator[Remark]:
    lacks: dict[tuple[str, bool, bool], _Lack] = defaultdict(_Lack)
    for line, rule in ground.catalogue.tables.rules:
        if not rule.valid_on(day):
            continue
        for handler in (rule.handler, *rule.co_handlers):
            missing, raised = _resolved(ground, rule, handler, day)
            for places, stood_in in ((missing, False), (raised, True)):
                if places:
                    lack = lacks[str(handler), handler is rule.handler, stood_in]
                    lack.lines[rule.id] = line
                    lack.places.update(places)
    for (name, lead, stood_in), lack in lacks.items():
        severity: Severity = "note" if stood_in else "error" if lead else "warning"
        meant = (
            "" if not lead else ": the next higher unit handles" if stood_in else ": nobody does"
        )
        yield Remark(
            severity, "raised" if stood_in else "no-unit", RULES, min(lack.lines.values()),
            tuple(lack.lines),
            f"{'lead' if lead else 'co-handler'} {name} is not there at "
            f"{_places(ground, sorted(lack.places))}{meant or ': it is left out'}{since}", ADD_UNIT,
        )  # fmt: skip


def _resolved(
    ground: Ground, rule: Rule, handler: Handler, day: date
) -> tuple[list[str], list[str]]:
    """Return the places without a handler, and those where a higher unit replaces it."""
    if handler.form != "kind":
        return [], []  # named units are checked by name
    missing, raised = [], []
    for code in _places_of(ground, rule, handler):
        if _overruled(ground, rule, code, day):
            continue
        unit, _, higher = ground.catalogue.resolve(handler, code, day)
        if unit is None:
            missing.append(code)
        elif higher:
            raised.append(code)
    return missing, raised


def _overruled(ground: Ground, rule: Rule, code: str, day: date) -> bool:
    """Return whether another rule always comes before this one at a place."""
    if rule.category == ANY or len(rule.category) == 2:
        return False
    conditions = frozenset({rule.condition} if rule.condition else ())
    matter_type = None if rule.matter_type == ANY else str(rule.matter_type)
    applying = ground.catalogue.applying(Query(code, rule.category, matter_type, conditions, day))
    return bool(applying) and applying[0] is not rule


def _places_of(ground: Ground, rule: Rule, handler: Handler) -> Iterable[str]:
    """Return the places of the handler's level to which a rule applies."""
    depth = DEPTH[handler.level]
    if rule.scope == "self" and rule.area != ANY:
        return (rule.area,)
    if depth == DEPTH["town"]:
        codes: Iterable[str] = ground.towns
    elif depth == DEPTH["county"]:
        codes = ground.counties
    else:
        codes = sorted({code[:depth] for code in ground.counties})
    if rule.area == ANY:
        return codes
    if len(rule.area) > depth:
        return (rule.area,)
    return (code for code in codes if code.startswith(rule.area))


def _places(ground: Ground, codes: Iterable[str]) -> str:
    """Write places; of towns only how many in which counties."""
    found = list(codes)
    if all(len(code) == DEPTH["town"] for code in found):
        counties: dict[str, int] = defaultdict(int)
        for code in found:
            counties[code[:6]] += 1
        return f"{len(found)} town(s) of " + listed(
            f"{ground.name(county)} ({n})" for county, n in counties.items()
        )
    return listed(ground.name(code) for code in found)
