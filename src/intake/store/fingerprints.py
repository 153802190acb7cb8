"""Fingerprints of requests: appended with every revision, read back by position.

The latest row of a request counts; older ones stay, because a position, once read, must not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from intake.store import bulk
from intake.store.tables import fingerprint

_PAGE = 5_000
_IN_LIST = 900  # under every engine's limit of parameters
_LATEST = """
SELECT seq, {columns} FROM fingerprint WHERE seq IN ({{}}) AND NOT EXISTS (
    SELECT 1 FROM fingerprint AS later
    WHERE later.request_id = fingerprint.request_id AND later.seq > fingerprint.seq
)"""


class FingerprintRow(NamedTuple):
    """One row to insert, and as it is read.

    ``sketch`` holds the sketch and then the term keys, 8 bytes each; ``names``, ``numbers`` and
    ``faults`` are lines.
    """

    request_id: str
    case_id: str
    source: str
    channel: str
    title: str
    text: str
    exact: bytes
    sketch: bytes
    names: str
    numbers: str
    faults: str
    area: str | None
    contact_key: str | None
    person_key: str | None
    received_at: datetime


_LATEST = _LATEST.format(columns=", ".join(FingerprintRow._fields))


def insert_fingerprints(connection: sa.Connection, rows: Iterable[FingerprintRow]) -> None:
    """Append rows in order, in the caller's transaction."""
    bulk.insert(connection, fingerprint, [row._asdict() for row in rows])


class Sketch(NamedTuple):
    """The columns of a row that the index needs."""

    seq: int
    request_id: str
    sketch: bytes


def sketches_after(connection: sa.Connection, seq: int) -> Iterator[list[Sketch]]:
    """Yield pages of what was committed after ``seq``, in order."""
    columns = sa.select(*(fingerprint.c[name] for name in Sketch._fields))
    while True:
        rows = columns.where(fingerprint.c.seq > seq).order_by(fingerprint.c.seq).limit(_PAGE)
        page = [Sketch._make(row) for row in connection.execute(rows)]
        if page:
            seq = page[-1].seq
            yield page
        if len(page) < _PAGE:
            return


def request_at(connection: sa.Connection, seqs: Sequence[int]) -> dict[int, str]:
    """Return the requests of rows, where there are such rows."""
    if not seqs:
        return {}
    columns = sa.select(fingerprint.c.seq, fingerprint.c.request_id)
    return {
        row.seq: row.request_id
        for row in connection.execute(columns.where(fingerprint.c.seq.in_(seqs)))
    }


def latest_fingerprints(
    connection: sa.Connection, seqs: Sequence[int]
) -> dict[int, FingerprintRow]:
    """Read rows by position, leaving out those that a later row of the same request replaces."""
    found = {}
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    for start in range(0, len(seqs), _IN_LIST):
        wanted = tuple(seqs[start : start + _IN_LIST])
        sql = _LATEST.format(", ".join([mark] * len(wanted)))
        # At driver level: this is read for every message, and Core takes twice the time.
        for seq, *row, at in connection.exec_driver_sql(sql, wanted):
            received = datetime.fromisoformat(at) if isinstance(at, str) else at.astimezone(UTC)
            found[seq] = FingerprintRow._make((*row, received))
    return found


def texts_at(connection: sa.Connection, seqs: Sequence[int]) -> dict[int, str]:
    """Read only the texts of rows by position, replaced ones too: half of what a whole row costs."""
    found: dict[int, str] = {}
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    for start in range(0, len(seqs), _IN_LIST):
        wanted = tuple(seqs[start : start + _IN_LIST])
        marks = ", ".join([mark] * len(wanted))
        sql = f"SELECT seq, text FROM fingerprint WHERE seq IN ({marks})"
        found.update((seq, text) for seq, text in connection.exec_driver_sql(sql, wanted))
    return found


def move_fingerprints(connection: sa.Connection, request_ids: Sequence[str], case_id: str) -> None:
    """Let requests count for another case, after a merge or a split."""
    for start in range(0, len(request_ids), _IN_LIST):
        chosen = fingerprint.c.request_id.in_(request_ids[start : start + _IN_LIST])
        connection.execute(sa.update(fingerprint).where(chosen).values(case_id=case_id))
