"""People's changes of a decision: accept, reassign, hold, replay (改派)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.casework.request_change import RequestChange, changing
from intake.catalogue import Catalogue, Unit
from intake.catalogue.proposal import handler_text
from intake.errors import NotFound, Refused
from intake.messages import ZH, Language, Message
from intake.model.correction import Correction, Mistake, correct
from intake.model.decision import HoldReason, Lane, Outcome
from intake.model.request import RequestState
from intake.model.zone import CHINA
from intake.store import audit, corrections, landing
from intake.store.engine import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """The routing desk's use cases."""

    store: Store
    in_force: Callable[[], Catalogue]
    clock: Callable[[], datetime]
    language: Language = ZH

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that is in force now."""
        return self.in_force()

    def accept(self, request_id: str, *, version: int, actor: str, why: str = "") -> None:
        """Send a held request to the unit that the machine suggests.

        Raises ``Refused`` if it is not held or has no suggestion, ``Conflict`` if it is at another version.
        """
        with changing(self.store, request_id, version, self.clock, self.language) as change:
            if change.standing.state is not RequestState.HELD:
                state = change.standing.state.value
                raise Refused.of("error.not_held", id=request_id, state=state)
            if change.former.lead is None:
                raise Refused.of("error.no_suggestion", id=request_id)
            said = why or Message("decision.desk.accepted")
            self._decide(change, actor, "request.accepted", said, {})
            self._record(change, why, ())

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
        """Send a request to another unit (改派); the former one receives an event. ``why`` is required.

        ``wrong`` lists the wrong parts of the decision; if it is empty, they are inferred from the change.
        Raises ``Refused`` without a reason and for a withdrawn request, ``NotFound`` for an unknown unit,
        ``Conflict`` if the request is at another version.
        """
        if not why.strip():
            raise Refused.of("error.reassign_why")
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
        with changing(self.store, request_id, version, self.clock, self.language) as change:
            _not_withdrawn(change)
            self._decide(change, actor, "request.reassigned", why, update)
            self._record(change, why, wrong)

    def hold(self, request_id: str, *, version: int, actor: str, why: str) -> None:
        """Put a request on hold; the units that have it receive an event."""
        with changing(self.store, request_id, version, self.clock, self.language) as change:
            _not_withdrawn(change)
            said = why or Message("decision.desk.taken_back")
            change.hold(HoldReason.DESK, actor, "request.held", said)

    def close_proposal(self, proposal_id: int, *, adopted: bool, actor: str, why: str = "") -> None:
        """Close a proposed change of the catalogue, as made or as rejected."""
        state = corrections.ADOPTED if adopted else corrections.DISMISSED
        with self.store.write() as connection:
            corrections.close_proposal(connection, proposal_id, state, actor, self.clock())
            row = audit.entry(
                self.clock(), actor, f"proposal.{state}", "proposal", str(proposal_id),
                before=corrections.OPEN, after=state, why=why,
            )  # fmt: skip
            audit.append(connection, [row])

    def replay(
        self, raw_ids: Sequence[int], *, actor: str, why: str = "", message: str = "audit.replayed"
    ) -> int:
        """Put quarantined items back to be processed; returns how many."""
        with self.store.write() as connection:
            replayed = landing.replay(connection, ids=raw_ids)
            rows = [
                audit.entry(
                    self.clock(), actor, "item.replayed", "raw_item", str(raw_id),
                    before="quarantined", after="landed", why=why, message=message,
                )
                for raw_id in replayed
            ]  # fmt: skip
            audit.append(connection, rows)
        return len(replayed)

    def _record(self, change: RequestChange, why: str, ticked: tuple[Mistake, ...]) -> None:
        """Record how a person's decision differs from the machine's.

        A suggestion that is accepted unchanged is no correction, nor is a change of a person's decision.
        """
        request, after = change.standing.id, change.standing.decision
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
        """Propose to change the row that named the wrong unit; returns the proposal's id."""
        lead = self.catalogue.units.get(made.after.lead or "")
        if "catalogue" not in made.wrong or lead is None or made.after.category is None:
            return None
        on = made.corrected_at.astimezone(CHINA).date()
        handler = handler_text(self.catalogue, lead, made.after.area, on)
        rule = made.rule or ""
        number = corrections.propose(
            change.connection, rule, made.after.category, handler, made.corrected_at
        )
        change.intents.audit(
            made.corrected_by, "proposal.supported", "proposal", str(number),
            why=made.why, params={"rule": rule, "handler": handler},
        )  # fmt: skip
        return number

    def _decide(
        self, change: RequestChange, actor: str, action: str, why: str | Message,
        update: dict[str, object],
    ) -> None:  # fmt: skip
        lane = change.former.lane
        after = {
            "outcome": Outcome.AUTO,
            "hold": None,
            "confidence": 1.0,
            "lane": Lane.ORDINARY if lane is Lane.NOT_ACCEPTED else lane,
            **update,
        }
        change.decide(actor, action, why, after, RequestState.ROUTED)

    def _unit(self, code: str) -> Unit:
        unit = self.catalogue.named(code)
        if unit is None:
            raise NotFound.of("error.no_unit", unit=code)
        if not unit.valid_on(self.clock().astimezone(CHINA).date()):
            raise Refused.of("error.unit_not_valid", unit=unit.name)
        return unit


def _not_withdrawn(change: RequestChange) -> None:
    if change.standing.state is RequestState.WITHDRAWN:
        raise Refused.of("error.withdrawn", id=change.standing.id)
