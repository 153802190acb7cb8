"""Everything one batch, or one desk action, writes; collected first, written in one go.

Requests, decisions, events, identities, relations and audit rows go to the database together in the
caller's transaction, so that a decision without its event cannot exist, nor the reverse (I3).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from intake.contract.event import Event
from intake.model.decision import Decision
from intake.model.request import Relation, Request, RequestState
from intake.model.submission import Contact, Submission
from intake.model.value import Value
from intake.store import audit as audit_store
from intake.store import bulk, tables
from intake.store.requests import StoredRequest
from intake.store.vault import Sealed


@dataclass(slots=True)
class Entry:
    """One request while it is being changed; starts from what is stored, or from nothing."""

    request: Request
    state: RequestState
    version: int
    sequence: int
    decision_version: int
    raw_id: int
    decision: Decision | None = None
    contact: Contact | None = None

    @classmethod
    def of(cls, stored: StoredRequest, decision: Decision | None) -> Entry:
        """Continue from a stored request with the decision in force."""
        return cls(
            request=stored.request,
            state=stored.state,
            version=stored.version,
            sequence=stored.sequence,
            decision_version=stored.decision_version,
            raw_id=stored.raw_id,
            decision=decision,
        )


@dataclass(slots=True)
class Ledger:
    """Collects rows at one point in time ``at``; nothing is written before ``flush``."""

    at: datetime
    _requests: dict[str, bulk.Row] = field(default_factory=dict)
    _submissions: list[bulk.Row] = field(default_factory=list)
    _decisions: list[bulk.Row] = field(default_factory=list)
    _relations: list[bulk.Row] = field(default_factory=list)
    _identities: dict[str, bulk.Row] = field(default_factory=dict)
    _events: list[bulk.Row] = field(default_factory=list)
    _audit: list[bulk.Row] = field(default_factory=list)

    def put_request(self, entry: Entry) -> None:
        """Write the request as it now stands; its version grows by one."""
        request, decision = entry.request, entry.decision
        entry.version += 1
        self._requests[request.id] = {
            "id": request.id,
            "source": request.source,
            "external_id": request.external_id,
            "channel": request.channel.value,
            "case_id": request.case_id,
            "state": entry.state.value,
            "revision": request.revision,
            "raw_id": entry.raw_id,
            "version": entry.version,
            "sequence": entry.sequence,
            "decision": entry.decision_version,
            "received_at": request.received_at,
            "changed_at": self.at,
            "category": decision.category if decision else None,
            "area": decision.area if decision else None,
            "lead": decision.lead if decision else None,
            "lane": decision.lane.value if decision else None,
            "hold": decision.hold.value if decision and decision.hold else None,
            "finish_by": decision.deadlines.finish_by if decision and decision.deadlines else None,
            "doc": request,
        }

    def put_submission(
        self, raw_id: int, request_id: str, submission: Submission, digest: str
    ) -> None:
        """Note that a submission was taken in, so that it is known when it comes again."""
        self._submissions.append(
            {
                "raw_id": raw_id,
                "request_id": request_id,
                "source": submission.source,
                "external_id": submission.external_id,
                "kind": submission.kind.value,
                "digest": digest,
                "received_at": self.at,
            }
        )

    def put_decision(self, request_id: str, decision: Decision) -> None:
        """Write a new version of a request's decision."""
        self._decisions.append(
            {
                "request_id": request_id,
                "version": decision.version,
                "outcome": decision.outcome.value,
                "lead": decision.lead,
                "rule": decision.rule,
                "decided_by": decision.decided_by,
                "decided_at": decision.decided_at,
                "doc": decision,
            }
        )

    def put_relation(self, request_id: str, relation: Relation) -> None:
        """Write how a request relates to an earlier one."""
        self._relations.append(
            {
                "request_id": request_id,
                "of": relation.of,
                "kind": relation.kind.value,
                "score": relation.score,
                "why": list(relation.why),
                "related_at": self.at,
            }
        )

    def put_identity(self, ref: str, request_id: str, sealed: Sealed) -> None:
        """Write a sealed identity; the latest for a request wins."""
        self._identities[ref] = {
            "ref": ref,
            "request_id": request_id,
            "key_id": sealed.key_id,
            "fields": sealed.fields,
            "phone_key": sealed.phone_key,
            "changed_at": self.at,
        }

    def put_event(self, event: Event, routing_keys: tuple[str, ...]) -> None:
        """Put an event into the outbox."""
        self._events.append(
            {
                "event_id": event.id,
                "request_id": event.subject,
                "sequence": int(event.sequence),
                "type": event.type,
                "routing_keys": list(routing_keys),
                "body": event,
                "created_at": self.at,
            }
        )

    def put_audit(
        self,
        actor: str,
        action: str,
        entity: str,
        entity_id: str,
        *,
        before: str | None = None,
        after: str | None = None,
        why: str,
    ) -> None:
        """Write an audit row."""
        self._audit.append(
            audit_store.entry(
                self.at, actor, action, entity, entity_id, before=before, after=after, why=why
            )
        )

    def flush(self, connection: sa.Connection) -> None:
        """Write everything, parents before children."""
        self._write_documents()
        bulk.insert(connection, tables.request, list(self._requests.values()), replace=True)
        bulk.insert(connection, tables.submission, self._submissions, ignore=True)
        bulk.insert(connection, tables.decision, self._decisions)
        bulk.insert(connection, tables.relation, self._relations, replace=True)
        bulk.insert(connection, tables.identity, list(self._identities.values()), replace=True)
        bulk.insert(connection, tables.outbox, self._events)
        audit_store.append(connection, self._audit)

    def _write_documents(self) -> None:
        """Turn nouns into JSON, each once: the same request and decision are stored and published."""
        written: dict[int, str] = {}  # by identity; the rows keep the nouns alive until the end

        def json(noun: Value) -> str:
            if id(noun) not in written:
                written[id(noun)] = noun.model_dump_json(exclude_none=True)
            return written[id(noun)]

        events: list[Event] = [row["body"] for row in self._events]
        bodies = [
            event.to_json(
                json(event.data.request),
                None if event.data.decision is None else json(event.data.decision),
            )
            for event in events
        ]
        for row, body in zip(self._events, bodies, strict=True):
            row["body"] = body
        for row in (*self._requests.values(), *self._decisions):
            row["doc"] = json(row["doc"])
