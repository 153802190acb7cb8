"""Choosing units in a form: those at hand first, then what a search finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from intake.catalogue.unit_names import UnitNames

FOUND_LIMIT = 15


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the unit table; ``id`` may be of a unit that the catalogue no longer has."""

    id: str
    name: str
    level: str
    area: str
    lead: bool
    co: bool


def choices(
    names: UnitNames, *, lead: str, co: Iterable[str], at_hand: Iterable[str], text: str
) -> list[Choice]:
    """Return the lines of the unit table: chosen ones, those at hand, those that ``text`` finds."""
    together = tuple(co)
    found = [unit.id for unit in names.search(text, FOUND_LIMIT)] if text else []
    ids = dict.fromkeys([lead, *together, *at_hand, *found])
    lines = []
    for unit_id in ids:
        if unit_id:
            unit = names.units.get(unit_id)
            lines.append(
                Choice(
                    unit_id,
                    unit.name if unit else unit_id,
                    unit.level if unit else "",
                    unit.area if unit else "",
                    lead=unit_id == lead,
                    co=unit_id in together,
                )
            )
    return lines
