"""The messages of the embedded queue: rows of one SQLite file that several processes may share.

A message that was handed to a consumer stays a row, leased to its owner, until it is acknowledged;
it comes back when the owner has ended (see ``owner``) or when the lease has run out. Coming back
more often than the queue's ``x-delivery-limit`` allows, or being rejected, it goes to the queue's
``x-dead-letter-exchange``. Names and meanings of the arguments are RabbitMQ's; others (such as
``x-queue-type``) are kept and have no effect.

Publishing commits with ``synchronous=FULL``. Leases and acknowledgements commit with ``NORMAL``:
losing the last of them to a power cut repeats a delivery, which at-least-once allows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from intake.queue.embedded_db import QueueDb, dump
from intake.queue.embedded_routes import Routes
from intake.queue.owner import Owner, is_gone

RECLAIM_SECONDS = 1.0


class QueuedMessage(NamedTuple):
    """A message as it was published; ``headers`` and ``properties`` are JSON objects."""

    exchange: str
    routing_key: str
    content_type: str | None
    content_encoding: str | None
    headers: str
    properties: str
    body: bytes


class Lease(NamedTuple):
    """A message handed out; ``id`` and ``deliveries`` (this one counted) name the lease."""

    id: int
    deliveries: int
    message: QueuedMessage


class QueueFile:
    """One connection to the file, for one thread at a time; ``sqlite3.Error`` passes through.

    ``lease_seconds`` bounds how long a running consumer may keep a message without an answer,
    ``busy_seconds`` the wait for another writer; ``clock`` returns seconds since the epoch.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float],
        *,
        lease_seconds: float,
        busy_seconds: float,
    ) -> None:
        self._db = QueueDb(path, busy_seconds)
        self.routes = Routes(self._db)
        self._lease_seconds = lease_seconds
        self._clock = clock
        self._owner: Owner | None = None
        self._reclaimed_at = float("-inf")

    def close(self) -> None:
        """Return what is still leased and close."""
        if self._owner is not None:
            with self._db.transaction(durable=False):
                self._return("owner = ?", (self._owner.name,))
            self._owner.close()
            self._owner = None
        self._db.close()

    def depth(self, queue: str) -> int:
        """Count the messages that are ready, as RabbitMQ does: leased ones do not count."""
        sql = "SELECT count(*) FROM message WHERE queue = ? AND owner IS NULL"
        found = self._db.one(sql, queue)
        return int(found[0]) if found else 0

    def purge(self, queue: str) -> int:
        """Delete the messages that are ready; how many."""
        with self._db.transaction(durable=True):
            return self._db.execute(
                "DELETE FROM message WHERE queue = ? AND owner IS NULL", (queue,)
            ).rowcount

    def put(self, messages: Iterable[QueuedMessage]) -> list[int]:
        """Store messages in one durable commit; for each, in how many queues it is now.

        Raises ``MissingError`` for an unknown exchange, and then stores none.
        """
        with self._db.transaction(durable=True):
            return [self._put(message) for message in messages]

    def lease(self, queue: str, limit: int) -> list[Lease]:
        """Hand out up to ``limit`` ready messages, oldest first."""
        self._reclaim()
        ready = "SELECT 1 FROM message WHERE queue = ? AND owner IS NULL LIMIT 1"
        if self._db.one(ready, queue) is None:
            return []  # polling an empty queue takes no lock
        if self._owner is None:
            self._owner = Owner(self._db.path)
        with self._db.transaction(durable=False):
            rows = self._db.execute(
                "UPDATE message SET owner = ?, leased_until = ?, deliveries = deliveries + 1"
                " WHERE id IN (SELECT id FROM message WHERE queue = ? AND owner IS NULL"
                " ORDER BY id LIMIT ?)"
                " RETURNING id, deliveries, exchange, routing_key, content_type, content_encoding,"
                " headers, properties, body",
                (self._owner.name, self._clock() + self._lease_seconds, queue, limit),
            ).fetchall()
        return sorted(Lease(row[0], row[1], QueuedMessage(*row[2:])) for row in rows)

    def ack(self, leases: Sequence[tuple[int, int]]) -> None:
        """Delete acknowledged messages; a lease that has run out meanwhile is passed over."""
        with self._db.transaction(durable=False):
            self._db.executemany(
                "DELETE FROM message WHERE id = ? AND deliveries = ? AND owner IS NOT NULL", leases
            )

    def give_back(self, leases: Sequence[tuple[int, int]], *, unseen: bool = False) -> None:
        """Make messages ready again, at their old place; ``unseen`` ones were never delivered."""
        with self._db.transaction(durable=False):
            for lease in leases:
                self._return("id = ? AND deliveries = ?", lease, unseen=unseen)

    def reject(self, leases: Sequence[tuple[int, int]]) -> None:
        """Dead-letter messages, or drop them where the queue names no dead-letter exchange."""
        with self._db.transaction(durable=True):
            for lease in leases:
                found = self._db.one(
                    "SELECT id FROM message WHERE id = ? AND deliveries = ? AND owner IS NOT NULL",
                    *lease,
                )
                if found is not None:
                    self._bury(int(found[0]), "rejected")

    def _put(self, message: QueuedMessage) -> int:
        queues = self.routes.to(message.exchange, message.routing_key)
        self._db.executemany(
            "INSERT INTO message (queue, exchange, routing_key, content_type, content_encoding,"
            " headers, properties, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(queue, *message) for queue in queues],
        )
        return len(queues)

    def _return(self, where: str, values: Sequence[Any], *, unseen: bool = False) -> None:
        """Make leased messages ready again, or bury those that came back too often."""
        rows = self._db.execute(
            "SELECT message.id, deliveries, queue.arguments FROM message"
            f" JOIN queue ON queue.name = message.queue WHERE owner IS NOT NULL AND {where}",
            values,
        ).fetchall()
        for id_, deliveries, arguments in rows:
            limit = json.loads(arguments).get("x-delivery-limit")
            if not unseen and limit is not None and deliveries > limit:
                self._bury(id_, "delivery_limit")
            else:
                self._make_ready(id_, deliveries - unseen)

    def _make_ready(self, id_: int, deliveries: int) -> None:
        self._db.execute(
            "UPDATE message SET owner = NULL, leased_until = NULL, deliveries = ? WHERE id = ?",
            (deliveries, id_),
        )

    def _bury(self, id_: int, reason: str) -> None:
        """Move a message to its dead-letter exchange, with RabbitMQ's ``x-first-death-*`` headers.

        Without a dead-letter exchange it is dropped; with one that leads nowhere it stays.
        """
        queue, arguments, deliveries, *fields = self._db.execute(
            "SELECT queue, queue.arguments, deliveries, exchange, routing_key, content_type,"
            " content_encoding, headers, properties, body"
            " FROM message JOIN queue ON queue.name = message.queue WHERE id = ?",
            (id_,),
        ).fetchone()
        message, options = QueuedMessage(*fields), json.loads(arguments)
        exchange = options.get("x-dead-letter-exchange")
        if exchange is not None:
            death = {
                "x-first-death-queue": queue,
                "x-first-death-reason": reason,
                "x-first-death-exchange": message.exchange,
            }
            buried = message._replace(
                exchange=exchange,
                routing_key=options.get("x-dead-letter-routing-key", message.routing_key),
                headers=dump(death | json.loads(message.headers)),
            )
            if not (self.routes.has_exchange(exchange) and self._put(buried)):
                self._make_ready(id_, deliveries)
                return
        self._db.execute("DELETE FROM message WHERE id = ?", (id_,))

    def _reclaim(self) -> None:
        """Bring back messages whose owner has ended or whose lease has run out."""
        now = self._clock()
        if now - self._reclaimed_at < RECLAIM_SECONDS:
            return
        self._reclaimed_at = now
        leased = self._db.execute(
            "SELECT owner, min(leased_until) FROM message WHERE owner IS NOT NULL GROUP BY owner"
        ).fetchall()
        mine = self._owner.name if self._owner else None
        gone = [name for name, _ in leased if name != mine and is_gone(self._db.path, name)]
        late = any(until <= now for _, until in leased)
        if not gone and not late:
            return
        with self._db.transaction(durable=True):
            for name in gone:
                self._return("owner = ?", (name,))
            self._return("leased_until <= ?", (now,))
