"""Facts about sources: counters, rows by state, the state of the last pull."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.store.engine import Connection
from intake.store.landing import LANDED
from intake.store.tables import raw_item, source_count, source_state


def kept_counters(connection: Connection) -> dict[tuple[str, str], int]:
    """Read the counters of I2 as they are kept, by (source, counter)."""
    return {(row.source, row.counter): row.n for row in connection.execute(sa.select(source_count))}


def rows_by_state(connection: Connection) -> dict[tuple[str, str], int]:
    """Count the raw items themselves, by (source, state). Reads every raw item there is."""
    rows = connection.execute(
        sa.select(raw_item.c.source, raw_item.c.state, sa.func.count().label("n")).group_by(
            raw_item.c.source, raw_item.c.state
        )
    )
    return {(row.source, row.state): row.n for row in rows}


def waiting_by_source(connection: Connection) -> dict[str, int]:
    """Count the raw items that wait to be processed, by source."""
    rows = connection.execute(
        sa.select(raw_item.c.source, sa.func.count().label("n"))
        .where(raw_item.c.state == LANDED)
        .group_by(raw_item.c.source)
    )
    return {row.source: row.n for row in rows}


def pull_states(connection: Connection) -> dict[str, Any]:
    """Read how the last pull of each source went: a row of ``source_state`` by the source's name."""
    return {row.source: row for row in connection.execute(sa.select(source_state))}
