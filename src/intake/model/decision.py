"""The reading of a request and the decision on it, with the reasons (分办决定)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, Self

from pydantic import AwareDatetime

from intake.messages import Language, Message, Param, renderer
from intake.model.clean_text import Span
from intake.model.submission import MatterType
from intake.model.value import Value

Step = Literal[
    "classify",
    "locate",
    "relate",
    "catalogue",
    "memory",
    "guard",
    "lane",
    "outcome",
    "hold",
    "desk",
]
Level = Literal["province", "city", "county", "town", "village"]


class Lane(StrEnum):
    """The lanes (通道): how a request is handled; each has its deadlines in the catalogue."""

    LIVELIHOOD = "livelihood"  # 特别办: at once
    ORDINARY = "ordinary"  # 及时办
    COORDINATION = "coordination"  # 协调办: several units, or unclear who
    LEADERSHIP = "leadership"  # 高位办: major and sensitive
    ON_THE_SPOT = "on_the_spot"  # 当场答复: answered during the call
    NOT_ACCEPTED = "not_accepted"  # 不予受理: the citizen is pointed to the lawful route
    EMERGENCY = "emergency"  # 110 119 120 122


class Outcome(StrEnum):
    """The next step of a decision."""

    AUTO = "auto"  # dispatched without a person
    SUGGEST = "suggest"  # dispatched, and listed for the desk to look over
    HOLD = "hold"  # waits for the desk
    RECORD = "record"  # nothing to dispatch: answered on the spot, or not accepted


class HoldReason(StrEnum):
    """Why a decision waits for the desk."""

    UNCLEAR = "unclear"  # the classifier is not sure enough
    NO_RULE = "no_rule"  # the catalogue has no rule or no such unit
    PLACE_AMBIGUOUS = "place_ambiguous"
    SEVERAL_MATTERS = "several_matters"
    ACCUSATION = "accusation"  # a unit or person is accused
    SUPERIOR_UNKNOWN = "superior_unknown"  # the accused unit's superior is not in the table
    SENSITIVE = "sensitive"  # 高位办
    EMERGENCY = "emergency"
    LEGAL_ROUTE = "legal_route"  # litigation, discipline: a person informs or transfers
    RETURNED = "returned"  # a unit said "not ours"
    HOP_LIMIT = "hop_limit"  # sent round too often
    DESK = "desk"  # a person put it on hold


class CategoryScore(Value):
    """One category and how sure the classifier is of it, 0 to 1."""

    category: str
    confidence: float


class Classification(Value):
    """The category of a text (事项分类).

    ``category`` is a leaf, or its parent when only that is sure, or None. ``auto`` means that the
    confidence is above the threshold for the stated precision. ``several`` means that the text has two
    categories. ``evidence`` are the words that indicate the category.
    """

    category: str | None = None
    confidence: float = 0.0
    auto: bool = False
    top: tuple[CategoryScore, ...] = ()
    matter_type: MatterType | None = None
    several: bool = False
    evidence: tuple[str, ...] = ()


class AreaCandidate(Value):
    """An area that a text may mean, with its full name and a score from 0 to 1."""

    area: str
    name: str
    score: float


class Location(Value):
    """The place of a matter (行政区划), its confidence, and the words that name it.

    ``candidates`` holds the possible areas of an ambiguous place; ``area`` is then the part that all share.
    """

    area: str | None = None
    level: Level | None = None
    confidence: float = 0.0
    evidence: tuple[Span, ...] = ()
    candidates: tuple[AreaCandidate, ...] = ()
    note: str = ""


class Reason(Value):
    """One step of a decision: which step, a machine's word for what it found, a person's sentence.

    ``message`` and ``params`` are the sentence before it was put into words: a code of the catalogue
    of messages and what fills its gaps. Decisions of before 0.2 and words of people have none.
    """

    step: Step
    code: str
    text: str
    message: str | None = None
    params: dict[str, Param] | None = None

    @classmethod
    def of(cls, step: Step, code: str, said: str | Message, language: Language) -> Self:
        """Make a reason of a person's words, or of a message in words of a language."""
        if isinstance(said, str):
            return cls(step=step, code=code, text=said)
        text = renderer(language).render(said.code, said.params)
        params = dict(said.params) or None
        return cls(step=step, code=code, text=text, message=said.code, params=params)

    @property
    def coded(self) -> Message | None:
        """The sentence as a message of the catalogue."""
        return None if self.message is None else Message(self.message, self.params or {})


class Deadlines(Value):
    """The deadlines and their profile; they count from receipt and never start anew on a reroute."""

    profile: str
    day_kind: Literal["workday", "calendar", "unspecified"] = "workday"
    accept_by: AwareDatetime | None = None
    reply_by: AwareDatetime | None = None
    finish_by: AwareDatetime | None = None
    provisional: bool = False


class Versions(Value):
    """The versions of model and tables of a decision, so that it can be explained later."""

    model: str
    catalogue: str
    areas: str
    policy: str


class Decision(Value):
    """Category, area, units, lane, deadlines, confidence and the reasons (分办决定); versioned.

    ``lead`` and ``co`` are unit ids of the catalogue; ``informed`` units only learn of it; ``via`` is
    the transmission path (传办), never the handler. ``rule`` is the catalogue row that won.
    """

    version: int
    outcome: Outcome
    category: str | None = None
    matter_type: MatterType | None = None
    area: str | None = None
    location: Location
    classification: Classification
    lead: str | None = None
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
