"""The pull feed: published events read from the store by position, with no broker in between."""

from __future__ import annotations

from intake.store import outbox
from intake.store.engine import Connection

MOST = 1000


def read_feed(
    connection: Connection, after: int, limit: int = 100, unit: str | None = None
) -> list[tuple[int, str]]:
    """Return up to ``limit`` (at most 1000) events after ``after``, as (position, event JSON).

    Positions start at 1 and have no gaps; an event is here once the broker has confirmed it, and a
    reader that keeps the last position it handled misses none. With ``unit`` only events addressed
    to that unit, whose positions then do have gaps.
    """
    return outbox.after(connection, after, max(1, min(limit, MOST)), unit)
