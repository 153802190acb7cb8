"""Events from changes of requests: which units receive which content, under which routing keys.

A handler receives the request as it is. A unit that is only informed, or that no longer has the request,
receives neither text nor contact: it may be the very unit complained about (I8).

Every function takes a request as it stands and returns announcements; numbering and storing them is the
applier's part (``intake.store.apply``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from intake.contract.event import (
    DESK,
    Amendment,
    Audience,
    Event,
    EventKind,
    RequestEvent,
    event_id,
    event_type,
    sequence_text,
)
from intake.model.decision import Decision, Outcome
from intake.model.request import Relation, Request
from intake.model.standing import Standing

DISPATCHED = (Outcome.AUTO, Outcome.SUGGEST)


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event that has no number yet."""

    kind: EventKind
    data: RequestEvent

    @property
    def routing_keys(self) -> tuple[str, ...]:
        """The routing keys: one for each unit."""
        return tuple(f"{unit}.{self.kind}" for unit in self.data.units)

    def numbered(self, sequence: int, at: datetime) -> Event:
        """Return the event as number ``sequence`` of its request."""
        request = self.data.request
        return Event(
            id=event_id(request.id, sequence),
            type=event_type(self.kind),
            subject=request.id,
            time=at,
            dataschema=f"urn:citizen-intake:schema:request.{self.kind}.v1#/$defs/RequestEvent",
            sequence=sequence_text(sequence),
            caseid=request.case_id,
            partitionkey=request.case_id,
            data=self.data,
        )


def decided(standing: Standing, former: Decision | None, why: str = "") -> list[Announcement]:
    """Announce the decision in force: ``routed``, ``rerouted``, ``held`` or ``recorded``.

    ``former`` is the decision that it replaces. Units that lose the request get ``recalled``; a hold of a
    request that was with a unit recalls it from there. Raises ``TypeError`` where nothing is decided.
    """
    decision = standing.decision
    if decision is None:
        raise TypeError("a decision is announced before it is made")
    before = handlers(former) if former is not None and former.outcome in DISPATCHED else ()
    after = handlers(decision) if decision.outcome in DISPATCHED else ()
    lost = tuple(unit for unit in before if unit not in after)
    told: list[Announcement] = []
    if after:
        kind = EventKind.REROUTED if before else EventKind.ROUTED
        told.append(_announce(standing, kind, after, former=before, why=why))
        if decision.informed:
            told.append(_announce(standing, kind, decision.informed, audience="informed", why=why))
    else:
        kind = EventKind.RECORDED if decision.outcome is Outcome.RECORD else EventKind.HELD
        told.append(_announce(standing, kind, (DESK,), audience="desk", why=why))
    if lost:
        told.append(
            _announce(standing, EventKind.RECALLED, lost, audience="former", former=lost, why=why)
        )
    return told


def amended(standing: Standing, amendment: Amendment) -> Announcement:
    """Announce a change or an addition to the units that have the request."""
    return _announce(standing, EventKind.AMENDED, holders(standing), amendment=amendment)


def merged(
    standing: Standing, relation: Relation, *, former_case: str | None = None, why: str = ""
) -> Announcement:
    """Announce that a request joins the case of another one; it keeps its own duty of reply."""
    return _announce(
        standing, EventKind.MERGED, holders(standing),
        relation=relation, former_case=former_case, why=why,
    )  # fmt: skip


def unmerged(standing: Standing, *, former_case: str, why: str) -> Announcement:
    """Announce that a request left a case; ``standing`` is in its own again."""
    return _announce(
        standing, EventKind.UNMERGED, holders(standing), former_case=former_case, why=why
    )


def told(standing: Standing, kind: EventKind, why: str) -> Announcement:
    """Announce an event and its reason to the units that have the request, without anything else."""
    return _announce(standing, kind, holders(standing), why=why)


def escalated(standing: Standing, why: str) -> Announcement:
    """Announce that a request went up a lane, also to those who supervise it from now on."""
    return told(standing, EventKind.ESCALATED, why)


def urged(standing: Standing, why: str) -> Announcement:
    """Remind those who have the request that it waits (催办)."""
    return told(standing, EventKind.URGED, why)


def reworked(standing: Standing, why: str) -> Announcement:
    """Send an answer back to those who gave it: to be done again (退回重办)."""
    return told(standing, EventKind.REWORKED, why)


def withdrawn(standing: Standing, why: str) -> Announcement:
    """Announce that the citizen took the request back."""
    return told(standing, EventKind.WITHDRAWN, why)


def handlers(decision: Decision) -> tuple[str, ...]:
    """Return the units that receive the request itself: lead, co-handlers, transmission path."""
    lead = (decision.lead,) if decision.lead else ()
    return tuple(dict.fromkeys((*lead, *decision.co, *decision.via)))


def holders(standing: Standing) -> tuple[str, ...]:
    """Return who has the request now: its handlers, else the desk."""
    decision = standing.decision
    if decision is None or decision.outcome not in DISPATCHED:
        return (DESK,)
    return handlers(decision)


def _announce(
    standing: Standing,
    kind: EventKind,
    units: tuple[str, ...],
    *,
    audience: Audience | None = None,
    former: tuple[str, ...] = (),
    relation: Relation | None = None,
    former_case: str | None = None,
    amendment: Amendment | None = None,
    why: str = "",
) -> Announcement:
    shown = standing.decision
    shown_to: Audience = audience or ("desk" if units == (DESK,) else "handlers")
    blind = shown_to in ("informed", "former")
    data = RequestEvent(
        request=_without_citizen(standing.request) if blind else standing.request,
        decision=_without_evidence(shown) if blind and shown else shown,
        units=units,
        audience=shown_to,
        former_units=former,
        relation=relation,
        former_case=former_case,
        amendment=amendment,
        why="" if blind else why,
    )
    return Announcement(kind, data)


def _without_citizen(request: Request) -> Request:
    return request.model_copy(
        update={
            "title": "",
            "text": "",
            "contact_masked": "",
            "identity_ref": None,
            "external_id": "",
            "addressee": None,
            "submitter_unit": None,
            "attachments": (),
            "coordinates": None,
            "links": None,
            "extra": None,
            "flags": (*request.flags, "withheld"),
        }
    )


def _without_evidence(decision: Decision) -> Decision:
    """Return the decision without what quotes the citizen's words."""
    return decision.model_copy(
        update={
            "location": decision.location.model_copy(update={"evidence": (), "note": ""}),
            "classification": decision.classification.model_copy(update={"evidence": ()}),
            "reasons": (),
        }
    )
