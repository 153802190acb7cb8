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
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

REQUEST_NAMESPACE = uuid.UUID("6f1d2c8e-0b0f-5f5e-9a39-2f1a6c1b7d10")
CASE_NAMESPACE = uuid.UUID("b0a1c7d4-53c0-5d0c-8a27-6c7b1f0e4a55")

AreaCode = Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]


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


def request_id(source: str, external_id: str) -> str:
    """Give the one id a request has for ever: UUIDv5 of source and external id (I1)."""
    return name_uuid(REQUEST_NAMESPACE, f"{source}\x1f{external_id}")


def case_id(first_request: str) -> str:
    """Give the stable id of the case that ``first_request`` opened."""
    return name_uuid(CASE_NAMESPACE, first_request)


def name_uuid(namespace: uuid.UUID, name: str) -> str:
    """Give ``str(uuid.uuid5(namespace, name))`` in a third of its time; a message needs three."""
    hashed = bytearray(
        hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    )
    hashed[6] = hashed[6] & 0x0F | 0x50  # version 5
    hashed[8] = hashed[8] & 0x3F | 0x80  # variant of RFC 9562
    written = hashed.hex()
    return f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:32]}"


def split_case_id(first_request: str, version: int, at: datetime) -> str:
    """Give the stable id of the case that ``first_request`` opens when it is taken out of another."""
    return str(uuid.uuid5(CASE_NAMESPACE, f"{first_request}\x1f{version}\x1f{at.isoformat()}"))


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

    def digest(self) -> str:
        """Fingerprint of what the channel said; what tells a revision from what is known already.

        What was not said is left out, so that a field added later changes no digest.
        """
        return digest(self.model_dump_json(exclude_defaults=True).encode())


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

    @property
    def readable(self) -> str:
        """The text with blanks for what is garbled, so that offsets hold: what evidence is taken from."""
        text = self.text
        for span in self.garbled:
            text = f"{text[: span.start]}{' ' * (span.end - span.start)}{text[span.end :]}"
        return text


class Relation(Noun):
    """How one request relates to an earlier one, with score and reasons that a person reads."""

    of: str
    kind: RelationKind
    score: float
    why: tuple[str, ...] = ()


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
