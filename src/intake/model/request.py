"""One citizen's matter in canonical form (诉求), and how it relates to others."""

from __future__ import annotations

from enum import StrEnum

from pydantic import AwareDatetime

from intake.model.channel import ChannelName
from intake.model.submission import Attachment, Coordinates, Extra, Links, MatterType
from intake.model.value import Value


class RelationKind(StrEnum):
    """How a request relates to an earlier one (重复关系)."""

    REDELIVERY = "redelivery"
    REPEAT = "repeat"
    SHARED = "shared"
    RELATED = "related"


class RequestState(StrEnum):
    """Where a request stands at our end."""

    HELD = "held"
    ROUTED = "routed"
    ANSWERED = "answered"  # the unit says it is done, or cannot be done and why
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class Relation(Value):
    """How one request relates to an earlier one, with score and reasons that a person reads."""

    of: str
    kind: RelationKind
    score: float
    why: tuple[str, ...] = ()


class Request(Value):
    """One citizen's matter in canonical form (诉求). Carries no identity: a masked contact and a
    reference that an authorised system redeems.

    ``coordinates``, ``links`` and ``extra`` are None where the channel said nothing that may be
    published; of ``extra`` only what its connector declared to be about no person.
    """

    id: str
    source: str
    channel: ChannelName
    external_id: str
    revision: int
    case_id: str
    title: str
    text: str
    matter_type: MatterType | None = None
    submitted_at: AwareDatetime | None = None
    received_at: AwareDatetime
    addressee: str | None = None
    form_area: str | None = None
    form_category: str | None = None
    submitter_unit: str | None = None
    answered_on_the_spot: bool = False
    contact_masked: str = ""
    identity_ref: str | None = None
    reply_over: ChannelName
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()
    coordinates: Coordinates | None = None
    links: Links | None = None
    extra: Extra | None = None
