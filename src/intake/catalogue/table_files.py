"""The catalogue's tables as files: read with every error, written in one form, named by their hash.

A catalogue is a folder of CSV files that clerks edit, and ``lanes.toml``. Its version is a hash of
all of them, so that a decision that names it can be explained with exactly these tables.
"""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import Field, ValidationError

from intake.catalogue.cost import Cost
from intake.catalogue.rows import (
    SEPARATOR,
    Holiday,
    Profile,
    Rule,
    SignalRow,
    TransmissionPath,
    Unit,
    UnitKind,
)
from intake.errors import ConfigurationError
from intake.messages import ZH, Language, renderer
from intake.model.decision import Lane
from intake.model.value import Value
from intake.settings import MODELS

LANES = "lanes.toml"
KINDS = "kinds.csv"
SHOWN = 5

N = TypeVar("N", bound=Value)


class Escalation(Value):
    """When a matter that comes again and again goes up, and who is shown it: so many ``requests`` of
    so many ``people``, or one of them so many times (``repeats``).
    """

    requests: int = Field(ge=2)
    people: int = Field(ge=2)
    repeats: int = Field(ge=2)
    inform_kinds: tuple[str, ...] = ()

    def reached(self, requests: int, people: int, repeats: int) -> bool:
        """Return whether a case with so many requests, people and repeats of one person is escalated."""
        return repeats >= self.repeats or (requests >= self.requests and people >= self.people)


class Hops(Value):
    """The limit of how often a request may come back."""

    limit: int = Field(ge=1)


class Lanes(Value):
    """The lane table (``lanes.toml``); ``names`` is what the city calls its lanes in Chinese."""

    names: dict[Lane, str] = Field(default_factory=dict)
    livelihood: tuple[str, ...]
    coordination_units: int = Field(ge=1)
    escalation: Escalation
    cost: Cost
    hops: Hops

    def called(self, lane: str, language: Language) -> str:
        """Return what a lane is called: the city's own word in Chinese, else the general one."""
        own = self.names.get(Lane(lane)) if language == ZH and lane in set(Lane) else None
        return own or renderer(language).term("lane", lane)


@dataclass(frozen=True, slots=True)
class Spec:
    """One table: its file without ``.csv``, its rows, its name for clerks, how a row is named."""

    name: str
    row: type[Value]
    title: str
    key: tuple[str, ...]
    required: bool = True

    @property
    def file(self) -> str:
        """The file's name."""
        return f"{self.name}.csv"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in their order in the file; dates of validity come before the basis."""
        return _columns(self.row)

    def key_of(self, row: Value) -> str:
        """Return the cells that identify a row, as one text; empty ones are left out."""
        return "/".join(text for part in self.key if (text := _cell(getattr(row, part))))


@cache
def _columns(row: type[Value]) -> tuple[str, ...]:
    """Asked for every cell of a table, so put together once."""
    names = list(row.model_fields)
    if "valid_from" in names:
        names = names[2:]
        last = next(i for i, name in enumerate(names) if name in ("source", "basis"))
        names[last:last] = ["valid_from", "valid_to"]
    return tuple(names)


SPECS: tuple[Spec, ...] = (
    Spec("units", Unit, "单位", ("id",)),
    Spec("kinds", UnitKind, "单位类型", ("kind", "level"), required=False),
    Spec("rules", Rule, "规则", ("id",)),
    Spec("paths", TransmissionPath, "传办路径", ("id",), required=False),
    Spec("deadlines", Profile, "时限", ("profile",)),
    Spec("holidays", Holiday, "节假日", ("date_from", "kind", "area"), required=False),
    Spec("signals", SignalRow, "标记词", ("signal", "kind"), required=False),
)
SPEC: Mapping[str, Spec] = MappingProxyType({spec.name: spec for spec in SPECS})


@dataclass(frozen=True, slots=True)
class TableFault:
    """A fault of one cell; ``column`` is "" for a whole row, ``line`` is 0 for a whole file."""

    file: str
    line: int
    column: str
    said: str

    def __str__(self) -> str:
        where = self.file + (f", line {self.line}" if self.line else "")
        return f"{where}{f', column {self.column}' if self.column else ''}: {self.said}"


@dataclass(frozen=True, slots=True)
class Table(Generic[N]):
    """Rows, each with its line number in the file."""

    rows: tuple[N, ...]
    lines: tuple[int, ...]

    def __iter__(self) -> Iterator[tuple[int, N]]:
        return iter(zip(self.lines, self.rows, strict=True))


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables of one catalogue; ``files`` is their text, ``version`` its hash.

    A catalogue without ``kinds.csv`` has the shipped one's kinds.
    """

    files: Mapping[str, str]
    version: str
    units: Table[Unit]
    kinds: Table[UnitKind]
    rules: Table[Rule]
    paths: Table[TransmissionPath]
    deadlines: Table[Profile]
    holidays: Table[Holiday]
    signals: Table[SignalRow]
    lanes: Lanes

    @classmethod
    def load(cls, folder: Path) -> Tables:
        """Read a folder.

        Raises ``ConfigurationError`` with file, line and column of the first faults.
        """
        tables, faults = read(files_in(folder))
        if tables is None or faults:
            more = f" And {len(faults) - SHOWN} more." if len(faults) > SHOWN else ""
            raise ConfigurationError(
                f"The catalogue in {folder} cannot be used: "
                + " ".join(f"{fault}." for fault in faults[:SHOWN])
                + more,
                hint=f"Correct the tables; intake catalogue lint {folder} lists everything.",
            )
        return tables

    def __getitem__(self, name: str) -> Table[Any]:
        found: Table[Any] = getattr(self, name)
        return found


def files_in(folder: Path) -> dict[str, str]:
    """Return the files of a catalogue's folder as text; files that are no part of one are left out.

    Raises ``ConfigurationError`` for a folder or file that cannot be read.
    """
    files = {}
    for name in (*(spec.file for spec in SPECS), LANES):
        path = folder / name
        try:
            files[name] = text_of(path.read_bytes())
        except FileNotFoundError as error:
            if name == LANES or SPEC[path.stem].required:
                raise ConfigurationError(
                    f"The catalogue has no {path}.",
                    hint="Set models.catalogue to the folder of the tables.",
                ) from error
        except OSError as error:
            raise ConfigurationError(
                f"The catalogue's {path} cannot be read: {error.strerror}.",
                hint="Check its path and rights.",
            ) from error
    return files


@lru_cache(maxsize=1)
def shipped_kinds() -> str:
    """Read the kinds that come with the product, for catalogues that were made before there were any."""
    return text_of((MODELS / "catalogue" / KINDS).read_bytes())


def text_of(content: bytes) -> str:
    """Read a file as spreadsheets save it: with or without a mark, UTF-8 or the Chinese encoding."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def version_of(files: Mapping[str, str]) -> str:
    """Name a set of files by their content."""
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{files[name]}\0".encode())
    return f"catalogue@{digest.hexdigest()[:12]}"


def read(files: Mapping[str, str]) -> tuple[Tables | None, list[TableFault]]:
    """Return the tables and every fault in them; None for tables that cannot be understood at all.

    With faults the tables hold the rows that could be read.
    """
    faults: list[TableFault] = []
    texts = {KINDS: shipped_kinds(), **files}
    found = {spec.name: _table(spec, texts.get(spec.file, ""), faults) for spec in SPECS}
    try:
        lanes = Lanes.model_validate(tomllib.loads(files.get(LANES, "")))
    except tomllib.TOMLDecodeError as error:
        faults.append(TableFault(LANES, 0, "", str(error)))
        return None, faults
    except ValidationError as error:
        faults += [TableFault(LANES, 0, column, said) for column, said in told(error)]
        return None, faults
    return Tables(files=dict(files), version=version_of(files), lanes=lanes, **found), faults


def _table(spec: Spec, text: str, faults: list[TableFault]) -> Table[Any]:
    rows: list[Value] = []
    lines: list[int] = []
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = reader.fieldnames or ()
    needed = {name for name, field in spec.row.model_fields.items() if field.is_required()}
    if text and (wrong := [name for name in header if name not in spec.columns]):
        faults.append(
            TableFault(spec.file, 1, "", f"unknown columns {', '.join(map(repr, wrong))}")
        )
    if missing := sorted(needed - set(header)) if text or spec.required else []:
        faults.append(TableFault(spec.file, 1, "", f"the columns {', '.join(missing)} are missing"))
        return Table((), ())
    for cells in reader:
        if not any(cells.values()):
            continue  # spreadsheets leave such lines behind
        row, wrong_cells = row_of(spec, cells)
        faults += [TableFault(spec.file, reader.line_num, c, said) for c, said in wrong_cells]
        if row is not None:
            rows.append(row)
            lines.append(reader.line_num)
    return Table(tuple(rows), tuple(lines))


def row_of(spec: Spec, cells: Mapping[Any, Any]) -> tuple[Value | None, list[tuple[str, str]]]:
    """Return a row from the texts of its cells, or (column, fault) for each wrong cell."""
    if None in cells or None in cells.values():
        return None, [("", "the row has more or fewer cells than the header")]
    given = {key: value.strip() for key, value in cells.items() if key in spec.columns}
    try:
        return spec.row.model_validate({k: v for k, v in given.items() if v}), []
    except ValidationError as error:
        return None, told(error)


def told(error: ValidationError) -> list[tuple[str, str]]:
    """Return the faults in words, one per column: the first where a cell has several readings."""
    said: dict[str, str] = {}
    for item in error.errors(include_url=False):
        column = str(item["loc"][0]) if item["loc"] else ""
        words = str(item["msg"]).removeprefix("Value error, ")
        given = "" if item["type"] == "missing" or not column else f" (it is {item['input']!r})"
        said.setdefault(column, words + ("" if words.startswith("'") else given))
    return list(said.items())


def cells_of(spec: Spec, row: Value) -> dict[str, str]:
    """Return the texts of a row's cells; reading them again yields the same row."""
    return {column: _cell(getattr(row, column)) for column in spec.columns}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join(str(part) for part in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def written(spec: Spec, rows: Iterable[Value]) -> str:
    """Write a table in its one form: all columns in their order, Unix line ends."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, spec.columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells_of(spec, row) for row in rows)
    return out.getvalue()


def packed(files: Mapping[str, str]) -> bytes:
    """Pack files for the store: a zip that any tool opens, the same for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name], compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def unpacked(content: bytes) -> dict[str, str]:
    """Return the files of a packed catalogue."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
