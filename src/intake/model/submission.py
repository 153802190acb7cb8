"""Raw items (原始件) as a source returned them, and submissions (提交件) after parsing.

Only :class:`Contact` and the citizen's own text may hold personal data here.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, JsonValue

from intake.model.channel import ChannelName
from intake.model.ids import digest
from intake.model.value import Value

EXTRA_LIMIT = 16_000
"""Bytes of a submission's extra, written as JSON."""


def _bounded(extra: dict[str, dict[str, JsonValue]]) -> dict[str, dict[str, JsonValue]]:
    """Refuse what is too large, and what no database and no JSON parser takes (NUL, NaN)."""
    written = json.dumps(extra, ensure_ascii=False, allow_nan=False)
    if "\\u0000" in written:
        raise ValueError("extra holds a NUL character")
    if (size := len(written.encode())) > EXTRA_LIMIT:
        raise ValueError(f"extra is {size} bytes, {EXTRA_LIMIT} at most")
    return extra


Namespace = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Extra = Annotated[dict[Namespace, dict[str, JsonValue]], AfterValidator(_bounded)]
"""Data of one channel only: a JSON object under each namespace."""
Link = Annotated[str, Field(pattern=r"^https?://[^\s/?#@]+([/?#]\S*)?$", max_length=2000)]
"""An address on the web, without user or password."""
Links = Annotated[tuple[Link, ...], Field(max_length=50)]


class MatterType(StrEnum):
    """The citizen's wish; independent of the category. 举报 never merges into 投诉."""

    CONSULTATION = "咨询"
    HELP = "求助"
    COMPLAINT = "投诉"
    REPORT = "举报"
    SUGGESTION = "意见建议"
    PRAISE = "表扬"


class SubmissionKind(StrEnum):
    """The kinds of submissions: a new post, or an addition to an earlier one."""

    POST = "post"
    FOLLOW_UP = "follow_up"
    RATING = "rating"
    OFFICIAL_REPLY = "official_reply"
    WITHDRAWAL = "withdrawal"


class RawItem(Value):
    """A source's item, byte for byte, with its external id (原始件).

    ``content_type`` is a MIME type with charset where known. ``digest`` is of ``content`` unless the
    connector computes it over the significant part (a page with another view counter is not a new
    revision). ``ref`` is its origin, for people: a URL without secrets, a file and row.
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


class Contact(Value):
    """The citizen's name and contacts as found. PERSONAL DATA: it goes to identity only."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None
    id_card: str | None = None
    address: str | None = None
    other: tuple[str, ...] = ()
    virtual_phone: bool = False

    def is_empty(self) -> bool:
        """Return whether all fields are empty."""
        return not (
            self.name or self.phone or self.email or self.id_card or self.address or self.other
        )


class Rating(Value):
    """A citizen's rating of an answer: solved and satisfied are two questions."""

    solved: bool | None = None
    satisfied: bool | None = None
    score: int | None = None


class MediaKind(StrEnum):
    """The kinds of attachments, in everyday words."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"

    @classmethod
    def of(cls, content_type: str) -> MediaKind:
        """Return the kind of a MIME type; what is neither picture, sound nor film is a document."""
        main = content_type.partition("/")[0].strip().lower()
        return cls(main) if main in (cls.IMAGE, cls.AUDIO, cls.VIDEO) else cls.DOCUMENT


class Attachment(Value):
    """A file that came with a submission; its bytes stay in the raw item.

    ``kind`` is the channel's statement (a voice message is audio, whatever its type); otherwise the request
    has it from ``content_type``. ``size`` is in bytes.
    """

    name: str
    content_type: str
    size: int
    digest: str
    kind: MediaKind | None = None


class Coordinates(Value):
    """The place of a matter on the earth: degrees north and east in WGS 84, not a map's own (GCJ-02)."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)


class Submission(Value):
    """A raw item parsed (提交件): a post, a follow-up, a rating, an official reply, a withdrawal.

    ``external_id`` is unique within the source; ``of`` is the external id of the post that a
    follow-up, rating, reply or withdrawal belongs to. ``body`` is the channel's text (HTML where
    ``html`` is true). ``form_area`` and ``form_category`` are fields of the channel's form.

    ``coordinates`` are of the matter, as the citizen or the form set them, never of a telephone.
    ``links`` lead to pages that the citizen refers to. ``extra`` is data of this channel only: one JSON object
    under each namespace (the channel's or the package's name), 16,000 bytes together. Only the namespaces
    in ``public_extra`` are published: name one if nothing in it is about a person.
    """

    source: str
    channel: ChannelName
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
    coordinates: Coordinates | None = None
    links: Links = ()
    extra: Extra = Field(default_factory=dict)
    public_extra: tuple[str, ...] = ()

    def digest(self) -> str:
        """Return the fingerprint of the channel's data; it distinguishes a revision from a known submission.

        Absent fields are left out, so that a field added later changes no digest.
        """
        return digest(self.model_dump_json(exclude_defaults=True).encode())
