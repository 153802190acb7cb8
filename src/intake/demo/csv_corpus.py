"""Any table of messages as a corpus: each row appears once, spread over the city's channels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from intake.connect.times import parse_time
from intake.demo.corpus_message import CorpusMessage, Happening
from intake.demo.world import SOURCES
from intake.errors import ConfigurationError
from intake.model.submission import MatterType
from intake_connectors.columns import detect
from intake_connectors.records import cell
from intake_connectors.spreadsheet import EXTRA, fingerprint, read_rows

_FIRST = datetime(2026, 1, 1, tzinfo=UTC)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_CHANNELS = {"folder": "outreach"}


def corpus_from_csv(path: Path, fields: Mapping[str, str] | None = None) -> Iterator[CorpusMessage]:
    """Yield one message for each row of a csv, xlsx or jsonl file, in order, with keys ``row-000001`` …

    Columns are recognised by name (``fields``: our field = column's name, wins). A row without a
    time follows the one before by a minute. Rows whose cells do not fit the columns keep all text.
    Raises ``ConfigurationError`` for a file without a column of texts.
    """
    explicit = dict(fields or {})
    sources = cycle(SOURCES)
    rows = read_rows(path, fingerprint(path).encoding, explicit)
    at = _FIRST
    for number, row in enumerate((row for row in rows if row), 1):
        columns = detect(row, explicit)
        if "body" not in columns and "title" not in columns and EXTRA not in row:
            raise ConfigurationError(
                f"{path.name} has no column for the text.",
                hint=f"Its columns are {', '.join(row)}; name it with fields.",
            )
        message = _message(number, next(sources), _Cells(row, columns), at)
        at = message.submitted_at + timedelta(minutes=1)
        yield message


class _Cells:
    """One row's cells by our field names."""

    def __init__(self, row: Mapping[str, Any], columns: Mapping[str, str]) -> None:
        self._row, self._columns = row, columns

    def get(self, field: str) -> str | None:
        return cell(self._row.get(self._columns.get(field, ""))) or None

    def body(self) -> str:
        beyond = self._row.get(EXTRA) or []
        extra = beyond if isinstance(beyond, list) else [beyond]
        return "\n".join(filter(None, [self.get("body"), *(cell(value) for value in extra)]))

    def time(self, field: str) -> datetime | None:
        text = self.get(field)
        at = parse_time(text) if text else None
        return at if at is not None and at > _EARLIEST else None


def _message(number: int, source: str, cells: _Cells, following: datetime) -> CorpusMessage:
    profile = SOURCES[source]
    submitted = cells.time("submitted_at") or following
    email = cells.get("email") or ""
    matter_type = cells.get("matter_type")
    return CorpusMessage(
        key=f"row-{number:06d}",
        source=source,
        channel=_CHANNELS.get(profile.connector, profile.connector),
        submitted_at=submitted,
        title=cells.get("title") or "",
        body=cells.body(),
        name=cells.get("name"),
        phone=cells.get("phone"),
        email=email if _MAIL.fullmatch(email) else None,
        form_category=cells.get("category"),
        matter_type=matter_type if matter_type in set(MatterType) else None,
        submitter_unit=cells.get("submitter_unit"),
        then=tuple(_reply(cells, submitted)),
    )


def _reply(cells: _Cells, submitted: datetime) -> Iterator[Happening]:
    reply = cells.get("reply")
    if reply:
        answered = cells.time("reply_at") or submitted
        hours = max(1.0, (answered - submitted).total_seconds() / 3600)
        yield Happening(
            kind="official_reply", after_hours=hours, body=reply, unit=cells.get("unit")
        )
