"""Both brokers behind one fixture: the embedded queue, and a real RabbitMQ where there is one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from publish_helpers import UNITS, Receive

from intake.errors import IntakeError
from intake.publish.broker import Broker
from intake.publish.connection import connected, ping
from intake.publish.topology import Topology
from intake.store.engine import Store, open_store
from intake.store.tables import metadata


def missing(what: str, error: Exception) -> None:
    """Skip on a laptop, fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not reachable: {error}")
    pytest.skip(f"{what} is not reachable: {error}")


@pytest.fixture(scope="session")
def amqp_url() -> str:
    url = os.environ.get("INTAKE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
    try:
        ping(url, timeout=3)
    except IntakeError as error:
        missing("RabbitMQ (INTAKE_TEST_RABBITMQ)", error)
    return url


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
    """Take up to ``count`` messages from a queue, acknowledging each."""

    def receive(queue: str, count: int, *, within: float = 5.0) -> list[Any]:
        taken: list[Any] = []
        deadline = monotonic() + within
        with connected(url, 5) as connection:
            channel = connection.channel()
            while len(taken) < count and monotonic() < deadline:
                message = channel.basic_get(f"{topology.prefix}.{queue}")
                if message is not None:
                    message = channel.message_to_python(message)
                    message.ack()
                    taken.append(message)
        return taken

    return receive


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        store = open_store(f"sqlite:///{tmp_path}/intake.db")
        metadata.create_all(store.engine)
        yield store
        store.close()
        return
    server = os.environ.get(
        "INTAKE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1/postgres"
    )
    name = f"intake_test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
    except sa.exc.OperationalError as error:
        missing("PostgreSQL (INTAKE_TEST_POSTGRESQL)", error)
    store = open_store(sa.make_url(server).set(database=name).render_as_string(hide_password=False))
    metadata.create_all(store.engine)
    yield store
    store.close()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()
