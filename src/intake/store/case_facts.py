"""Facts about cases (并案): number of requests and people, area, a person's decision."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from intake.model.decision import Decision
from intake.model.request import RequestState
from intake.store.tables import decision, identity, request

AREA_ABOVE = {12: 9, 9: 6, 6: 4, 4: 2, 2: 0}
"""Length of an area code → length of the code of the area around it."""


@dataclass(slots=True)
class CaseFacts:
    """One case: how many requests were not withdrawn, how many people are behind them, how often the
    most persistent of them wrote (``repeats``), where they are, and how a person decided it before
    (``precedent``).

    A person is a blind index, or the request's id where a request has no contact; ``known`` are those
    of the case that were asked about, with the number of their requests.
    """

    requests: int = 0
    people: int = 0
    repeats: int = 0
    areas: set[str] = field(default_factory=set)
    precedent: Decision | None = None
    known: dict[str, int] = field(default_factory=dict)

    @property
    def area(self) -> str | None:
        """The deepest area that all its requests agree on."""
        return agreed_area(self.areas)

    def add(self, person: str) -> None:
        """Count one more request."""
        self.requests += 1
        times = self.known[person] = self.known.get(person, 0) + 1
        self.people += times == 1
        self.repeats = max(self.repeats, times)

    def copy(self) -> CaseFacts:
        """Return facts that can be counted on without changing these."""
        return replace(self, areas=set(self.areas), known=dict(self.known))

    def narrow(self, area: str | None) -> None:
        """Take in where one request is."""
        if area:
            self.areas.add(area)


def agreed_area(areas: Collection[str]) -> str | None:
    """Return the deepest of areas that lie within each other, else what they share; None of none."""
    agreed = max(areas, key=len, default="")
    for area in areas:
        while agreed and not (agreed.startswith(area) or area.startswith(agreed)):
            agreed = agreed[: AREA_ABOVE[len(agreed)]]
    return agreed or None


def case_facts(
    connection: sa.Connection, case_ids: Iterable[str], people: Collection[str]
) -> dict[str, CaseFacts]:
    """Read the facts of cases; every id asked for is in the answer.

    ``people`` are those about to be added: which of them each case knows already. The rest is counted
    by the database, since a case can have thousands of requests.
    """
    wanted = list(case_ids)
    facts = {case: CaseFacts() for case in wanted}
    case_id, area = request.c.case_id, request.c.area
    counted = (case_id.in_(wanted), request.c.state != RequestState.WITHDRAWN)
    by_area = sa.select(case_id, area, sa.func.count()).where(*counted).group_by(case_id, area)
    for case, where, number in connection.execute(by_area):
        facts[case].requests += number
        facts[case].narrow(where)
    contacts = request.outerjoin(identity, identity.c.request_id == request.c.id)
    person = sa.func.coalesce(identity.c.phone_key, request.c.id)
    each = (
        sa.select(case_id, sa.func.count().label("times"))
        .select_from(contacts)
        .where(*counted)
        .group_by(case_id, person)
        .subquery()
    )
    by_people = sa.select(each.c.case_id, sa.func.count(), sa.func.max(each.c.times))
    for case, number, times in connection.execute(by_people.group_by(each.c.case_id)):
        facts[case].people, facts[case].repeats = number, times
    asked = sa.select(case_id, identity.c.phone_key).select_from(contacts)
    for case, key in connection.execute(asked.where(*counted, identity.c.phone_key.in_(people))):
        facts[case].known[key] = facts[case].known.get(key, 0) + 1
    _read_precedents(connection, wanted, facts)
    return facts


def _read_precedents(
    connection: sa.Connection, case_ids: list[str], facts: dict[str, CaseFacts]
) -> None:
    decided = connection.execute(
        sa.select(request.c.case_id, decision.c.doc)
        .join(
            decision,
            sa.and_(
                request.c.id == decision.c.request_id, request.c.decision == decision.c.version
            ),
        )
        .where(
            request.c.case_id.in_(case_ids),
            decision.c.decided_by != "machine",
            decision.c.lead.is_not(None),
        )
        .order_by(decision.c.decided_at)
    )
    for case, doc in decided:
        facts[case].precedent = Decision.model_validate(doc)
