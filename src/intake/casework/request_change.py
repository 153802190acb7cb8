"""One request being changed by a person or a unit, in one transaction.

A caller sends the version it saw; if the request has changed since, the call is refused and nothing is
written. Everything commits before the call returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.contract import announce
from intake.errors import NotFound
from intake.messages import ZH, Language, Message
from intake.model.decision import Decision, HoldReason, Outcome, Reason
from intake.model.request import RequestState
from intake.model.standing import Standing
from intake.store import requests
from intake.store.apply import apply
from intake.store.engine import Connection, Store
from intake.store.intents import Intents


@dataclass(slots=True)
class RequestChange:
    """A request under change; ``former`` is the decision in force when it was opened."""

    connection: Connection
    standing: Standing
    former: Decision
    at: datetime
    language: Language = ZH
    intents: Intents = field(default_factory=Intents)

    def audit(
        self, actor: str, action: str, why: str | Message, *, after: str | None = None
    ) -> None:
        """Note something that changes nobody's duty; the request's own state goes with it."""
        self.intents.audit(
            actor, action, "request", self.standing.id,
            before=None if after is None else self.standing.state.value, after=after, why=why,
        )  # fmt: skip

    def stand(self, state: RequestState) -> None:
        """Set the request's state; without another state, only its version grows."""
        self.standing = replace(self.standing, state=state)
        self.intents.stand(self.standing)

    def hold(
        self, reason: HoldReason, actor: str, action: str, why: str | Message,
        update: dict[str, object] | None = None,
    ) -> None:  # fmt: skip
        """Put the request on hold for the desk; the units that have it receive an event."""
        after = {"outcome": Outcome.HOLD, "hold": reason, **(update or {})}
        self.decide(actor, action, why, after, RequestState.HELD)

    def decide(
        self, actor: str, action: str, why: str | Message, update: dict[str, object],
        state: RequestState,
    ) -> None:  # fmt: skip
        """Put a new decision in force: the former one with ``update``, and ``why`` as its last reason."""
        step = Reason.of("desk", action, why, self.language)
        before, former = self.standing, self.former
        decision = former.model_copy(
            update={
                **update,
                "version": before.next_decision,
                "reasons": (*former.reasons, step),
                "decided_at": self.at,
                "decided_by": actor,
            }
        )
        self.standing = replace(before, decision=decision, state=state)
        self.intents.decisions.append((before.id, decision))
        self.intents.audit(
            actor, action, "request", before.id,
            before=before.state.value, after=state.value, why=why,
            params={
                **({"from_unit": former.lead} if former.lead else {}),
                **({"to_unit": decision.lead} if decision.lead else {}),
            },
        )  # fmt: skip
        self.intents.announce(announce.decided(self.standing, before.decision, step.text))
        self.intents.stand(self.standing)


@contextmanager
def changing(
    store: Store,
    request_id: str,
    version: int,
    clock: Callable[[], datetime],
    language: Language = ZH,
) -> Iterator[RequestChange]:
    """Open a request that is still as somebody saw it, and write what was intended at the end.

    Raises ``NotFound`` where there is no such request, ``Conflict`` where it has changed since.
    """
    with store.write() as connection:
        stored = requests.get_unchanged(connection, request_id, version)
        change = open_change(connection, stored, clock(), language)
        yield change
        write(change)


def open_change(
    connection: Connection,
    stored: requests.StoredRequest,
    at: datetime,
    language: Language = ZH,
) -> RequestChange:
    """Open a stored request; raises ``NotFound`` where nothing was decided on it yet."""
    (standing,) = requests.with_decisions(connection, [stored])
    if standing.decision is None:
        raise NotFound.of("error.undecided", id=standing.id)
    return RequestChange(connection, standing, standing.decision, at, language)


def write(change: RequestChange) -> None:
    """Write what was intended."""
    apply(change.connection, change.intents, at=change.at)
