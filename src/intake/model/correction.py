"""What a person changed about the machine's decision, and what was wrong with it (改派).

Pure: values in, values out. The comparison is always with what the machine decided last, however many
people changed it since: that is what it can learn from.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime

from intake.model.decision import Decision
from intake.model.value import Value

Mistake = Literal["category", "area", "catalogue", "duplicate", "other"]
"""Which part of a decision was wrong; ``catalogue`` is the row that named the unit."""

TEACHES: frozenset[Mistake] = frozenset({"category", "area", "catalogue"})
"""What says something about the matter, and so about the next message on it."""


class Verdict(Value):
    """Category, area and lead of a decision: what a correction can be about."""

    category: str | None
    area: str | None
    lead: str | None

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """Take them out of a decision."""
        return cls(category=decision.category, area=decision.area, lead=decision.lead)


class Correction(Value):
    """One recorded correction: ``before`` is the machine's verdict, ``after`` the person's.

    ``wrong`` is what the desk ticked, or, where ``inferred``, what follows from the change. It is
    empty where a person came back to what the machine had said. ``rule`` is the catalogue row that
    had won.
    """

    request_id: str
    from_decision: int
    to_decision: int
    before: Verdict
    after: Verdict
    rule: str | None
    wrong: tuple[Mistake, ...]
    inferred: bool
    why: str
    corrected_by: str
    corrected_at: AwareDatetime


class Lesson(Value):
    """A standing correction that may bear on another request; ``co`` are the units beside the lead.

    ``near`` says that the other request resembles the corrected one; else the two share the catalogue's
    row and the county only.
    """

    made: Correction
    co: tuple[str, ...] = ()
    near: bool = False


def correct(
    request_id: str, machine: Decision, after: Decision, ticked: tuple[Mistake, ...], why: str
) -> Correction:
    """Describe the step from the machine's decision to a person's."""
    wrong = ticked or what_was_wrong(machine, Verdict.of(after))
    return Correction(
        request_id=request_id,
        from_decision=machine.version,
        to_decision=after.version,
        before=Verdict.of(machine),
        after=Verdict.of(after),
        rule=machine.rule,
        wrong=wrong,
        inferred=not ticked,
        why=why,
        corrected_by=after.decided_by,
        corrected_at=after.decided_at,
    )


def what_was_wrong(machine: Decision, after: Verdict) -> tuple[Mistake, ...]:
    """Infer what was wrong from what was changed.

    Another category or area speaks for itself. Another lead under the same category and area means
    that the catalogue's row is wrong, unless it was not that row which named the unit: a guard or an
    earlier case may have, and then nothing can be inferred.
    """
    wrong: list[Mistake] = []
    if after.category != machine.category:
        wrong.append("category")
    if after.area != machine.area:
        wrong.append("area")
    if wrong or after.lead == machine.lead:
        return tuple(wrong)
    overruled = any(reason.step in ("guard", "memory", "desk") for reason in machine.reasons)
    return ("other",) if overruled else ("catalogue",)
