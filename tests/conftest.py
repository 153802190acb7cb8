"""Fixtures of the whole suite: the real servers, and a store on each engine.

A server that is not there skips its tests on a laptop, with the reason, and fails them in CI.
"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from databases import Databases
from sqlalchemy.engine import make_url

from intake import log
from intake.errors import IntakeError
from intake.queue.connection import ping
from intake.store.engine import Store, open_store

MEMORY = Path("/dev/shm")
ROOM = 2 << 30

POSTGRESQL = os.environ.get(
    "INTAKE_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)
RABBITMQ = os.environ.get("INTAKE_TEST_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
REDIS = os.environ.get("INTAKE_TEST_REDIS", "redis://127.0.0.1:6379/15")


def pytest_configure() -> None:
    """Let tests write their files into memory where there is room: what they test is not the disk."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


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


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The databases of this process."""
    made = Databases(POSTGRESQL, tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture
def bare_database(databases: Databases, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Make a database without tables of an engine and give its URL; dropped afterwards."""
    made: list[str] = []

    def make(engine: str) -> str:
        made.append(_reachable(databases.bare, engine, tmp_path))
        return made[-1]

    yield make
    for url in made:
        databases.drop(url)


@pytest.fixture
def new_database(databases: Databases, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Give the URL of a database of an engine, with its tables and no rows."""
    given: list[str] = []

    def give(engine: str) -> str:
        given.append(_reachable(databases.with_tables, engine, tmp_path))
        return given[-1]

    yield give
    for url in given:
        databases.give_back(url)


def _reachable(make: Callable[[str, Path], str], engine: str, folder: Path) -> str:
    try:
        return make(engine, folder)
    except sa.exc.OperationalError as error:
        missing("PostgreSQL (INTAKE_TEST_POSTGRESQL)", error)
        raise


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine in turn."""
    return str(request.param)


@pytest.fixture
def bare_url(engine: str, bare_database: Callable[[str], str]) -> str:
    """A database without tables on each engine in turn."""
    return bare_database(engine)


@pytest.fixture
def store(engine: str, new_database: Callable[[str], str]) -> Iterator[Store]:
    """A store with its tables, on each engine in turn."""
    store = open_store(new_database(engine))
    yield store
    store.close()
