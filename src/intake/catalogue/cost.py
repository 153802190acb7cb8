"""The expected cost, in minutes, of sending, suggesting and holding; the cheapest is chosen.

``p`` is the probability that the unit is the right one. When a decision is sent without a person, a wrong
dispatch costs its full price in 1 - p of the cases. When a person looks it over, a wrong one is called back
early, which is cheaper, but every one takes a look. When it is held, a person decides every one.
"""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from intake.model.decision import Outcome
from intake.model.value import Value


class Cost(Value):
    """Minutes of work that each way of being right or wrong costs; the policy file's ``[cost]``."""

    wrong_dispatch_minutes: float = Field(gt=0)
    recalled_dispatch_minutes: float = Field(gt=0)
    desk_minutes: float = Field(gt=0)
    look_over_minutes: float = Field(gt=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.recalled_dispatch_minutes >= self.wrong_dispatch_minutes:
            raise ValueError("recalled_dispatch_minutes must be less than wrong_dispatch_minutes")
        if self.look_over_minutes >= self.desk_minutes:
            raise ValueError("look_over_minutes must be less than desk_minutes")
        return self

    def expected(self, outcome: Outcome, p: float) -> float:
        """Return the expected cost of an outcome, in minutes."""
        wrong = 1.0 - p
        if outcome is Outcome.AUTO:
            return wrong * self.wrong_dispatch_minutes
        if outcome is Outcome.SUGGEST:
            return self.look_over_minutes + wrong * self.recalled_dispatch_minutes
        return self.desk_minutes

    def cheapest(self, p: float) -> Outcome:
        """Choose among sending alone, sending with a look over, and holding."""
        return min(_WAYS, key=lambda outcome: self.expected(outcome, p))

    @property
    def limits(self) -> tuple[float, float]:
        """Return the lowest ``p`` that is sent alone, and the lowest that is sent at all."""
        saved = self.wrong_dispatch_minutes - self.recalled_dispatch_minutes
        looked_over = 1 - (self.desk_minutes - self.look_over_minutes) / (
            self.recalled_dispatch_minutes
        )
        alone = 1 - min(
            self.look_over_minutes / saved, self.desk_minutes / self.wrong_dispatch_minutes
        )
        return max(alone, 0.0), max(min(looked_over, alone), 0.0)


# In this order: where two cost the same, the one that takes fewer people.
_WAYS = (Outcome.AUTO, Outcome.SUGGEST, Outcome.HOLD)
