"""Coverage: for every county and category, how the catalogue finds somebody, or that it does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from intake.catalogue.gaps import Ground
from intake.catalogue.lookup import Query, RuleFinding
from intake.catalogue.taxonomy import Category
from intake.messages import ZH

Status = Literal["town", "county", "city", "province", "raised", "rejected", "gap"]
STATUSES: tuple[Status, ...] = (
    "town", "county", "city", "province", "raised", "rejected", "gap"
)  # fmt: skip
OWN: tuple[Status, ...] = ("town", "county", "city", "province")


@dataclass(frozen=True, slots=True)
class Cell:
    """One county and category: by which rule, who, and in what way."""

    status: Status
    rule: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """The whole picture on a day; ``areas`` are counties as (code, name, its city's name)."""

    version: str
    on: date
    areas: tuple[tuple[str, str, str], ...]
    categories: tuple[Category, ...]
    fields: dict[str, str]
    cells: dict[tuple[str, str], Cell]

    def counts(self, area: str | None = None) -> Counter[Status]:
        """Count cells by status, of one county or of all."""
        return Counter(
            cell.status for (code, _), cell in self.cells.items() if area in (None, code)
        )


def coverage(ground: Ground, on: date) -> Coverage:
    """Ask the catalogue for every county and leaf category, without conditions."""
    areas = []
    cells = {}
    leaves = ground.taxonomy.leaves
    for code in ground.counties:
        county, city = ground.gazetteer.get(code), ground.gazetteer.get(code[:4])
        name = county.name if county else code
        areas.append((code, name, city.name if city else code[:4]))
        for leaf in leaves:
            cells[code, leaf.code] = _cell(ground, code, leaf.code, on)
    return Coverage(
        version=ground.catalogue.version,
        on=on,
        areas=tuple(areas),
        categories=leaves,
        fields={leaf.code[:2]: ground.taxonomy.name(leaf.code[:2]) for leaf in leaves},
        cells=cells,
    )


def _cell(ground: Ground, area: str, category: str, on: date) -> Cell:
    found = ground.catalogue.look_up(Query(area, category, None, frozenset(), on))
    if found is None:
        return Cell("gap", said="没有规则")
    rule = found.rule.id
    if found.rejected:
        return Cell("rejected", rule, f"不派:{found.rejected}")
    if found.rule.handler.level == "town":
        return _town_cell(ground, area, found, on)
    if found.lead is None:
        return Cell("gap", rule, found.why_missing(ZH))
    if found.raised:
        return Cell("raised", rule, f"{found.lead.name}(本级没有该类单位)")
    level = found.lead.level
    return Cell("town" if level == "village" else level, rule, found.lead.name)


def _town_cell(ground: Ground, area: str, found: RuleFinding, on: date) -> Cell:
    """Return the cell of a county whose towns handle: whole when each town has its unit."""
    rule = found.rule
    towns = [town for town in ground.towns if town.startswith(area)]
    answers = [ground.catalogue.resolve(rule.handler, town, on) for town in towns]
    without = sum(unit is None for unit, _, _ in answers)
    raised = sum(higher for _, _, higher in answers)
    if without or (not towns and found.lead is None):
        return Cell("gap", rule.id, f"{without}个乡镇(街道)没有承办单位")
    if raised:
        return Cell("raised", rule.id, f"{len(towns)}个乡镇(街道)中{raised}个由上级承办")
    return Cell("town", rule.id, "各乡镇(街道)")
