"""What is known of cases (并案): how often, by how many people, where, and what a person decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from intake.decision import Decision
from intake.request import RequestState
from intake.store.tables import decision, identity, request

AREA_ABOVE = {12: 9, 9: 6, 6: 4, 4: 2, 2: 0}
"""Length of an area code → length of the code of the area around it."""


@dataclass(slots=True)
class CaseFacts:
    """One case: its requests that were not withdrawn, the people behind them, where, and how a
    person decided it before (``precedent``). ``people`` are blind indexes, or request ids where a
    request has no contact.
    """

    requests: int = 0
    people: set[str] = field(default_factory=set)
    area: str | None = None
    precedent: Decision | None = None

    def add(self, person: str, area: str | None) -> None:
        """Count one more request."""
        self.requests += 1
        self.people.add(person)
        self.narrow(area)

    def narrow(self, area: str | None) -> None:
        """Take in where one request is: the deepest area that all agree on."""
        self.area = common_area(self.area, area)


def common_area(one: str | None, other: str | None) -> str | None:
    """Give the deeper of two areas if it lies within the other, else what they share."""
    if not one or not other:
        return one or other
    deeper, wider = sorted((one, other), key=len, reverse=True)
    if deeper.startswith(wider):
        return deeper
    while wider and not deeper.startswith(wider):
        wider = wider[: AREA_ABOVE[len(wider)]]
    return wider or None


def case_facts(connection: sa.Connection, case_ids: Iterable[str]) -> dict[str, CaseFacts]:
    """Read the facts of cases; every id asked for is in the answer."""
    wanted = list(case_ids)
    facts = {case: CaseFacts() for case in wanted}
    person = sa.func.coalesce(identity.c.phone_key, request.c.id)
    rows = connection.execute(
        sa.select(request.c.case_id, request.c.area, person.label("person"))
        .select_from(request.outerjoin(identity, identity.c.request_id == request.c.id))
        .where(request.c.case_id.in_(wanted), request.c.state != RequestState.WITHDRAWN)
    )
    for row in rows:
        facts[row.case_id].add(row.person, row.area)
    decided = connection.execute(
        sa.select(request.c.case_id, decision.c.doc)
        .join(
            decision,
            sa.and_(
                request.c.id == decision.c.request_id, request.c.decision == decision.c.version
            ),
        )
        .where(
            request.c.case_id.in_(wanted),
            decision.c.decided_by != "machine",
            decision.c.lead.is_not(None),
        )
        .order_by(decision.c.decided_at)
    )
    for case, doc in decided:
        facts[case].precedent = Decision.model_validate(doc)
    return facts
