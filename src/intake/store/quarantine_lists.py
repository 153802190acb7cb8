"""The desk's lists of sources and of their items in quarantine."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.store.tables import quarantine, raw_item, source_state

QUARANTINED = raw_item.c.state == "quarantined"
_SHOWN = (
    raw_item.c.id,
    raw_item.c.source,
    raw_item.c.external_id,
    raw_item.c.content_type,
    raw_item.c.ref,
    raw_item.c.fetched_at,
    raw_item.c.state,
    quarantine.c.stage,
    quarantine.c.reason,
    quarantine.c.detail,
    quarantine.c.quarantined_at,
    quarantine.c.attempts,
    quarantine.c.code,
    quarantine.c.params,
)


def quarantined(
    connection: sa.Connection, *, source: str, before: int | None, limit: int
) -> list[Any]:
    """List the quarantine newest first, without the bytes; ``before`` is the last id seen."""
    wanted = (
        sa.select(*_SHOWN, sa.func.length(raw_item.c.content).label("size"))
        .join(quarantine, quarantine.c.raw_id == raw_item.c.id)
        .where(QUARANTINED)
        .order_by(raw_item.c.id.desc())
        .limit(limit)
    )
    if source:
        wanted = wanted.where(raw_item.c.source == source)
    if before is not None:
        wanted = wanted.where(raw_item.c.id < before)
    return list(connection.execute(wanted))


def quarantined_item(connection: sa.Connection, raw_id: int) -> Any | None:
    """Return one item that is or was in quarantine, with its bytes."""
    return connection.execute(
        sa.select(*_SHOWN, raw_item.c.content)
        .join(quarantine, quarantine.c.raw_id == raw_item.c.id)
        .where(raw_item.c.id == raw_id)
    ).first()


def quarantined_by_source(connection: sa.Connection) -> dict[str, int]:
    """Count the quarantine per source."""
    rows = connection.execute(
        sa.select(raw_item.c.source, sa.func.count())
        .join(quarantine, quarantine.c.raw_id == raw_item.c.id)
        .where(QUARANTINED)
        .group_by(raw_item.c.source)
        .order_by(raw_item.c.source)
    )
    return {row[0]: row[1] for row in rows}


def quarantined_ids(connection: sa.Connection, source: str) -> list[int]:
    """Return the ids of everything in quarantine from one source."""
    return list(
        connection.scalars(
            sa.select(raw_item.c.id)
            .join(quarantine, quarantine.c.raw_id == raw_item.c.id)
            .where(QUARANTINED, raw_item.c.source == source)
            .order_by(raw_item.c.id)
        )
    )


def source_names(connection: sa.Connection) -> list[str]:
    """Return the sources that were ever pulled."""
    return list(
        connection.scalars(sa.select(source_state.c.source).order_by(source_state.c.source))
    )
