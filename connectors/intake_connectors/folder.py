"""A folder into which files are dropped, or one file to import: a row is an item.

A file is known by its content, so that a renamed or moved file yields nothing new. A file that is
still being written is left for the next pull.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, JsonValue

from intake.connect.channels import declared_channel
from intake.connect.connector import Cursor, Page, SourceConfig, SourceContext
from intake.errors import MalformedItem, SourceUnavailable
from intake.model.channel import Channel, ChannelName
from intake.model.ids import digest
from intake.model.submission import RawItem, Submission
from intake_connectors.columns import check_fields, detect
from intake_connectors.records import (
    RecordShape,
    cell,
    load_record,
    stable_id,
    submissions,
    to_bytes,
)
from intake_connectors.spreadsheet import (
    EXTRA,
    SUFFIXES,
    Cells,
    Fingerprint,
    fingerprint,
    read_rows,
)

_ROW = "application/json"
_FILE = "application/x-unreadable-file"
_UNFINISHED = (".part", ".tmp", ".crdownload", ".download", "~")
_MAX_BROKEN = 20_000_000
_CODES = "error.item."
_UNREADABLE = "error.item.file_unreadable"


class FolderConfig(SourceConfig):
    """Options of a drop folder."""

    path: Path = Field(description="Folder to watch, or one file; relative to the settings file.")
    channel: ChannelName = Field("import", description="Channel the rows belong to.")
    fields: dict[str, str] = Field(
        default_factory=dict, description="Our field = column's name; the rest is recognised."
    )
    settle_seconds: float = Field(
        10.0, ge=0, description="Leave a file alone until it has not changed for so long."
    )
    page_size: int = Field(500, ge=1, le=5000, description="Rows a page.")
    zone: str = Field("Asia/Shanghai", description="Zone of the times in the files.")


@dataclass(slots=True)
class _Reading:
    """A file being read; kept between pages so that no row is read twice in one run."""

    digest: str
    row: int
    rows: Iterator[Cells]
    alike: Counter[str] = field(default_factory=Counter)

    def key(self, cells: Cells) -> str:
        """Name a row without an id of its own: two equal rows of one file are two citizens'."""
        mark = digest(_canonical(cells))[:32]
        self.alike[mark] += 1
        count = self.alike[mark]
        return f"row:{mark}" if count == 1 else f"row:{mark}:{count}"


class FolderConnector:
    """Pulls rows of dropped files, oldest file first.

    Cursor: ``done`` are the digests of the files that are read to their end and still there;
    ``file`` and ``row`` are the position in the current file.
    """

    channel = Channel.IMPORT
    Config = FolderConfig

    def __init__(self, config: FolderConfig, context: SourceContext) -> None:
        check_fields(config.fields)
        self._config, self._context = config, context
        self._path = context.directory / config.path
        self.channel = declared_channel(config.channel)
        self._known: dict[tuple[str, int, int], Fingerprint] = {}
        self._reading: _Reading | None = None

    def pull(self, cursor: Cursor) -> Page:
        """Return the next rows of the first file that is not read to its end."""
        marks = cursor.get("done")
        done = (
            {mark for mark in marks if isinstance(mark, str)} if isinstance(marks, list) else set()
        )
        files = {self._fingerprint(path).digest: path for path in reversed(self._files())}
        done &= set(files)  # what is gone need not be remembered: its rows are known by their ids
        todo = [mark for mark in reversed(files) if mark not in done]
        if not todo:
            return Page((), {"done": _listed(done)})
        resumed = cursor.get("file")
        current = resumed if isinstance(resumed, str) and resumed in todo else todo[0]
        at = cursor.get("row") if current == resumed else 0
        page, row, ended = self._rows(files[current], current, at if isinstance(at, int) else 0)
        if not ended:
            after: Cursor = {"done": _listed(done), "file": current, "row": row}
            return Page(page.items, after, more=True, filtered=page.filtered)
        done.add(current)
        return Page(page.items, {"done": _listed(done)}, more=len(todo) > 1, filtered=page.filtered)

    def acknowledge(self, page: Page) -> None:
        """Files are left as they are."""

    def parse(self, item: RawItem) -> list[Submission]:
        """Map a row. Raises ``MalformedItem`` for a row or file that could not be read."""
        if item.content_type == _FILE:
            raise _why_unreadable(item.content)
        record = load_record(item)
        if EXTRA in record:
            raise MalformedItem.of("error.item.row_misfit")
        shape = RecordShape(self._config.channel, ZoneInfo(self._config.zone), self._config.fields)
        return submissions(item, record, shape)

    def close(self) -> None:
        """Let go of the file under way."""
        self._reading = None

    def _files(self) -> list[Path]:
        """Return the files that are there and finished, oldest first."""
        if self._path.is_file():
            return [self._path]
        try:
            # In the order of dropping: a later list may correct rows of an earlier one.
            dropped = sorted((path.stat().st_mtime_ns, path) for path in self._path.iterdir())
        except OSError as error:
            raise SourceUnavailable.of(
                "error.source.folder", source=self._context.name, folder=str(self._path)
            ) from error
        return [path for _, path in dropped if self._finished(path)]

    def _finished(self, path: Path) -> bool:
        hidden = path.name.startswith((".", "~"))
        if hidden or path.name.endswith(_UNFINISHED) or path.suffix.lower() not in SUFFIXES:
            return False
        try:
            changed = path.stat().st_mtime
        except FileNotFoundError:
            return False  # renamed while we looked; the next pull finds it
        age = self._context.clock().timestamp() - changed
        return path.is_file() and (age >= self._config.settle_seconds or age < 0)

    def _fingerprint(self, path: Path) -> Fingerprint:
        try:
            stat = path.stat()
            key = (str(path), stat.st_size, stat.st_mtime_ns)
            if key not in self._known:
                self._known[key] = fingerprint(path)
        except OSError as error:
            raise SourceUnavailable.of(
                "error.source.file", source=self._context.name, file=path.name
            ) from error
        return self._known[key]

    def _rows(self, path: Path, mark: str, start: int) -> tuple[Page, int, bool]:
        """Read up to a page of rows from ``start``; returns items, the row after, and whether it ended."""
        items: list[RawItem] = []
        blank = 0
        row = start
        try:
            reading = self._open(path, mark, start)
            while len(items) < self._config.page_size:
                cells = next(reading.rows, None)
                if cells is None:
                    self._reading = None
                    return self._page(items, blank), row, True
                row += 1
                reading.row = row
                if cells:
                    items.append(self._item(path, reading, cells))
                else:
                    blank += 1
        except MalformedItem as error:
            self._reading = None
            items.append(self._broken(path, mark, error))
            return self._page(items, blank), row, True
        except OSError as error:
            self._reading = None
            raise SourceUnavailable.of(
                "error.source.file", source=self._context.name, file=path.name
            ) from error
        return self._page(items, blank), row, False

    def _page(self, items: list[RawItem], blank: int) -> Page:
        return Page(tuple(items), {}, filtered={"blank_row": blank} if blank else {})

    def _open(self, path: Path, mark: str, start: int) -> _Reading:
        """Go on where the last page ended, or read up to the place again after a restart."""
        reading = self._reading
        if reading is not None and (reading.digest, reading.row) == (mark, start):
            return reading
        rows = read_rows(path, self._fingerprint(path).encoding, self._config.fields)
        self._reading = _Reading(mark, start, rows)
        for _ in range(start):
            if cells := next(rows, None):
                self._external_id(self._reading, cells)
        return self._reading

    def _external_id(self, reading: _Reading, cells: Cells) -> str:
        columns = detect(cells, self._config.fields)
        own_id = cell(cells.get(columns.get("id", "")))
        return stable_id(own_id) if own_id else reading.key(cells)

    def _item(self, path: Path, reading: _Reading, cells: Cells) -> RawItem:
        return RawItem.of(
            self._context.name,
            self._external_id(reading, cells),
            to_bytes(cells),
            fetched_at=self._context.clock(),
            content_type=_ROW,
            ref=f"{path.name}, row {reading.row}",
            significant=_canonical(cells),
        )

    def _broken(self, path: Path, mark: str, error: MalformedItem) -> RawItem:
        """Keep what could not be read: a line with the reason, then the file's bytes."""
        with path.open("rb") as file:
            content = file.read(_MAX_BROKEN)
        return RawItem.of(
            self._context.name,
            f"file:{mark[:32]}",
            _first_line(error, path.name).encode() + b"\n" + content,
            fetched_at=self._context.clock(),
            content_type=_FILE,
            ref=path.name,
        )


def _first_line(error: MalformedItem, file: str) -> str:
    """Write why a file could not be read: the code of the message, then the file's name."""
    return f"{error.coded.code if error.coded else _UNREADABLE} {file}".replace("\n", " ")


def _why_unreadable(content: bytes) -> MalformedItem:
    line, _, _ = content.partition(b"\n")
    code, _, file = line.decode("utf-8", "replace").partition(" ")
    if not code.startswith(_CODES):
        return MalformedItem(line.decode("utf-8", "replace")[:300])  # kept by an earlier version
    return MalformedItem.of(code, file=file)


def _listed(marks: set[str]) -> list[JsonValue]:
    return [*sorted(marks)]


def _canonical(cells: Cells) -> bytes:
    return json.dumps(cells, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
