"""The desk's lists: pages of the queue, lines of a case, what may belong to it, what came back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.model.decision import HoldReason, Lane
from intake.model.request import RelationKind, RequestState
from intake.store.requests import Listed
from intake.store.tables import back_message, case_apart, outbox, relation, request

COUNT_LIMIT = 1000
"""Counts stop here: a badge of "1000+" costs the same on a table of two million."""

Key = tuple[datetime, str]
"""The position after which a list continues: (received_at, id) of the last line seen."""


def write_key(received_at: datetime, request_id: str) -> str:
    """Write a key for an address."""
    return f"{received_at.isoformat()}~{request_id}"


def read_key(text: str) -> Key | None:
    """Read a key from an address; ``ValueError`` for what is none, None for nothing."""
    if not text:
        return None
    at, _, last = text.partition("~")
    moment = datetime.fromisoformat(at)
    if moment.tzinfo is None:
        raise ValueError("a key's time needs an offset")
    return moment, last


@dataclass(frozen=True, slots=True)
class Filters:
    """The wanted lines of the queue; ``leads`` are unit ids, None for any."""

    state: RequestState
    sees_sensitive: bool
    source: str = ""
    hold: str = ""
    leads: tuple[str, ...] | None = None

    @property
    def oldest_first(self) -> bool:
        """Whether the oldest come first: requests that wait for people do, others are newest first."""
        return self.state is RequestState.HELD


def sensitive() -> sa.ColumnElement[bool]:
    """Return the condition of 高位办: shown only to the roles that may see it."""
    return sa.or_(
        sa.func.coalesce(request.c.lane, "") == Lane.LEADERSHIP.value,
        sa.func.coalesce(request.c.hold, "") == HoldReason.SENSITIVE.value,
    )


def queue(
    connection: sa.Connection, filters: Filters, after: Key | None, limit: int
) -> list[Listed]:
    """List a tab of the queue, from ``after`` on."""
    order = (request.c.received_at, request.c.id)
    wanted = sa.select(request).where(*_conditions(filters)).limit(limit)
    if after is not None:
        at, last = after
        same_time = request.c.received_at == at
        if filters.oldest_first:
            beyond = (request.c.received_at > at, request.c.id > last)
        else:
            beyond = (request.c.received_at < at, request.c.id < last)
        wanted = wanted.where(sa.or_(beyond[0], sa.and_(same_time, beyond[1])))
    if not filters.oldest_first:
        wanted = wanted.order_by(*(column.desc() for column in order))
    else:
        wanted = wanted.order_by(*order)
    return [_listed(row) for row in connection.execute(wanted)]


def sensitive_among(connection: sa.Connection, ids: Collection[str]) -> set[str]:
    """Return those of the requests that are 高位办."""
    return set(
        connection.scalars(sa.select(request.c.id).where(request.c.id.in_(ids), sensitive()))
    )


def counts(connection: sa.Connection, *, sees_sensitive: bool) -> dict[RequestState, int]:
    """Count each tab, up to ``COUNT_LIMIT`` + 1."""
    return {
        state: _capped(connection, *_conditions(Filters(state, sees_sensitive)))
        for state in RequestState
    }


def hidden(connection: sa.Connection) -> int:
    """Count the 高位办 that wait for people, up to ``COUNT_LIMIT`` + 1.

    Only those: among two million dispatched requests, finding the few would read them all.
    """
    return _capped(connection, request.c.state == RequestState.HELD.value, sensitive())


def _conditions(filters: Filters) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [request.c.state == filters.state.value]
    if not filters.sees_sensitive:
        conditions.append(sa.not_(sensitive()))
    if filters.source:
        conditions.append(request.c.source == filters.source)
    if filters.hold:
        conditions.append(request.c.hold == filters.hold)
    if filters.leads is not None:
        conditions.append(request.c.lead.in_(filters.leads))
    return conditions


def _capped(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> int:
    some = sa.select(sa.literal(1)).select_from(request).where(*conditions).limit(COUNT_LIMIT + 1)
    return int(connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0)


def _listed(row: Any) -> Listed:
    return Listed(
        id=row.id,
        source=row.source,
        channel=row.channel,
        title=row.doc["title"] or row.doc["text"][:40],
        state=row.state,
        hold=row.hold,
        lane=row.lane,
        category=row.category,
        area=row.area,
        lead=row.lead,
        received_at=row.received_at,
        finish_by=row.finish_by,
        version=row.version,
    )


def case_lines(
    connection: sa.Connection, case: str, *, sees_sensitive: bool, limit: int
) -> tuple[list[Listed], int]:
    """Return the requests of a case that may be shown, newest first, and how many there are in all."""
    mine = request.c.case_id == case
    total = connection.scalar(sa.select(sa.func.count()).select_from(request).where(mine)) or 0
    wanted = sa.select(request).where(mine).order_by(request.c.received_at.desc(), request.c.id)
    if not sees_sensitive:
        wanted = wanted.where(sa.not_(sensitive()))
    return [_listed(row) for row in connection.execute(wanted.limit(limit))], total


def lines(connection: sa.Connection, ids: list[str]) -> dict[str, Listed]:
    """Return a list's line for each of the requests."""
    rows = connection.execute(sa.select(request).where(request.c.id.in_(ids)))
    return {row.id: _listed(row) for row in rows}


def relations_between(connection: sa.Connection, ids: list[str]) -> list[Any]:
    """Return the relations whose two ends are both among ``ids``."""
    return list(
        connection.execute(
            sa.select(relation).where(relation.c.request_id.in_(ids), relation.c.of.in_(ids))
        )
    )


def related_elsewhere(
    connection: sa.Connection, case: str, *, sees_sensitive: bool, limit: int
) -> list[Any]:
    """List the requests of other cases that are related to one of this case, in either direction.

    A row has ``own`` (of this case), ``other``, ``score`` and ``why``; the best come first in each
    direction, at most ``limit`` of them. What a person took apart is left out.
    """
    mine = request.alias("mine")
    ways = ((relation.c.request_id, relation.c.of), (relation.c.of, relation.c.request_id))
    found: list[Any] = []
    for own, other in ways:
        apart = sa.exists().where(case_apart.c.request_id == own, case_apart.c.of == other)
        wanted = (
            sa.select(own.label("own"), other.label("other"), relation.c.score, relation.c.why)
            .select_from(mine)
            .join(relation, own == mine.c.id)
            .join(request, request.c.id == other)
            .where(mine.c.case_id == case, request.c.case_id != case, ~apart)
            .where(relation.c.kind == RelationKind.RELATED.value)
            .order_by(relation.c.score.desc())
            .limit(limit)
        )
        if not sees_sensitive:
            wanted = wanted.where(sa.not_(sensitive()))
        found += connection.execute(wanted)
    return found


def back_messages(connection: sa.Connection, request_id: str) -> list[Any]:
    """Return what units sent back about a request, newest first."""
    return list(
        connection.execute(
            sa.select(back_message)
            .where(back_message.c.request_id == request_id)
            .order_by(back_message.c.received_at.desc(), back_message.c.id)
        )
    )


def events(connection: sa.Connection, request_id: str) -> list[Any]:
    """Return a request's events in their order, without their bodies."""
    columns = (
        outbox.c.sequence,
        outbox.c.type,
        outbox.c.routing_keys,
        outbox.c.created_at,
        outbox.c.sent_at,
        outbox.c.position,
    )
    return list(
        connection.execute(
            sa.select(*columns).where(outbox.c.request_id == request_id).order_by(outbox.c.sequence)
        )
    )
