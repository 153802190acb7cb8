"""The back-channel: messages of units and downstream systems about a request (签收, 答复, 退单).

Every call commits before it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from intake.casework.request_change import RequestChange, open_change, write
from intake.catalogue import Unit
from intake.catalogue.unit_names import UnitNames
from intake.contract import announce
from intake.contract.event import Amendment
from intake.decide.hops import count_hops
from intake.errors import Conflict
from intake.messages import ZH, Language, Message, Param
from intake.model.decision import HoldReason
from intake.model.request import RequestState
from intake.model.value import Value
from intake.store import back_messages, bulk, tables
from intake.store import requests as store_requests
from intake.store.engine import Store

_TAKES = {"rated": (RequestState.ROUTED, RequestState.ANSWERED)}
"""The states in which a message is accepted; for other messages: while a unit has the request."""
RETURNED = {
    (False, False): "decision.desk.returned",
    (True, False): "decision.desk.returned_proposed",
    (False, True): "decision.desk.returned_arbitrate",
    (True, True): "decision.desk.returned_proposed_arbitrate",
}
"""The message code of a return, by (a unit is proposed, it was sent round too often)."""
ANSWERS: Mapping[bool | None, str] = {True: "yes", False: "no", None: "not_asked"}


class BackMessage(Value):
    """A message of a downstream system about a request; ``id`` makes repeats harmless."""

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


@dataclass(frozen=True, slots=True)
class BackChannel:
    """Accepts messages of units; ``hop_limit`` returns are answered, the next one is arbitrated."""

    store: Store
    names: Callable[[], UnitNames]
    clock: Callable[[], datetime]
    hop_limit: Callable[[], int]
    language: Language = ZH

    def take(self, message: BackMessage, system: str = "") -> bool:
        """Accept a message of a system; return False if it was accepted before.

        An id is the system's own. A message that repeats one of its ids is the same message, or refused.

        A return puts the request on hold with the unit's reason; its clock runs on. When the lead reports
        that it is resolved, or cannot be, the request is answered and nobody is urged any more. Raises
        ``NotFound`` for an unknown request, ``Conflict`` where the unit does not have it, or where the id
        belongs to another message.
        """
        with self.store.write() as connection:
            stored = store_requests.get(connection, message.request_id, lock=True)
            before = back_messages.of_id(connection, system, message.id)
            if message in [BackMessage.model_validate(doc) for doc in before.values()]:
                return False
            if system in before:
                raise Conflict.of("error.message_id_reused", id=message.id)
            row = {
                "system": system,
                "id": message.id,
                "request_id": message.request_id,
                "unit": message.unit,
                "what": message.what,
                "doc": message.model_dump_json(),
                "received_at": self.clock(),
            }
            bulk.insert(connection, tables.back_message, [row])
            change = open_change(connection, stored, self.clock(), self.language)
            if change.standing.state not in _TAKES.get(
                message.what, (RequestState.ROUTED,)
            ) or message.unit not in announce.handlers(change.former):
                raise Conflict.of("error.not_with_unit", id=message.request_id, unit=message.unit)
            self._take(change, message)
            write(change)
        return True

    def _take(self, change: RequestChange, message: BackMessage) -> None:
        unit, returned = message.unit, message.what == "returned"
        if message.what == "accepted":
            change.audit(unit, "request.received", Message("audit.received"))
        elif message.what == "rated":
            _rated(change, message)
        elif message.what == "replied":
            change.audit(unit, "request.replied", message.reason or Message("audit.replied"))
        elif unit != change.former.lead:
            action = "request.co_returned" if returned else "request.co_answered"
            said = Message("audit.co_returned" if returned else "audit.co_answered")
            change.audit(unit, action, message.reason or said)
        elif returned:
            self._returned(change, message)
        else:
            _answered(change, message)

    def _returned(self, change: RequestChange, message: BackMessage) -> None:
        """Hold it; a request that was sent round too often is no longer the desk's alone to send on."""
        proposed = self._proposed(message)
        update: dict[str, object] = {}
        params: dict[str, Param] = {
            "unit": self._name(message.unit), "reason": message.reason, "basis": message.basis,
        }  # fmt: skip
        if proposed is not None:
            params["proposed"] = proposed.name
            update = {"lead": proposed.id, "co": ()}
        hops = count_hops(store_requests.decisions(change.connection, change.standing.id)) + 1
        reason = HoldReason.RETURNED
        if hops > self.hop_limit():
            reason = HoldReason.HOP_LIMIT
            params["hops"] = hops
        said = Message(RETURNED["proposed" in params, "hops" in params], params)
        change.hold(reason, message.unit, "request.returned", said, update)

    def _proposed(self, message: BackMessage) -> Unit | None:
        """Find the unit that a returner names, however it writes it, in its own province."""
        names = self.names()
        returner = names.units.get(message.unit)
        near = returner.area if returner else ""
        found = names.named(message.proposed_unit or "", near)
        return found if found is not None and found.area[:2] == near[:2] else None

    def _name(self, unit: str) -> str:
        found = self.names().units.get(unit)
        return found.name if found else unit


def _rated(change: RequestChange, message: BackMessage) -> None:
    """Solved and satisfied are two questions; the reason stays with us, it may name somebody."""
    answers = {"solved": ANSWERS[message.solved], "satisfied": ANSWERS[message.satisfied]}
    change.audit(message.unit, "request.rated", Message("audit.rated", answers))
    rating = Amendment(
        kind="rating", unit=message.unit, solved=message.solved, satisfied=message.satisfied
    )
    change.intents.announce(announce.amended(change.standing, rating))
    change.stand(change.standing.state)


def _answered(change: RequestChange, message: BackMessage) -> None:
    resolved = message.what == "resolved"
    change.audit(
        message.unit, f"request.{message.what}",
        message.reason or Message("audit.resolved" if resolved else "audit.unresolvable"),
        after=RequestState.ANSWERED.value,
    )  # fmt: skip
    change.stand(RequestState.ANSWERED)
