"""The file of the embedded queue: its tables, and transactions on it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from intake.errors import SchemaMismatch

SCHEMA_VERSION = 1

_SCHEMA = """
CREATE TABLE exchange (name TEXT PRIMARY KEY, type TEXT NOT NULL, arguments TEXT NOT NULL);
CREATE TABLE queue (name TEXT PRIMARY KEY, arguments TEXT NOT NULL);
CREATE TABLE binding (
    exchange TEXT NOT NULL, routing_key TEXT NOT NULL, queue TEXT NOT NULL,
    PRIMARY KEY (exchange, routing_key, queue)
) WITHOUT ROWID;
CREATE TABLE topology (version INTEGER NOT NULL);
INSERT INTO topology VALUES (0);
CREATE TABLE message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL,
    exchange TEXT NOT NULL, routing_key TEXT NOT NULL, content_type TEXT, content_encoding TEXT,
    headers TEXT NOT NULL, properties TEXT NOT NULL, body BLOB NOT NULL,
    deliveries INTEGER NOT NULL DEFAULT 0, owner TEXT, leased_until REAL
);
CREATE INDEX message_ready ON message (queue, id) WHERE owner IS NULL;
CREATE INDEX message_leased ON message (owner, leased_until) WHERE owner IS NOT NULL;
"""


class QueueDb:
    """One connection to the file, for one thread at a time; ``sqlite3.Error`` passes through.

    ``busy_seconds`` is how long to wait for another process to finish writing.
    Raises ``SchemaMismatch`` for a file of another version.
    """

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(
            path, timeout=busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def execute(self, sql: str, values: Iterable[Any] = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._db.execute(sql, tuple(values))

    def executemany(self, sql: str, rows: Iterable[Iterable[Any]]) -> None:
        """Run one statement for each row of values."""
        self._db.executemany(sql, [tuple(row) for row in rows])

    def one(self, sql: str, *values: Any) -> tuple[Any, ...] | None:
        """Return the first row, or None."""
        row: tuple[Any, ...] | None = self._db.execute(sql, values).fetchone()
        return row

    @contextmanager
    def transaction(self, *, durable: bool) -> Iterator[None]:
        """Take the write lock at once, so that nothing can fail half way for another writer."""
        self._db.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk has rolled back already
                self._db.execute("ROLLBACK")
            raise

    def _prepare(self) -> None:
        if self._version() == 0:
            with self.transaction(durable=True):
                if self._version() == 0:  # nobody was faster
                    for statement in _SCHEMA.split(";"):
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if self._version() != SCHEMA_VERSION:
            raise SchemaMismatch(
                f"The queue file {self.path.name} has version {self._version()}, "
                f"this program reads {SCHEMA_VERSION}.",
                hint="Let the old program deliver what is in it, then delete the file.",
            )

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])


def dump(value: Mapping[str, Any]) -> str:
    """Write a JSON object so that equal ones are equal text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
