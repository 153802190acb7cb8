"""Raw items: landing them with their cursor, claiming them in batches, quarantine and replay.

The counters of I2 are kept per source and change in the same commit as the items they count:
``fetched = new + revision + redelivery + filtered + quarantined + waiting``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from intake.connect.connector import Cursor, Page
from intake.errors import IntakeError, StoreBusy
from intake.messages import Message
from intake.model.submission import RawItem
from intake.store import bulk
from intake.store.engine import Store, settle_lock
from intake.store.tables import quarantine, raw_item, source_count, source_state

LANDED = "landed"
OUTCOMES = ("new", "revision", "redelivery", "quarantined")
FILTERED = "filtered:"


@dataclass(frozen=True, slots=True)
class LandedItem:
    """A raw item with its row id; ids grow in the order of landing."""

    id: int
    item: RawItem


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a raw item goes to quarantine: the stage, what went wrong, a technical detail.

    ``reason`` is English, for the command line; ``coded`` the same as a message of the catalogue.
    """

    stage: str
    reason: str
    detail: str = ""
    coded: Message | None = None

    @classmethod
    def of(cls, stage: str, error: IntakeError, detail: str = "") -> Self:
        """Take the reason from an error."""
        return cls(stage, str(error), detail, error.coded)


def cursor_of(connection: sa.Connection, source: str) -> Cursor:
    """Return the stored cursor, ``{}`` where the source was never pulled."""
    found = connection.execute(
        sa.select(source_state.c.cursor).where(source_state.c.source == source)
    ).scalar_one_or_none()
    return dict(found) if found else {}


def land(
    connection: sa.Connection, source: str, channel: str, page: Page, at: datetime
) -> tuple[int, int]:
    """Write a page and its cursor; returns (newly landed, redelivered). Same commit, always (I4)."""
    rows = [
        {
            "source": source,
            "external_id": item.external_id,
            "digest": item.digest,
            "content": item.content,
            "content_type": item.content_type,
            "ref": item.ref,
            "fetched_at": item.fetched_at,
            "state": LANDED,
        }
        for item in page.items
    ]
    landed = bulk.insert(connection, raw_item, rows, ignore=True)
    redelivered = len(rows) - landed
    filtered = sum(page.filtered.values())
    count(
        connection,
        {
            (source, "fetched"): len(rows) + filtered,
            (source, "redelivery"): redelivered,
            **{(source, FILTERED + rule): n for rule, n in page.filtered.items()},
        },
    )
    bulk.insert(
        connection,
        source_state,
        [
            {
                "source": source,
                "channel": channel,
                "cursor": page.cursor,
                "pulled_at": at,
                "succeeded_at": at,
                "failures": 0,
                "error": None,
            }
        ],
        replace=True,
    )
    return landed, redelivered


def pull_failed(
    connection: sa.Connection, source: str, channel: str, error: IntakeError, at: datetime
) -> None:
    """Note that a pull failed and why, without touching the cursor; shown by ``doctor``."""
    said = {
        "error": str(error).removeprefix(f"{source}: "),
        "error_code": error.coded.code if error.coded else None,
        "error_params": dict(error.coded.params) if error.coded else None,
    }
    changed = connection.execute(
        sa.update(source_state)
        .where(source_state.c.source == source)
        .values(pulled_at=at, failures=source_state.c.failures + 1, **said)
    )
    if changed.rowcount == 0:
        row = {"source": source, "channel": channel, "cursor": {}, "pulled_at": at}
        connection.execute(sa.insert(source_state).values(**row, failures=1, **said))


def count(connection: sa.Connection, changes: Mapping[tuple[str, str], int]) -> None:
    """Add to the counters; in one order everywhere, so that two writers cannot deadlock."""
    for (source, counter), n in sorted(changes.items()):
        if n == 0:
            continue
        changed = connection.execute(
            sa.update(source_count)
            .where(source_count.c.source == source, source_count.c.counter == counter)
            .values(n=source_count.c.n + n)
        )
        if changed.rowcount == 0:
            bulk.insert(
                connection,
                source_count,
                [{"source": source, "counter": counter, "n": 0}],
                ignore=True,
            )
            connection.execute(
                sa.update(source_count)
                .where(source_count.c.source == source, source_count.c.counter == counter)
                .values(n=source_count.c.n + n)
            )


def waiting(connection: sa.Connection) -> int:
    """Count the raw items that wait for processing."""
    return int(
        connection.execute(
            sa.select(sa.func.count()).select_from(raw_item).where(raw_item.c.state == LANDED)
        ).scalar_one()
    )


def as_landed(row: Any) -> LandedItem:
    """Return the landed item of a ``raw_item`` row."""
    return LandedItem(
        row.id,
        RawItem(
            source=row.source,
            external_id=row.external_id,
            content=row.content,
            content_type=row.content_type,
            fetched_at=row.fetched_at,
            ref=row.ref,
            digest=row.digest,
        ),
    )


@dataclass(slots=True)
class Claim:
    """A batch of landed items that this worker alone may settle."""

    items: list[LandedItem]
    _store: Store
    _held: sa.Connection | None

    @contextmanager
    def settle(self) -> Iterator[sa.Connection]:
        """A write transaction for the results; batches settle one after the other.

        PostgreSQL: inside the transaction that holds the claimed rows' locks. A failure rolls back to
        the claim, so that the items can be tried alone. SQLite: a new transaction, in which
        ``finish`` makes sure that nobody else settled the items meanwhile.
        """
        if self._held is None:
            with self._store.write() as connection:
                yield connection
        else:
            with self._held.begin_nested():
                settle_lock(self._held)
                yield self._held


@contextmanager
def claim(store: Store, limit: int) -> Iterator[Claim]:
    """Claim up to ``limit`` landed items, oldest first.

    On PostgreSQL other workers skip the claimed rows (``FOR UPDATE SKIP LOCKED``) until the block
    ends, or until the worker's connection ends.
    """
    wanted = (
        sa.select(raw_item).where(raw_item.c.state == LANDED).order_by(raw_item.c.id).limit(limit)
    )
    if store.dialect == "postgresql":
        with store.write() as connection:
            rows = connection.execute(wanted.with_for_update(skip_locked=True)).all()
            yield Claim([as_landed(row) for row in rows], store, connection)
    else:
        with store.read() as connection:
            rows = connection.execute(wanted).all()
        yield Claim([as_landed(row) for row in rows], store, None)


def finish(connection: sa.Connection, outcomes: Sequence[tuple[LandedItem, str]]) -> None:
    """Set the outcome of claimed items and count it; ``StoreBusy`` if one was settled elsewhere."""
    ids = [landed.id for landed, _ in outcomes]
    still = connection.execute(
        sa.select(sa.func.count())
        .select_from(raw_item)
        .where(raw_item.c.id.in_(ids), raw_item.c.state == LANDED)
    ).scalar_one()
    if still != len(set(ids)):
        raise StoreBusy("Another process settled the same items.", hint="The batch is tried again.")
    bulk.update(
        connection,
        raw_item,
        "id",
        [{"id": landed.id, "state": outcome} for landed, outcome in outcomes],
    )
    count(connection, Counter((landed.item.source, outcome) for landed, outcome in outcomes))


def reject(
    connection: sa.Connection, rejected: Iterable[tuple[LandedItem, Rejection]], at: datetime
) -> None:
    """Write why items went to quarantine; their bytes stay in ``raw_item``."""
    for landed, why in rejected:
        tried = connection.execute(
            sa.select(quarantine.c.attempts).where(quarantine.c.raw_id == landed.id)
        ).scalar_one_or_none()
        row = {
            "raw_id": landed.id,
            "stage": why.stage,
            "reason": why.reason,
            "detail": why.detail,
            "quarantined_at": at,
            "attempts": (tried or 0) + 1,
            "code": why.coded.code if why.coded else None,
            "params": dict(why.coded.params) if why.coded else None,
        }
        bulk.insert(connection, quarantine, [row], replace=True)


def quarantined(
    connection: sa.Connection, *, source: str | None = None, limit: int = 200
) -> list[Any]:
    """List quarantined items, newest first: raw item columns beside stage, reason, attempts."""
    wanted = (
        sa.select(
            raw_item.c.id,
            raw_item.c.source,
            raw_item.c.external_id,
            raw_item.c.content,
            raw_item.c.content_type,
            raw_item.c.ref,
            raw_item.c.fetched_at,
            quarantine.c.stage,
            quarantine.c.reason,
            quarantine.c.detail,
            quarantine.c.quarantined_at,
            quarantine.c.attempts,
            quarantine.c.code,
            quarantine.c.params,
        )
        .join(quarantine, quarantine.c.raw_id == raw_item.c.id)
        .where(raw_item.c.state == "quarantined")
        .order_by(raw_item.c.id.desc())
        .limit(limit)
    )
    if source:
        wanted = wanted.where(raw_item.c.source == source)
    return list(connection.execute(wanted))


def replay(
    connection: sa.Connection,
    *,
    ids: Sequence[int] | None = None,
    source: str | None = None,
    stage: str | None = None,
) -> list[int]:
    """Put quarantined items back to be processed and return their ids; their reasons stay until then."""
    wanted = (
        sa.select(raw_item.c.id, raw_item.c.source)
        .join(quarantine, quarantine.c.raw_id == raw_item.c.id)
        .where(raw_item.c.state == "quarantined")
    )
    if ids is not None:
        wanted = wanted.where(raw_item.c.id.in_(ids))
    if source is not None:
        wanted = wanted.where(raw_item.c.source == source)
    if stage is not None:
        wanted = wanted.where(quarantine.c.stage == stage)
    rows = connection.execute(wanted).all()
    bulk.update(connection, raw_item, "id", [{"id": row.id, "state": LANDED} for row in rows])
    count(
        connection,
        {key: -n for key, n in Counter((row.source, "quarantined") for row in rows).items()},
    )
    return [row.id for row in rows]


def waiting_for(connection: sa.Connection, stage: str, details: Sequence[str]) -> list[int]:
    """Return the quarantined items of a stage whose detail is one of ``details``."""
    # Not a join: SQLite would begin with all raw items there ever were.
    still = sa.exists().where(
        raw_item.c.id == quarantine.c.raw_id, raw_item.c.state == "quarantined"
    )
    rows = connection.execute(
        sa.select(quarantine.c.raw_id).where(
            quarantine.c.stage == stage, quarantine.c.detail.in_(details), still
        )
    )
    return [row.raw_id for row in rows]


def is_landed(connection: sa.Connection, source: str, external_id: str) -> bool:
    """Return whether an item of this id waits to be processed."""
    wanted = sa.select(sa.literal(1)).where(
        raw_item.c.source == source,
        raw_item.c.external_id == external_id,
        raw_item.c.state == LANDED,
    )
    return connection.execute(wanted.limit(1)).first() is not None
