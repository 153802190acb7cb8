"""The one applier: numbers what was intended and writes it, in the caller's transaction.

Versions of requests and sequences of events are counted here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import sqlalchemy as sa

from intake.contract.announce import Announcement
from intake.model.decision import Decision
from intake.model.standing import Standing
from intake.model.value import Value
from intake.store import audit, bulk, tables
from intake.store.intents import AuditNote, Intents, TakenIn
from intake.store.requests import written_why
from intake.store.vault import Vault

Json = Callable[[Value], str]


def apply(
    connection: sa.Connection, intents: Intents, *, at: datetime, vault: Vault | None = None
) -> None:
    """Write everything, parents before children, as of ``at``.

    ``vault`` seals the contacts among the intents. Every request that an event is about must be in
    ``intents.standings``; otherwise a ``KeyError`` is raised.
    """
    json = _writer()
    sequences = {key: standing.sequence for key, standing in intents.standings.items()}
    events = [_event_row(one, sequences, at, json) for one in intents.announcements]
    requests = [
        _request_row(standing, sequences[key], at, json)
        for key, standing in intents.standings.items()
    ]
    bulk.insert(connection, tables.request, requests, replace=True)
    bulk.insert(
        connection,
        tables.submission,
        [_taken_row(one, at) for one in intents.taken_in],
        ignore=True,
    )
    decisions = [_decision_row(key, decision, json) for key, decision in intents.decisions]
    bulk.insert(connection, tables.decision, decisions)
    relations = [
        {
            "request_id": key,
            "of": relation.of,
            "kind": relation.kind.value,
            "score": relation.score,
            "why": written_why(relation),
            "related_at": at,
        }
        for key, relation in intents.relations
    ]
    bulk.insert(connection, tables.relation, relations, replace=True)
    if intents.contacts:
        if vault is None:
            raise TypeError("contacts are kept sealed: the applier needs the vault")
        bulk.insert(connection, tables.identity, _identity_rows(intents, vault, at), replace=True)
    bulk.insert(connection, tables.outbox, events)
    write_notes(connection, intents.notes, at)


def write_notes(connection: sa.Connection, notes: Iterable[AuditNote], at: datetime) -> None:
    """Write audit rows alone, where nothing else changes."""
    audit.append(connection, [_note_row(note, at) for note in notes])


def _note_row(note: AuditNote, at: datetime) -> bulk.Row:
    coded = None if isinstance(note.why, str) else note.why
    return audit.entry(
        at, note.actor, note.action, note.entity, note.entity_id,
        before=note.before, after=note.after,
        why=note.why if isinstance(note.why, str) else "",
        message=coded.code if coded else None,
        params={**(coded.params if coded else {}), **(note.params or {})},
    )  # fmt: skip


def _writer() -> Json:
    """Return a function that writes values as JSON, each once: most are both stored and published."""
    written: dict[int, str] = {}  # by identity; the intents keep the values alive until the end

    def json(noun: Value) -> str:
        if id(noun) not in written:
            written[id(noun)] = noun.model_dump_json(exclude_none=True)
        return written[id(noun)]

    return json


def _event_row(
    announcement: Announcement, sequences: dict[str, int], at: datetime, json: Json
) -> bulk.Row:
    data = announcement.data
    sequences[data.request.id] += 1
    event = announcement.numbered(sequences[data.request.id], at)
    return {
        "event_id": event.id,
        "request_id": event.subject,
        "sequence": int(event.sequence),
        "type": event.type,
        "routing_keys": list(announcement.routing_keys),
        "body": event.to_json(
            json(data.request), None if data.decision is None else json(data.decision)
        ),
        "created_at": at,
    }


def _request_row(standing: Standing, sequence: int, at: datetime, json: Json) -> bulk.Row:
    request, decision = standing.request, standing.decision
    return {
        "id": request.id,
        "source": request.source,
        "external_id": request.external_id,
        "channel": request.channel,
        "case_id": request.case_id,
        "state": standing.state.value,
        "revision": request.revision,
        "raw_id": standing.raw_id,
        "version": standing.version + 1,
        "sequence": sequence,
        "decision": decision.version if decision else 0,
        "received_at": request.received_at,
        "changed_at": at,
        "category": decision.category if decision else None,
        "area": decision.area if decision else None,
        "lead": decision.lead if decision else None,
        "lane": decision.lane.value if decision else None,
        "hold": decision.hold.value if decision and decision.hold else None,
        "finish_by": decision.deadlines.finish_by if decision and decision.deadlines else None,
        "doc": json(request),
    }


def _decision_row(request_id: str, decision: Decision, json: Json) -> bulk.Row:
    return {
        "request_id": request_id,
        "version": decision.version,
        "outcome": decision.outcome.value,
        "lead": decision.lead,
        "rule": decision.rule,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at,
        "doc": json(decision),
    }


def _taken_row(taken: TakenIn, at: datetime) -> bulk.Row:
    own = taken.submission
    return {
        "raw_id": taken.raw_id,
        "request_id": taken.request_id,
        "source": own.source,
        "external_id": own.external_id,
        "kind": own.kind.value,
        "digest": taken.digest,
        "received_at": at,
    }


def _identity_rows(intents: Intents, vault: Vault, at: datetime) -> list[bulk.Row]:
    rows = []
    for reference, (request_id, contact) in intents.contacts.items():
        sealed = vault.seal(request_id, contact)
        rows.append(
            {
                "ref": reference,
                "request_id": request_id,
                "key_id": sealed.key_id,
                "fields": sealed.fields,
                "phone_key": sealed.phone_key,
                "changed_at": at,
            }
        )
    return rows
