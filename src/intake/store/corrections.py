"""Corrections (改派) and the changes of the catalogue that they propose: written by the desk, read by learning.

A correction *stands* while its request is dispatched as corrected. One that a later correction, a return
or a hold has replaced is kept as history and nothing learns from it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from intake.errors import NotFound
from intake.model.correction import Correction, Lesson, Verdict
from intake.model.decision import Decision, Outcome
from intake.model.request import RequestState
from intake.store import bulk
from intake.store.audit import MACHINE
from intake.store.tables import correction, decision, proposal, request

OPEN, ADOPTED, DISMISSED = "open", "adopted", "dismissed"


def machine_decision(connection: sa.Connection, request_id: str) -> Decision | None:
    """Return what the machine decided last on a request."""
    row = connection.execute(
        sa.select(decision.c.doc)
        .where(decision.c.request_id == request_id, decision.c.decided_by == MACHINE)
        .order_by(decision.c.version.desc())
        .limit(1)
    ).first()
    return Decision.model_validate(row.doc) if row else None


def record(connection: sa.Connection, made: Correction, proposal_id: int | None = None) -> None:
    """Write a correction, in the transaction of the decision that it led to."""
    row = {
        "request_id": made.request_id,
        "from_decision": made.from_decision,
        "to_decision": made.to_decision,
        "from_category": made.before.category,
        "to_category": made.after.category,
        "from_area": made.before.area,
        "to_area": made.after.area,
        "from_lead": made.before.lead,
        "to_lead": made.after.lead,
        "rule": made.rule,
        "wrong": list(made.wrong),
        "inferred": made.inferred,
        "proposal_id": proposal_id,
        "why": made.why,
        "corrected_by": made.corrected_by,
        "corrected_at": made.corrected_at,
    }
    bulk.insert(connection, correction, [row])


def of_request(connection: sa.Connection, request_id: str) -> list[Correction]:
    """Return all corrections of a request, oldest first."""
    rows = connection.execute(
        sa.select(correction).where(correction.c.request_id == request_id).order_by(correction.c.id)
    )
    return [_correction(row) for row in rows]


def _stands() -> tuple[sa.ColumnElement[bool], ...]:
    later = correction.alias("later")
    overtaken = sa.exists().where(
        later.c.request_id == correction.c.request_id, later.c.id > correction.c.id
    )
    return (
        request.c.state == RequestState.ROUTED.value,
        request.c.lead == correction.c.to_lead,
        ~overtaken,
    )


def lessons_of(connection: sa.Connection, ids: Collection[int]) -> dict[int, Lesson]:
    """Read corrections by id, standing or not, each with the decision now in force."""
    if not ids:
        return {}
    rows = connection.execute(_with_decision(correction.c.id.in_(ids)))
    return {row.id: _lesson(row, near=False) for row in rows}


def dispatched(
    connection: sa.Connection, request_ids: Collection[str]
) -> dict[str, tuple[str | None, int]]:
    """Return, for those of the requests that are dispatched, the lead and the decision's version."""
    if not request_ids:
        return {}
    rows = connection.execute(
        sa.select(request.c.id, request.c.lead, request.c.decision, request.c.state).where(
            request.c.id.in_(request_ids)
        )
    )
    return {row[0]: (row[1], row[2]) for row in rows if row[3] == RequestState.ROUTED.value}


def lessons_near(
    connection: sa.Connection, request_ids: Collection[str]
) -> dict[str, tuple[Lesson, ...]]:
    """Return for requests the standing corrections in their cases, the latest first."""
    if not request_ids:
        return {}
    found: dict[str, tuple[Lesson, ...]] = {}
    of = request.alias("of")
    query = _with_decision(of.c.id.in_(request_ids), *_stands()).add_columns(of.c.id.label("of"))
    query = query.join(of, of.c.case_id == request.c.case_id)
    for row in connection.execute(query.order_by(correction.c.id.desc())):
        found[row.of] = (*found.get(row.of, ()), _lesson(row, near=True))
    return found


class RuleKey(NamedTuple):
    """The conditions under which a correction may recur: the row that had won, category and area.

    ``rule`` is None where the correction is not about a row: the category was another, or no row won.
    """

    id: int
    request_id: str
    lead: str | None
    rule: str | None
    category: str | None
    area: str | None


def keys_after(connection: sa.Connection, after: int) -> list[RuleKey]:
    """Return the corrections after an id, oldest first."""
    own = correction.c
    about_row = sa.and_(own.from_category == own.to_category, own.from_lead != own.to_lead)
    rows = connection.execute(
        sa.select(
            own.id, own.request_id, own.to_lead, sa.case((about_row, own.rule)),
            own.from_category, own.to_area,
        )
        .where(own.id > after)
        .order_by(own.id)
    )  # fmt: skip
    return [RuleKey(*row) for row in rows]


def _with_decision(*where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(correction, decision.c.doc)
        .join(request, request.c.id == correction.c.request_id)
        .join(
            decision,
            sa.and_(
                decision.c.request_id == request.c.id, decision.c.version == request.c.decision
            ),
        )
        .where(*where)
    )


def _lesson(row: Any, *, near: bool) -> Lesson:
    return Lesson(made=_correction(row), co=tuple(row.doc["co"]), near=near)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A request whose category a person confirmed; ``corrected`` where the machine was wrong."""

    category: str
    title: str
    text: str
    at: datetime
    corrected: bool


def confirmed(connection: sa.Connection) -> list[Confirmed]:
    """Return all requests that a person dispatched, by the time of that decision."""
    rows = connection.execute(
        sa.select(request.c.id, request.c.doc, request.c.category, decision.c.decided_at)
        .join(
            decision,
            sa.and_(
                decision.c.request_id == request.c.id, decision.c.version == request.c.decision
            ),
        )
        .where(
            decision.c.decided_by != MACHINE,
            decision.c.outcome == Outcome.AUTO.value,
            request.c.category.is_not(None),
            request.c.state == RequestState.ROUTED.value,
        )
        .order_by(decision.c.decided_at, request.c.id)
    ).all()
    changed = set(
        connection.scalars(
            sa.select(correction.c.request_id)
            .join(request, request.c.id == correction.c.request_id)
            .where(correction.c.from_category != correction.c.to_category, *_stands())
        )
    )
    return [
        Confirmed(
            category=row.category,
            title=row.doc.get("title", ""),
            text=row.doc.get("text", ""),
            at=row.decided_at,
            corrected=row.id in changed,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SupportingCorrection:
    """One standing correction behind a proposal."""

    request_id: str
    area: str | None
    before: str | None
    after: str | None
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change of the catalogue that corrections ask for: ``rule`` should name ``handler``.

    ``rule`` is empty where no rule applied. ``evidence`` are the corrections that still stand.
    """

    id: int
    rule: str
    category: str
    handler: str
    state: str
    opened_at: datetime
    evidence: tuple[SupportingCorrection, ...]


def propose(connection: sa.Connection, rule: str, category: str, handler: str, at: datetime) -> int:
    """Open a proposal, or find it; one that was adopted and is asked for again is opened again."""
    row = {
        "rule": rule, "category": category, "handler": handler, "state": OPEN, "opened_at": at,
        "closed_at": None, "closed_by": None,
    }  # fmt: skip
    bulk.insert(connection, proposal, [row], ignore=True)
    same = (
        proposal.c.rule == rule, proposal.c.category == category, proposal.c.handler == handler,
    )  # fmt: skip
    again = sa.update(proposal).where(*same, proposal.c.state == ADOPTED)
    connection.execute(again.values(state=OPEN, closed_at=None, closed_by=None))
    return int(connection.execute(sa.select(proposal.c.id).where(*same)).scalar_one())


def proposals(connection: sa.Connection, state: str = OPEN) -> list[Proposal]:
    """List proposals with their evidence, the best supported first."""
    rows = connection.execute(sa.select(proposal).where(proposal.c.state == state)).all()
    behind: dict[int, list[SupportingCorrection]] = {row.id: [] for row in rows}
    found = connection.execute(
        sa.select(correction)
        .join(request, request.c.id == correction.c.request_id)
        .where(correction.c.proposal_id.in_(list(behind)), *_stands())
        .order_by(correction.c.id)
    )
    for row in found:
        behind[row.proposal_id].append(
            SupportingCorrection(
                request_id=row.request_id,
                area=row.to_area,
                before=row.from_lead,
                after=row.to_lead,
                why=row.why,
                at=row.corrected_at,
            )
        )
    listed = [
        Proposal(
            id=row.id,
            rule=row.rule,
            category=row.category,
            handler=row.handler,
            state=row.state,
            opened_at=row.opened_at,
            evidence=tuple(behind[row.id]),
        )
        for row in rows
    ]
    supported = [one for one in listed if one.evidence or state != OPEN]
    return sorted(supported, key=lambda one: (-len(one.evidence), one.id))


def close_proposal(
    connection: sa.Connection, proposal_id: int, state: str, actor: str, at: datetime
) -> None:
    """Mark an open proposal as adopted or dismissed; ``NotFound`` where it is not open."""
    done = connection.execute(
        sa.update(proposal)
        .where(proposal.c.id == proposal_id, proposal.c.state == OPEN)
        .values(state=state, closed_at=at, closed_by=actor)
    )
    if done.rowcount == 0:
        raise NotFound(
            f"There is no open proposal {proposal_id}.", hint="See: intake learn proposals"
        )


def _correction(row: Any) -> Correction:
    return Correction(
        request_id=row.request_id,
        from_decision=row.from_decision,
        to_decision=row.to_decision,
        before=Verdict(category=row.from_category, area=row.from_area, lead=row.from_lead),
        after=Verdict(category=row.to_category, area=row.to_area, lead=row.to_lead),
        rule=row.rule,
        wrong=tuple(row.wrong),
        inferred=row.inferred,
        why=row.why,
        corrected_by=row.corrected_by,
        corrected_at=row.corrected_at,
    )
