"""Concluding a batch: the decision on each request, the escalation of its case, the events.

Pure: it takes the batch and the facts around it and returns everything that is to be written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.casework.escalator import Escalator
from intake.contract import announce
from intake.decide.dossier import dossier_of
from intake.decide.router import Router
from intake.messages import Language, Message, renderer
from intake.model.correction import Lesson
from intake.model.decision import Decision, Outcome
from intake.model.request import Relation, RequestState
from intake.model.standing import Standing
from intake.pipeline.prepare import Prepared
from intake.pipeline.take import TakenBatch
from intake.relate import JOINING
from intake.store.audit import MACHINE
from intake.store.case_facts import CaseFacts

STATE = {
    Outcome.AUTO: RequestState.ROUTED,
    Outcome.SUGGEST: RequestState.ROUTED,
    Outcome.HOLD: RequestState.HELD,
    Outcome.RECORD: RequestState.RECORDED,
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The facts around a batch that its decisions depend on.

    ``related`` holds for each new request its relation to an earlier one, if any, and ``people`` the
    person behind it (a blind index, or its own id). ``cases`` are the facts of all cases concerned before
    this batch, ``members`` the open requests of those that may be escalated.
    ``hops`` counts how often a request was sent round.
    """

    related: Mapping[str, Relation | None] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    cases: Mapping[str, CaseFacts] = field(default_factory=dict)
    members: Mapping[str, Sequence[Standing]] = field(default_factory=dict)
    lessons: Mapping[str, tuple[Lesson, ...]] = field(default_factory=dict)
    hops: Mapping[str, int] = field(default_factory=dict)


def conclude(
    taken: TakenBatch,
    around: Surroundings,
    router: Router,
    homes: Mapping[str, str | None],
    at: datetime,
) -> None:
    """Decide what waits, in order, and add everything that follows to ``taken.intents``."""
    _relate(taken, around)
    counting = _Counting(around.cases, _escalator(router, homes))
    decided = []
    for key, part in (*taken.fresh.items(), *taken.changed.items()):
        case = counting.of(taken.standings[key].request.case_id)
        if key in around.people:
            counting.add(taken.standings[key].request.case_id, around.people[key])
        former = taken.standings[key]
        after = _decide(former, part, case, around, router, homes, at)
        if after is not former:
            taken.standings[key] = after
            decided.append((former, after))
        case.narrow(after.decision.area if after.decision else None)
    for former, after in decided:
        _enact(taken, former, after)
    _announce_additions(taken, around, router.renderer.language)
    for case_id, facts in counting.rising.items():
        members = members_of(case_id, taken.standings.values(), around.members.get(case_id, ()))
        for raised in counting.escalator.escalate(taken.intents, members, facts, at):
            taken.standings[raised.id] = raised
            taken.touched[raised.id] = None
    for key in taken.touched:
        taken.intents.stand(taken.standings[key])


def rising_cases(
    taken: TakenBatch, around: Surroundings, router: Router, homes: Mapping[str, str | None]
) -> list[str]:
    """Return the cases that this batch will take over the limit; their open requests go up, too."""
    counting = _Counting(around.cases, _escalator(router, homes))
    for key, person in around.people.items():
        counting.add(taken.standings[key].request.case_id, person)
    return list(counting.rising)


def _escalator(router: Router, homes: Mapping[str, str | None]) -> Escalator:
    return Escalator(router.policy, router.catalogue, homes, router.renderer)


def members_of(
    case_id: str, standings: Iterable[Standing], stored: Iterable[Standing]
) -> list[Standing]:
    """Return a case's requests: those of this batch with their new states, then the others."""
    known = [standing for standing in standings if standing.request.case_id == case_id]
    ids = {standing.id for standing in known}
    return [*known, *(standing for standing in stored if standing.id not in ids)]


class _Counting:
    """Counts the requests of each case on a copy of its facts.

    ``rising`` holds the cases that reach the limit, with their facts at that moment: the text about a
    case must not depend on how many of its requests share a batch.
    """

    def __init__(self, cases: Mapping[str, CaseFacts], escalator: Escalator) -> None:
        self._stored = cases
        self._cases: dict[str, CaseFacts] = {}
        self.escalator = escalator
        self.rising: dict[str, CaseFacts] = {}

    def of(self, case_id: str) -> CaseFacts:
        if case_id not in self._cases:
            stored = self._stored.get(case_id)
            self._cases[case_id] = stored.copy() if stored else CaseFacts()
        return self._cases[case_id]

    def add(self, case_id: str, person: str) -> None:
        case = self.of(case_id)
        before = self.escalator.reached(case)
        case.add(person)
        if not before and self.escalator.reached(case):
            self.rising[case_id] = case.copy()


def _relate(taken: TakenBatch, around: Surroundings) -> None:
    for key in taken.fresh:
        relation = around.related.get(key)
        if relation is not None:
            taken.intents.relations.append((key, relation))


def _decide(
    standing: Standing,
    part: Prepared,
    case: CaseFacts,
    around: Surroundings,
    router: Router,
    homes: Mapping[str, str | None],
    at: datetime,
) -> Standing:
    """Return the request with a new decision, if the one in force may and need be replaced."""
    former, own = standing.decision, part.submission
    if former is not None and (
        former.decided_by != MACHINE or standing.state is RequestState.WITHDRAWN
    ):
        return standing  # a person's decision is kept; the edit is announced all the same
    if part.understanding is None:
        raise TypeError("a post reaches the decision without having been read")
    dossier = dossier_of(
        standing.request,
        part.understanding,
        home_area=homes.get(own.source),
        case=case,
        lessons=around.lessons.get(standing.id, ()),
        hops=around.hops.get(standing.id, 0),
    )
    decision = router.decide(dossier, version=standing.next_decision, at=at)
    if former is not None and _same_dispatch(former, decision):
        return standing
    if standing.state is RequestState.WITHDRAWN:  # taken back before it was ever decided
        return replace(standing, decision=decision)
    return replace(standing, decision=decision, state=STATE[decision.outcome])


def _enact(taken: TakenBatch, former: Standing, after: Standing) -> None:
    """Record and announce a new decision."""
    decision = after.decision
    if decision is None:
        raise TypeError("a decision is enacted before it is made")
    taken.intents.decisions.append((after.id, decision))
    taken.intents.audit(
        MACHINE, "request.decided", "request", after.id,
        before=former.state.value if former.decision else None, after=after.state.value,
        why=_why(decision),
    )  # fmt: skip
    taken.intents.announce(announce.decided(after, former.decision))


def _why(decision: Decision) -> Message:
    if decision.hold is not None:
        return Message("audit.held", {"hold": decision.hold.value})
    if decision.rule is None:
        return Message("audit.not_dispatched")
    return Message("audit.by_rule", {"rule": decision.rule})


def _announce_additions(taken: TakenBatch, around: Surroundings, language: Language) -> None:
    """Announce additions, then the requests that joined another's case."""
    for addition in taken.additions:
        standing = taken.standings[addition.request_id]
        if addition.amendment is None:
            taken.intents.announce(
                announce.withdrawn(standing, renderer(language).say("audit.withdrawn"))
            )
        else:
            taken.intents.announce(announce.amended(standing, addition.amendment))
    for key in taken.fresh:
        relation = around.related.get(key)
        if relation is not None and relation.kind in JOINING:
            taken.intents.announce(announce.merged(taken.standings[key], relation))


def _same_dispatch(one: Decision, other: Decision) -> bool:
    return (one.outcome in announce.DISPATCHED, one.lead, one.co, one.via, one.hold) == (
        other.outcome in announce.DISPATCHED, other.lead, other.co, other.via, other.hold,
    )  # fmt: skip
