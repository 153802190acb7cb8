"""Area names that the official table lacks: the shipped ones, and those that a city adds.

One folder, five CSV files, each optional: ``aliases.csv`` (short names), ``former.csv`` (renamed,
merged), ``zones.csv`` (development zones), ``compounds.csv`` (housing estates), ``roads.csv`` (roads
and the areas they run through). docs/areas.md describes the columns.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from intake.errors import ConfigurationError

AliasKind = Literal["short", "former", "zone", "compound", "road"]

SEPARATOR = "|"
# Zones first: the other tables may point to one that is an area of its own.
COLUMNS: dict[str, tuple[str, ...]] = {
    "zones.csv": ("name", "code", "towns", "note"),
    "aliases.csv": ("name", "code", "note"),
    "former.csv": ("name", "code", "until", "note"),
    "compounds.csv": ("name", "code", "note"),
    "roads.csv": ("name", "codes", "note"),
}
KINDS: dict[str, AliasKind] = {
    "aliases.csv": "short",
    "former.csv": "former",
    "zones.csv": "zone",
    "compounds.csv": "compound",
    "roads.csv": "road",
}
_NAME = re.compile(r"[㐀-鿿0-9A-Za-z·]{2,30}")
_UNTIL = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Alias:
    """A name in use, and the areas that it means. A road means none; it runs through areas."""

    name: str
    codes: tuple[str, ...]
    kind: AliasKind
    note: str = ""
    until: str = ""


@dataclass(slots=True)
class AreaTables:
    """The names that the tables of one or more folders add to the official areas."""

    aliases: list[Alias] = field(default_factory=list)
    zones: dict[str, str] = field(default_factory=dict)
    """Zones that are areas of their own (371571): code → name."""
    towns_of_zone: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, folder: Traversable | Path, names: Mapping[str, str]) -> bytes:
        """Add the tables in ``folder``; ``names`` are the areas known. Returns the bytes read.

        Raises ConfigurationError naming file, line and column of what cannot be used.
        """
        content = b""
        for file_name in COLUMNS:
            table = folder / file_name
            if not table.is_file():
                continue
            try:
                body = table.read_bytes()
                text = body.decode("utf-8-sig")
            except (OSError, UnicodeDecodeError) as error:
                raise ConfigurationError(
                    f"{table} cannot be read: {error}.", hint="Save it as UTF-8 CSV."
                ) from error
            content += body
            for row in _rows(str(table), file_name, text):
                self._add(row, names)
        return content

    def _add(self, row: _Row, names: Mapping[str, str]) -> None:
        kind = KINDS[row.file_name]
        column = "codes" if kind == "road" else "code"
        codes = row.codes(column)
        if kind == "zone" and codes[0] not in names and _may_be_a_zone(codes[0], names):
            self.zones.setdefault(codes[0], row["name"])
        row.check_known(column, codes, names, self.zones)
        if kind == "compound" and any(len(code) < 6 for code in codes):
            raise row.error(column, "an estate stands in a county, town or village")
        if row["until"] and not _UNTIL.fullmatch(row["until"]):
            raise row.error("until", "a date is written 2019, 2019-08 or 2019-08-31")
        if row["towns"]:
            towns = row.codes("towns")
            row.check_known("towns", towns, names, {})
            if any(len(town) != 9 for town in towns):
                raise row.error("towns", "towns have codes of 9 digits")
            self.towns_of_zone[codes[0]] = (*self.towns_of_zone.get(codes[0], ()), *towns)
        self.aliases.append(Alias(row["name"], codes, kind, row["note"], row["until"]))


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a table, with its file and line number."""

    file: str
    file_name: str
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def codes(self, column: str) -> tuple[str, ...]:
        """Return the area codes of one cell, in its order, each once."""
        codes = tuple(dict.fromkeys(code.strip() for code in self[column].split(SEPARATOR)))
        if column == "code" and len(codes) > 1:
            raise self.error(column, "one code; a name of several places has a row for each")
        return codes

    def check_known(
        self,
        column: str,
        codes: tuple[str, ...],
        names: Mapping[str, str],
        zones: Mapping[str, str],
    ) -> None:
        """Raise for a code that is neither in the area table nor a zone's."""
        for code in codes:
            if code not in names and code not in zones:
                raise self.error(
                    column,
                    f"{code!r} is no known area code" if code else "the area code is missing",
                    "Look it up: intake areas show NAME",
                )

    def error(self, column: str, problem: str, hint: str = "") -> ConfigurationError:
        """Return the error for one cell."""
        return ConfigurationError(
            f"{self.file}, line {self.line}, column {column}: {problem}.",
            hint=hint or f"The columns are {','.join(COLUMNS[self.file_name])}.",
        )


def _rows(file: str, file_name: str, text: str) -> Iterator[_Row]:
    columns = COLUMNS[file_name]
    reader = csv.DictReader(text.splitlines(), restkey="", restval="")
    given = tuple(reader.fieldnames or ())
    if wrong := [c for c in given if c not in columns] or [
        c for c in columns[:2] if c not in given
    ]:
        raise ConfigurationError(
            f"{file}, line 1, column {wrong[0]}: not as expected.",
            hint=f"The first line is {','.join(columns)}.",
        )
    for cells in reader:
        extra = cells.pop("", None)
        row = _Row(file, file_name, reader.line_num, {k: v.strip() for k, v in cells.items()})
        if extra:
            raise row.error(columns[-1], "the line has more cells than columns")
        if not _NAME.fullmatch(row["name"]):
            raise row.error("name", f"{row['name']!r} is no name of 2 to 30 characters")
        yield row


def _may_be_a_zone(code: str, names: Mapping[str, str]) -> bool:
    """Return whether a code can be given to a zone: a county of the city whose last pair is 71 to 99."""
    return bool(re.fullmatch(r"\d{4}[7-9][1-9]", code)) and code[:4] in names
