"""Counting what came in: by case, and by category and area, over stretches of time.

The counts are answered from the index over (received_at, category, area, case_id) alone; rows are
read only for the few matters that turn out hot.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from intake.model.decision import HoldReason, Lane
from intake.store.tables import identity, request

COUNTY = 6
"""Digits of the deepest area that is counted; deeper ones count for theirs."""


class CountLine(NamedTuple):
    """One request of a matter, without its words."""

    id: str
    case_id: str
    category: str | None
    area: str | None
    channel: str
    received_at: datetime
    person: str
    sensitive: bool


def latest(connection: sa.Connection, until: datetime) -> datetime | None:
    """Return when the last request before ``until`` came in."""
    newest = sa.select(request.c.received_at).where(request.c.received_at < until)
    return connection.scalar(newest.order_by(request.c.received_at.desc()).limit(1))


def busy_cases(
    connection: sa.Connection, since: datetime, until: datetime, least: int
) -> dict[str, tuple[int, str | None]]:
    """Count by case, with an area of it; cases with fewer than ``least`` are left out."""
    # An expression, so that SQLite does not walk all cases there ever were in the order of their ids.
    case = sa.func.coalesce(request.c.case_id, "")
    number = sa.func.count()
    area = sa.func.max(request.c.area)
    wanted = sa.select(case, number, area).where(_within(since, until)).group_by(case)
    rows = connection.execute(wanted.having(number >= least))
    return {row[0]: (row[1], row[2]) for row in rows}


def count_cases(
    connection: sa.Connection, cases: Collection[str], since: datetime, until: datetime
) -> dict[str, int]:
    """Count these cases."""
    wanted = (
        sa.select(request.c.case_id, sa.func.count())
        .where(request.c.case_id.in_(cases), _within(since, until))
        .group_by(request.c.case_id)
    )
    return {row[0]: row[1] for row in connection.execute(wanted)}


def count_places(
    connection: sa.Connection, since: datetime, until: datetime
) -> dict[tuple[str, str], int]:
    """Count by (category, county or the shorter code that is known)."""
    area = sa.func.substr(request.c.area, 1, COUNTY)
    wanted = (
        sa.select(request.c.category, area, sa.func.count())
        .where(_within(since, until), request.c.category.is_not(None), request.c.area.is_not(None))
        .group_by(request.c.category, area)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(wanted)}


def lines(
    connection: sa.Connection,
    since: datetime,
    until: datetime,
    *,
    cases: Collection[str],
    categories: Collection[str],
) -> list[CountLine]:
    """Read the requests of these cases and categories, oldest first."""
    case_id = request.c.case_id
    wanted = (
        sa.select(
            request.c.id, case_id, request.c.category, request.c.area, request.c.channel,
            request.c.received_at, sa.func.coalesce(identity.c.phone_key, request.c.id),
            sa.or_(
                sa.func.coalesce(request.c.lane, "") == Lane.LEADERSHIP.value,
                sa.func.coalesce(request.c.hold, "") == HoldReason.SENSITIVE.value,
            ),
        )
        .select_from(request.outerjoin(identity, identity.c.request_id == request.c.id))
        .where(_within(since, until))
        .where(sa.or_(case_id.in_(cases), request.c.category.in_(categories)))
        .order_by(request.c.received_at, request.c.id)
    )  # fmt: skip
    return [CountLine(*row) for row in connection.execute(wanted)]


def titles(connection: sa.Connection, ids: Collection[str]) -> dict[str, str]:
    """Return what each request is called: its title, or how its text begins."""
    rows: Any = connection.execute(
        sa.select(request.c.id, request.c.doc).where(request.c.id.in_(ids))
    )
    return {row.id: row.doc["title"] or row.doc["text"][:40] for row in rows}


def _within(since: datetime, until: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(request.c.received_at >= since, request.c.received_at < until)
