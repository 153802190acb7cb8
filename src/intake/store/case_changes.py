"""People's changes of cases: merges, splits, marks that keep requests apart, and undoing them.

A change is a row of ``case_change`` with the requests it moved (``case_move``) and the cases it
touched (``case_changed``). The number of the latest change is a case's version. A case whose
last request moved to another case becomes an alias of that one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import sqlalchemy as sa

from intake.errors import NotFound
from intake.store import bulk
from intake.store.tables import (
    case_alias,
    case_apart,
    case_change,
    case_changed,
    case_move,
    identity,
    relation,
    request,
)


class ChangeKind(StrEnum):
    """The kinds of changes."""

    MERGE = "merge"
    SPLIT = "split"
    APART = "apart"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One change; ``undoes`` and ``undone_by`` are numbers of changes, ``moved`` counts requests."""

    id: int
    kind: ChangeKind
    changed_at: datetime
    changed_by: str
    why: str
    undoes: int | None
    undone_by: int | None
    cases: tuple[str, ...]
    moved: int


class Move(NamedTuple):
    """A request that went from one case to another."""

    request_id: str
    before: str
    after: str


class Mark(NamedTuple):
    """A request that must not join a case automatically, with its writer's blind index."""

    case_id: str
    request_id: str
    person: str | None


def resolve(connection: sa.Connection, given: str) -> str:
    """Return the case that an id means today; the id is of a case, a merged case or a request.

    Raises ``NotFound`` for an unknown id.
    """
    case = given
    while True:
        into = sa.select(case_alias.c.into).where(case_alias.c.case_id == case)
        alias = connection.scalar(into)
        if alias is None:
            break
        case = str(alias)
    if case != given or _exists(connection, request.c.case_id == case):
        return case
    found = connection.scalar(sa.select(request.c.case_id).where(request.c.id == given))
    if found is None:
        raise NotFound.of("error.no_case_or_request", id=given)
    return str(found)


def former_ids(connection: sa.Connection, case: str) -> list[str]:
    """Return the ids of cases that were merged into this one, directly or by way of others."""
    found: list[str] = []
    level = [case]
    while level:
        rows = connection.scalars(
            sa.select(case_alias.c.case_id)
            .where(case_alias.c.into.in_(level))
            .order_by(case_alias.c.case_id)
        )
        level = list(rows)
        found += level
    return found


def alias_of(connection: sa.Connection, case: str) -> int | None:
    """Return the change that ended a case; None if it has not ended."""
    return connection.scalar(sa.select(case_alias.c.change_id).where(case_alias.c.case_id == case))


def version(connection: sa.Connection, case: str) -> int:
    """Return the number of the latest change that touched a case; 0 where no person ever did."""
    latest = sa.select(sa.func.max(case_changed.c.change_id)).where(case_changed.c.case_id == case)
    return connection.scalar(latest) or 0


def member_ids(connection: sa.Connection, case: str) -> list[str]:
    """Return the requests of a case, oldest first."""
    return list(
        connection.scalars(
            sa.select(request.c.id)
            .where(request.c.case_id == case)
            .order_by(request.c.received_at, request.c.id)
        )
    )


def cases_of(connection: sa.Connection, request_ids: Collection[str]) -> dict[str, str]:
    """Return the case of each request."""
    wanted = sa.select(request.c.id, request.c.case_id).where(request.c.id.in_(request_ids))
    return {row.id: row.case_id for row in connection.execute(wanted)}


def phones(connection: sa.Connection, request_ids: Collection[str]) -> dict[str, str]:
    """Return the blind index of the phone of each request that has one."""
    wanted = sa.select(identity.c.request_id, identity.c.phone_key).where(
        identity.c.request_id.in_(request_ids), identity.c.phone_key.is_not(None)
    )
    return {row.request_id: row.phone_key for row in connection.execute(wanted)}


def record(
    connection: sa.Connection, kind: ChangeKind, cases: Iterable[str], *, at: datetime, by: str, why: str,
    undoes: int | None = None,
) -> int:  # fmt: skip
    """Write a change of cases and return its number."""
    values = {"kind": kind.value, "changed_at": at, "changed_by": by, "why": why, "undoes": undoes}
    made = connection.execute(case_change.insert().values(values).returning(case_change.c.id))
    number = int(made.scalar_one())
    rows = [{"case_id": case, "change_id": number} for case in dict.fromkeys(cases)]
    bulk.insert(connection, case_changed, rows)
    if undoes is not None:
        undone = case_change.update().where(case_change.c.id == undoes)
        connection.execute(undone.values(undone_by=number))
    return number


def record_moves(connection: sa.Connection, change: int, moves: Iterable[Move]) -> None:
    """Write which requests a change moved."""
    rows = [
        {"change_id": change, "request_id": move.request_id, "from": move.before, "to": move.after}
        for move in moves
    ]
    bulk.insert(connection, case_move, rows)


def moves(connection: sa.Connection, change: int) -> list[Move]:
    """Return the requests that a change moved."""
    wanted = sa.select(case_move).where(case_move.c.change_id == change)
    rows = connection.execute(wanted.order_by(case_move.c.request_id)).mappings()
    return [Move(row["request_id"], row["from"], row["to"]) for row in rows]


def end_case(connection: sa.Connection, case: str, into: str, change: int) -> None:
    """Make a case's id an alias of another case."""
    row = {"case_id": case, "into": into, "change_id": change}
    bulk.insert(connection, case_alias, [row])


def revive_cases(connection: sa.Connection, change: int) -> None:
    """Make the cases that a change ended cases again."""
    connection.execute(case_alias.delete().where(case_alias.c.change_id == change))


def mark_apart(connection: sa.Connection, change: int, pairs: Iterable[tuple[str, str]]) -> None:
    """Keep the two requests of each pair from joining each other's case automatically."""
    rows = [
        {"request_id": one, "of": other, "change_id": change}
        for pair in pairs
        for one, other in (pair, pair[::-1])
    ]
    bulk.insert(connection, case_apart, rows, ignore=True)


def unmark_apart(connection: sa.Connection, change: int) -> None:
    """Forget the marks that a change made."""
    connection.execute(case_apart.delete().where(case_apart.c.change_id == change))


def apart_from(connection: sa.Connection, cases: Collection[str]) -> list[Mark]:
    """Return what was taken out of, or kept out of, each of the cases and is not in it."""
    inside, outside = request.alias("inside"), request.alias("outside")
    wanted = (
        sa.select(inside.c.case_id, outside.c.id, identity.c.phone_key)
        .select_from(inside)
        .join(case_apart, case_apart.c.of == inside.c.id)
        .join(outside, outside.c.id == case_apart.c.request_id)
        .outerjoin(identity, identity.c.request_id == outside.c.id)
        .where(inside.c.case_id.in_(cases), outside.c.case_id != inside.c.case_id)
    )
    return [Mark(*row) for row in connection.execute(wanted)]


def partners(
    connection: sa.Connection, inside: Collection[str], outside: Collection[str]
) -> dict[str, str]:
    """Return for requests ``inside`` the request ``outside`` that each was related to."""
    found: dict[str, str] = {}
    for one, other in (
        (relation.c.request_id, relation.c.of),
        (relation.c.of, relation.c.request_id),
    ):
        rows = connection.execute(sa.select(one, other).where(one.in_(inside)))
        found |= {mine: theirs for mine, theirs in rows if theirs in outside}
    return found


def joined_since(
    connection: sa.Connection, case: str, of: Collection[str], since: datetime
) -> list[str]:
    """Return the requests of a case that came after ``since`` and were related to one of ``of``."""
    wanted = (
        sa.select(relation.c.request_id)
        .join(request, request.c.id == relation.c.request_id)
        .where(
            relation.c.of.in_(of),
            relation.c.related_at > since,
            relation.c.kind != "related",
            request.c.case_id == case,
            request.c.id.not_in(of),
        )
    )
    return sorted(set(connection.scalars(wanted)))


def get(connection: sa.Connection, change: int) -> CaseChange:
    """Return one change; ``NotFound`` if there is none."""
    found = _changes(connection, case_change.c.id == change)
    if not found:
        raise NotFound.of("error.no_change", id=change)
    return found[0]


def history(
    connection: sa.Connection, case: str | None = None, limit: int = 50
) -> list[CaseChange]:
    """Return the changes of a case and of those merged into it, or of all; newest first."""
    if case is None:
        return _changes(connection, limit=limit)
    touched = sa.select(case_changed.c.change_id).where(
        case_changed.c.case_id.in_([case, *former_ids(connection, case)])
    )
    return _changes(connection, case_change.c.id.in_(touched), limit=limit)


def later(
    connection: sa.Connection, change: int, *, case: str = "", requests: Sequence[str] = ()
) -> CaseChange | None:
    """Return the latest change in force after ``change`` that touched a case, or moved a request."""
    if requests:
        moved = sa.select(case_move.c.change_id).where(case_move.c.request_id.in_(requests))
        touched = case_change.c.id.in_(moved)
    else:
        mine = sa.select(case_changed.c.change_id).where(case_changed.c.case_id == case)
        touched = case_change.c.id.in_(mine)
    found = _changes(
        connection,
        touched,
        case_change.c.id > change,
        case_change.c.undone_by.is_(None),
        case_change.c.kind.in_((ChangeKind.MERGE, ChangeKind.SPLIT)),
        limit=1,
    )
    return found[0] if found else None


def _changes(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool], limit: int = 1
) -> list[CaseChange]:
    wanted = sa.select(case_change).where(*conditions).order_by(case_change.c.id.desc())
    rows = connection.execute(wanted.limit(limit)).all()
    numbers = [row.id for row in rows]
    counted = sa.select(case_move.c.change_id, sa.func.count().label("n"))
    moved = {
        row.change_id: row.n
        for row in connection.execute(
            counted.where(case_move.c.change_id.in_(numbers)).group_by(case_move.c.change_id)
        )
    }
    touched: dict[int, list[str]] = {number: [] for number in numbers}
    cases = sa.select(case_changed).where(case_changed.c.change_id.in_(numbers))
    for case, change in connection.execute(cases.order_by(case_changed.c.case_id)):
        touched[change].append(case)
    return [_change(row, tuple(touched[row.id]), moved.get(row.id, 0)) for row in rows]


def _change(row: Any, cases: tuple[str, ...], moved: int) -> CaseChange:
    return CaseChange(
        row.id, ChangeKind(row.kind), row.changed_at, row.changed_by, row.why, row.undoes, row.undone_by,
        cases, moved,
    )  # fmt: skip


def _exists(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> bool:
    return connection.scalar(sa.select(sa.literal(1)).where(*conditions).limit(1)) is not None
