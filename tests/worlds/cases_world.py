"""A store with invented requests in cases, and the use cases over it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from intake.casework.cases import Cases
from intake.casework.escalator import Escalator
from intake.catalogue import Catalogue, Tables
from intake.contract import announce
from intake.decide.deadlines import Policy
from intake.model.channel import Channel
from intake.model.decision import (
    Classification,
    Deadlines,
    Decision,
    Lane,
    Location,
    Outcome,
    Versions,
)
from intake.model.ids import case_id, request_id
from intake.model.request import Relation, RelationKind, Request, RequestState
from intake.model.standing import Standing
from intake.model.submission import Contact
from intake.settings import MODELS
from intake.store import case_changes, requests
from intake.store.apply import apply
from intake.store.engine import Store
from intake.store.intents import Intents
from intake.store.vault import Vault

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
SOURCE = "liaocheng-12345"
VERSIONS = Versions(model="m", catalogue="c", areas="a", policy="p")


@cache
def escalator() -> Escalator:
    """With the shipped policy and catalogue."""
    tables = Tables.load(MODELS / "catalogue")
    return Escalator(Policy.of(tables), Catalogue(tables), {SOURCE: "3715"})


@dataclass
class World:
    """Requests by short keys."""

    store: Store
    now: datetime = NOW
    ids: dict[str, str] = field(default_factory=dict)
    vault: Vault = field(default_factory=lambda: Vault(b"k" * 32))

    def __post_init__(self) -> None:
        self.cases = Cases(self.store, escalator(), self.tick)

    def tick(self) -> datetime:
        """A clock that never stands still."""
        self.now += timedelta(seconds=1)
        return self.now

    def add(
        self, key: str, joins: str | None = None, *, phone: str = "",
        kind: RelationKind = RelationKind.SHARED, received: datetime | None = None,
        category: str = "0107", area: str | None = "371502", channel: Channel = Channel.HOTLINE,
        state: RequestState = RequestState.ROUTED, lane: Lane = Lane.ORDINARY,
        related: str | None = None,
    ) -> str:  # fmt: skip
        """Write a request as settling would; ``joins`` names the request whose case it joins."""
        own = request_id(SOURCE, key)
        at = self.tick()
        received = received or at
        with self.store.write() as connection:
            joined = requests.get(connection, self.ids[joins]) if joins else None
            case = joined.request.case_id if joined else case_id(own)
            request = Request(
                id=own, source=SOURCE, channel=channel, external_id=key, revision=1, case_id=case,
                title=f"第{key}件", text="楼顶漏水", received_at=received, reply_over=channel,
            )  # fmt: skip
            outcome = Outcome.HOLD if state is RequestState.HELD else Outcome.AUTO
            decision = Decision(
                version=1, outcome=outcome, category=category, area=area,
                location=Location(area=area), classification=Classification(category=category),
                lead="U371502-ZJ", lane=lane, confidence=0.9, versions=VERSIONS, decided_at=at,
                deadlines=Deadlines(profile="x", finish_by=received + timedelta(days=2)),
            )  # fmt: skip
            standing, intents = Standing(request, state, 1, decision), Intents()
            intents.decisions.append((own, decision))
            intents.announce(announce.decided(standing, None))
            if phone:
                intents.seal(own, f"ref-{key}", Contact(phone=phone))
            for other, how in ((joins, kind), (related, RelationKind.RELATED)):
                if other:
                    relation = Relation(of=self.ids[other], kind=how, score=0.8)
                    intents.relations.append((own, relation))
            intents.stand(standing)
            apply(connection, intents, at=at, vault=self.vault)
        self.ids[key] = own
        return own

    def case(self, key: str) -> str:
        """The case of a request."""
        with self.store.read() as connection:
            return requests.get(connection, self.ids[key]).request.case_id

    def membership(self) -> dict[str, str]:
        """The case of every request, by key."""
        return {key: self.case(key) for key in self.ids}

    def resolve(self, given: str) -> str:
        """What an id stands for."""
        with self.store.read() as connection:
            return case_changes.resolve(connection, given)

    def decision(self, key: str) -> Decision:
        """The decision in force."""
        with self.store.read() as connection:
            return requests.current_decisions(connection, [self.ids[key]])[self.ids[key]]

    def events(self, key: str) -> list[dict[str, Any]]:
        """A request's events in order."""
        sql = "SELECT body FROM outbox WHERE request_id = '{}' ORDER BY sequence"
        return [json.loads(body) for (body,) in self.query(sql.format(self.ids[key]))]

    def whats(self, key: str) -> list[str]:
        """The kinds of its events."""
        return [event["type"].split(".")[-2] for event in self.events(key)]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        with self.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def assert_whole(self) -> None:
        """What must hold whatever was done: one case each, ids resolving, events without gaps."""
        last: dict[str, int] = defaultdict(int)
        events = self.query("SELECT request_id, sequence, body FROM outbox ORDER BY id")
        published: set[str] = set()
        case_told: dict[str, str] = {}
        for request, sequence, body in events:
            last[request] += 1
            assert sequence == last[request]
            case_told[request] = json.loads(body)["caseid"]
            published.add(case_told[request])
        rows = self.query("SELECT id, case_id, doc, sequence FROM request")
        for request, case, doc, sequence in rows:
            assert json.loads(doc)["case_id"] == case == case_told[request]
            assert sequence == last[request]
        alive = {case for _, case, _, _ in rows}
        for case in published:
            assert self.resolve(case) in alive
        for case in alive:
            assert self.resolve(case) == case
