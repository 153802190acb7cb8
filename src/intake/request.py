"""The nouns of the product (DESIGN §2): values that are passed from stage to stage and stored.

All are frozen. Times are aware and in UTC. Area codes are trimmed GB/T 2260-style prefixes
(province 2, city 4, county 6, town 9, village 12 digits), never zero-padded. Nothing here but
:class:`Contact` and :class:`Identity` may hold personal data.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

REQUEST_NAMESPACE = uuid.UUID("6f1d2c8e-0b0f-5f5e-9a39-2f1a6c1b7d10")
CASE_NAMESPACE = uuid.UUID("b0a1c7d4-53c0-5d0c-8a27-6c7b1f0e4a55")

AreaCode = Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]
Step = Literal["classify", "locate", "relate", "catalogue", "guard", "lane", "hold", "desk"]
Level = Literal["province", "city", "county", "town", "village"]


class Noun(BaseModel):
    """Base of every value type: immutable, and strict about what it is given."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(StrEnum):
    """Kind of way in (渠道)."""

    HOTLINE = "hotline"
    MAILBOX = "mailbox"
    BOARD = "board"
    OUTREACH = "outreach"
    SUPERVISION = "supervision"
    IMPORT = "import"


class MatterType(StrEnum):
    """What the citizen wants; another axis than the category. 举报 never merges into 投诉."""

    CONSULTATION = "咨询"
    HELP = "求助"
    COMPLAINT = "投诉"
    REPORT = "举报"
    SUGGESTION = "意见建议"
    PRAISE = "表扬"


class SubmissionKind(StrEnum):
    """What a channel delivered: a new post, or something that belongs to an earlier one."""

    POST = "post"
    FOLLOW_UP = "follow_up"
    RATING = "rating"
    OFFICIAL_REPLY = "official_reply"
    WITHDRAWAL = "withdrawal"


class Lane(StrEnum):
    """How a request is handled (通道); each has its clocks in the policy file."""

    LIVELIHOOD = "livelihood"  # 特别办: at once
    ORDINARY = "ordinary"  # 及时办
    COORDINATION = "coordination"  # 协调办: several units, or unclear who
    LEADERSHIP = "leadership"  # 高位办: major and sensitive
    ON_THE_SPOT = "on_the_spot"  # 当场答复: answered during the call
    NOT_ACCEPTED = "not_accepted"  # 不予受理: the lawful route is told
    EMERGENCY = "emergency"  # 110 119 120 122


class RelationKind(StrEnum):
    """How a request relates to an earlier one (重复关系)."""

    REDELIVERY = "redelivery"
    REPEAT = "repeat"
    SHARED = "shared"
    RELATED = "related"


class Outcome(StrEnum):
    """Who acts on a decision next."""

    AUTO = "auto"  # dispatched without a person
    SUGGEST = "suggest"  # dispatched, and listed for the desk to look over
    HOLD = "hold"  # waits for the desk
    RECORD = "record"  # nothing to dispatch: answered on the spot, or not accepted


class RequestState(StrEnum):
    """Where a request stands at our end."""

    HELD = "held"
    ROUTED = "routed"
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class HoldReason(StrEnum):
    """Why a decision waits for the desk."""

    UNCLEAR = "unclear"  # the classifier would not say
    NO_RULE = "no_rule"  # the catalogue has no rule or no such unit
    PLACE_AMBIGUOUS = "place_ambiguous"
    SEVERAL_MATTERS = "several_matters"
    ACCUSATION = "accusation"  # a unit or person is accused
    SUPERIOR_UNKNOWN = "superior_unknown"  # the accused unit's superior is not in the table
    SENSITIVE = "sensitive"  # 高位办
    EMERGENCY = "emergency"
    LEGAL_ROUTE = "legal_route"  # litigation, discipline: told or transferred by a person
    RETURNED = "returned"  # a unit said "not ours"
    HOP_LIMIT = "hop_limit"  # sent round too often
    DESK = "desk"  # a person put it on hold


def request_id(source: str, external_id: str) -> str:
    """Give the one id a request has for ever: UUIDv5 of source and external id (I1)."""
    return str(uuid.uuid5(REQUEST_NAMESPACE, f"{source}\x1f{external_id}"))


def case_id(first_request: str) -> str:
    """Give the stable id of the case that ``first_request`` opened."""
    return str(uuid.uuid5(CASE_NAMESPACE, first_request))


def digest(content: bytes) -> str:
    """Fingerprint of content, hexadecimal SHA-256; what tells a redelivery from a revision."""
    return hashlib.sha256(content).hexdigest()


class RawItem(Noun):
    """What a source returned, byte for byte, with its external id (原始件).

    ``content_type`` is a MIME type with charset where known. ``digest`` is of ``content`` unless the
    connector computes it over the part that matters (a page whose view counter moves is not a new
    revision). ``ref`` says where it came from, for people: a URL without secrets, a file and row.
    """

    source: str
    external_id: str = Field(min_length=1, max_length=500)
    content: bytes
    content_type: str = "application/octet-stream"
    fetched_at: AwareDatetime
    ref: str = ""
    digest: str

    @classmethod
    def of(
        cls,
        source: str,
        external_id: str,
        content: bytes,
        *,
        fetched_at: datetime,
        content_type: str = "application/octet-stream",
        ref: str = "",
        significant: bytes | None = None,
    ) -> RawItem:
        """Make a raw item; ``significant`` is the part whose change makes a revision."""
        return cls(
            source=source,
            external_id=external_id,
            content=content,
            content_type=content_type,
            fetched_at=fetched_at,
            ref=ref,
            digest=digest(content if significant is None else significant),
        )


class Contact(Noun):
    """Who the citizen is and how to reach them, as found; PERSONAL DATA, goes to identity only."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    id_card: str | None = None
    address: str | None = None
    other: tuple[str, ...] = ()
    virtual_phone: bool = False

    def is_empty(self) -> bool:
        """Say whether nothing at all is known."""
        return not (
            self.name or self.phone or self.email or self.id_card or self.address or self.other
        )


class Rating(Noun):
    """A citizen's rating of an answer: solved and satisfied are two questions."""

    solved: bool | None = None
    satisfied: bool | None = None
    score: int | None = None


class Attachment(Noun):
    """A file that came with a submission; its bytes stay in the raw item."""

    name: str
    content_type: str
    size: int
    digest: str


class Submission(Noun):
    """A raw item parsed (提交件): a post, a follow-up, a rating, an official reply, a withdrawal.

    ``external_id`` is unique within the source; ``of`` is the external id of the post that a
    follow-up, rating, reply or withdrawal belongs to. ``body`` is as the channel gave it (HTML where
    ``html`` is true). ``form_area`` and ``form_category`` are what the channel's form says.
    """

    source: str
    channel: Channel
    external_id: str = Field(min_length=1, max_length=500)
    kind: SubmissionKind = SubmissionKind.POST
    of: str | None = None
    title: str = ""
    body: str = ""
    html: bool = False
    submitted_at: AwareDatetime | None = None
    contact: Contact = Contact()
    addressee: str | None = None
    form_area: str | None = None
    form_category: str | None = None
    matter_type: MatterType | None = None
    submitter_unit: str | None = None
    answered_on_the_spot: bool = False
    rating: Rating | None = None
    unit: str | None = None
    attachments: tuple[Attachment, ...] = ()


class Span(Noun):
    """A stretch of text: character offsets ``start`` (in) and ``end`` (out), and the text itself."""

    start: int
    end: int
    text: str


class Placeholder(Noun):
    """Where personal data stood in the clean text; the value itself is in identity."""

    start: int
    end: int
    kind: str


class CleanText(Noun):
    """What normalize makes of a submission: text to read, to compare and to route by.

    ``text`` is for display and events; ``comparable`` leaves out greetings, pleas, signatures and
    placeholders. ``garbled`` marks what could not be repaired, with offsets into ``text``.
    ``contact`` is what was taken out: PERSONAL DATA.
    """

    title: str
    text: str
    comparable: str
    garbled: tuple[Span, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    contact: Contact = Contact()
    fields: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


class CategoryScore(Noun):
    """One category and how sure the classifier is of it, 0 to 1."""

    category: str
    confidence: float


class Classification(Noun):
    """What a text is about (事项分类).

    ``category`` is a leaf, or its parent when only that is sure, or None. ``auto`` says that the
    confidence is above the threshold chosen for the stated precision. ``several`` says that two
    categories stand side by side. ``evidence`` are the words that spoke for it.
    """

    category: str | None
    confidence: float
    auto: bool
    top: tuple[CategoryScore, ...] = ()
    matter_type: MatterType | None = None
    several: bool = False
    evidence: tuple[str, ...] = ()


class AreaCandidate(Noun):
    """An area that a text may mean, with its full name and a score from 0 to 1."""

    area: str
    name: str
    score: float


class Location(Noun):
    """Where a matter is (行政区划), how sure that is, and what in the text says so.

    ``candidates`` keeps what was ambiguous; ``area`` is then what all candidates share.
    """

    area: str | None
    level: Level | None
    confidence: float
    evidence: tuple[Span, ...] = ()
    candidates: tuple[AreaCandidate, ...] = ()
    note: str = ""


class Relation(Noun):
    """How one request relates to an earlier one, with score and reasons that a person reads."""

    of: str
    kind: RelationKind
    score: float
    why: tuple[str, ...] = ()


class Reason(Noun):
    """One step of a decision: which step, a machine's word for what it found, a person's sentence."""

    step: Step
    code: str
    text: str


class Deadlines(Noun):
    """By when, from which profile; clocks start at receipt and never restart on a reroute."""

    profile: str
    day_kind: Literal["workday", "calendar", "unspecified"] = "workday"
    accept_by: AwareDatetime | None = None
    reply_by: AwareDatetime | None = None
    finish_by: AwareDatetime | None = None
    provisional: bool = False


class Versions(Noun):
    """What a decision was made with, so that it can be explained later."""

    model: str
    catalogue: str
    areas: str
    policy: str


class Decision(Noun):
    """Category, area, units, lane, deadlines, confidence and the reasons (分办决定); versioned.

    ``lead`` and ``co`` are unit ids of the catalogue; ``informed`` units only learn of it; ``via`` is
    the transmission path (传办), never the handler. ``rule`` is the catalogue row that won.
    """

    version: int
    outcome: Outcome
    category: str | None
    matter_type: MatterType | None
    area: str | None
    location: Location
    classification: Classification
    lead: str | None
    co: tuple[str, ...] = ()
    informed: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    lane: Lane
    deadlines: Deadlines | None = None
    confidence: float
    hold: HoldReason | None = None
    rule: str | None = None
    tags: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    versions: Versions
    decided_at: AwareDatetime
    decided_by: str = "machine"


class Request(Noun):
    """One citizen's matter in canonical form (诉求). Carries no identity: a masked contact and a
    reference that an authorised system redeems.
    """

    id: str
    source: str
    channel: Channel
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
    reply_over: Channel
    attachments: tuple[Attachment, ...] = ()
    flags: tuple[str, ...] = ()
