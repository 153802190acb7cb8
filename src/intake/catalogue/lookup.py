"""Looking up who handles a matter: (area, category, conditions, date) → lead, co-handlers, path.

Handlers are late bound: ``kind:CG@county`` is the unit of kind CG at the incident's county,
``unit:U4310-DC`` one named unit, ``REJECT:emergency`` nobody. Of the rules that apply the most
specific wins: priority, then area depth, category depth, condition, matter type, then the rule's id.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from intake.catalogue.kinds import Kinds
from intake.catalogue.rows import ANY, DEPTH, Dated, Handler, Rule, TransmissionPath, Unit, turns
from intake.catalogue.table_files import Tables
from intake.messages import Language, Message, renderer
from intake.model.channel import ChannelName

REMEMBERED = 100, 5_000
"""Circumstances, and answers under each of them."""

Search = Callable[[str, str], "RuleFinding | None"]
"""Category and area → the catalogue's answer, under one request's circumstances."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question to the catalogue; ``conditions`` have the form ``tag=NAME``."""

    area: str
    category: str
    matter_type: str | None
    conditions: frozenset[str]
    on: date
    channel: ChannelName | None = None


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """The catalogue's answer: the rule that won, the units that it means here, the rules that lost.

    ``lead`` is None where no unit was found (``missing`` is the reason) or nobody handles it (``rejected``).
    ``raised`` means that the unit does not exist at its level, so the next higher one replaces it.
    ``via`` are the units of the transmission path, in order.
    """

    rule: Rule
    lead: Unit | None
    co: tuple[Unit, ...] = ()
    via: tuple[Unit, ...] = ()
    rejected: str | None = None
    missing: Message | None = None
    raised: bool = False
    losers: tuple[Rule, ...] = ()

    def why_missing(self, language: Language) -> str:
        """Return in words why there is no lead; empty where there is one."""
        if self.missing is None:
            return ""
        own = {"rule": self.rule.id, "basis": self.rule.basis.partition(":")[0]}
        return renderer(language).render(self.missing.code, {**own, **self.missing.params})


class Catalogue:
    """Units, rules and transmission paths; immutable. ``version`` is the hash of all its tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.version = tables.version
        self.units: dict[str, Unit] = {unit.id: unit for unit in tables.units.rows}
        self.kinds = Kinds(tables.kinds.rows)
        self.rules = tables.rules.rows
        self._by_kind: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            self._by_kind[unit.kind, unit.area].append(unit)
        self._ranked = sorted(self.rules, key=lambda r: (r.specificity, r.id), reverse=True)
        self._paths = sorted(tables.paths.rows, key=lambda p: (p.specificity, p.id), reverse=True)
        self._by_category: dict[str, list[Rule]] = {}
        # The same area and category come again and again, and neither what no rule asks for nor a day
        # between two on which something begins or ends can change the answer.
        self._conditions = frozenset(rule.condition for rule in self.rules)
        self._matter_types = frozenset(rule.matter_type for rule in self.rules)
        self._channels = frozenset(channel for path in self._paths for channel in path.channels)
        rows: list[Dated] = [*self.units.values(), *self.rules, *self._paths]
        self.turns = sorted(turns(rows))
        self._answers: dict[tuple[Any, ...], dict[tuple[str, str], RuleFinding | None]] = {}
        self._names: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            for name in (unit.name, *unit.aliases):
                self._names[name].append(unit)

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read a folder of tables; the error names file, line and column."""
        return cls(Tables.load(folder))

    def named(self, name: str, near: str = "") -> Unit | None:
        """Find a unit by id, full name or alias; of several of a name the one nearest to an area."""
        if name in self.units:
            return self.units[name]
        found = self._names.get(name, ())
        return max(found, key=lambda unit: _shared(unit.area, near), default=None)

    def unit_of_kind(self, kind: str, area: str, on: date) -> Unit | None:
        """Find the unit of a kind that serves exactly this area on a day."""
        for unit in self._by_kind.get((kind, area), ()):
            if unit.valid_on(on):
                return unit
        return None

    def is_department(self, unit: Unit) -> bool:
        """Return whether a unit is a department above town level, and not a government."""
        return unit.level != "town" and not self.kinds.is_government(unit.kind)

    def search_units(self, text: str, limit: int = 20) -> list[Unit]:
        """Find units whose id, name or alias contains all the words of ``text``."""
        words = text.split()
        hits = [
            unit
            for unit in self.units.values()
            if all(
                any(word in field for field in (unit.id, unit.name, *unit.aliases))
                for word in words
            )
        ]
        return sorted(hits, key=lambda unit: (len(unit.name), unit.id))[:limit]

    def look_up(self, query: Query) -> RuleFinding | None:
        """Find who handles this; None when no rule applies at all."""
        return self.search(query.matter_type, query.conditions, query.on, query.channel)(
            query.category, query.area
        )

    def search(
        self,
        matter_type: str | None,
        conditions: frozenset[str],
        on: date,
        channel: ChannelName | None = None,
    ) -> Search:
        """Return a look-up for one request; it answers for several categories and areas."""
        circumstances = (
            matter_type if matter_type in self._matter_types else None,
            conditions & self._conditions,
            bisect_right(self.turns, on),
            channel if channel in self._channels else None,
        )
        if circumstances not in self._answers and len(self._answers) >= REMEMBERED[0]:
            self._answers.clear()
        answers = self._answers.setdefault(circumstances, {})

        def find(category: str, area: str) -> RuleFinding | None:
            if (category, area) in answers:
                return answers[category, area]
            found = self._look_up(Query(area, category, matter_type, conditions, on, channel))
            if found is None or not found.missing:  # the text of what is missing names the day
                if len(answers) >= REMEMBERED[1]:
                    answers.clear()
                answers[category, area] = found
            return found

        return find

    def applying(self, query: Query) -> list[Rule]:
        """Return the rules that apply, the winner first."""
        return [rule for rule in self._ranked_for(query.category) if _applies(rule, query)]

    def passed_over(self, query: Query) -> list[tuple[Rule, str]]:
        """Return the rules of the category that do not apply here, with the reason."""
        return [
            (rule, why)
            for rule in self._ranked_for(query.category)
            if rule.category != ANY and (why := _why_not(rule, query))
        ]

    def resolve(
        self, handler: Handler, area: str, on: date
    ) -> tuple[Unit | None, Message | None, bool]:
        """Return (unit or None, why there is none, whether a higher unit replaces it)."""
        if handler.form == "unit":
            unit = self.units.get(handler.name)
            if unit is None:
                return (
                    None,
                    Message("decision.catalogue.missing_unit", {"unit": handler.name}),
                    False,
                )
            if not unit.valid_on(on):
                told = {"unit": unit.name, "day": on.isoformat()}
                return None, Message("decision.catalogue.missing_valid", told), False
            return unit, None, False
        wanted = DEPTH[handler.level]
        depths = [depth for depth in (9, 6, 4, 2) if depth <= min(wanted, len(area))]
        for depth in depths:
            unit = self.unit_of_kind(handler.name, area[:depth], on)
            if unit is not None:
                return unit, None, depth < wanted
        told = {"area": area, "kind": handler.name}
        return None, Message("decision.catalogue.missing_kind", told), False

    def _look_up(self, query: Query) -> RuleFinding | None:
        applying = self.applying(query)
        if not applying:
            return None
        rule, losers, via = applying[0], tuple(applying[1:4]), self._via(query)
        if rule.handler.form == "reject":
            return RuleFinding(rule, None, via=via, rejected=rule.handler.name, losers=losers)
        lead, missing, raised = self.resolve(rule.handler, query.area, query.on)
        if lead is not None and lead.id in rule.exclude_units:
            missing = Message("decision.catalogue.missing_excluded", {"unit": lead.name})
            lead = None
        co: list[Unit] = []
        for handler in rule.co_handlers:
            unit, _, co_raised = self.resolve(handler, query.area, query.on)
            if unit is None or co_raised or any(unit is other for other in (lead, *co)):
                continue
            if unit.id not in rule.exclude_units:
                co.append(unit)
        return RuleFinding(rule, lead, tuple(co), via, None, missing, raised, losers)

    def _via(self, query: Query) -> tuple[Unit, ...]:
        """Return the units of the most specific transmission path that applies, in order."""
        for path in self._paths:
            if _leads_from(path, query):
                units = (self.resolve(handler, query.area, query.on) for handler in path.via)
                return tuple(unit for unit, _, raised in units if unit and not raised)
        return ()

    def _ranked_for(self, category: str) -> list[Rule]:
        """Return the rules of a category, of its field and of all, the most specific first."""
        if category not in self._by_category:
            wanted = {category, category[:2], ANY}
            self._by_category[category] = [r for r in self._ranked if r.category in wanted]
        return self._by_category[category]


def _applies(rule: Rule, query: Query) -> bool:
    if rule.area != ANY and not (
        query.area == rule.area if rule.scope == "self" else query.area.startswith(rule.area)
    ):
        return False
    if rule.matter_type not in (ANY, query.matter_type):
        return False
    if rule.condition and rule.condition not in query.conditions:
        return False
    return rule.valid_on(query.on)


def _shared(one: str, other: str) -> int:
    """Return how many levels, from the province down, two areas have in common."""
    return sum(len(one) >= n and other.startswith(one[:n]) for n in DEPTH.values())


def _why_not(rule: Rule, query: Query) -> str:
    """Return the reason why a rule does not apply; "" if it applies."""
    if rule.area != ANY and not query.area.startswith(rule.area):
        return f"is for area {rule.area}"
    if rule.scope == "self" and rule.area not in (ANY, query.area):
        return f"is for {rule.area} itself, not for places within"
    if not rule.valid_on(query.on):
        return f"is valid from {rule.valid_from or 'ever'} to {rule.valid_to or 'further notice'}"
    if rule.condition and rule.condition not in query.conditions:
        return f"needs {rule.condition}"
    if rule.matter_type not in (ANY, query.matter_type):
        return f"is for {rule.matter_type}"
    return ""


def _leads_from(path: TransmissionPath, query: Query) -> bool:
    return (
        (path.area == ANY or query.area.startswith(path.area))
        and (ANY in path.channels or query.channel in path.channels)
        and path.valid_on(query.on)
    )
