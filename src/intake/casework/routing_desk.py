"""What people and units do to a decision: accept, reassign, hold, return, replay (改派, 退单).

Every call commits before it returns (I5). A caller sends the version it saw; if the request has
changed since, the call is refused and nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from intake.casework import announce
from intake.casework.back_channel import BackMessage
from intake.catalogue import Catalogue, Unit
from intake.catalogue.proposal import handler_text
from intake.contract.event import Amendment
from intake.errors import Conflict, NotFound, Refused
from intake.model.correction import Correction, Mistake, correct
from intake.model.decision import Decision, HoldReason, Lane, Outcome, Reason
from intake.model.request import RequestState
from intake.model.zone import CHINA
from intake.store import audit, bulk, corrections, landing, tables
from intake.store import requests as store_requests
from intake.store.engine import Store
from intake.store.ledger import Entry, Ledger

_TAKES = {"rated": (RequestState.ROUTED, RequestState.ANSWERED)}
"""In which states a message is taken; where nothing is said, while a unit has the request."""


@dataclass(slots=True)
class RequestChange:
    """One request being changed by somebody, with the transaction it happens in."""

    connection: sa.Connection
    ledger: Ledger
    entry: Entry
    former: Decision


@dataclass(frozen=True, slots=True)
class Desk:
    """The routing desk's use cases."""

    store: Store
    in_force: Callable[[], Catalogue]
    clock: Callable[[], datetime]

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that is in force now."""
        return self.in_force()

    def accept(self, request_id: str, *, version: int, actor: str, why: str = "") -> None:
        """Send a held request to the unit the machine suggests."""
        with self._change(request_id, version) as change:
            if change.entry.state is not RequestState.HELD:
                raise Refused(
                    f"Request {request_id} is not held ({change.entry.state.value}).",
                    hint="Reassign it instead.",
                )
            if change.former.lead is None:
                raise Refused(
                    f"There is no suggested unit for request {request_id}.",
                    hint="Choose a unit and reassign.",
                )
            text = why or "同意系统建议"
            self._decide(change, actor, "request.accepted", text, {})
            self._record(change, text, ())

    def reassign(
        self,
        request_id: str,
        *,
        version: int,
        actor: str,
        why: str,
        lead: str,
        co: tuple[str, ...] = (),
        category: str | None = None,
        area: str | None = None,
        wrong: tuple[Mistake, ...] = (),
    ) -> None:
        """Send a request to another unit (改派); the former one is told. ``why`` is required.

        ``wrong`` says what was wrong; where it is empty, that is inferred from what was changed.
        """
        if not why.strip():
            raise Refused("A reassignment needs a reason.", hint="Say why in a sentence.")
        units = [self._unit(code) for code in (lead, *co)]
        update: dict[str, object] = {
            "lead": units[0].id,
            "co": tuple(dict.fromkeys(unit.id for unit in units[1:] if unit.id != units[0].id)),
            "informed": (),
        }
        if category:
            update["category"] = category
        if area:
            update["area"] = area
        with self._change(request_id, version) as change:
            _not_withdrawn(change)
            self._decide(change, actor, "request.reassigned", why, update)
            self._record(change, why, wrong)

    def hold(self, request_id: str, *, version: int, actor: str, why: str) -> None:
        """Put a request on hold; units that have it are told."""
        with self._change(request_id, version) as change:
            _not_withdrawn(change)
            self._wait(change, HoldReason.DESK, actor, "request.held", why or "工作人员置为待办")

    def back_message(self, message: BackMessage) -> bool:
        """Take in what a unit says; False where this message was taken in before.

        A return puts the request on hold with the unit's reason; its clock runs on. When the lead says
        that it is resolved, or cannot be, the request is answered and nobody is urged any more.
        """
        with self.store.write() as connection:
            stored = store_requests.get(connection, message.request_id, lock=True)
            row = {
                "id": message.id,
                "request_id": message.request_id,
                "unit": message.unit,
                "what": message.what,
                "doc": message.model_dump_json(),
                "received_at": self.clock(),
            }
            if bulk.insert(connection, tables.back_message, [row], ignore=True) == 0:
                return False
            change = self._open(connection, stored)
            if change.entry.state not in _TAKES.get(
                message.what, (RequestState.ROUTED,)
            ) or message.unit not in announce.handlers(change.former):
                raise Conflict(
                    f"Request {message.request_id} is not with unit {message.unit}.",
                    hint="It was rerouted or never sent there; see the latest event.",
                )
            if message.what == "accepted":
                change.ledger.put_audit(
                    message.unit, "request.received", "request", message.request_id, why="单位签收"
                )
            elif message.what == "rated":
                _rated(change, message)
            elif message.what == "replied":
                change.ledger.put_audit(
                    message.unit, "request.replied", "request", message.request_id,
                    why=message.reason or "单位已答复来件人",
                )  # fmt: skip
            elif message.unit != change.former.lead:
                returned = message.what == "returned"
                change.ledger.put_audit(
                    message.unit, "request.co_returned" if returned else "request.co_answered",
                    "request", message.request_id,
                    why=message.reason or ("协办单位退回" if returned else "协办单位已办"),
                )  # fmt: skip
            elif message.what == "returned":
                self._returned(change, message)
            else:
                _answered(change, message)
            change.ledger.flush(connection)
        return True

    def close_proposal(self, proposal_id: int, *, adopted: bool, actor: str, why: str = "") -> None:
        """Say that a proposed change of the catalogue was made, or will not be."""
        state = corrections.ADOPTED if adopted else corrections.DISMISSED
        with self.store.write() as connection:
            corrections.close_proposal(connection, proposal_id, state, actor, self.clock())
            row = audit.entry(
                self.clock(), actor, f"proposal.{state}", "proposal", str(proposal_id),
                before=corrections.OPEN, after=state, why=why or state,
            )  # fmt: skip
            audit.append(connection, [row])

    def replay(self, raw_ids: Sequence[int], *, actor: str, why: str) -> int:
        """Put quarantined items back to be processed; gives how many."""
        with self.store.write() as connection:
            replayed = landing.replay(connection, ids=raw_ids)
            rows = [
                audit.entry(
                    self.clock(), actor, "item.replayed", "raw_item", str(raw_id),
                    before="quarantined", after="landed", why=why or "重放",
                )
                for raw_id in replayed
            ]  # fmt: skip
            audit.append(connection, rows)
        return len(replayed)

    def _record(self, change: RequestChange, why: str, ticked: tuple[Mistake, ...]) -> None:
        """Record how a person's decision differs from what the machine said.

        A suggestion that was accepted as it is corrects nothing, nor does one that a person made.
        """
        request, after = change.entry.request.id, change.entry.decision
        machine = corrections.machine_decision(change.connection, request)
        if machine is None or after is None:
            return
        made = correct(request, machine, after, ticked, why)
        if not ticked and not made.wrong and after.co == machine.co:
            overtaken = corrections.of_request(change.connection, request)
            if not overtaken:
                return
        corrections.record(change.connection, made, self._propose(change, made))

    def _propose(self, change: RequestChange, made: Correction) -> int | None:
        """Propose to change the row that named the wrong unit; gives the proposal's id."""
        lead = self.catalogue.units.get(made.after.lead or "")
        if "catalogue" not in made.wrong or lead is None or made.after.category is None:
            return None
        on = made.corrected_at.astimezone(CHINA).date()
        handler = handler_text(self.catalogue, lead, made.after.area, on)
        rule = made.rule or ""
        number = corrections.propose(
            change.connection, rule, made.after.category, handler, made.corrected_at
        )
        change.ledger.put_audit(
            made.corrected_by, "proposal.supported", "proposal", str(number),
            after=f"{rule or 'new rule'} {handler}", why=made.why,
        )  # fmt: skip
        return number

    def _returned(self, change: RequestChange, message: BackMessage) -> None:
        proposed = self.catalogue.named(message.proposed_unit or "")
        update: dict[str, object] = {}
        text = f"{self._name(message.unit)}退单:{message.reason or '未说明理由'}"
        if message.basis:
            text += f";依据:{message.basis}"
        if proposed is not None:
            text += f";建议由{proposed.name}承办"
            update = {"lead": proposed.id, "co": ()}
        self._wait(change, HoldReason.RETURNED, message.unit, "request.returned", text, update)

    def _decide(
        self, change: RequestChange, actor: str, action: str, why: str, update: dict[str, object]
    ) -> None:
        lane = change.former.lane
        after = {
            "outcome": Outcome.AUTO,
            "hold": None,
            "confidence": 1.0,
            "lane": Lane.ORDINARY if lane is Lane.NOT_ACCEPTED else lane,
            **update,
        }
        self._apply(change, actor, action, why, after, RequestState.ROUTED)

    def _wait(
        self, change: RequestChange, hold: HoldReason, actor: str, action: str, why: str,
        update: dict[str, object] | None = None,
    ) -> None:  # fmt: skip
        after = {"outcome": Outcome.HOLD, "hold": hold, **(update or {})}
        self._apply(change, actor, action, why, after, RequestState.HELD)

    def _apply(
        self, change: RequestChange, actor: str, action: str, why: str, update: dict[str, object],
        state: RequestState,
    ) -> None:  # fmt: skip
        entry, former, ledger = change.entry, change.former, change.ledger
        step = Reason(step="desk", code=action, text=why)
        decision = former.model_copy(
            update={
                **update,
                "version": entry.decision_version + 1,
                "reasons": (*former.reasons, step),
                "decided_at": ledger.at,
                "decided_by": actor,
            }
        )
        before, entry.state = entry.state, state
        sent = entry.decision
        entry.decision, entry.decision_version = decision, decision.version
        ledger.put_decision(entry.request.id, decision)
        ledger.put_audit(
            actor, action, "request", entry.request.id,
            before=f"{before.value} {former.lead or ''}".strip(),
            after=f"{state.value} {decision.lead or ''}".strip(), why=why,
        )  # fmt: skip
        announce.decided(ledger, entry, decision, sent, why)
        ledger.put_request(entry)

    @contextmanager
    def _change(self, request_id: str, version: int) -> Iterator[RequestChange]:
        with self.store.write() as connection:
            stored = store_requests.get_unchanged(connection, request_id, version)
            change = self._open(connection, stored)
            yield change
            change.ledger.flush(connection)

    def _open(
        self, connection: sa.Connection, stored: store_requests.StoredRequest
    ) -> RequestChange:
        request = stored.request.id
        former = store_requests.current_decisions(connection, [request]).get(request)
        if former is None:
            raise NotFound(f"Request {request} has no decision yet.", hint="Wait a moment.")
        return RequestChange(connection, Ledger(self.clock()), Entry.of(stored, former), former)

    def _unit(self, code: str) -> Unit:
        unit = self.catalogue.named(code)
        if unit is None:
            raise NotFound(f"There is no unit {code}.", hint="Choose one from the search.")
        if not unit.valid_on(self.clock().astimezone(CHINA).date()):
            raise Refused(f"{unit.name} is not valid today.", hint="Choose its successor.")
        return unit

    def _name(self, unit: str) -> str:
        found = self.catalogue.units.get(unit)
        return found.name if found else unit


def _rated(change: RequestChange, message: BackMessage) -> None:
    """Solved and satisfied are two questions; the reason stays with us, it may name somebody."""
    said = {True: "是", False: "否", None: "未问"}
    change.ledger.put_audit(
        message.unit, "request.rated", "request", message.request_id,
        why=f"已解决:{said[message.solved]};满意:{said[message.satisfied]}",
    )  # fmt: skip
    rating = Amendment(
        kind="rating", unit=message.unit, solved=message.solved, satisfied=message.satisfied
    )
    announce.amended(change.ledger, change.entry, rating)
    change.ledger.put_request(change.entry)


def _answered(change: RequestChange, message: BackMessage) -> None:
    entry, before = change.entry, change.entry.state
    entry.state = RequestState.ANSWERED
    resolved = message.what == "resolved"
    change.ledger.put_audit(
        message.unit, f"request.{message.what}", "request", message.request_id,
        before=before.value, after=entry.state.value,
        why=message.reason or ("单位已办结" if resolved else "单位说明无法办理"),
    )  # fmt: skip
    change.ledger.put_request(entry)


def _not_withdrawn(change: RequestChange) -> None:
    if change.entry.state is RequestState.WITHDRAWN:
        raise Refused(
            f"Request {change.entry.request.id} was withdrawn by the citizen.",
            hint="There is nothing left to decide.",
        )
