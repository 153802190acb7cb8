"""The state of a request as one value: everything that the store keeps together about it."""

from __future__ import annotations

from dataclasses import dataclass

from intake.model.decision import Decision
from intake.model.request import Request, RequestState


@dataclass(frozen=True, slots=True)
class Standing:
    """A request with its state and the decision in force.

    ``raw_id`` is the raw item that the text comes from. ``version`` and ``sequence`` are as read from the
    store, 0 for a new request: only the applier counts on from them, nobody else changes them.
    """

    request: Request
    state: RequestState
    raw_id: int
    decision: Decision | None = None
    version: int = 0
    sequence: int = 0

    @property
    def id(self) -> str:
        """The request's id."""
        return self.request.id

    @property
    def next_decision(self) -> int:
        """The version that the next decision has."""
        return self.decision.version + 1 if self.decision else 1
