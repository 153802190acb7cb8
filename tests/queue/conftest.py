"""Both brokers behind one fixture: the embedded queue, and a real RabbitMQ where there is one."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from publish_helpers import UNITS, Receive

from intake.queue.broker import Broker
from intake.queue.connection import connected
from intake.queue.topology import Topology

WITHIN = 20.0
"""Seconds after which a test that waits for messages has failed."""


@pytest.fixture
def embedded_url(tmp_path: Path) -> str:
    return f"intake-sqlite:///{tmp_path}/queue.db"


@pytest.fixture(params=["embedded", pytest.param("rabbitmq", marks=pytest.mark.rabbitmq)])
def url(request: pytest.FixtureRequest) -> str:
    name = "embedded_url" if request.param == "embedded" else "amqp_url"
    return str(request.getfixturevalue(name))


@pytest.fixture
def topology(url: str) -> Iterator[Topology]:
    """Names of this test alone, deleted afterwards."""
    topology = Topology(prefix=f"test-{uuid.uuid4().hex[:12]}", delivery_limit=3)
    yield topology
    with connected(url, 5) as connection:
        channel = connection.channel()
        for queue in (topology.unrouted, topology.dead, *map(topology.unit, UNITS)):
            channel.queue_delete(queue.name)
        for exchange in (topology.unrouted.exchange, topology.dead.exchange, topology.requests):
            channel.exchange_delete(exchange.name)


@pytest.fixture
def broker(url: str, topology: Topology) -> Iterator[Broker]:
    broker = Broker(url, topology=topology, timeout=5)
    yield broker
    broker.close()


@pytest.fixture
def receive(url: str, topology: Topology) -> Receive:
    """Take ``count`` messages from a queue, with ``more`` also what is there besides."""

    def receive(queue: str, count: int, *, more: bool = False) -> list[Any]:
        taken: list[Any] = []
        deadline = monotonic() + WITHIN
        with connected(url, 5) as connection:
            channel = connection.channel()
            while more or len(taken) < count:
                message = channel.basic_get(f"{topology.prefix}.{queue}")
                if message is not None:
                    message = channel.message_to_python(message)
                    message.ack()
                    taken.append(message)
                elif len(taken) >= count or monotonic() > deadline:
                    break
        return taken

    return receive
