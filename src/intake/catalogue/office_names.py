"""What a name of an office is: the word for it, where it stands in a text, and the units that it may mean."""

from __future__ import annotations

from dataclasses import dataclass, field

from intake.catalogue.rows import Unit


@dataclass(frozen=True, slots=True)
class UnitCandidate:
    """A unit that a name may mean, how sure that is (0 to 1), and why."""

    unit: Unit
    sure: float
    why: str


@dataclass(slots=True, eq=False)
class OfficeWord:
    """What one word may mean: ``exact`` units of that very name, or those called so, by their area.

    ``above`` is a form of the office that stands above one that the tables have no unit for.
    """

    text: str
    exact: list[Unit] = field(default_factory=list)
    by_area: dict[str, list[Unit]] = field(default_factory=dict)
    bound: bool = False
    utility: bool = False
    group: str = ""
    above: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class OfficeName:
    """An office named in a text: where, by which word, of which places or level (empty: it does not say)."""

    start: int
    end: int
    word: OfficeWord
    areas: tuple[str, ...] = ()
    level: str = ""

    def is_like(self, other: OfficeName) -> bool:
        """Return whether both are written as the same office."""
        return (self.word, self.areas, self.level) == (other.word, other.areas, other.level)
