"""The linter on names and superiors: units that no accusation can reach, and chains that end nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from intake.areas.gazetteer import Gazetteer
from intake.catalogue.lookup import Catalogue
from intake.catalogue.remarks import Remark, listed, on_row
from intake.catalogue.rows import Unit
from intake.catalogue.table_files import KINDS
from intake.catalogue.unit_names import UnitNames

UNITS = "units.csv"


def check_circles(catalogue: Catalogue) -> Iterator[Remark]:
    """Find units that are above themselves: an accusation of one would reach nobody."""
    lines = {unit.id: line for line, unit in catalogue.tables.units}
    told: set[str] = set()
    for unit in catalogue.units.values():
        circle = _circle(unit, catalogue)
        if circle and told.isdisjoint(circle):
            told.update(circle)
            round_trip = " → ".join((*circle, circle[0]))
            yield on_row(UNITS, lines[circle[0]], circle[0])(
                "error", "circle",
                f"{catalogue.units[circle[0]].name} is its own superior: {round_trip}",
                "Name the unit that is really above, or none.",
            )  # fmt: skip


def _circle(unit: Unit, catalogue: Catalogue) -> tuple[str, ...]:
    """Return the circle that a unit is part of, from itself on; () when its chain ends."""
    passed: list[str] = []
    above: Unit | None = unit
    while above is not None and above.id not in passed:
        passed.append(above.id)
        above = catalogue.units.get(above.parent or "")
    return tuple(passed) if above is unit else ()


def check_names(catalogue: Catalogue, gazetteer: Gazetteer, on: date) -> Iterator[Remark]:
    """Find units whose own name means another unit, and kinds that people have no short name for."""
    names = UnitNames.of(catalogue, gazetteer)
    formless: dict[str, list[str]] = defaultdict(list)
    called = {meant.kind for meant in catalogue.kinds.names.values()}
    for line, unit in catalogue.tables.units:
        if not unit.valid_on(on):
            continue
        reached = {
            candidate.unit.id
            for office in names.find(unit.name)
            for candidate in names.meant(office, unit.area, on)
        }
        if unit.id not in reached:
            yield on_row(UNITS, line, unit.id)(
                "warning", "unreached",
                f"no accusation reaches {unit.name}: its name means {listed(sorted(reached))}"
                if reached else f"no accusation reaches {unit.name}: its name is not heard",
                "Give it a name or an alias of its own.",
            )  # fmt: skip
        if unit.id in names.unknown_forms and not unit.aliases and unit.kind not in called:
            formless[unit.kind].append(unit.name)
    for kind, units in sorted(formless.items()):
        yield Remark(
            "note", "no-short-form", KINDS, 0, (kind,),
            f"nothing says how people call units of kind {kind} ({listed(units)}): only their full "
            "names are recognised", "Write its common names into the column words, or aliases.",
        )  # fmt: skip
