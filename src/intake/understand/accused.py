"""The units that texts accuse: what an accusation's words mean at a place, under the tables of a day."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date

from intake.catalogue import Unit
from intake.catalogue.unit_names import UnitNames
from intake.understand.accusations import Accusation, find_accusations


@dataclass(frozen=True, slots=True)
class Accused:
    """An office that is complained about: the units that it may be, or none that the tables have.

    ``above`` are the units over an office without one of its own (a police station's county police).
    """

    accusation: Accusation
    units: tuple[Unit, ...]
    above: tuple[Unit, ...] = ()

    @property
    def unresolved(self) -> bool:
        """Whether it is unknown which unit must not receive the request."""
        return not self.units and not self.above


def accused_of(
    accusations: Iterable[Accusation], names: UnitNames, near: str, on: date
) -> tuple[Accused, ...]:
    """Resolve accusations of a matter at ``near``, each unit once, under the tables of a day."""
    found: list[Accused] = []
    known: set[str] = set()
    for accusation in accusations:
        candidates = names.meant(accusation.office, near, on)
        best = max((candidate.sure for candidate in candidates), default=0.0)
        units = tuple(candidate.unit for candidate in candidates if candidate.sure >= best)
        above = () if units else names.above(accusation.office, near, on)
        key = {unit.id for unit in units} or {accusation.office.word.text}
        if not key <= known:
            known |= key
            found.append(Accused(accusation, units, tuple(c.unit for c in above[:1])))
    return tuple(found)


def accused_in(texts: Iterable[str], names: UnitNames, near: str, on: date) -> frozenset[str]:
    """Return the ids of all units that any of the texts of one case accuses."""
    return frozenset(
        unit.id
        for text in texts
        for accused in accused_of(find_accusations(text, names), names, near, on)
        for unit in accused.units
    )


def may_handle(unit: Unit, accused: Set[str]) -> bool:
    """Return whether a unit may have any part in a request that accuses these units, by id."""
    return unit.id not in accused
