"""The roles as processes of their own, on PostgreSQL and RabbitMQ, do what ``intake run`` does."""

from __future__ import annotations

import signal
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from roles_world import (
    LONGEST_STORY_HOURS,
    Installation,
    Result,
    pairs_and_singles,
)

from intake.demo import City
from waiting import wait_until

pytestmark = [pytest.mark.postgresql, pytest.mark.rabbitmq]
STOP_SECONDS = 60.0


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    """The city after everything has happened: edits, follow-ups, ratings, withdrawals."""
    with City(pairs_and_singles()) as city:
        city.advance(LONGEST_STORY_HOURS)
        yield city


@pytest.fixture(scope="module")
def embedded(city: City, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """What ``intake run --once`` makes of the city in one process."""
    folder = tmp_path_factory.mktemp("embedded")
    installation = Installation.on(
        city, folder, f"sqlite:///{folder}/intake.db", f"intake-sqlite:///{folder}/queue.db"
    )
    installation.run("run", "--once")
    return installation


@pytest.fixture(scope="module")
def expected(embedded: Installation) -> Result:
    """The result to compare with; rich enough that a difference could show."""
    result = embedded.result()
    assert len(result.decisions) > 40
    assert sum(len(case) == 2 for case in result.cases) >= 3
    assert max(map(len, result.cases)) == 2
    assert {outcome for _, outcome, _ in result.decisions.values()} >= {"auto", "hold"}
    assert {what for whats in result.told.values() for what in whats} >= {
        "routed", "held", "amended", "withdrawn",
    }  # fmt: skip
    assert result.quarantined
    return result


@pytest.fixture
def roles(
    city: City, tmp_path: Path, bare_database: Callable[[str], str], amqp_url: str
) -> Iterator[Installation]:
    """An installation on the servers; nothing of it stays."""
    prefix = f"roles-{uuid.uuid4().hex[:12]}"
    installation = Installation.on(city, tmp_path, bare_database("postgresql"), amqp_url, prefix)
    yield installation
    installation.end()
    installation.forget_queue()


def test_roles_side_by_side_give_the_same_result_and_stop_on_sigterm(
    roles: Installation, embedded: Installation, expected: Result
) -> None:
    items = embedded.count("raw_item")
    names = ("pull", "process", "process", "publish", "desk")
    started = [roles.start(name) for name in names]
    wait_until(roles.has_tables, "one of them has made the tables")
    wait_until(lambda: roles.count("raw_item") == items, "all is pulled")
    wait_until(lambda: roles.count("raw_item WHERE state = 'landed'") == 0, "all is processed")
    wait_until(lambda: roles.count("outbox WHERE sent_at IS NULL") == 0, "all is published")
    desk = started[-1]
    assert desk.stdout is not None
    address = desk.stdout.readline().removeprefix("Desk: ").strip()
    with urllib.request.urlopen(f"{address}healthz", timeout=5) as answer:
        assert answer.status == 200

    before = time.monotonic()
    for process in started:
        process.send_signal(signal.SIGTERM)
    for name, process in zip(names, started, strict=True):
        said, _ = process.communicate(timeout=STOP_SECONDS - (time.monotonic() - before))
        assert process.returncode == 0, f"{name}: {said}"
    assert roles.result() == expected


def test_workers_that_are_killed_lose_and_repeat_nothing(
    roles: Installation, expected: Result
) -> None:
    """One dies with a batch written and not committed, one by SIGKILL; another takes over."""
    roles.run("pull", "--once")
    crashing = roles.start("process", crash_at="process.written:3")
    killed = roles.start("process")
    wait_until(lambda: roles.count("request") > 0, "the first batch is committed")
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    assert crashing.wait(timeout=20) == 137
    assert roles.count("raw_item WHERE state = 'landed'") > 0, "killed too late to prove anything"

    again = roles.start("process")
    wait_until(lambda: roles.count("raw_item WHERE state = 'landed'") == 0, "all is processed")
    again.terminate()
    said, _ = again.communicate(timeout=STOP_SECONDS)
    assert again.returncode == 0, said
    roles.run("publish", "--once")
    assert roles.count("outbox WHERE sent_at IS NULL") == 0
    assert roles.result() == expected
