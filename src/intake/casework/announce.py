"""Turning a decision into events: who is told what, under which routing keys (DESIGN §7).

A handler gets the request as it is. A unit that is only informed, or that no longer has the request,
gets neither text nor contact: it may be the very unit complained about (I8).
"""

from __future__ import annotations

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
from intake.store.ledger import Entry, Ledger

DISPATCHED = (Outcome.AUTO, Outcome.SUGGEST)


def decided(
    ledger: Ledger, entry: Entry, decision: Decision, former: Decision | None, why: str = ""
) -> None:
    """Announce a decision: ``routed``, ``rerouted``, ``held`` or ``recorded``.

    ``former`` is the decision it replaces. Units that lose the request get ``recalled``; a hold of a
    request that was with a unit recalls it from there.
    """
    before = handlers(former) if former is not None and former.outcome in DISPATCHED else ()
    after = handlers(decision) if decision.outcome in DISPATCHED else ()
    lost = tuple(unit for unit in before if unit not in after)
    if after:
        what = EventKind.REROUTED if before else EventKind.ROUTED
        _put(ledger, entry, what, after, decision=decision, former=before, why=why)
        if decision.informed:
            _put(
                ledger, entry, what, decision.informed,
                decision=decision, audience="informed", why=why,
            )  # fmt: skip
    else:
        what = EventKind.RECORDED if decision.outcome is Outcome.RECORD else EventKind.HELD
        _put(ledger, entry, what, (DESK,), decision=decision, audience="desk", why=why)
    if lost:
        _put(
            ledger, entry, EventKind.RECALLED, lost,
            decision=decision, audience="former", former=lost, why=why,
        )  # fmt: skip


def amended(ledger: Ledger, entry: Entry, amendment: Amendment) -> None:
    """Announce a change or an addition to whoever has the request."""
    _put(ledger, entry, EventKind.AMENDED, _holders(entry), amendment=amendment)


def merged(
    ledger: Ledger,
    entry: Entry,
    relation: Relation,
    *,
    former_case: str | None = None,
    why: str = "",
) -> None:
    """Announce that a request joins the case of another one; it keeps its own duty of reply."""
    _put(
        ledger, entry, EventKind.MERGED, _holders(entry),
        relation=relation, former_case=former_case, why=why,
    )  # fmt: skip


def unmerged(ledger: Ledger, entry: Entry, *, former_case: str, why: str) -> None:
    """Announce that a request left a case; ``entry`` is in its own again."""
    _put(ledger, entry, EventKind.UNMERGED, _holders(entry), former_case=former_case, why=why)


def escalated(ledger: Ledger, entry: Entry, why: str) -> None:
    """Announce that a request went up a lane, also to those who supervise it from now on."""
    _put(ledger, entry, EventKind.ESCALATED, _holders(entry), why=why)


def urged(ledger: Ledger, entry: Entry, why: str) -> None:
    """Remind those who have the request that it waits (催办)."""
    _put(ledger, entry, EventKind.URGED, _holders(entry), why=why)


def reworked(ledger: Ledger, entry: Entry, why: str) -> None:
    """Send an answer back to those who gave it: to be done again (退回重办)."""
    _put(ledger, entry, EventKind.REWORKED, _holders(entry), why=why)


def withdrawn(ledger: Ledger, entry: Entry, why: str) -> None:
    """Announce that the citizen took the request back."""
    _put(ledger, entry, EventKind.WITHDRAWN, _holders(entry), why=why)


def handlers(decision: Decision) -> tuple[str, ...]:
    """Give the units that receive the request itself: lead, co-handlers, transmission path."""
    lead = (decision.lead,) if decision.lead else ()
    return tuple(dict.fromkeys((*lead, *decision.co, *decision.via)))


def _holders(entry: Entry) -> tuple[str, ...]:
    decision = entry.decision
    if decision is None or decision.outcome not in DISPATCHED:
        return (DESK,)
    return handlers(decision)


def _put(
    ledger: Ledger,
    entry: Entry,
    what: EventKind,
    units: tuple[str, ...],
    *,
    decision: Decision | None = None,
    audience: Audience | None = None,
    former: tuple[str, ...] = (),
    relation: Relation | None = None,
    former_case: str | None = None,
    amendment: Amendment | None = None,
    why: str = "",
) -> None:
    entry.sequence += 1
    shown = decision or entry.decision
    shown_to: Audience = audience or ("desk" if units == (DESK,) else "handlers")
    blind = shown_to in ("informed", "former")
    data = RequestEvent(
        request=_without_citizen(entry.request) if blind else entry.request,
        decision=_without_evidence(shown) if blind and shown else shown,
        units=units,
        audience=shown_to,
        former_units=former,
        relation=relation,
        former_case=former_case,
        amendment=amendment,
        why="" if blind else why,
    )
    ledger.put_event(_event(entry, what, data, ledger.at), tuple(f"{u}.{what}" for u in units))


def _event(entry: Entry, what: EventKind, data: RequestEvent, at: datetime) -> Event:
    request = entry.request
    return Event(
        id=event_id(request.id, entry.sequence),
        type=event_type(what),
        subject=request.id,
        time=at,
        dataschema=f"urn:citizen-intake:schema:request.{what}.v1#/$defs/RequestEvent",
        sequence=sequence_text(entry.sequence),
        caseid=request.case_id,
        partitionkey=request.case_id,
        data=data,
    )


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
            "flags": (*request.flags, "withheld"),
        }
    )


def _without_evidence(decision: Decision) -> Decision:
    """The decision without what quotes the citizen's words."""
    return decision.model_copy(
        update={
            "location": decision.location.model_copy(update={"evidence": (), "note": ""}),
            "classification": decision.classification.model_copy(update={"evidence": ()}),
            "reasons": (),
        }
    )
