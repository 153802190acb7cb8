"""Fixtures of the whole suite: the real servers, and a store on each engine.

A server that is not there skips its tests on a laptop, with the reason, and fails them in CI.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from intake import log
from intake.errors import IntakeError
from intake.queue.connection import ping
from intake.store import migrate
from intake.store.engine import Store, open_store

POSTGRESQL = os.environ.get(
    "INTAKE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
RABBITMQ = os.environ.get("INTAKE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
REDIS = os.environ.get("INTAKE_TEST_REDIS", "redis://127.0.0.1:6379/15")


def missing(what: str, error: Exception) -> None:
    """Skip on a laptop, fail in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is not reachable: {error}")
    pytest.skip(f"{what} is not reachable: {str(error).splitlines()[0]}")


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    """Warnings and errors are enough of a log for a failing test."""
    log.configure(level="warning", style="json")


@pytest.fixture(scope="session")
def amqp_url() -> str:
    """A RabbitMQ to talk to."""
    try:
        ping(RABBITMQ, timeout=3)
    except IntakeError as error:
        missing("RabbitMQ (INTAKE_TEST_RABBITMQ)", error)
    return RABBITMQ


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis to remember in; tests use names of their own."""
    try:
        with socket.create_connection(
            (make_url(REDIS).host or "", make_url(REDIS).port or 6379), 3
        ):
            return REDIS
    except OSError as error:
        missing("Redis (INTAKE_TEST_REDIS)", error)
        raise


@pytest.fixture
def new_database(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make an empty database of an engine and give its URL; dropped afterwards."""
    made: list[str] = []
    admin = sa.create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")

    def make(engine: str) -> str:
        if engine == "sqlite":
            return f"sqlite:///{tmp_path}/{uuid.uuid4().hex[:8]}.db"
        name = f"intake_test_{uuid.uuid4().hex[:12]}"
        try:
            with admin.connect() as connection:
                connection.exec_driver_sql(f"CREATE DATABASE {name}")
        except sa.exc.OperationalError as error:
            missing("PostgreSQL (INTAKE_TEST_POSTGRESQL)", error)
        made.append(name)
        return sa.make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)

    yield make
    for name in made:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    return str(request.param)


@pytest.fixture
def store_url(engine: str, new_database: Callable[[str], str]) -> str:
    """An empty database on each engine in turn."""
    return new_database(engine)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A store with its tables, on each engine in turn."""
    store = open_store(store_url)
    migrate.upgrade(store)
    yield store
    store.close()
