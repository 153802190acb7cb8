"""The audit trail (I10): who, when, from, to, why, for every state change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.messages import Params
from intake.store import bulk
from intake.store.tables import audit

MACHINE = "machine"


def entry(
    at: datetime,
    actor: str,
    action: str,
    entity: str,
    entity_id: str,
    *,
    before: str | None = None,
    after: str | None = None,
    why: str = "",
    message: str | None = None,
    params: Params | None = None,
) -> bulk.Row:
    """Return one audit row, without personal data.

    ``before`` and ``after`` are one code each: a state, a lane, a revision, a case's id. ``why`` is
    what a person wrote. What the program says is ``message``, a code of the catalogue; ``params`` are
    its parameters, and ``from_unit`` and ``to_unit``.
    """
    return {
        "at": at,
        "actor": actor,
        "action": action,
        "entity": entity,
        "entity_id": entity_id,
        "from": before,
        "to": after,
        "why": why,
        "message": message,
        "params": dict(params) if params else None,
    }


def append(connection: sa.Connection, rows: list[bulk.Row]) -> None:
    """Write audit rows in the transaction of the change that they record."""
    bulk.insert(connection, audit, rows)


def trail(connection: sa.Connection, entity: str, entity_id: str) -> list[Any]:
    """Return the audit rows of one entity, oldest first."""
    return list(
        connection.execute(
            sa.select(audit)
            .where(audit.c.entity == entity, audit.c.entity_id == entity_id)
            .order_by(audit.c.id)
        )
    )


def latest(
    connection: sa.Connection, *, actor: str, action: str, before: int | None, limit: int
) -> list[Any]:
    """Return the latest rows, newest first; of one actor or one action where these are not empty.

    ``before`` is the id of the last row that was seen.
    """
    wanted = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
    if actor:
        wanted = wanted.where(audit.c.actor == actor)
    if action:
        wanted = wanted.where(audit.c.action == action)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    return list(connection.execute(wanted))
