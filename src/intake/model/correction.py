"""Corrections: a person's change of the machine's decision, and the wrong part of it (改派).

Pure: values in, values out. The comparison is always with the machine's last decision, even if several
people changed it since: that is what it can learn from.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime

from intake.model.decision import Decision
from intake.model.value import Value

Mistake = Literal["category", "area", "catalogue", "duplicate", "other"]
"""The parts of a decision that can be wrong; ``catalogue`` is the row that named the unit."""

TEACHES: frozenset[Mistake] = frozenset({"category", "area", "catalogue"})
"""The mistakes that concern the matter, and so the next message on it."""


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

    ``wrong`` is the desk's own statement or, where ``inferred``, follows from the change. It is
    empty where a person returned to the machine's decision. ``rule`` is the catalogue row that had won.
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
    """A standing correction that may apply to another request; ``co`` are the units beside the lead.

    ``near`` means that the other request resembles the corrected one; otherwise the two share only the
    catalogue's row and the county.
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
    """Infer the mistakes from the change.

    Another category or area is one by itself. Another lead under the same category and area means
    that the catalogue's row is wrong. If a guard or an earlier case had named the unit instead of that row,
    nothing can be inferred.
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
