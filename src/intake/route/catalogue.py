"""The dispatch catalogue (派单目录): (area, category, conditions, date) → who handles it.

Handlers are late bound: ``kind:CG@county`` is the unit of kind CG at the incident's county,
``unit:U4310-DC`` one named unit, ``REJECT:emergency`` nobody. Of the rules that apply the most
specific wins: priority, then area depth, category depth, condition, matter type, then the rule's id.
"""

from __future__ import annotations

import csv
import hashlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, ValidationError, field_validator

from intake.decision import Level
from intake.errors import ConfigurationError
from intake.request import Noun

DEPTH: Mapping[str, int] = {"province": 2, "city": 4, "county": 6, "town": 9}
ANY = "*"
REMEMBERED = 50_000

N = TypeVar("N", bound=Noun)


class Unit(Noun):
    """Who can be made responsible (承办单位)."""

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    name: str
    kind: str
    level: Level
    area: str
    parent: str | None = None
    tie: Literal["local", "city_dispatched", "vertical", "enterprise"] = "local"
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    def valid_on(self, day: date) -> bool:
        """Say whether the unit exists on a day."""
        return _within(day, self.valid_from, self.valid_to)


class Handler(Noun):
    """One handler as a rule names it."""

    form: Literal["kind", "unit", "reject"]
    name: str
    level: str = ""

    @classmethod
    def parse(cls, text: str) -> Handler:
        """Read ``kind:CG@county``, ``unit:U3715-HOT`` or ``REJECT:no_service``."""
        form, _, rest = text.strip().partition(":")
        name, _, level = rest.partition("@")
        level = "province" if level == "prov" else level
        if form == "kind" and name and level in DEPTH:
            return cls(form="kind", name=name, level=level)
        if form == "unit" and name and not level:
            return cls(form="unit", name=name)
        if form == "REJECT" and name and not level:
            return cls(form="reject", name=name)
        raise ValueError(f"{text!r} is not kind:K@level, unit:ID or REJECT:reason")


class Rule(Noun):
    """One row of the catalogue."""

    id: str
    area: str
    scope: Literal["self", "subtree"] = "subtree"
    category: str
    matter_type: str = ANY
    condition: str = ""
    handler: Handler
    co_handlers: tuple[Handler, ...] = ()
    exclude_units: tuple[str, ...] = ()
    priority: int = 0
    profile: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    basis: str = ""
    note: str = ""

    @field_validator("condition")
    @classmethod
    def _known_condition(cls, value: str) -> str:
        if value and not value.startswith(("tag=", "via=")):
            raise ValueError(f"{value!r} is not tag=NAME or via=NAME")
        return value

    @property
    def specificity(self) -> tuple[int, int, int, int, int, int]:
        """What decides between rules that apply; greater wins."""
        return (
            self.priority,
            0 if self.area == ANY else len(self.area),
            int(self.scope == "self"),
            0 if self.category == ANY else len(self.category),
            int(bool(self.condition)),
            int(self.matter_type != ANY),
        )


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the catalogue."""

    area: str
    category: str
    matter_type: str | None
    conditions: frozenset[str]
    on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """The catalogue's answer: the rule that won, whom it means here, and what lost to it.

    ``lead`` is None with ``missing`` saying why, or with ``rejected`` when nobody is to handle it.
    ``raised`` says that the wanted unit does not exist at its level and the next higher one stands in.
    """

    rule: Rule
    lead: Unit | None
    co: tuple[Unit, ...] = ()
    via: tuple[Unit, ...] = ()
    rejected: str | None = None
    missing: str = ""
    raised: bool = False
    losers: tuple[Rule, ...] = ()


class Catalogue:
    """Units and rules; immutable once loaded. ``version`` is a hash of the tables."""

    def __init__(self, units: Iterable[Unit], rules: Iterable[Rule], version: str) -> None:
        self.units: dict[str, Unit] = {unit.id: unit for unit in units}
        self.rules = tuple(rules)
        self.version = version
        self._by_kind: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self.units.values():
            self._by_kind[unit.kind, unit.area].append(unit)
        self._ranked = sorted(self.rules, key=lambda r: (r.specificity, r.id), reverse=True)
        self._by_category: dict[str, list[Rule]] = {}
        # The same area and category come again and again, and between two days on which something
        # begins or ends the answer cannot change.
        rows: list[Unit | Rule] = [*self.units.values(), *self.rules]
        self._turns = sorted({day for row in rows for day in _turns(row)})
        self._answers: dict[tuple[Any, ...], Finding | None] = {}
        self._names = {
            name: unit for unit in self.units.values() for name in (unit.name, *unit.aliases)
        }

    @classmethod
    def load(cls, folder: Path) -> Catalogue:
        """Read ``units.csv`` and ``rules.csv``; the error names file, line and column."""
        texts = {}
        for name in ("units.csv", "rules.csv"):
            try:
                texts[name] = (folder / name).read_bytes()
            except OSError as error:
                raise ConfigurationError(
                    f"The catalogue's {folder / name} cannot be read: {error.strerror}.",
                    hint="Set models.catalogue to the folder of the tables.",
                ) from error
        version = hashlib.sha256(b"\0".join(texts[name] for name in sorted(texts))).hexdigest()[:12]
        units = [
            _row(Unit, _split(row, ("aliases",)), folder / "units.csv", line)
            for line, row in _rows(texts["units.csv"])
        ]
        rules = [
            _row(Rule, _rule_values(row, folder / "rules.csv", line), folder / "rules.csv", line)
            for line, row in _rows(texts["rules.csv"])
        ]
        return cls(units, rules, f"catalogue@{version}")

    def named(self, name: str) -> Unit | None:
        """Find a unit by id, full name or alias."""
        return self.units.get(name) or self._names.get(name)

    def unit_of_kind(self, kind: str, area: str, on: date) -> Unit | None:
        """Find the unit of a kind that serves exactly this area on a day."""
        for unit in self._by_kind.get((kind, area), ()):
            if unit.valid_on(on):
                return unit
        return None

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

    def look_up(self, query: Query) -> Finding | None:
        """Find who handles this; None when no rule applies at all."""
        era = bisect_right(self._turns, query.on)
        key = (query.area, query.category, query.matter_type, query.conditions, era)
        if key in self._answers:
            return self._answers[key]
        found = self._look_up(query)
        if found is None or not found.missing:  # what is missing is told with the day
            if len(self._answers) >= REMEMBERED:
                self._answers.clear()
            self._answers[key] = found
        return found

    def _look_up(self, query: Query) -> Finding | None:
        applying = [rule for rule in self._ranked_for(query.category) if _applies(rule, query)]
        # A rule for a transmission path says how it travels, not who handles it.
        paths = [rule for rule in applying if rule.condition.startswith("via=")]
        handling = [rule for rule in applying if not rule.condition.startswith("via=")]
        if not handling:
            return None
        rule, losers = handling[0], tuple(handling[1:4])
        via = tuple(
            unit for path in paths if (unit := self._resolve(path.handler, query)[0]) is not None
        )
        if rule.handler.form == "reject":
            return Finding(rule, None, via=via, rejected=rule.handler.name, losers=losers)
        lead, missing, raised = self._resolve(rule.handler, query)
        if lead is not None and lead.id in rule.exclude_units:
            missing = f"{lead.name}被规则{rule.id}排除"
            lead = None
        co: list[Unit] = []
        for handler in rule.co_handlers:
            unit, _, co_raised = self._resolve(handler, query)
            known = unit is not None and unit != lead and unit not in co
            if unit is not None and known and not co_raised and unit.id not in rule.exclude_units:
                co.append(unit)
        return Finding(rule, lead, tuple(co), via, None, missing, raised, losers)

    def _ranked_for(self, category: str) -> list[Rule]:
        """Give the rules of a category, of its field and of all, the most specific first."""
        if category not in self._by_category:
            wanted = {category, category[:2], ANY}
            self._by_category[category] = [r for r in self._ranked if r.category in wanted]
        return self._by_category[category]

    def _resolve(self, handler: Handler, query: Query) -> tuple[Unit | None, str, bool]:
        """Give (unit, why there is none, whether a higher unit stands in)."""
        if handler.form == "unit":
            unit = self.units.get(handler.name)
            if unit is None:
                return None, f"单位表中没有{handler.name}", False
            if not unit.valid_on(query.on):
                return None, f"{unit.name}在{query.on}不在有效期内", False
            return unit, "", False
        wanted = DEPTH[handler.level]
        depths = [depth for depth in (9, 6, 4, 2) if depth <= min(wanted, len(query.area))]
        for depth in depths:
            unit = self.unit_of_kind(handler.name, query.area[:depth], query.on)
            if unit is not None:
                return unit, "", depth < wanted
        return None, f"{query.area}没有{handler.name}类单位", False


def _applies(rule: Rule, query: Query) -> bool:
    if rule.area != ANY and not (
        query.area == rule.area if rule.scope == "self" else query.area.startswith(rule.area)
    ):
        return False
    if rule.matter_type not in (ANY, query.matter_type):
        return False
    if rule.condition and rule.condition not in query.conditions:
        return False
    return _within(query.on, rule.valid_from, rule.valid_to)


def _turns(row: Unit | Rule) -> Iterable[date]:
    """Give the days from which a row begins or no longer applies."""
    if row.valid_from is not None:
        yield row.valid_from
    if row.valid_to is not None and row.valid_to < date.max:
        yield row.valid_to + timedelta(days=1)


def _within(day: date, start: date | None, end: date | None) -> bool:
    return (start is None or start <= day) and (end is None or day <= end)


def _rows(content: bytes) -> Iterable[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(content.decode("utf-8-sig").splitlines())
    for row in reader:
        yield reader.line_num, {key: value for key, value in row.items() if value}


def _split(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    return {
        key: tuple(part for part in value.split("|") if part) if key in columns else value
        for key, value in row.items()
    }


def _rule_values(row: dict[str, Any], path: Path, line: int) -> dict[str, Any]:
    values = _split(row, ("co_handlers", "exclude_units"))
    try:
        values["handler"] = Handler.parse(values.get("handler", ""))
        values["co_handlers"] = tuple(Handler.parse(h) for h in values.get("co_handlers", ()))
    except ValueError as error:
        raise ConfigurationError(f"{path}, line {line}: {error}.") from error
    return values


def _row(model: type[N], values: dict[str, Any], path: Path, line: int) -> N:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        column = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(
            f"{path}, line {line}, column {column}: {first['msg']}."
        ) from error
