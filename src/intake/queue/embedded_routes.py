"""Exchanges, queues and bindings of the embedded queue, and which queues a message goes to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from intake.queue.embedded_db import QueueDb, dump


class MissingError(Exception):
    """The exchange or queue named does not exist."""


class InequivalentError(Exception):
    """The exchange or queue exists with another type or other arguments."""


class Routes:
    """The declarations in the file; every change is one durable commit."""

    def __init__(self, db: QueueDb) -> None:
        self._db = db
        self._found: dict[tuple[str, str], tuple[str, ...]] = {}
        self._found_in = -1

    def declare_exchange(self, name: str, kind: str, arguments: Mapping[str, Any]) -> None:
        """Create the exchange if need be. Raises ``InequivalentError``."""
        wanted = (kind, dump(arguments))
        with self._change():
            found = self._db.one("SELECT type, arguments FROM exchange WHERE name = ?", name)
            if found is None:
                self._db.execute("INSERT INTO exchange VALUES (?, ?, ?)", (name, *wanted))
            elif found != wanted:
                raise InequivalentError(f"exchange {name!r} is {found}, not {wanted}")

    def declare_queue(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Create the queue if need be. Raises ``InequivalentError``."""
        wanted = dump(arguments)
        with self._change():
            found = self._db.one("SELECT arguments FROM queue WHERE name = ?", name)
            if found is None:
                self._db.execute("INSERT INTO queue VALUES (?, ?)", (name, wanted))
            elif found != (wanted,):
                raise InequivalentError(f"queue {name!r} has {found[0]}, not {wanted}")

    def bind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Bind a queue. Raises ``MissingError``."""
        with self._change():
            if not self.has_exchange(exchange):
                raise MissingError(f"no exchange {exchange!r}")
            if not self.has_queue(queue):
                raise MissingError(f"no queue {queue!r}")
            self._db.execute(
                "INSERT OR IGNORE INTO binding VALUES (?, ?, ?)", (exchange, routing_key, queue)
            )

    def unbind(self, queue: str, exchange: str, routing_key: str) -> None:
        """Take a binding away, if it is there."""
        with self._change():
            self._db.execute(
                "DELETE FROM binding WHERE exchange = ? AND routing_key = ? AND queue = ?",
                (exchange, routing_key, queue),
            )

    def delete_exchange(self, name: str) -> None:
        """Delete an exchange and its bindings, if it is there."""
        with self._change():
            self._db.execute("DELETE FROM binding WHERE exchange = ?", (name,))
            self._db.execute("DELETE FROM exchange WHERE name = ?", (name,))

    def delete_queue(self, name: str) -> None:
        """Delete a queue with its bindings and messages, if it is there."""
        with self._change():
            self._db.execute("DELETE FROM binding WHERE queue = ?", (name,))
            self._db.execute("DELETE FROM message WHERE queue = ?", (name,))
            self._db.execute("DELETE FROM queue WHERE name = ?", (name,))

    def has_exchange(self, name: str) -> bool:
        """Return whether the exchange exists."""
        return self._db.one("SELECT 1 FROM exchange WHERE name = ?", name) is not None

    def has_queue(self, name: str) -> bool:
        """Return whether the queue exists."""
        return self._db.one("SELECT 1 FROM queue WHERE name = ?", name) is not None

    def to(self, exchange: str, routing_key: str) -> tuple[str, ...]:
        """Return the queues that a message goes to. Raises ``MissingError``: no such exchange."""
        found = self._db.one("SELECT version FROM topology")
        version = int(found[0]) if found else 0
        if version != self._found_in:
            self._found.clear()
            self._found_in = version
        route = self._found.get((exchange, routing_key))
        if route is None:
            route = self._resolve(exchange, routing_key, ())
            self._found[exchange, routing_key] = route
        return route

    def _resolve(self, exchange: str, key: str, tried: tuple[str, ...]) -> tuple[str, ...]:
        """Find the queues for a key; where there are none, ask the alternate exchange."""
        if exchange == "":
            return (key,) if self.has_queue(key) else ()
        found = self._db.one("SELECT type, arguments FROM exchange WHERE name = ?", exchange)
        if found is None:
            raise MissingError(f"no exchange {exchange!r}")
        kind, arguments = found
        bindings = self._db.execute(
            "SELECT DISTINCT routing_key, queue FROM binding WHERE exchange = ?", (exchange,)
        ).fetchall()
        queues = {queue for bound, queue in bindings if _matches(kind, bound, key)}
        alternate = json.loads(arguments).get("alternate-exchange")
        if queues or not alternate or alternate in tried or not self.has_exchange(alternate):
            return tuple(sorted(queues))
        return self._resolve(alternate, key, (*tried, exchange))

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._db.transaction(durable=True):
            yield
            self._db.execute("UPDATE topology SET version = version + 1")


def _matches(kind: str, bound: str, key: str) -> bool:
    if kind == "fanout":
        return True
    if kind == "direct":
        return bound == key
    return _topic_matches(bound.split("."), key.split("."))


def _topic_matches(pattern: Sequence[str], words: Sequence[str]) -> bool:
    """AMQP topics: ``*`` is one word, ``#`` any number of words, also none."""
    if not pattern:
        return not words
    head, rest = pattern[0], pattern[1:]
    if head == "#":
        return any(_topic_matches(rest, words[i:]) for i in range(len(words) + 1))
    return bool(words) and head in ("*", words[0]) and _topic_matches(rest, words[1:])
