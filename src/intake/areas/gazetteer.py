"""The gazetteer: administrative areas of China (行政区划) by trimmed code, with added names.

Codes are prefixes of their descendants (province 2, city 4, county 6, town 9, village 12 digits),
so "lies within" is ``str.startswith``. They are never zero-padded: 441900 would then be both 东莞
the city and 东莞 the county above its towns. Such stand-ins (市辖区, 省直辖县级行政区划, a county
that only repeats its city) stay in the tree as ``placeholder``, and never appear in a name.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from intake.areas.area_files import LENGTHS, read_areas, village_files
from intake.areas.area_tables import AreaTables
from intake.errors import ConfigurationError
from intake.model.decision import Level

LEVEL_OF_LENGTH: dict[int, Level] = {
    2: "province",
    4: "city",
    6: "county",
    9: "town",
    12: "village",
}
PLACEHOLDER_CITIES = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


@dataclass(frozen=True, slots=True)
class Area:
    """One area; ``placeholder`` when only the statistics use it and nobody uses its name."""

    code: str
    name: str
    placeholder: bool = False

    @property
    def level(self) -> Level:
        """The level, one of five, that the code's length means."""
        return LEVEL_OF_LENGTH[len(self.code)]


class Gazetteer:
    """Areas of levels 1-4 nationwide, villages of the home cities, and names people add; never changes.

    ``version`` names the table's date and a hash of everything loaded, for decisions to store.
    """

    def __init__(
        self, names: dict[str, str], tables: AreaTables, version: str, own: Path | None = None
    ) -> None:
        self.version = version
        self.aliases = tuple(tables.aliases)
        self.towns_of_zone = tables.towns_of_zone
        self._own = own
        self._names = names | tables.zones
        self._full_names: dict[str, str] = {}  # of those that were asked for
        self._children: dict[str, list[str]] = defaultdict(list)
        for code in self._names:
            self._children[parent_code(code)].append(code)

    @classmethod
    def load(cls, home: Iterable[str] = (), own: Path | None = None) -> Gazetteer:
        """Return the shipped gazetteer, with the villages of the cities in or around each ``home`` code.

        ``own`` is a folder of a city's tables and villages, added to the shipped ones. Equal arguments
        return the same object. Raises ConfigurationError for a table that cannot be used or an unknown
        home code.
        """
        if own is not None and not own.is_dir():
            raise ConfigurationError(
                f"The folder of area tables {own} is not there.",
                hint="Make it, or leave models.areas out of the settings.",
            )
        homes = tuple(sorted(set(home)))
        folders = [_data(), *([own] if own else [])]
        cities = sorted({city for folder in folders for city in village_files(folder)})
        wanted = tuple(city for city in cities if any(related(city, code) for code in homes))
        gazetteer = _load(wanted, own, _stamp(own) if own else ())
        if unknown := [code for code in homes if gazetteer.get(code) is None]:
            raise ConfigurationError(
                f"The home area {unknown[0]!r} is not in the area table {gazetteer.version}.",
                hint="Use a code of 2, 4, 6, 9 or 12 digits without trailing zeros.",
            )
        return gazetteer

    def with_homes(self, home: Iterable[str]) -> Gazetteer:
        """Return the gazetteer of the same tables with the villages around other homes."""
        return self.load(home, self._own)

    def get(self, code: str) -> Area | None:
        """Return the area of this code, or None when the table does not know it."""
        name = self._names.get(code)
        if name is None:
            return None
        return Area(code, name, self._is_placeholder(code, name))

    def path(self, code: str) -> tuple[Area, ...]:
        """Return the known areas from the province down to ``code``, placeholders included."""
        prefixes = (code[:length] for length in LENGTHS if length <= len(code))
        return tuple(area for prefix in prefixes if (area := self.get(prefix)) is not None)

    def full_name(self, code: str) -> str:
        """Return the name from the province down (吉林省长春市农安县), without placeholders."""
        known = self._full_names.get(code)
        if known is None:
            known = "".join(area.name for area in self.path(code) if not area.placeholder)
            self._full_names[code] = known
        return known

    def children(self, code: str) -> tuple[Area, ...]:
        """Return the areas one level below; a placeholder is replaced by the areas below it."""
        return tuple(Area(child, self._names[child]) for child in self.child_codes(code))

    def child_codes(self, code: str) -> tuple[str, ...]:
        """Return the codes of :meth:`children`."""
        found: list[str] = []
        for child in self._children.get(code, ()):
            if len(child) in (4, 6) and self._is_placeholder(child, self._names[child]):
                found.extend(self.child_codes(child))
            else:
                found.append(child)
        return tuple(found)

    def names(self, codes: Iterable[str]) -> list[str]:
        """Return the own names of known codes; KeyError for an unknown one."""
        return [self._names[code] for code in codes]

    def descendants(self, code: str) -> Iterable[Area]:
        """Yield every area below ``code`` that is loaded, parents first; ``""`` walks the nation."""
        for child in self.children(code):
            yield child
            yield from self.descendants(child.code)

    def level(self, code: str) -> Level | None:
        """Return the level of a known code, else None."""
        return LEVEL_OF_LENGTH[len(code)] if code in self._names else None

    def common(self, codes: Iterable[str]) -> str | None:
        """Return the deepest area, no placeholder, that holds all ``codes``; None across provinces."""
        wanted = list(codes)
        for length in reversed(LENGTHS):
            prefixes = {code[:length] for code in wanted}
            if len(prefixes) == 1 and len(prefix := prefixes.pop()) == length:
                area = self.get(prefix)
                if area is not None and not area.placeholder:
                    return prefix
        return None

    def __len__(self) -> int:
        return len(self._names)

    def _is_placeholder(self, code: str, name: str) -> bool:
        if len(code) == 4:
            return name in PLACEHOLDER_CITIES
        return len(code) == 6 and name == self._names.get(code[:4])


def parent_code(code: str) -> str:
    """Return the code one level up; ``""`` above a province."""
    return code[: max((length for length in LENGTHS if length < len(code)), default=0)]


def related(one: str, other: str) -> bool:
    """Return whether one of two codes lies within the other."""
    return one.startswith(other) or other.startswith(one)


Stamp = tuple[tuple[str, int, int], ...]


def _stamp(own: Path) -> Stamp:
    """Return a value that changes with a city's tables: names, times and sizes of the files."""
    stats = ((str(file), file.stat()) for file in sorted(own.rglob("*.csv*")))
    return tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)


@lru_cache(maxsize=8)
def _load(cities: tuple[str, ...], own: Path | None, stamp: Stamp) -> Gazetteer:
    del stamp  # only part of the cache's key
    data = _data()
    names, content = read_areas(data / "areas.csv.gz")
    digest = hashlib.sha256(content)
    # Where a city has its own list of villages, that is the newer one.
    villages = village_files(data) | (village_files(own) if own else {})
    for city in cities:
        added, content = read_areas(villages[city])
        names |= added
        digest.update(content)
    tables = AreaTables()
    for folder in (data, *([own] if own else [])):
        digest.update(tables.read(folder, names))
    as_of = tomllib.loads((data / "source.toml").read_text(encoding="utf-8"))["as_of"]
    return Gazetteer(names, tables, f"areas-{as_of}@{digest.hexdigest()[:8]}", own)


def _data() -> Traversable:
    return resources.files("intake_models") / "areas"
