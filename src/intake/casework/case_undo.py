"""Whether a change of cases can be undone, and what goes back with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.errors import Conflict, Refused
from intake.store import case_changes as changes
from intake.store.case_changes import CaseChange, ChangeKind, Move
from intake.store.engine import Connection


def way_back(connection: Connection, change: CaseChange) -> list[Move]:
    """Return the moves that undo a change.

    Raises ``Refused`` for a change that cannot be undone, ``Conflict`` where a later one prevents it.
    """
    _can_be_undone(change)
    back = [Move(one, after, before) for one, before, after in changes.moves(connection, change.id)]
    if not back:
        return []
    followers = _followers(connection, change, back)
    _nothing_in_the_way(connection, change, back, followers)
    return back + followers


def _can_be_undone(change: CaseChange) -> None:
    if change.undone_by is not None:
        raise Refused.of("error.undone_before", id=change.id, by=change.undone_by)
    if change.kind is ChangeKind.UNDO:
        raise Refused.of("error.is_undo", id=change.id)


def _nothing_in_the_way(
    connection: Connection, change: CaseChange, back: Sequence[Move], followers: Sequence[Move]
) -> None:
    """Refuse where a later change moved the same requests, or ended or emptied a case concerned."""
    here, there = back[0].before, back[0].after
    moved = [move.request_id for move in back]
    where = changes.cases_of(connection, moved)
    if any(where.get(move.request_id) != move.before for move in back):
        raise _stands_in_the_way(change, changes.later(connection, change.id, requests=moved))
    if change.kind is ChangeKind.SPLIT:
        ended = changes.alias_of(connection, there)
        blocker = changes.get(connection, ended) if ended is not None else None
        blocker = blocker or changes.later(connection, change.id, case=here)
        if blocker is not None:
            raise _stands_in_the_way(change, blocker)
        return
    going = {move.request_id for move in (*back, *followers)}
    if going.issuperset(changes.member_ids(connection, here)):
        raise _stands_in_the_way(change, changes.later(connection, change.id, case=here))


def _stands_in_the_way(change: CaseChange, blocker: CaseChange | None) -> Conflict:
    if blocker is None:
        return Conflict.of("error.undo_moved", id=change.id)
    return Conflict.of(
        "error.undo_blocked",
        id=change.id,
        later=blocker.id,
        kind=blocker.kind.value,
        actor=blocker.changed_by,
    )


def _followers(connection: Connection, change: CaseChange, back: Sequence[Move]) -> list[Move]:
    """Requests that came after a change and belong with what goes back.

    A case that was split off ends, so all that is in it goes. What joined a merged case goes with the
    request it was related to, if that one goes.
    """
    here, gone = back[0].before, {move.request_id: move.after for move in back}
    if change.kind is ChangeKind.SPLIT:
        others = (one for one in changes.member_ids(connection, here) if one not in gone)
        return [Move(one, here, back[0].after) for one in others]
    found: list[Move] = []
    while more := _joined(connection, here, gone, change.changed_at):
        found += more
        gone |= {move.request_id: move.after for move in more}
    return found


def _joined(
    connection: Connection, case: str, gone: Mapping[str, str], since: datetime
) -> list[Move]:
    came: dict[str, str] = {}
    for target in sorted(set(gone.values())):
        group = [one for one, to in gone.items() if to == target]
        for one in changes.joined_since(connection, case, group, since):
            if one not in gone:
                came[one] = target
    return [Move(one, case, target) for one, target in came.items()]
