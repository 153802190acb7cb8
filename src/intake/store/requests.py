"""Requests with their decisions and cases: reading them, for the pipeline and for the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from intake.errors import Conflict, NotFound
from intake.model.decision import Decision
from intake.model.request import Evidence, Relation, Request, RequestState
from intake.model.standing import Standing
from intake.store.tables import decision, relation, request, submission

OPEN = (RequestState.HELD, RequestState.ROUTED)
"""States in which somebody still has to act."""


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A stored request with its state.

    ``version`` grows with every change; a desk form sends it back (I5). ``sequence`` is the
    last event's number, ``decision_version`` the decision in force, ``raw_id`` the raw item that the
    text comes from.
    """

    request: Request
    state: RequestState
    version: int
    sequence: int
    decision_version: int
    raw_id: int
    changed_at: datetime


def _stored(row: Any) -> StoredRequest:
    return StoredRequest(
        request=Request.model_validate(row.doc),
        state=RequestState(row.state),
        version=row.version,
        sequence=row.sequence,
        decision_version=row.decision,
        raw_id=row.raw_id,
        changed_at=row.changed_at,
    )


def by_ids(
    connection: sa.Connection, ids: Iterable[str], *, lock: bool = False
) -> dict[str, StoredRequest]:
    """Read requests by id; unknown ids are not in the answer; ``lock`` keeps other writers off."""
    wanted = list(ids)
    if not wanted:
        return {}
    chosen = sa.select(request).where(request.c.id.in_(wanted))
    rows = connection.execute(chosen.with_for_update() if lock else chosen)
    return {row.id: _stored(row) for row in rows}


def get(connection: sa.Connection, request_id: str, *, lock: bool = False) -> StoredRequest:
    """Return one request; ``NotFound`` if there is none. ``lock`` keeps other writers off it."""
    wanted = sa.select(request).where(request.c.id == request_id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise NotFound.of("error.no_request", id=request_id)
    return _stored(row)


def get_unchanged(connection: sa.Connection, request_id: str, version: int) -> StoredRequest:
    """Read one request to change it; ``Conflict`` if it is no longer as somebody saw it (I5)."""
    stored = get(connection, request_id, lock=True)
    if stored.version != version:
        raise Conflict.of("error.changed", id=request_id, seen=version, now=stored.version)
    return stored


def decisions(connection: sa.Connection, request_id: str) -> list[Decision]:
    """Return all decisions on a request, oldest first."""
    rows = connection.execute(
        sa.select(decision.c.doc)
        .where(decision.c.request_id == request_id)
        .order_by(decision.c.version)
    )
    return [Decision.model_validate(row.doc) for row in rows]


def current_decisions(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Decision]:
    """Return the decision in force for each of the requests."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = connection.execute(
        sa.select(decision.c.request_id, decision.c.doc)
        .join(
            request,
            sa.and_(
                request.c.id == decision.c.request_id, request.c.decision == decision.c.version
            ),
        )
        .where(decision.c.request_id.in_(wanted))
    )
    return {row.request_id: Decision.model_validate(row.doc) for row in rows}


def day_kinds(connection: sa.Connection, ids: Iterable[str]) -> dict[str, str]:
    """Return for each request with deadlines the kind of days that its clock counts."""
    return {
        key: found.deadlines.day_kind
        for key, found in current_decisions(connection, ids).items()
        if found.deadlines is not None
    }


def standings(
    connection: sa.Connection, ids: Iterable[str], *, lock: bool = False
) -> dict[str, Standing]:
    """Read requests with the decision in force; unknown ids are not in the answer."""
    stored = by_ids(connection, ids, lock=lock)
    return {one.id: one for one in with_decisions(connection, stored.values())}


def with_decisions(connection: sa.Connection, stored: Iterable[StoredRequest]) -> list[Standing]:
    """Add the decision in force to each stored request, in the same order."""
    found = list(stored)
    current = current_decisions(connection, [one.request.id for one in found])
    return [
        Standing(
            request=one.request,
            state=one.state,
            raw_id=one.raw_id,
            decision=current.get(one.request.id),
            version=one.version,
            sequence=one.sequence,
        )
        for one in found
    ]


def decided_after(
    connection: sa.Connection,
    after: tuple[datetime, str] | None,
    *,
    since: datetime | None,
    limit: int,
) -> list[tuple[Request, Decision]]:
    """Read the next page of requests with the decision in force, in the order of their receipt.

    ``after`` is the time of receipt and the id of the last one read.
    """
    wanted = (
        sa.select(request.c.doc, decision.c.doc.label("decided"))
        .join(
            decision,
            sa.and_(
                request.c.id == decision.c.request_id, request.c.decision == decision.c.version
            ),
        )
        .order_by(request.c.received_at, request.c.id)
        .limit(limit)
    )
    if after is not None:
        received, last = after
        wanted = wanted.where(
            request.c.received_at >= received,
            sa.or_(request.c.received_at > received, request.c.id > last),
        )
    if since is not None:
        wanted = wanted.where(request.c.received_at >= since)
    return [
        (Request.model_validate(row.doc), Decision.model_validate(row.decided))
        for row in connection.execute(wanted)
    ]


def count_decided(connection: sa.Connection, since: datetime | None) -> int:
    """Count the requests that ``decided_after`` goes through."""
    wanted = sa.select(sa.func.count()).select_from(request).where(request.c.decision > 0)
    if since is not None:
        wanted = wanted.where(request.c.received_at >= since)
    return int(connection.execute(wanted).scalar_one())


def known_submissions(
    connection: sa.Connection, request_ids: Iterable[str]
) -> set[tuple[str, str, str]]:
    """Return (source, external_id, digest) of what has already been taken in for these requests."""
    rows = connection.execute(
        sa.select(submission.c.source, submission.c.external_id, submission.c.digest).where(
            submission.c.request_id.in_(list(request_ids))
        )
    )
    return {(row.source, row.external_id, row.digest) for row in rows}


def in_case(connection: sa.Connection, case: str, limit: int = 200) -> list[StoredRequest]:
    """Return the requests of a case, oldest first."""
    rows = connection.execute(
        sa.select(request)
        .where(request.c.case_id == case)
        .order_by(request.c.received_at, request.c.id)
        .limit(limit)
    )
    return [_stored(row) for row in rows]


def open_standings(connection: sa.Connection, case: str) -> list[Standing]:
    """Read the requests of a case that somebody still has to act on, oldest first; locked."""
    rows = connection.execute(
        sa.select(request)
        .where(request.c.case_id == case, request.c.state.in_(OPEN))
        .order_by(request.c.received_at, request.c.id)
        .with_for_update()
    )
    return with_decisions(connection, [_stored(row) for row in rows])


def relations(connection: sa.Connection, request_id: str) -> list[Relation]:
    """Return how a request relates to earlier ones."""
    rows = connection.execute(sa.select(relation).where(relation.c.request_id == request_id))
    return [relation_of(row) for row in rows]


def relation_of(row: Any) -> Relation:
    """Read a relation; reasons of before have words only."""
    coded = [one for one in row.why if not isinstance(one, str)]
    evidence = tuple(Evidence(message=one["code"], params=one["params"]) for one in coded)
    words = (one if isinstance(one, str) else one["text"] for one in row.why)
    return Relation(
        of=row.of, kind=row.kind, score=row.score, why=tuple(words), evidence=evidence or None
    )


def written_why(relation: Relation) -> list[str | dict[str, Any]]:
    """Write the reasons for the store: each as words, with its message where it has one."""
    coded = relation.evidence or ()
    if len(coded) != len(relation.why):
        return list(relation.why)
    return [
        {"code": one.message, "params": one.params, "text": text}
        for one, text in zip(coded, relation.why, strict=True)
    ]


def latest_relations(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Relation]:
    """Return how each of the requests relates to an earlier one, if it does; the last one written."""
    rows = connection.execute(
        sa.select(relation)
        .where(relation.c.request_id.in_(list(ids)))
        .order_by(relation.c.related_at)
    )
    return {row.request_id: relation_of(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the desk's list."""

    id: str
    source: str
    channel: str
    title: str
    state: str
    hold: str | None
    lane: str | None
    category: str | None
    area: str | None
    lead: str | None
    received_at: datetime
    finish_by: datetime | None
    version: int


def states(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """Count requests by (source, state)."""
    rows = connection.execute(
        sa.select(request.c.source, request.c.state, sa.func.count().label("n")).group_by(
            request.c.source, request.c.state
        )
    )
    return {(row.source, row.state): row.n for row in rows}
