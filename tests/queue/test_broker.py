"""What both brokers promise: one suite, run over the embedded queue and over RabbitMQ."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import Any

import kombu
import pytest
from publish_helpers import Receive, messages

from intake.contract.event import EventKind
from intake.errors import ConfigurationError
from intake.queue.broker import Broker
from intake.queue.connection import connect, connected, ping, queue_depths
from intake.queue.topology import Topology, routing_key

CRASHING = """
import signal, sys
from intake.queue.connection import connected
from intake.queue.untyped import Consumer, Queue
url, queue = sys.argv[1:]
with connected(url, 5) as connection:
    channel, taken = connection.channel(), []
    queues = [Queue(queue, no_declare=True)]
    with Consumer(channel, queues, on_message=taken.append, prefetch_count=10):
        while len(taken) < 10:
            connection.drain_events(timeout=10)
        for message in taken[:3]:
            message.ack()
        print("holding", flush=True)
        signal.pause()
"""


def test_published_messages_wait_in_order_for_a_consumer_that_comes_later(
    broker: Broker, receive: Receive
) -> None:
    ids = [f"e{i}" for i in range(250)]
    assert broker.publish(messages("alpha", ids)) == {}
    got = receive("unit.alpha", 250)
    assert [m.properties["message_id"] for m in got] == ids
    first = got[0]
    assert first.content_type == "application/cloudevents+json"
    assert first.headers["ce-subject"] == "r"
    body = first.body if isinstance(first.body, str) else bytes(first.body).decode()
    assert body == '{"id":"e0"}'
    assert not first.delivery_info["redelivered"]


def test_message_is_durable_and_marked_persistent(broker: Broker, receive: Receive) -> None:
    broker.publish(messages("alpha", ["e1"]))
    (message,) = receive("unit.alpha", 1)
    assert message.properties["delivery_mode"] == 2


def test_a_unit_gets_only_its_own_events_whatever_happened(
    broker: Broker, receive: Receive
) -> None:
    keys = [routing_key("alpha", EventKind.ROUTED), routing_key("alpha", EventKind.RECALLED)]
    batch = [
        m._replace(routing_key=k) for m, k in zip(messages("-", ["e1", "e2"]), keys, strict=True)
    ]
    broker.publish([*batch, *messages("beta", ["e3"])])
    assert [m.properties["message_id"] for m in receive("unit.alpha", 2)] == ["e1", "e2"]
    assert [m.properties["message_id"] for m in receive("unit.beta", 1)] == ["e3"]


def test_event_for_a_deleted_queue_goes_to_the_catch_all(
    broker: Broker, url: str, topology: Topology, receive: Receive
) -> None:
    broker.declare(["gamma"])
    with connected(url, 5) as connection:
        connection.channel().queue_delete(topology.unit("gamma").name)
    assert broker.publish(messages("gamma", ["e1"])) == {}
    assert [m.properties["message_id"] for m in receive("unrouted", 1)] == ["e1"]


def test_event_that_no_queue_takes_is_refused_and_goes_through_next_time(
    broker: Broker, url: str, topology: Topology, receive: Receive
) -> None:
    broker.declare(["alpha", "gamma"])
    with connected(url, 5) as connection:
        channel = connection.channel()
        channel.queue_delete(topology.unit("gamma").name)
        channel.queue_delete(topology.unrouted.name)
    batch = [*messages("alpha", ["e1"]), *messages("gamma", ["e2"])]
    assert broker.publish(batch) == {1: "unroutable"}
    assert broker.publish(messages("gamma", ["e2"])) == {}
    assert [m.properties["message_id"] for m in receive("unit.gamma", 1)] == ["e2"]


def test_messages_of_a_killed_consumer_come_back_at_once(
    broker: Broker, url: str, topology: Topology, receive: Receive
) -> None:
    ids = [f"e{i}" for i in range(10)]
    broker.publish(messages("alpha", ids))
    queue = topology.unit("alpha").name
    child = subprocess.Popen(
        [sys.executable, "-c", CRASHING, url, queue], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "holding\n"
    assert receive("unit.alpha", 0, more=True) == []
    child.send_signal(signal.SIGKILL)
    child.wait(5)
    again = receive("unit.alpha", 7)
    assert [m.properties["message_id"] for m in again] == ids[3:]
    assert all(m.delivery_info["redelivered"] for m in again)


def test_requeued_message_counts_its_deliveries_and_is_dead_lettered_after_the_limit(
    broker: Broker, url: str, topology: Topology, receive: Receive
) -> None:
    broker.publish(messages("alpha", ["e1", "e2"]))
    counts: list[Any] = []
    with connected(url, 5) as connection:
        channel = connection.channel()
        deadline = time.monotonic() + 10
        while len(counts) < 4 and time.monotonic() < deadline:
            raw = channel.basic_get(topology.unit("alpha").name)
            if raw is None:
                continue
            message = channel.message_to_python(raw)
            if message.properties["message_id"] == "e1":
                counts.append(message.headers.get("x-delivery-count"))
            message.requeue()
    assert [count or 0 for count in counts] == [0, 1, 2, 3]
    (dead,) = receive("dead", 1)
    assert dead.properties["message_id"] == "e1"
    assert dead.headers["x-first-death-reason"] == "delivery_limit"
    assert dead.headers["x-first-death-queue"] == topology.unit("alpha").name


def test_rejected_message_is_dead_lettered(
    broker: Broker, url: str, topology: Topology, receive: Receive
) -> None:
    broker.publish(messages("alpha", ["e1"]))
    with connected(url, 5) as connection:
        channel = connection.channel()
        deadline = time.monotonic() + 5
        while (raw := channel.basic_get(topology.unit("alpha").name)) is None:
            assert time.monotonic() < deadline
        channel.message_to_python(raw).reject()
    (dead,) = receive("dead", 1)
    assert dead.headers["x-first-death-reason"] == "rejected"
    assert receive("unit.alpha", 0, more=True) == []


def test_kombus_own_producer_batch_confirms_too(url: str, topology: Topology) -> None:
    with connected(url, 5) as connection:
        channel = connection.channel()
        topology.declare(channel, ["alpha"])
        producer = kombu.Producer(channel, exchange=topology.requests, auto_declare=False)
        with producer.batch(max_size=40):
            for i in range(100):
                producer.publish({"id": i}, routing_key="alpha.routed", message_id=str(i))
        assert _depth(url, topology, "unit.alpha", 100) == 100


def test_prefetch_limits_what_a_consumer_holds(
    broker: Broker, url: str, topology: Topology
) -> None:
    broker.publish(messages("alpha", [f"e{i}" for i in range(20)]))
    queue = topology.unit("alpha")
    taken: list[Any] = []
    with connected(url, 5) as connection:
        channel = connection.channel()
        with kombu.Consumer(
            channel, [queue.bind(channel)], on_message=taken.append, prefetch_count=5
        ):
            deadline = time.monotonic() + 1
            while time.monotonic() < deadline:
                try:
                    connection.drain_events(timeout=0.2)
                except TimeoutError:
                    continue
            assert len(taken) == 5
            assert queue_depths(url, ["alpha"], topology=topology)[queue.name] == 15


def test_depths_leave_out_queues_that_do_not_exist(
    broker: Broker, url: str, topology: Topology
) -> None:
    broker.publish(messages("alpha", ["e1", "e2"]))
    assert _depth(url, topology, "unit.alpha", 2) == 2
    assert queue_depths(url, ["alpha", "beta"], topology=topology) == {
        f"{topology.prefix}.unrouted": 0,
        f"{topology.prefix}.dead": 0,
        f"{topology.prefix}.unit.alpha": 2,
    }


def test_ping_leaves_nothing_behind(url: str, broker: Broker, topology: Topology) -> None:
    broker.declare()
    ping(url, timeout=5)
    assert set(queue_depths(url, topology=topology).values()) == {0}


def test_a_queue_declared_otherwise_is_a_matter_for_a_person(
    broker: Broker, url: str, topology: Topology
) -> None:
    broker.declare(["alpha"])
    other = Broker(url, topology=Topology(prefix=topology.prefix, delivery_limit=99), timeout=5)
    with pytest.raises(ConfigurationError, match=r"unit\.alpha"):
        other.declare(["alpha"])
    other.close()


@pytest.mark.parametrize("bad", ["redis://127.0.0.1/0", "queue.db", "memory://", ""])
def test_other_schemes_are_refused(bad: str) -> None:
    with pytest.raises(ConfigurationError, match="scheme"):
        connect(bad, 1)


@pytest.mark.parametrize("unit", ["", "a.b", "a*", "#"])
def test_unit_must_be_one_word_of_a_topic(unit: str) -> None:
    with pytest.raises(ValueError, match="unit"):
        routing_key(unit, EventKind.ROUTED)


def _depth(url: str, topology: Topology, queue: str, expected: int) -> int:
    """A quorum queue shows a confirmed message a moment later than it confirms it."""
    name = f"{topology.prefix}.{queue}"
    deadline = time.monotonic() + 5
    depth = -1
    while depth != expected and time.monotonic() < deadline:
        depth = queue_depths(url, ["alpha"], topology=topology).get(name, -1)
    return depth
