"""Rows of a dropped file, read one by one: xlsx, csv (any Chinese encoding), jsonl.

Nothing here holds a file in memory; a year of orders (two million rows) passes through.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from intake.connect.decoding import decode_text, is_mostly_utf8
from intake.errors import MalformedItem
from intake_connectors.columns import ALIASES, detect, fold

Cells = dict[str, Any]
SUFFIXES = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".txt", ".jsonl", ".ndjson"})
EXTRA = "(more cells than columns)"

_HEADER_ROWS = 5  # a title and an empty row may come before the names of the columns
_BY_LINE = "line by line"
_MAX_UNPACKED = 4_000_000_000
_KNOWN = frozenset(fold(alias) for aliases in ALIASES.values() for alias in aliases)

# A pasted letter is longer than the csv module's default of 131,072 characters.
csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file's SHA-256, and the encoding its bytes agree with, for text files."""

    digest: str
    encoding: str


def fingerprint(path: Path) -> Fingerprint:
    """Read a file once: its digest, and whether all of it is UTF-8 or GB18030, or each line its own."""
    hashed = hashlib.sha256()
    fitting = {
        "utf-8-sig": codecs.getincrementaldecoder("utf-8")(),
        "gb18030": codecs.getincrementaldecoder("gb18030")(),
    }
    has_utf8 = False
    with path.open("rb") as file:
        head = file.read(4096)
        file.seek(0)
        while chunk := file.read(1 << 20):
            hashed.update(chunk)
            for name in [*fitting]:
                if not _decodes(fitting[name], chunk):
                    del fitting[name]
            # Of UTF-8 with a broken character in it, or with lines of another charset added, all reads
            # as GB18030 now and then, and wrongly.
            has_utf8 = has_utf8 or any(
                map(is_mostly_utf8, chunk.splitlines() if "utf-8-sig" not in fitting else (chunk,))
            )
    for name in [*fitting]:
        if not _decodes(fitting[name], b"", final=True):
            del fitting[name]
    zeros = (head[::2].count(0), head[1::2].count(0))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    # Without a mark: every ASCII character has its zero. What reads as UTF-8 may just hold a few.
    elif min(zeros) == 0 and sum(zeros) > (len(head) // 8 if "utf-8-sig" in fitting else 3):
        encoding = "utf-16-be" if zeros[0] else "utf-16-le"
    elif "utf-8-sig" in fitting:
        encoding = "utf-8-sig"
    else:
        encoding = "gb18030" if "gb18030" in fitting and not has_utf8 else _BY_LINE
    return Fingerprint(hashed.hexdigest(), encoding)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def _lines(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """Return the lines with their ends."""
    if encoding == _BY_LINE:
        with path.open("rb") as binary:
            yield (decode_text(line)[0] for line in binary)
    else:
        with path.open(encoding=encoding, errors="replace", newline="") as file:
            yield file


def read_rows(path: Path, encoding: str, columns: Mapping[str, str]) -> Iterator[Cells]:
    """Yield a file's rows as cells by column name; blank rows yield an empty dict.

    ``columns`` is the explicit mapping, whose names help to find the row of column names. Raises
    ``MalformedItem`` in the words of a person when the file breaks off or is no such file.
    """
    suffix = path.suffix.lower()
    try:
        if suffix in (".xlsx", ".xlsm"):
            yield from _named(_xlsx(path), columns)
        elif suffix in (".jsonl", ".ndjson"):
            yield from _jsonl(path, encoding)
        else:
            yield from _named(_csv(path, encoding), columns)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, EOFError) as error:
        raise MalformedItem.of("error.item.not_spreadsheet", file=path.name) from error
    except (csv.Error, UnicodeError) as error:
        raise MalformedItem.of("error.item.not_table", file=path.name) from error
    except (ValueError, TypeError, AttributeError, IndexError, SyntaxError, zlib.error) as error:
        # openpyxl lets through what its readers of zip and XML raise; ParseError is a SyntaxError.
        raise MalformedItem.of("error.item.file_damaged", file=path.name) from error


def _xlsx(path: Path) -> Iterator[list[Any]]:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
            raise MalformedItem.of("error.item.file_too_large", file=path.name)
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        for sheet in book.worksheets[:1]:
            for row in sheet.iter_rows(values_only=True):
                yield [_plain(value) for value in row]
    finally:
        book.close()


def _csv(path: Path, encoding: str) -> Iterator[list[Any]]:
    with _lines(path, encoding) as lines:
        head = next(lines, "")
        counts = {mark: head.count(mark) for mark in (",", "\t", ";", "，")}
        delimiter = max(counts, key=lambda mark: counts[mark])
        yield from csv.reader(chain((head,), lines), delimiter=delimiter)


def _jsonl(path: Path, encoding: str) -> Iterator[Cells]:
    with _lines(path, encoding) as lines:
        for line in lines:
            if not line.strip():
                yield {}
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            # A line that is no object is passed on as it is; the connector quarantines it with its bytes.
            yield row if isinstance(row, dict) and row else {EXTRA: line.rstrip("\n")}


def _named(rows: Iterator[list[Any]], columns: Mapping[str, str]) -> Iterator[Cells]:
    """Find the row of column names among the first ones, then name the cells of the others."""
    first = [row for _, row in zip(range(_HEADER_ROWS), rows, strict=False)]
    if not first:
        return
    scores = [_header_score(row, columns) for row in first]
    at = scores.index(max(scores))
    if not detect([_text(cell) for cell in first[at]], columns):
        at = 0
    names = _unique([_text(cell) for cell in first[at]])
    for row in first[at + 1 :]:
        yield _cells(names, row)
    for row in rows:
        yield _cells(names, row)


def _header_score(row: list[Any], columns: Mapping[str, str]) -> int:
    wanted = {fold(name) for name in columns.values()} | _KNOWN
    return sum(1 for cell in row if fold(_text(cell)) in wanted)


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for position, name in enumerate(names, 1):
        name = name or f"column {position}"
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return unique


def _cells(names: list[str], row: list[Any]) -> Cells:
    if not any(_text(cell) for cell in row):
        return {}
    cells = dict(zip(names, row, strict=False))
    beyond = [cell for cell in row[len(names) :] if _text(cell)]
    if beyond:
        cells[EXTRA] = beyond
    return cells


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _plain(value: Any) -> Any:
    """Return a spreadsheet's value as JSON can hold it."""
    if isinstance(value, (datetime, date, time)):
        return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)  # telephone numbers and order numbers that became numbers
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)
