"""People's changes of cases: merge, split, keep apart, undo.

Every call is one transaction that commits before it returns (I5). Nothing is deleted: each request
keeps its id, its decision and its duty of reply (I7). A merged case's id still resolves, and every
change can be undone by its number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from intake.casework.case_undo import way_back
from intake.casework.escalator import Escalator
from intake.contract import announce
from intake.contract.event import EventKind
from intake.errors import Conflict, Refused
from intake.model.ids import split_case_id
from intake.model.request import Relation, RelationKind
from intake.store import case_changes as changes
from intake.store import requests
from intake.store.apply import apply
from intake.store.case_changes import CaseChange, ChangeKind, Move
from intake.store.case_facts import case_facts
from intake.store.engine import Connection, Store, settle_lock
from intake.store.fingerprints import move_fingerprints
from intake.store.intents import Intents

WHY_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Cases:
    """The use cases. ``versions`` are the case versions that a caller saw (``intake case show``): if a
    person has changed one of these cases since, the call is refused and nothing is written.
    """

    store: Store
    escalator: Escalator
    clock: Callable[[], datetime]

    def merge(
        self, cases: Sequence[str], into: str, *, actor: str, why: str,
        versions: Mapping[str, int] | None = None,
    ) -> CaseChange:  # fmt: skip
        """Move all requests of ``cases`` into another case; the old ids become aliases of it.

        ``cases`` and ``into`` may name requests instead. If the case has now been raised often enough, its
        open requests are escalated. Raises ``Refused`` for one and the same case,
        ``NotFound`` for an unknown id, ``Conflict`` if a case is no longer at its version in ``versions``.
        """
        why = _reason(why)
        with self._change() as connection:
            target = changes.resolve(connection, into)
            sources = list(dict.fromkeys(changes.resolve(connection, case) for case in cases))
            if target in sources or not sources:
                raise Refused.of("error.same_case", id=target)
            _unchanged(connection, [target, *sources], versions)
            number = changes.record(
                connection, ChangeKind.MERGE, [target, *sources], at=self.clock(), by=actor, why=why
            )
            moves = [
                Move(request, source, target)
                for source in sources
                for request in changes.member_ids(connection, source)
            ]
            for source in sources:
                changes.end_case(connection, source, target, number)
            self._move(connection, number, moves, EventKind.MERGED, actor=actor, why=why)
            self._escalate(connection, target)
            return changes.get(connection, number)

    def split(
        self, request_ids: Sequence[str], *, actor: str, why: str,
        versions: Mapping[str, int] | None = None,
    ) -> tuple[CaseChange, str]:  # fmt: skip
        """Take requests out of their case into a new one; return (the change, the new case's id).

        They and the rest are kept apart from now on: the same evidence does not join them again.
        Raises ``Refused`` if no request would be left, otherwise as :meth:`merge`.
        """
        why, chosen = _reason(why), list(dict.fromkeys(request_ids))
        with self._change() as connection:
            case = _common_case(connection, chosen)
            _unchanged(connection, [case], versions)
            rest = [one for one in changes.member_ids(connection, case) if one not in set(chosen)]
            if not rest:
                raise Refused.of("error.whole_case", id=case)
            at = self.clock()
            new = split_case_id(chosen[0], changes.version(connection, case), at)
            number = changes.record(
                connection, ChangeKind.SPLIT, [case, new], at=at, by=actor, why=why
            )
            partners = changes.partners(connection, chosen, set(rest))
            pairs = [(one, partners.get(one, rest[0])) for one in chosen]
            changes.mark_apart(connection, number, pairs)
            moves = [Move(one, case, new) for one in chosen]
            self._move(connection, number, moves, EventKind.UNMERGED, actor=actor, why=why)
            return changes.get(connection, number), new

    def keep_apart(
        self, request_id: str, other: str, *, actor: str, why: str,
        versions: Mapping[str, int] | None = None,
    ) -> CaseChange:  # fmt: skip
        """Record that two requests of different cases are not the same matter.

        Raises ``Refused`` for requests of one case, otherwise as :meth:`merge`.
        """
        why = _reason(why)
        with self._change() as connection:
            found = changes.cases_of(connection, [request_id, other])
            for one in (request_id, other):
                if one not in found:
                    requests.get(connection, one)  # raises NotFound
            cases = [found[request_id], found[other]]
            if cases[0] == cases[1]:
                raise Refused.of("error.both_in_case", id=cases[0])
            _unchanged(connection, cases, versions)
            number = changes.record(
                connection, ChangeKind.APART, cases, at=self.clock(), by=actor, why=why
            )
            changes.mark_apart(connection, number, [(request_id, other)])
            intents = Intents()
            for one in (request_id, other):
                intents.audit(
                    actor, "request.kept_apart", "request", one,
                    after=other if one == request_id else request_id, why=why,
                )  # fmt: skip
            apply(connection, intents, at=self.clock())
            return changes.get(connection, number)

    def undo(self, change: int, *, actor: str, why: str) -> CaseChange:
        """Move the requests of a change back.

        A request that joined the moved ones since then moves with them. Raises ``Refused`` for a change that
        cannot be undone, ``Conflict`` where a later change prevents it; the error names it.
        """
        why = _reason(why)
        with self._change() as connection:
            former = changes.get(connection, change)
            back, at = way_back(connection, former), self.clock()
            number = changes.record(
                connection, ChangeKind.UNDO, former.cases, at=at, by=actor, why=why, undoes=change
            )
            if former.kind is ChangeKind.SPLIT:
                changes.end_case(connection, back[0].before, back[0].after, number)
            changes.revive_cases(connection, change)
            changes.unmark_apart(connection, change)
            what = EventKind.UNMERGED if former.kind is ChangeKind.MERGE else EventKind.MERGED
            self._move(connection, number, back, what, actor=actor, why=why)
            return changes.get(connection, number)

    @contextmanager
    def _change(self) -> Iterator[Connection]:
        """A transaction in which nothing new joins a case meanwhile (docs/adr/0002)."""
        with self.store.write() as connection:
            settle_lock(connection)
            yield connection

    def _move(
        self, connection: Connection, number: int, moves: Sequence[Move], what: EventKind,
        *, actor: str, why: str,
    ) -> None:  # fmt: skip
        """Write everything that follows from requests going to other cases."""
        intents = Intents()
        moved = [move.request_id for move in moves]
        standings = requests.standings(connection, moved, lock=True)
        relating = _Relating(connection, moves)
        for request_id, before, after in moves:
            former = standings[request_id]
            request = former.request.model_copy(update={"case_id": after})
            standing = replace(former, request=request)
            if what is EventKind.MERGED:
                relation = relating.to_case(request_id, after, why)
                intents.announce(announce.merged(standing, relation, former_case=before, why=why))
            else:
                intents.announce(announce.unmerged(standing, former_case=before, why=why))
            intents.audit(
                actor, f"request.{what}", "request", request_id, before=before, after=after, why=why
            )
            intents.stand(standing)
        for before, after in dict.fromkeys((move.before, move.after) for move in moves):
            ids = [move.request_id for move in moves if move[1:] == (before, after)]
            move_fingerprints(connection, ids, after)
            intents.audit(
                actor, f"case.{what}", "case", before, before=before, after=after, why=why
            )
        changes.record_moves(connection, number, moves)
        apply(connection, intents, at=self.clock())

    def _escalate(self, connection: Connection, case: str) -> None:
        facts = case_facts(connection, [case], ())[case]
        if self.escalator.reached(facts):
            intents, at = Intents(), self.clock()
            members = requests.open_standings(connection, case)
            for raised in self.escalator.escalate(intents, members, facts, at):
                intents.stand(raised)
            apply(connection, intents, at=at)


class _Relating:
    """Says how a moved request relates to the case it goes to: the same person again, or another."""

    def __init__(self, connection: Connection, moves: Sequence[Move]) -> None:
        self._first: dict[str, str] = {}
        self._theirs: dict[str, dict[str, str]] = {}
        for case in {move.after for move in moves}:
            members = changes.member_ids(connection, case)
            if members:
                self._first[case] = members[0]
                phones = changes.phones(connection, members)
                self._theirs[case] = {
                    phones[one]: one for one in reversed(members) if one in phones
                }
        self._phones = changes.phones(connection, [move.request_id for move in moves])

    def to_case(self, request_id: str, case: str, why: str) -> Relation:
        phone = self._phones.get(request_id, "")
        own = self._theirs[case].get(phone)
        return Relation(
            of=own or self._first[case],
            kind=RelationKind.REPEAT if own else RelationKind.SHARED,
            score=1.0,
            why=(why,),
        )


def _reason(why: str) -> str:
    if not why.strip():
        raise Refused.of("error.case_why")
    if len(why) > WHY_LIMIT:
        raise Refused.of("error.why_too_long", n=len(why), limit=WHY_LIMIT)
    return why.strip()


def _unchanged(
    connection: Connection, cases: Iterable[str], seen: Mapping[str, int] | None
) -> None:
    """Refuse what was decided on a case that a person has changed since."""
    wanted = {changes.resolve(connection, case): number for case, number in (seen or {}).items()}
    for case in cases:
        now = changes.version(connection, case)
        if wanted.get(case, now) != now:
            raise Conflict.of("error.case_changed", id=case, seen=wanted[case], now=now)


def _common_case(connection: Connection, request_ids: Sequence[str]) -> str:
    found = changes.cases_of(connection, request_ids)
    for one in request_ids:
        if one not in found:
            requests.get(connection, one)  # raises NotFound
    cases = sorted(set(found.values()))
    if len(cases) != 1:
        raise Refused.of("error.several_cases", n=len(cases))
    return cases[0]
