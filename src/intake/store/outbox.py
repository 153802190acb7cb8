"""The outbox: events committed with the decision, waiting to be published, then kept as the feed.

A row is appended in the transaction of the decision. Once the broker has confirmed it, ``mark_sent``
sets its ``position``. Positions have no gaps and appear in order, because only the holder of the
:class:`Sequencer` sets them. Reading by ``id`` instead would lose rows on PostgreSQL, where a lower id can
commit later.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from intake.errors import StoreBusy
from intake.store import bulk
from intake.store.engine import Store
from intake.store.tables import outbox
from intake.store.types import UtcTime

RELAY_LOCK = 0x1A7A_0B0C
"""PostgreSQL advisory lock of the one relay that is active."""

MAX_ROUTING_KEY = 255
"""Bytes that AMQP allows; a longer key would fail its batch for ever, so it is refused here."""


class OutboxRow(NamedTuple):
    """An event to publish; ``body`` is the whole structured-mode CloudEvent as JSON text."""

    event_id: str
    request_id: str
    sequence: int
    type: str
    routing_keys: tuple[str, ...]
    body: str
    created_at: datetime


class Unsent(NamedTuple):
    """An event that the broker has not confirmed yet."""

    id: int
    event_id: str
    request_id: str
    sequence: int
    type: str
    routing_keys: tuple[str, ...]
    body: str


def append(connection: sa.Connection, rows: Sequence[OutboxRow]) -> None:
    """Add events to the caller's transaction.

    Raises ``ValueError`` for a routing key that no broker would take.
    """
    for row in rows:
        if any(len(key.encode()) > MAX_ROUTING_KEY for key in row.routing_keys):
            raise ValueError(f"event {row.event_id}: a routing key is over {MAX_ROUTING_KEY} bytes")
    bulk.insert(connection, outbox, [row._asdict() for row in rows])


def unsent(connection: sa.Connection, limit: int) -> list[Unsent]:
    """Return the oldest unsent events by id, at most one per request: its next in ``sequence``.

    One per request, so that a batch of which the broker refuses a part keeps the order of each.
    """
    earlier = outbox.alias("earlier")
    rows = connection.execute(
        sa.select(*(outbox.c[name] for name in Unsent._fields))
        .where(
            outbox.c.sent_at.is_(None),
            ~sa.exists().where(
                earlier.c.request_id == outbox.c.request_id,
                earlier.c.sequence < outbox.c.sequence,
                earlier.c.sent_at.is_(None),
            ),
        )
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [Unsent(**row._asdict() | {"routing_keys": tuple(row.routing_keys)}) for row in rows]


_MARK = (
    "UPDATE outbox SET sent_at = {0},"
    " position = (SELECT coalesce(max(position), 0) + 1 FROM outbox)"
    " WHERE id = {0} AND sent_at IS NULL"
)


def mark_sent(connection: sa.Connection, ids: Sequence[int], at: datetime) -> int:
    """Mark events as confirmed at ``at``, with positions in the order of ``ids``; return how many.

    Events marked before are skipped, so that a repeat leaves no gap.
    """
    if not ids:
        return 0
    dialect = connection.dialect
    bound = UtcTime().process_bind_param(at, dialect)
    sql = _MARK.format("?" if dialect.name == "sqlite" else "%s")
    return connection.exec_driver_sql(sql, [(bound, id_) for id_ in ids]).rowcount


def after(
    connection: sa.Connection, position: int, limit: int, unit: str | None = None
) -> list[tuple[int, str]]:
    """Return ``(position, event JSON)`` of the published events after ``position``, in order.

    With ``unit`` only events that were addressed to it.
    """
    query = (
        sa.select(outbox.c.position, outbox.c.body)
        .where(outbox.c.position > position)
        .order_by(outbox.c.position)
        .limit(limit)
    )
    if unit is not None:
        # The opening quote anchors the unit at the start of a key in the JSON list.
        start = json.dumps(unit, ensure_ascii=False)[:-1] + "."
        find = sa.func.instr if connection.dialect.name == "sqlite" else sa.func.strpos
        query = query.where(find(sa.type_coerce(outbox.c.routing_keys, sa.Text), start) > 0)
    return [(row.position, row.body) for row in connection.execute(query)]


def backlog(connection: sa.Connection) -> tuple[int, datetime | None]:
    """Return how many events wait to be published, and since when the oldest waits."""
    row = connection.execute(
        sa.select(sa.func.count(), sa.func.min(outbox.c.created_at, type_=UtcTime)).where(
            outbox.c.sent_at.is_(None)
        )
    ).one()
    return int(row[0]), row[1]


class Sequencer:
    """The lock of the one relay that may publish and set positions; other relays wait.

    On PostgreSQL it is an advisory lock of one session, and the relay marks in that same session:
    who has lost the lock cannot mark. SQLite serves a single process and needs none.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._session: sa.Connection | None = None

    def take(self) -> bool:
        """Take the lock if it is free; return whether it is ours."""
        if self._store.dialect == "sqlite" or self._session is not None:
            return True
        with self._mapped():
            session = self._store.engine.connect()
            with session.begin():
                held = session.scalar(sa.select(sa.func.pg_try_advisory_lock(RELAY_LOCK)))
            if held:
                self._session = session
            else:
                session.close()
        return bool(held)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Open a transaction that only reads; ``StoreBusy`` if the lock was lost meanwhile."""
        if self._session is None:
            with self._store.read() as connection:
                yield connection
        else:
            with self._mapped(), self._session.begin():
                yield self._session

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that writes; ``StoreBusy`` if the lock was lost meanwhile."""
        if self._session is None:
            with self._store.write() as connection:
                yield connection
        else:
            with self._mapped(), self._session.begin():
                yield self._session

    def release(self) -> None:
        """Release the lock."""
        if self._session is None:
            return
        session, self._session = self._session, None
        # Closing the server session drops the lock even when it cannot be reached to unlock it.
        session.invalidate()
        session.close()

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            self.release()
            raise StoreBusy(
                f"The database did not do it: {type(error.orig).__name__}.",
                hint="It is tried again; see intake doctor.",
            ) from error


def events_per_unit(connection: sa.Connection) -> dict[str, int]:
    """Count the events sent so far, per unit they were addressed to."""
    if connection.dialect.name == "postgresql":
        keys = "json_array_elements_text(routing_keys::json) AS key"
        query = f"SELECT split_part(key, '.', 1), count(*) FROM outbox, {keys}"
    else:
        query = (
            "SELECT substr(value, 1, instr(value, '.') - 1), count(*) "
            "FROM outbox, json_each(routing_keys)"
        )
    rows = connection.exec_driver_sql(f"{query} WHERE sent_at IS NOT NULL GROUP BY 1 ORDER BY 1")
    return {str(row[0]): int(row[1]) for row in rows}
