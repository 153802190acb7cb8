"""Requests whose deadline has passed without an answer, each given out once for each deadline."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from intake.model.request import RequestState
from intake.store import bulk
from intake.store.requests import StoredRequest, by_ids
from intake.store.tables import decision, request, urged


def claim(
    connection: sa.Connection, now: datetime, since: datetime, limit: int
) -> list[StoredRequest]:
    """Return requests that are with a unit and whose deadline passed after ``since``, the most overdue first,
    and record that they are urged.

    Requests that were late before their first decision are left out. The returned ones are locked; those
    that others have locked are skipped.
    """
    first_decided = (
        sa.select(decision.c.decided_at)
        .where(decision.c.request_id == request.c.id, decision.c.version == 1)
        .scalar_subquery()
    )
    already = sa.exists().where(
        urged.c.request_id == request.c.id, urged.c.due_at == request.c.finish_by
    )
    late = (
        sa.select(request.c.id, request.c.finish_by)
        .where(
            request.c.state == RequestState.ROUTED.value,
            request.c.finish_by < now,
            request.c.finish_by > since,
            request.c.finish_by > first_decided,
            ~already,
        )
        .order_by(request.c.finish_by)
        .limit(limit)
        .with_for_update(skip_locked=True, of=request)
    )
    found = connection.execute(late).all()
    if not found:
        return []
    rows = [{"request_id": row.id, "due_at": row.finish_by, "urged_at": now} for row in found]
    bulk.insert(connection, urged, rows)
    stored = by_ids(connection, [row.id for row in found])
    return [stored[row.id] for row in found]
