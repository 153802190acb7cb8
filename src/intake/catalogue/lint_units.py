"""The linter on units: places, superiors, and units that are mistaken for one another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from intake.areas.gazetteer import Gazetteer
from intake.catalogue.remarks import Remark, Severity, listed
from intake.catalogue.rows import Unit
from intake.catalogue.table_files import Tables

UNITS = "units.csv"


def check_units(tables: Tables, gazetteer: Gazetteer, on: date) -> Iterator[Remark]:
    """Find units without a place, without a superior, or with the name of another unit."""
    units = {unit.id: unit for unit in tables.units.rows}
    places: dict[tuple[str, str], list[tuple[int, Unit]]] = defaultdict(list)
    names: dict[str, list[tuple[int, Unit]]] = defaultdict(list)
    orphans: Counter[str] = Counter()
    for line, unit in tables.units:
        places[unit.kind, unit.area].append((line, unit))
        for name in dict.fromkeys((unit.name, *unit.aliases)):
            names[name].append((line, unit))
        level = gazetteer.level(unit.area)
        if level is None:
            yield _unit(line, unit, "error", "no-area", f"area {unit.area} is not known",
                        "Use a code of the area table, without trailing zeros.")  # fmt: skip
        elif level != unit.level:
            yield _unit(line, unit, "error", "level", f"level {unit.level}, but {unit.area} is a {level}",
                        "Correct level or area: late-bound handlers look by area.")  # fmt: skip
        if unit.parent and unit.parent not in units:
            yield _unit(line, unit, "error", "no-parent", f"superior {unit.parent} is not in the table",
                        "Add it, or name another superior.")  # fmt: skip
        elif unit.parent and unit.valid_on(on) and not units[unit.parent].valid_on(on):
            yield _unit(line, unit, "warning", "no-parent", f"superior {unit.parent} is not valid on {on}",
                        "Name its successor.")  # fmt: skip
        elif not unit.parent and unit.level in ("town", "county"):
            orphans[unit.kind] += 1
    yield from _doubles(places, names)
    if orphans:
        kinds = listed(f"{kind} ({n})" for kind, n in orphans.most_common())
        yield Remark(
            "note", "no-superior", UNITS, 0, (),
            f"{orphans.total()} county and town units have no superior: {kinds}; complaints about "
            "them are held for the desk", "Fill in the column parent.",
        )  # fmt: skip


def _unit(line: int, unit: Unit, severity: Severity, code: str, said: str, do: str) -> Remark:
    return Remark(severity, code, UNITS, line, (unit.id,), f"{unit.name}: {said}", do)


def _doubles(
    places: Mapping[tuple[str, str], list[tuple[int, Unit]]],
    names: Mapping[str, list[tuple[int, Unit]]],
) -> Iterator[Remark]:
    for (kind, area), found in places.items():
        for line, unit in _meeting(found):
            yield _unit(line, unit, "error", "two-units",
                        f"another unit of kind {kind} serves {area} at the same time",
                        "End one of them, or give one another kind.")  # fmt: skip
    told = set()
    for name, all_found in names.items():
        for city in dict.fromkeys(unit.area[:4] for _, unit in all_found):
            found = [(line, unit) for line, unit in all_found if unit.area[:4] == city]
            for line, unit in _meeting(found):
                if unit.id not in told:
                    told.add(unit.id)
                    yield _unit(line, unit, "warning", "same-name",
                                f"{name} in the same city also means {found[0][1].id}",
                                "Make the names differ: put the county before them.")  # fmt: skip


def _meeting(found: list[tuple[int, Unit]]) -> Iterator[tuple[int, Unit]]:
    """Return the rows that are valid together with an earlier one."""
    for index, (line, unit) in enumerate(found):
        if any(unit.id != other.id and unit.meets(other) for _, other in found[:index]):
            yield line, unit
