"""One citizen's matter in canonical form (诉求), and how it relates to others."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from intake.messages import Language, Message, Param, renderer
from intake.model.channel import ChannelName
from intake.model.submission import Attachment, Coordinates, Extra, Links, MatterType
from intake.model.value import Value


class RelationKind(StrEnum):
    """The ways a request relates to an earlier one (重复关系)."""

    REDELIVERY = "redelivery"
    REPEAT = "repeat"
    SHARED = "shared"
    RELATED = "related"


class RequestState(StrEnum):
    """The state of a request at our end."""

    HELD = "held"
    ROUTED = "routed"
    ANSWERED = "answered"  # the unit reports that it is done, or why it cannot be done
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"


class Evidence(Value):
    """One piece of evidence on whether two requests are one matter: a message of the catalogue."""

    message: str
    params: dict[str, Param] | None = None


class Relation(Value):
    """How one request relates to an earlier one, with score and reasons that a person reads.

    ``why`` are the reasons in words; ``evidence`` the same as messages, as far as the program found
    them (a person's merge has none).
    """

    of: str
    kind: RelationKind
    score: float
    why: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] | None = None

    @classmethod
    def found(
        cls, of: str, kind: RelationKind, score: float, said: Iterable[Message], language: Language
    ) -> Self:
        """Make a relation of what the program found, in words of a language."""
        return cls(of=of, kind=kind, score=score).and_also(said, language)

    def and_also(self, said: Iterable[Message], language: Language) -> Self:
        """Add reasons."""
        told, render = tuple(said), renderer(language).render
        more = tuple(Evidence(message=code, params=dict(params) or None) for code, params in told)
        update = {
            "why": (*self.why, *(render(*one) for one in told)),
            "evidence": (*(self.evidence or ()), *more),
        }
        return self.model_copy(update=update)


class Request(Value):
    """One citizen's matter in canonical form (诉求). Carries no identity: a masked contact and a
    reference that an authorised system redeems.

    ``coordinates``, ``links`` and ``extra`` are None where the channel sent nothing that may be
    published. ``extra`` holds only the parts that its connector declared to be about no person.
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
