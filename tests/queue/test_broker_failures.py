"""RabbitMQ behaving badly: refusing, cutting the line, falling silent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from broker_proxy import Proxy
from publish_helpers import Receive, messages

from intake.errors import BrokerUnavailable, ConfigurationError
from intake.queue.broker import Broker
from intake.queue.connection import connected, ping
from intake.queue.topology import Topology

pytestmark = pytest.mark.rabbitmq


@pytest.fixture
def url(amqp_url: str) -> str:
    return amqp_url


@pytest.fixture
def proxy(amqp_url: str) -> Iterator[Proxy]:
    parts = urlsplit(amqp_url)
    with Proxy((parts.hostname or "127.0.0.1", parts.port or 5672)) as proxy:
        yield proxy


@pytest.fixture
def proxied(amqp_url: str, proxy: Proxy) -> str:
    parts = urlsplit(amqp_url)
    login = f"{parts.username}:{parts.password}"
    return f"amqp://{login}@127.0.0.1:{proxy.port}{parts.path}"


@pytest.fixture
def broker(proxied: str, topology: Topology) -> Iterator[Broker]:
    broker = Broker(proxied, topology=topology, timeout=2.0)
    yield broker
    broker.close()


def test_a_nacked_message_is_told_apart_from_the_accepted(
    broker: Broker, url: str, topology: Topology
) -> None:
    broker.declare(["alpha", "beta"])
    full = f"{topology.prefix}.full"
    with connected(url, 5) as connection:
        channel = connection.channel()
        channel.queue_declare(
            full, auto_delete=False, arguments={"x-max-length": 1, "x-overflow": "reject-publish"}
        )
        channel.queue_bind(full, topology.requests.name, "alpha.#")
        try:
            batch = [
                *messages("alpha", ["e0", "e1", "e2"]),
                *messages("beta", ["e3"]),
                *messages("alpha", ["e4"]),
            ]
            assert broker.publish(batch) == {1: "nacked", 2: "nacked", 4: "nacked"}
        finally:
            channel.queue_delete(full)
    assert broker.publish(messages("alpha", ["e1"])) == {}


@pytest.mark.parametrize("after", [2_000, 20_000, 45_000])
def test_line_cut_in_mid_batch_loses_nothing_when_published_again(
    broker: Broker, proxy: Proxy, receive: Receive, after: int
) -> None:
    ids = [f"e{i}" for i in range(300)]
    broker.declare(["alpha"])
    proxy.cut_after(after)
    with pytest.raises(BrokerUnavailable):
        broker.publish(messages("alpha", ids))
    assert proxy.cuts == 1
    assert broker.publish(messages("alpha", ids)) == {}
    got = [m.properties["message_id"] for m in receive("unit.alpha", 301, more=True)]
    assert set(got) == set(ids)
    assert len(got) > len(ids), "part of the first attempt must have arrived"
    assert got[-300:] == ids


def test_silent_broker_is_unavailable_within_the_timeout_and_usable_again(
    broker: Broker, proxy: Proxy, receive: Receive
) -> None:
    broker.publish(messages("alpha", ["e1"]))
    proxy.stall()
    started = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        broker.publish(messages("alpha", ["e2"]))
    assert time.monotonic() - started < 8
    started = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        broker.publish(messages("alpha", ["e2"]))
    assert time.monotonic() - started < 8, "connecting must not hang either"
    proxy.resume()
    assert broker.publish(messages("alpha", ["e2"])) == {}
    got = [m.properties["message_id"] for m in receive("unit.alpha", 2, more=True)]
    assert got[0] == "e1"
    assert set(got) == {"e1", "e2"}


def test_silent_broker_with_full_socket_buffers_does_not_hang(broker: Broker, proxy: Proxy) -> None:
    broker.declare(["alpha"])
    proxy.stall()
    big = [m._replace(body="x" * 500_000) for m in messages("alpha", map(str, range(60)))]
    started = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        broker.publish(big)
    assert time.monotonic() - started < 10


def test_closing_a_silent_connection_does_not_hang(broker: Broker, proxy: Proxy) -> None:
    broker.declare()
    proxy.stall()
    started = time.monotonic()
    broker.close()
    assert time.monotonic() - started < 10


def test_ping_of_a_silent_broker_ends_in_time(proxied: str, proxy: Proxy) -> None:
    proxy.stall()
    started = time.monotonic()
    with pytest.raises(BrokerUnavailable):
        ping(proxied, timeout=0.5)
    assert time.monotonic() - started < 8


def test_nobody_listening_is_unavailable() -> None:
    with pytest.raises(BrokerUnavailable):
        ping("amqp://guest:guest@127.0.0.1:1//", timeout=1)


def test_second_of_two_urls_is_tried(url: str) -> None:
    ping(f"amqp://guest:guest@127.0.0.1:1//;{url}", timeout=2)


def test_wrong_password_is_a_matter_for_a_person_and_is_not_shown(url: str) -> None:
    parts = urlsplit(url)
    wrong = f"amqp://guest:not-the-secret@{parts.hostname}:{parts.port or 5672}//"
    with pytest.raises(ConfigurationError) as caught:
        ping(wrong, timeout=5)
    assert "not-the-secret" not in str(caught.value)
