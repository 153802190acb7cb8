"""A small city played once to its end, with what a desk and a unit do to some of its requests."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from intake.bootstrap import Application
from intake.casework.back_channel import BackMessage
from intake.contract.announce import handlers
from intake.contract.event import Event
from intake.demo import City, CorpusMessage, load_corpus, settings_for
from intake.model.decision import Decision
from intake.settings import build
from intake.store import requests

PER_SOURCE = 12
LONGEST_STORY_HOURS = 24 * 120


ACCUSATION = CorpusMessage(
    key="accusation",
    source="liaocheng-12345",
    channel="hotline",
    submitted_at=datetime(2026, 2, 20, 9, tzinfo=UTC),
    body="来电人是东阿县的教师,投诉东阿县教育和体育局评职称不公,材料被局里扣下没有上报,"
    "要求市里直接核查,不要让教育和体育局知道是谁反映的。",
    name="郑小满",
    phone="13800009001",
)
"""A unit is complained about: its superior gets the request, and it hears nothing."""


@dataclass(frozen=True)
class Published:
    """One event as it went out: its text, its routing keys, and both readings of the text."""

    body: str
    keys: tuple[str, ...]

    @property
    def json(self) -> dict[str, Any]:
        """As a consumer reads it."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def event(self) -> Event:
        """As our own models read it."""
        return Event.model_validate_json(self.body)


@dataclass(frozen=True)
class Played:
    """What the city gave: all events in the order of their positions, and who the citizens are."""

    events: tuple[Published, ...]
    secrets: frozenset[str]
    names: frozenset[str]
    messages: tuple[CorpusMessage, ...]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    messages = _corpus()
    with City(messages) as city:
        settings = build(settings_for(city), tmp_path_factory.mktemp("contract"), "the test")
        with Application(settings) as app:
            _run(app)
            _correct(app)
            city.advance(LONGEST_STORY_HOURS)
            _run(app)
            yield Played(_events(app), _secrets(app), _names(messages), tuple(messages))


def _corpus() -> list[CorpusMessage]:
    """Of every source those with a story first; all that are answered on the spot or repeated."""
    chosen: dict[str, list[CorpusMessage]] = {}
    matters: dict[str, int] = {}
    corpus = load_corpus()
    for message in corpus:
        matters[message.matter] = matters.get(message.matter, 0) + bool(message.matter)
    for message in sorted(corpus, key=lambda m: (not m.disposition, not m.then, m.key)):
        own = chosen.setdefault(message.source, [])
        if len(own) < PER_SOURCE or matters[message.matter] == 2:
            own.append(message)
    return [*(message for own in chosen.values() for message in own), ACCUSATION]


def _run(app: Application) -> None:
    for puller in app.pullers():
        puller.drain(threading.Event(), lambda _report: None)
    processor, relay = app.processor(), app.relay()
    while processor.run_once().items:
        pass
    try:
        while relay.run_once():
            pass
    finally:
        relay.close()


def _correct(app: Application) -> None:
    """One request is reassigned, one returned by its unit, one put on hold."""
    desk = app.desk()
    routed = iter(_in_state(app, "routed"))
    reassigned, returned, held = (next(routed) for _ in range(3))
    units = (unit for unit in app.router.catalogue.units if unit not in handlers(reassigned[1]))
    desk.reassign(
        reassigned[0].request.id, version=reassigned[0].version, actor="desk-1",
        why="不属于该单位职责", lead=next(units),
    )  # fmt: skip
    lead = returned[1].lead
    assert lead is not None
    app.back_channel().take(
        BackMessage(
            id="return-1",
            request_id=returned[0].request.id,
            unit=lead,
            what="returned",
            reason="不属于我单位职责",
            basis="三定方案",
            at=app.clock(),
        )
    )
    desk.hold(held[0].request.id, version=held[0].version, actor="desk-1", why="先核实")
    for given in ("resolved", "urged"):
        stored, decision = next(routed)
        if given == "urged":
            app.supervision().urge(
                stored.request.id, version=stored.version, actor="desk-1", why="来件人再次来电"
            )
            continue
        assert decision.lead is not None
        app.back_channel().take(
            BackMessage(
                id="resolved-1", request_id=stored.request.id, unit=decision.lead, what="resolved",
                reason="已修好", at=app.clock(),
            )
        )  # fmt: skip
        app.supervision().rework(
            stored.request.id, version=stored.version + 1, actor="desk-1", why="仍未修好"
        )
    # Merged until the case has been raised often enough; then one of them is taken out again.
    _, *others = several = [next(routed)[0].request.id for _ in range(4)]
    app.cases().merge(others, several[0], actor="desk-1", why="同一件事")
    app.cases().split(others[:1], actor="desk-1", why="这一件是别处的")


def _in_state(app: Application, state: str) -> Iterator[tuple[requests.StoredRequest, Decision]]:
    with app.store.read() as connection:
        ids = [
            row[0]
            for row in connection.exec_driver_sql(
                f"SELECT id FROM request WHERE state = '{state}' ORDER BY id"
            )
        ]
        stored = requests.by_ids(connection, ids)
        decisions = requests.current_decisions(connection, ids)
    return iter([(stored[id_], decisions[id_]) for id_ in ids])


def _events(app: Application) -> tuple[Published, ...]:
    with app.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT body, routing_keys FROM outbox ORDER BY position")
        return tuple(Published(body, tuple(json.loads(keys))) for body, keys in rows)


def _secrets(app: Application) -> frozenset[str]:
    """Everything that reaches a citizen, out of the vault."""
    found: set[str] = set()
    with app.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT request_id, key_id, fields FROM identity")
        for request, key, fields in rows:
            who = app.vault.open(request, key, json.loads(fields))
            found |= {value for value in (who.phone, who.email, who.id_card, *who.other) if value}
    return frozenset(value for value in found if len(value) > 6)


def _names(messages: list[CorpusMessage]) -> frozenset[str]:
    return frozenset(message.name for message in messages if message.name and len(message.name) > 1)
