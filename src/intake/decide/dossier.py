"""The values between the steps of a decision: the reading, the known facts, the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from intake.catalogue import RuleFinding, Unit
from intake.messages import ZH, Param, Params, Renderer, renderer
from intake.model.channel import ChannelName
from intake.model.correction import Lesson
from intake.model.decision import Decision, HoldReason, Reason, Step
from intake.model.request import Request
from intake.model.submission import MatterType
from intake.model.zone import CHINA
from intake.store.case_facts import CaseFacts
from intake.understand.post import Understanding


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a decision may depend on.

    ``requests`` and ``people`` count the case with this request, ``repeats`` those of its most
    persistent person; ``returns`` how often units sent it
    back; ``precedent`` is the latest decision a person made on the same case, ``case_area`` where its
    earlier requests are; ``lessons`` are corrections of other cases, the nearest first.
    """

    channel: ChannelName
    received_at: datetime
    understanding: Understanding
    matter_type: MatterType | None
    home_area: str | None
    submitter_unit: str | None
    answered_on_the_spot: bool
    requests: int = 1
    people: int = 1
    repeats: int = 1
    returns: int = 0
    precedent: Decision | None = None
    case_area: str | None = None
    lessons: tuple[Lesson, ...] = ()

    @property
    def day(self) -> date:
        """The day in China on which the request was received; its tables' rows are valid by it."""
        return self.received_at.astimezone(CHINA).date()


GRAVE = (
    HoldReason.EMERGENCY,
    HoldReason.SENSITIVE,
    HoldReason.LEGAL_ROUTE,
    HoldReason.HOP_LIMIT,
)
"""The hold reasons that must not be hidden by others, the gravest first."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The reason why a unit must not handle a request, and the hold where no unit above can replace it.

    ``replaced`` is the message where one can, ``nobody`` and ``waits`` where none is known; ``params``
    are for all three. ``below`` means that the units under it must not handle it either.
    """

    code: str
    replaced: str
    nobody: str
    hold: HoldReason
    waits: str
    params: Params
    below: bool = False


def dossier_of(
    request: Request,
    understanding: Understanding,
    *,
    home_area: str | None,
    case: CaseFacts,
    lessons: tuple[Lesson, ...] = (),
    hops: int = 0,
) -> Dossier:
    """Put together what a decision on a request may depend on; the only way to make a dossier.

    ``case`` are the facts of its case with this request counted in; ``hops`` is how often it was sent
    round before.
    """
    return Dossier(
        channel=request.channel,
        received_at=request.received_at,
        understanding=understanding,
        matter_type=request.matter_type,
        home_area=home_area,
        submitter_unit=request.submitter_unit,
        answered_on_the_spot=request.answered_on_the_spot,
        requests=case.requests,
        people=case.people,
        repeats=case.repeats,
        returns=hops,
        precedent=case.precedent,
        case_area=case.area,
        lessons=lessons,
    )


Reasons = dict[tuple[Param, ...], Reason]
"""Reasons by what they say: most decisions of a day share most of theirs."""
REMEMBERED = 20_000


@dataclass(slots=True)
class Draft:
    """A decision while its steps add to it; units in ``barred``, by id, must not handle it in any role."""

    category: str | None
    area: str | None
    finding: RuleFinding | None = None
    lead: Unit | None = None
    co: tuple[Unit, ...] = ()
    informed: tuple[Unit, ...] = ()
    via: tuple[Unit, ...] = ()
    barred: Mapping[str, Bar] = field(default_factory=dict)
    sure: float = 0.0
    several: bool = False
    hold: HoldReason | None = None
    reasons: tuple[Reason, ...] = ()
    renderer: Renderer = field(default_factory=lambda: renderer(ZH))
    made: Reasons = field(default_factory=dict)

    @property
    def rejected(self) -> str | None:
        """Why the catalogue wants nobody to handle it (``REJECT:reason``); None where it does not."""
        return self.finding.rejected if self.finding else None

    def say(self, step: Step, code: str, message: str, /, **params: Param) -> None:
        """Add a reason: a message of the catalogue, with its words in the language of decisions."""
        key = (step, code, message, *params.values())
        reason = self.made.get(key)
        if reason is None:
            if len(self.made) >= REMEMBERED:
                self.made.clear()
            text = self.renderer.render(message, params)
            # Not validated: thousands are made a second, all of them here.
            reason = self.made[key] = Reason.model_construct(
                step=step, code=code, text=text, message=message, params=params or None
            )
        self.reasons = (*self.reasons, reason)

    def wait(self, reason: HoldReason, message: str, /, **params: Param) -> None:
        """Hold for the desk. The gravest reason is shown, otherwise the first; all are in the reasons."""
        if self.hold is None or _weight(reason) < _weight(self.hold):
            self.hold = reason
        self.say("hold", reason.value, message, **params)


def _weight(reason: HoldReason) -> int:
    return GRAVE.index(reason) if reason in GRAVE else len(GRAVE)
