"""The memory of handled events: in a file, or in a Redis that several consumers share.

The queue delivers at least once. A consumer that drops remembered events has each event's effect once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from intake.errors import BrokerUnavailable, ConfigurationError

if TYPE_CHECKING:
    from redis import Redis

REDIS = ("redis://", "rediss://")


class Seen(Protocol):
    """Remembers event ids; a plain ``set`` will do where a restart may repeat events."""

    def __contains__(self, event_id: object, /) -> bool: ...

    def add(self, event_id: str, /) -> None: ...


class SeenFile:
    """Remembers the last ``keep`` event ids in a small SQLite file: for one process at a time."""

    def __init__(self, path: Path, keep: int = 100_000) -> None:
        self._keep = keep
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS seen (n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE)"
        )

    def __contains__(self, event_id: object) -> bool:
        found = self._db.execute("SELECT 1 FROM seen WHERE id = ?", (event_id,)).fetchone()
        return found is not None

    def add(self, event_id: str) -> None:
        """Remember an id; durable when this returns."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("INSERT OR IGNORE INTO seen (id) VALUES (?)", (event_id,))
        self._db.execute("DELETE FROM seen WHERE n <= (SELECT max(n) FROM seen) - ?", (self._keep,))
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class SeenRedis:
    """Remembers event ids for ``days`` in Redis: for several workers of one consumer, on any machine.

    ``name`` distinguishes consumers that share a Redis. An id is as durable as that Redis is. Needs the
    extra ``redis``. Raises ``BrokerUnavailable``: the consumer waits, the event is delivered again.
    """

    def __init__(self, url: str, name: str, days: float = 30) -> None:
        """Connect to the Redis; ``ConfigurationError`` for a wrong URL or a missing package."""
        try:
            import redis
        except ImportError as error:
            raise ConfigurationError(
                "Remembering event ids in Redis needs its Python client.",
                hint="pip install 'citizen-intake[redis]'",
            ) from error
        self._failures = (redis.RedisError, OSError)
        self._name, self._seconds = name, round(days * 86_400)
        try:
            self._redis: Redis = redis.Redis.from_url(
                url, socket_timeout=5, socket_connect_timeout=5
            )
        except ValueError as error:
            raise ConfigurationError(
                f"The Redis URL is not valid: {error}.",
                hint="Example: redis://127.0.0.1:6379/0",
            ) from error

    def __contains__(self, event_id: object) -> bool:
        with self._mapped():
            return bool(self._redis.exists(self._key(event_id)))

    def add(self, event_id: str) -> None:
        """Remember an id."""
        with self._mapped():
            self._redis.set(self._key(event_id), 1, ex=self._seconds)

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _key(self, event_id: object) -> str:
        return f"intake:seen:{self._name}:{event_id}"

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            raise BrokerUnavailable(
                f"Redis does not say which events were handled ({type(error).__name__}).",
                hint="It is tried again; events wait in the queue.",
            ) from error


def open_seen(where: str, name: str) -> SeenFile | SeenRedis:
    """Open the memory of consumer ``name``: a Redis URL, else a file."""
    return SeenRedis(where, name) if where.startswith(REDIS) else SeenFile(Path(where))
