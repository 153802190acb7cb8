"""The relay over both stores, and (where it matters) over both brokers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

import pytest
from broker_proxy import Proxy
from publish_helpers import NOW, Receive, append, event_row
from structlog.testing import capture_logs

from intake.errors import BrokerUnavailable, ConfigurationError, StoreBusy
from intake.queue.broker import Broker
from intake.queue.connection import connected
from intake.queue.feed import read_feed
from intake.queue.relay import Relay
from intake.queue.topology import Topology
from intake.store import outbox
from intake.store.engine import Store
from waiting import wait_until

CRASHING = """
import sys
from datetime import datetime, UTC
from intake.queue.broker import Broker
from intake.queue.relay import Relay
from intake.queue.topology import Topology
from intake.store.engine import open_store
store, queue, prefix = sys.argv[1:]
broker = Broker(queue, topology=Topology(prefix=prefix, delivery_limit=3))
Relay(open_store(store), broker, lambda: datetime.now(UTC)).run_once()
"""


def clock() -> datetime:
    return NOW


@pytest.fixture
def relay(store: Store, broker: Broker) -> Iterator[Relay]:
    relay = Relay(store, broker, clock)
    yield relay
    relay.close()


def feed(store: Store) -> list[tuple[int, str]]:
    with store.read() as connection:
        return read_feed(connection, 0, 1000)


def ids(received: list[object]) -> list[str]:
    return [message.properties["message_id"] for message in received]  # type: ignore[attr-defined]


def test_event_reaches_every_unit_it_is_addressed_to_and_then_the_feed(
    store: Store, relay: Relay, receive: Receive
) -> None:
    row = event_row("r1", 1, "alpha", "beta")
    append(store, row)
    assert feed(store) == []
    assert relay.run_once() == 1
    for unit in ("alpha", "beta"):
        (message,) = receive(f"unit.{unit}", 1)
        assert message.properties["message_id"] == "r1/1"
        assert {k: v for k, v in message.headers.items() if k.startswith("ce-")} == {
            "ce-type": "cn.intake.request.routed.v1",
            "ce-subject": "r1",
            "ce-sequence": "0000000001",
        }
        assert message.body in (row.body, row.body.encode())
    assert feed(store) == [(1, row.body)]
    assert relay.run_once() == 0


def test_events_of_one_request_go_out_in_sequence_one_per_batch(
    store: Store, relay: Relay, receive: Receive
) -> None:
    append(store, *(event_row("r1", n, "alpha") for n in (1, 2, 3)), event_row("r2", 1, "alpha"))
    assert [relay.run_once() for _ in range(4)] == [2, 1, 1, 0]
    assert ids(receive("unit.alpha", 4)) == ["r1/1", "r2/1", "r1/2", "r1/3"]


def test_a_lower_sequence_that_commits_later_still_goes_first(
    store: Store, relay: Relay, receive: Receive
) -> None:
    append(store, event_row("r1", 2, "alpha"))
    append(store, event_row("r1", 1, "alpha"))
    while relay.run_once():
        pass
    assert ids(receive("unit.alpha", 2)) == ["r1/1", "r1/2"]


def test_limit_bounds_a_batch(store: Store, relay: Relay) -> None:
    append(store, *(event_row(f"r{n}", 1, "alpha") for n in range(5)))
    assert [relay.run_once(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_event_for_nobody_appears_in_the_feed_only(store: Store, relay: Relay) -> None:
    append(store, event_row("r1", 1))
    assert relay.run_once() == 1
    assert len(feed(store)) == 1


@pytest.mark.parametrize("point", ["publish.confirmed", "publish.marked"])
def test_crash_after_the_confirm_publishes_again_with_the_same_id(
    store: Store,
    url: str,
    topology: Topology,
    relay: Relay,
    receive: Receive,
    point: str,
) -> None:
    append(store, event_row("r1", 1, "alpha"))
    store_url = store.engine.url.render_as_string(hide_password=False)
    child = subprocess.run(
        [sys.executable, "-c", CRASHING, store_url, url, topology.prefix],
        env=os.environ | {"INTAKE_CRASH_AT": point},
        check=False,
    )
    assert child.returncode == 137
    assert feed(store) == []
    assert _eventually(relay.run_once) == 1
    assert ids(receive("unit.alpha", 2)) == ["r1/1", "r1/1"]
    assert [position for position, _ in feed(store)] == [1]


def test_broker_out_of_reach_marks_nothing(store: Store) -> None:
    relay = Relay(store, Broker("amqp://guest:guest@127.0.0.1:1//", timeout=1), clock)
    append(store, event_row("r1", 1, "alpha"))
    with pytest.raises(BrokerUnavailable):
        relay.run_once()
    relay.close()
    assert feed(store) == []
    with store.read() as connection:
        assert outbox.backlog(connection)[0] == 1


def test_unroutable_part_of_a_batch_stays_and_goes_next(
    store: Store, relay: Relay, url: str, topology: Topology, receive: Receive
) -> None:
    append(
        store, *(event_row(r, n, u) for r, u in (("r1", "alpha"), ("r2", "gamma")) for n in (1, 2))
    )
    relay._broker.declare(["alpha", "gamma"])
    with connected(url, 5) as connection:
        channel = connection.channel()
        channel.queue_delete(topology.unit("gamma").name)
        channel.queue_delete(topology.unrouted.name)
    with pytest.raises(BrokerUnavailable, match="1 of 2 events"):
        relay.run_once()
    assert [position for position, _ in feed(store)] == [1]
    while relay.run_once():
        pass
    assert ids(receive("unit.gamma", 2)) == ["r2/1", "r2/2"]
    assert ids(receive("unit.alpha", 2)) == ["r1/1", "r1/2"]
    assert [position for position, _ in feed(store)] == [1, 2, 3, 4]


def test_run_goes_on_after_the_broker_comes_back(
    store: Store, amqp_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.backoff.START", 0.1)
    parts = urlsplit(amqp_url)
    topology = Topology(prefix=f"test-run-{os.getpid()}-{store.dialect}")
    stop = threading.Event()
    with (
        Proxy((parts.hostname or "127.0.0.1", parts.port or 5672)) as proxy,
        capture_logs() as logs,
    ):
        address = f"amqp://{parts.username}:{parts.password}@127.0.0.1:{proxy.port}{parts.path}"
        relay = Relay(store, Broker(address, topology=topology, timeout=0.5), clock)
        thread = threading.Thread(target=relay.run, args=(stop,), kwargs={"idle": 0.02})
        thread.start()
        try:
            append(store, event_row("r1", 1, "alpha"))
            wait_until(lambda: len(feed(store)) == 1, "the first is sent")
            proxy.stall()
            append(store, event_row("r2", 1, "alpha"))
            wait_until(
                lambda: any(entry["event"] == "broker.unavailable" for entry in logs),
                "the relay has noticed",
            )
            proxy.resume()
            wait_until(lambda: len(feed(store)) == 2, "the second is sent")
        finally:
            stop.set()
            thread.join(10)
            with connected(amqp_url, 5) as connection:
                channel = connection.channel()
                for queue in (topology.unrouted, topology.dead, topology.unit("alpha")):
                    channel.queue_delete(queue.name)
                    channel.exchange_delete(queue.exchange.name)
    assert not thread.is_alive()
    assert [json.loads(body)["id"] for _, body in feed(store)] == ["r1/1", "r2/1"]


def test_run_stops_for_what_a_person_has_to_mend(store: Store) -> None:
    append(store, event_row("r1", 1, "alpha"))
    with pytest.raises(ConfigurationError):
        Relay(store, Broker("nonsense://"), clock).run(threading.Event())


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_one_relay_is_active_and_another_takes_over(store: Store, embedded_url: str) -> None:
    first, second = (Relay(store, Broker(embedded_url), clock) for _ in range(2))
    append(store, event_row("r1", 1, "alpha"))
    assert first.run_once() == 1
    append(store, event_row("r2", 1, "alpha"))
    assert second.run_once() == 0
    first.close()
    # PostgreSQL gives the lock back when it notices that the session has ended.
    wait_until(lambda: second.run_once() == 1, "the second relay has taken over")
    second.close()


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_relay_whose_session_the_server_ended_takes_its_seat_again(
    store: Store, embedded_url: str
) -> None:
    relay = Relay(store, Broker(embedded_url), clock)
    append(store, event_row("r1", 1, "alpha"))
    assert relay.run_once() == 1
    with store.write() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    append(store, event_row("r2", 1, "alpha"))
    assert _eventually(relay.run_once) == 1
    assert [position for position, _ in feed(store)] == [1, 2]
    relay.close()


def _eventually(run_once: Callable[[], int]) -> int:
    """Run until something was sent: a crashed relay's seat frees when the server notices."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if sent := run_once():
                return sent
        except StoreBusy:
            continue
    return 0
