"""The content of one request's page, read in one transaction, and the content of its forms."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from intake.errors import Forbidden
from intake.messages import Message
from intake.model.decision import Decision, HoldReason, Lane
from intake.store import audit, desk_lists, requests
from intake.store.engine import Connection
from intake.store.requests import Listed, StoredRequest
from intake.web.desk.case_page import CasePage, read_case
from intake.web.desk.marks import Stretch, mark_text
from intake.web.security import SignedIn
from intake.web.submitted_form import SubmittedForm

CASE_LIMIT = 50

FieldErrors = dict[str, Message | str]
"""The faults of a form, by the name of the field; ``""`` is the form as a whole."""


@dataclass(frozen=True, slots=True)
class Member:
    """Another request of the case, and how the two relate where that is known."""

    line: Listed
    kind: str
    why: tuple[str, ...]
    earlier: bool


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One request as the page shows it. ``unseen`` counts the case's requests that are not shown."""

    stored: StoredRequest
    decision: Decision | None
    decisions: list[Decision]
    title: list[Stretch]
    text: list[Stretch]
    case: CasePage
    members: list[Member]
    unseen: int
    back: list[Any]
    trail: list[Any]
    events: list[Any]

    @property
    def last_audit(self) -> int:
        """The newest audit row shown, so that a conflict can show the later ones."""
        return max((row.id for row in self.trail), default=0)

    @property
    def units_at_hand(self) -> tuple[str, ...]:
        """Units that are likely choices: of the decision, and what a unit proposed instead."""
        proposed = [row.doc.get("proposed_unit") or "" for row in self.back]
        named = (
            [self.decision.lead or "", *self.decision.co, *self.decision.via]
            if self.decision
            else []
        )
        return tuple(dict.fromkeys(unit for unit in (*named, *proposed) if unit))


def is_sensitive(decision: Decision | None) -> bool:
    """Return whether a decision makes its request 高位办, for the roles ``lead`` and ``admin`` only."""
    return decision is not None and (
        decision.lane is Lane.LEADERSHIP or decision.hold is HoldReason.SENSITIVE
    )


def read_page(connection: Connection, request_id: str, who: SignedIn) -> RequestPage:
    """Read the page; ``NotFound``, or ``Forbidden`` for 高位办 without the right."""
    stored = requests.get(connection, request_id)
    decisions = requests.decisions(connection, request_id)
    decision = next((d for d in decisions if d.version == stored.decision_version), None)
    if is_sensitive(decision) and not who.sees_sensitive:
        raise Forbidden.of("error.sensitive", id=request_id, lane=Lane.LEADERSHIP.value)
    title, text = mark_text(
        stored.request.title,
        stored.request.text,
        decision.location.evidence if decision else (),
    )
    members, unseen = _members(connection, stored, who)
    return RequestPage(
        stored=stored,
        decision=decision,
        decisions=decisions,
        title=title,
        text=text,
        case=read_case(connection, stored.request.case_id, who),
        members=members,
        unseen=unseen,
        back=desk_lists.back_messages(connection, request_id),
        trail=audit.trail(connection, "request", request_id),
        events=desk_lists.events(connection, request_id),
    )


def _members(
    connection: Connection, stored: StoredRequest, who: SignedIn
) -> tuple[list[Member], int]:
    lines, total = desk_lists.case_lines(
        connection,
        stored.request.case_id,
        sees_sensitive=who.sees_sensitive,
        limit=CASE_LIMIT,
    )
    others = [line for line in lines if line.id != stored.request.id]
    mine = stored.request.id
    related: dict[str, Any] = {}
    for row in desk_lists.relations_between(connection, [mine, *(line.id for line in others)]):
        if mine in (row.request_id, row.of):
            related[row.of if row.request_id == mine else row.request_id] = row
    members = [
        Member(
            line,
            kind=related[line.id].kind if line.id in related else "",
            why=tuple(related[line.id].why) if line.id in related else (),
            earlier=line.id in related and related[line.id].of == line.id,
        )
        for line in others
    ]
    return members, max(0, total - 1 - len(members))


@dataclass(frozen=True, slots=True)
class FormDraft:
    """The content of the page's forms: at first the decision, then a person's input.

    ``version`` is the version that the person decides on; ``seen_audit`` the newest audit row they saw.
    """

    version: int
    seen_audit: int
    lead: str = ""
    co: tuple[str, ...] = ()
    category: str = ""
    area: str = ""
    wrong: tuple[str, ...] = ()
    why: str = ""
    unit_q: str = ""
    action: str = ""
    errors: FieldErrors = field(default_factory=dict)

    @classmethod
    def of(cls, page: RequestPage) -> FormDraft:
        """Begin with the decision in force."""
        decision = page.decision
        return cls(
            version=page.stored.version,
            seen_audit=page.last_audit,
            lead=(decision.lead or "") if decision else "",
            co=decision.co if decision else (),
            category=(decision.category or "") if decision else "",
            area=(decision.area or "") if decision else "",
        )

    def typed(self, form: SubmittedForm, action: str) -> FormDraft:
        """Take over what a form of the page sent; fields that this form does not have stay."""
        draft = replace(
            self,
            version=form.number("version"),
            seen_audit=form.number("seen_audit"),
            action=action,
            why=form.one("why"),
        )
        if action != "reassign":
            return draft
        return replace(
            draft,
            lead=form.one("lead"),
            co=tuple(unit for unit in form.many("co") if unit != form.one("lead")),
            category=form.one("category"),
            area=form.one("area"),
            wrong=form.many("wrong"),
            unit_q=form.one("unit_q"),
        )

    def at(self, page: RequestPage) -> FormDraft:
        """Return the draft with the person's input, based on the current state of the request."""
        return replace(
            self,
            version=page.stored.version,
            seen_audit=page.last_audit,
        )
