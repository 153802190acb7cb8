"""What must always hold (docs/architecture.md), played through real connectors, store and queue."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from pipeline_world import Product
from pydantic import SecretStr

from intake.demo import City
from intake.errors import BrokerUnavailable
from intake.operate.health import sources
from waiting import emptied

EVENTS = "SELECT event_id, request_id, sequence, type, body FROM outbox ORDER BY id"


def test_i1_ids_are_for_ever(product: Product, make_product: Callable[..., Product]) -> None:
    """Another installation that reads the same sources gives the same ids (also I9)."""
    product.run()
    other = make_product()
    other.run()
    wanted = "SELECT source, external_id, id FROM request ORDER BY 1, 2"
    assert product.query(wanted) == other.query(wanted)
    assert len(product.query(wanted)) > 50


def test_i2_every_item_is_accounted_for(product: Product, city: City) -> None:
    product.run()
    city.advance(24 * 120)
    product.run()
    with product.app.store.read() as connection:
        counters = sources(connection)
    assert len(counters) == len(product.app.settings.source)
    for source in counters:
        assert source.balanced, source
        assert source.waiting == 0
        assert source.new > 0
    assert sum(source.quarantined for source in counters) > 0
    assert sum(source.revision for source in counters) > 0


def test_s21_reading_all_sources_again_brings_nothing_new(product: Product) -> None:
    product.run()
    requests, events = product.query("SELECT count(*) FROM request"), product.query(EVENTS)
    with product.app.store.write() as connection:
        connection.exec_driver_sql("UPDATE source_state SET cursor = '{}'")
    assert product.run() == 0
    assert product.query("SELECT count(*) FROM request") == requests
    assert product.query(EVENTS) == events
    with product.app.store.read() as connection:
        assert all(source.balanced for source in sources(connection))


def test_i3_every_decision_and_revision_has_an_event(product: Product, city: City) -> None:
    product.run()
    city.advance(24 * 120)
    product.run()
    told = defaultdict(set)
    for _, request, _, _, body in product.query(EVENTS):
        data = json.loads(body)["data"]
        told[request].add(("decision", data["decision"]["version"]))
        told[request].add(("revision", data["request"]["revision"]))
    for request, version in product.query("SELECT request_id, version FROM decision"):
        assert ("decision", version) in told[request]
    for request, revision in product.query("SELECT id, revision FROM request"):
        assert ("revision", revision) in told[request]
    assert product.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]


def test_i3_a_consumer_sees_each_event_once(make_product: Callable[..., Product]) -> None:
    """Also when the relay has to publish everything a second time."""
    product = make_product()
    product.run()
    with product.app.store.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET sent_at = NULL, position = NULL")
    product.publish()
    wanted = defaultdict(list)
    for event_id, keys in product.query("SELECT event_id, routing_keys FROM outbox ORDER BY id"):
        for key in json.loads(keys):
            wanted[key.partition(".")[0]].append(event_id)
    for unit in ("desk", max(wanted, key=lambda u: len(wanted[u]) * (u != "desk"))):
        assert emptied(product.app.queue_url, unit) == wanted[unit]


def test_i4_a_cursor_never_passes_an_uncommitted_item(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between reading and committing loses nothing: the same items come again."""
    puller = product.app.pullers()[0]
    before = product.query("SELECT cursor FROM source_state")
    with monkeypatch.context() as patch:
        patch.setattr("intake.fault_points.reach", _crash_at("pull.landed"))
        with pytest.raises(_Crash):
            puller.run_once()
    assert product.query("SELECT cursor FROM source_state") == before
    assert product.query("SELECT count(*) FROM raw_item") == [(0,)]
    assert puller.run_once().fetched > 0


def test_i6_sequences_have_no_gaps_and_are_published_in_order(product: Product, city: City) -> None:
    product.run()
    city.advance(24 * 120)
    product.run()
    seen: dict[str, int] = defaultdict(int)
    for request, sequence in product.query(
        "SELECT request_id, sequence FROM outbox ORDER BY position"
    ):
        assert sequence == seen[request] + 1
        seen[request] = sequence
    assert max(seen.values()) > 2
    assert dict(product.query("SELECT id, sequence FROM request")) == dict(seen)


def test_i8_no_event_or_log_carries_an_identity(
    make_product: Callable[..., Product], city: City, capsys: pytest.CaptureFixture[str]
) -> None:
    product = make_product()
    product.run()
    said = "\n".join(body for (body,) in product.query("SELECT body FROM outbox"))
    logged = "".join(capsys.readouterr())
    with product.app.store.read() as connection:
        rows = list(connection.exec_driver_sql("SELECT request_id, key_id, fields FROM identity"))
    assert len(rows) > 20
    for request, key, fields in rows:
        who = product.app.vault.open(request, key, json.loads(fields))
        for secret in (who.phone, who.email, who.id_card):
            if secret and len(secret) > 8:
                assert secret not in said
                assert secret not in logged


def test_i10_every_state_change_has_an_audit_row(product: Product, city: City) -> None:
    product.run()
    city.advance(24 * 120)
    product.run()
    audited = defaultdict(list)
    for request, action, after in product.query(
        """SELECT entity_id, action, "to" FROM audit WHERE entity = 'request' ORDER BY id"""
    ):
        audited[request].append((action, after))
    for request, state, decision in product.query("SELECT id, state, decision FROM request"):
        actions = [action for action, _ in audited[request]]
        assert actions.count("request.decided") == decision
        last = [after for action, after in audited[request] if action in STATE_ACTIONS][-1]
        assert last == state


STATE_ACTIONS = ("request.decided", "request.withdrawn")


def test_a_broker_that_is_down_the_whole_run_loses_nothing(
    make_product: Callable[..., Product], city: City
) -> None:
    product = make_product(queue={"url": "amqp://guest:guest@127.0.0.1:1//", "confirm_timeout": 1})
    with pytest.raises(BrokerUnavailable):
        product.run()
    events = product.query(EVENTS)
    assert len(events) > 50
    assert product.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(len(events),)]
    settings = product.app.settings
    back = settings.model_copy(
        update={"queue": settings.queue.model_copy(update={"url": _embedded(product)})}
    )
    product.app.settings = back
    assert product.publish() == len(events)


class _Crash(BaseException):
    pass


def _crash_at(point: str) -> Callable[[str], None]:
    def reach(name: str) -> None:
        if name == point:
            raise _Crash

    return reach


def _embedded(product: Product) -> Any:
    return SecretStr(f"intake-sqlite:///{product.app.settings.directory}/back.db")
