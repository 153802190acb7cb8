"""What a downstream system tells us about a request."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from intake.model.value import Value


class BackMessage(Value):
    """What a downstream system tells us about a request; ``id`` makes repeats harmless."""

    id: str = Field(min_length=1, max_length=200)
    request_id: str
    unit: str
    what: Literal["accepted", "replied", "resolved", "unresolvable", "rated", "returned"]
    reason: str = ""
    basis: str = ""
    proposed_unit: str | None = None
    solved: bool | None = None
    satisfied: bool | None = None
    at: AwareDatetime

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if self.what == "unresolvable" and not self.reason.strip():
            raise ValueError("unresolvable needs a reason, which the citizen is told")
        if self.what == "rated" and self.solved is None and self.satisfied is None:
            raise ValueError("rated says whether it is solved, or whether the citizen is satisfied")
        return self
