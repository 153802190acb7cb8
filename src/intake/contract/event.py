"""The published contract: CloudEvents 1.0, structured mode JSON (docs/events.md).

An event is the request and the decision serialised, inside an envelope; there is no third set of
classes. The same models make the JSON Schemas and the AsyncAPI document in docs/contract.
"""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime, Field

from intake.model.decision import Decision
from intake.model.ids import name_uuid
from intake.model.request import Relation, Request
from intake.model.value import Value

CONTENT_TYPE = "application/cloudevents+json"
EVENT_NAMESPACE = uuid.UUID("d5a4a0a6-3c1f-5d53-8f0e-6a1f6f0f2c33")
Audience = Literal["handlers", "informed", "former", "desk"]
DESK = "desk"
"""Pseudo unit of the routing key under which the desk's own events go."""


HOLDERS = "who has it: its units, else the desk"


class EventKind(StrEnum):
    """What happened to a request: the part of the type that changes, what it tells, and whom."""

    meaning: str
    goes_to: str

    def __new__(cls, value: str, meaning: str, goes_to: str = HOLDERS) -> Self:
        """Make a member of its value, its meaning and its receivers, both in words."""
        made = str.__new__(cls, value)
        made._value_, made.meaning, made.goes_to = value, meaning, goes_to
        return made

    ROUTED = (
        "routed",
        "The request goes to units for the first time, or again after a hold.",
        "lead, co-handlers, transmission path; a second event to units that are only informed",
    )
    REROUTED = (
        "rerouted",
        "It goes to other units (改派); former_units names who had it.",
        "the new units, likewise",
    )
    HELD = (
        "held",
        "It waits for the routing desk; decision.hold says why.",
        "desk (key desk.held)",
    )
    RECORDED = (
        "recorded",
        "It was answered on the spot or is not accepted; nothing to dispatch.",
        "desk (key desk.recorded)",
    )
    RECALLED = (
        "recalled",
        "These units no longer have it: rerouted, or put on hold. Carries neither text nor contact.",
        "the units that lost it",
    )
    AMENDED = (
        "amended",
        "The citizen edited, followed up or rated, or an official reply appeared at the source.",
    )
    MERGED = (
        "merged",
        "It joins the case of the request named in relation, by what it says or by a person (then "
        "former_case and why); it keeps its own duty of reply.",
    )
    UNMERGED = (
        "unmerged",
        "A person took it out of the case former_case; caseid is the one it is in now.",
    )
    ESCALATED = (
        "escalated",
        "Its matter was raised again and again: it goes up a lane, a supervising unit joins the "
        "co-handlers.",
        "who has it, and the supervising unit",
    )
    URGED = (
        "urged",
        "Its deadline has passed (once for each deadline), or the desk asks again (催办); why says "
        "which. The clocks run on.",
        "the units that have it",
    )
    REWORKED = (
        "reworked",
        "The desk sends the unit's answer back (退回重办); why says what is missing. The clocks run on.",
        "the units that have it",
    )
    WITHDRAWN = "withdrawn", "The citizen took it back."


class TextChange(Value):
    """A stretch of a request's former title or text, from character ``at``, and what replaced it."""

    field: Literal["title", "text"]
    at: int
    before: str
    after: str


class Amendment(Value):
    """What was added to or changed in a request after it was first published.

    ``changes`` tells what an edit changed in its words, in order; None where it changed none.
    """

    kind: Literal["edit", "follow_up", "rating", "official_reply"]
    changes: tuple[TextChange, ...] | None = None
    text: str = ""
    unit: str | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    score: int | None = None


class RequestEvent(Value):
    """The ``data`` of every event.

    ``decision`` is the one in force. ``units`` are those whom this event is addressed to, and
    ``audience`` says as what: an event for units that are only informed, or that no longer have the
    request, carries no contact and no text, because one of them may be the unit complained about.
    ``former_units`` names who had the request before a reroute. ``relation`` says what a merged
    request joins, ``former_case`` which case a request left that a person moved.
    """

    request: Request
    decision: Decision | None = None
    units: tuple[str, ...] = ()
    audience: Audience = "handlers"
    former_units: tuple[str, ...] = ()
    relation: Relation | None = None
    former_case: str | None = None
    amendment: Amendment | None = None
    why: str = ""


class Event(Value):
    """One CloudEvent. ``id`` is stable: the same event republished keeps it, consumers drop repeats."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str = "/citizen-intake"
    type: str = Field(pattern=r"^cn\.intake\.request\.[a-z]+\.v1$")
    subject: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str = ""
    sequence: str = Field(pattern=r"^\d{10}$")
    caseid: str
    partitionkey: str
    data: RequestEvent

    def to_json(self, request: str, decision: str | None) -> str:
        """Write the event around its request and decision, which are already JSON.

        Both are stored on their own in the same commit; writing each once instead of twice is a third
        of what an event costs. What is None is left out, as in the two documents.
        """
        shell = self.model_dump_json(exclude_none=True, exclude={"data": {"request", "decision"}})
        # A quote within a value is escaped, so that this is the key and nothing else.
        head, _, rest = shell.partition('"data":{')
        written = f'"request":{request},' + (f'"decision":{decision},' if decision else "")
        return f'{head}"data":{{{written}{rest}'


def event_type(what: EventKind) -> str:
    """Return the CloudEvents type, such as ``cn.intake.request.routed.v1``."""
    return f"cn.intake.request.{what.value}.v1"


def event_id(request: str, sequence: int) -> str:
    """Return the stable id of the event number ``sequence`` of a request."""
    return name_uuid(EVENT_NAMESPACE, f"{request}\x1f{sequence}")


def sequence_text(sequence: int) -> str:
    """Write a sequence as ten digits, so that it also sorts as text (CloudEvents ``sequence``)."""
    return f"{sequence:010d}"
