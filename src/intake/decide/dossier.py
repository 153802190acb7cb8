"""What passes between the steps of a decision: what was read, what is known, what is decided so far."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.catalogue import RuleFinding, Unit
from intake.model.channel import Channel
from intake.model.correction import Lesson
from intake.model.decision import Decision, HoldReason, Reason, Step
from intake.model.submission import MatterType
from intake.understand.post import Understanding


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything a decision may depend on.

    ``requests`` and ``people`` count the case with this request, ``repeats`` those of its most
    persistent person; ``returns`` how often units sent it
    back; ``precedent`` is the latest decision a person made on the same case, ``case_area`` where its
    earlier requests are; ``lessons`` are corrections of other cases, the nearest first.
    """

    channel: Channel
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


@dataclass(slots=True)
class Draft:
    """A decision while its steps add to it; units in ``barred`` must not handle it in any role."""

    category: str | None
    area: str | None
    finding: RuleFinding | None = None
    lead: Unit | None = None
    co: tuple[Unit, ...] = ()
    informed: tuple[Unit, ...] = ()
    via: tuple[Unit, ...] = ()
    barred: frozenset[str] = frozenset()
    sure: float = 0.0
    several: bool = False
    hold: HoldReason | None = None
    reasons: tuple[Reason, ...] = ()

    def say(self, step: Step, code: str, text: str) -> None:
        """Add a reason."""
        self.reasons = (*self.reasons, Reason(step=step, code=code, text=text))

    def wait(self, reason: HoldReason, text: str) -> None:
        """Hold for the desk; the first reason found is the one shown, all are told."""
        self.hold = self.hold or reason
        self.say("hold", reason.value, text)
