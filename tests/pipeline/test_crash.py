"""``kill -9`` at every named point and at random moments: nothing lost, nothing seen twice.

The program runs as a process of its own, forked from one that has loaded it, against a city that lives
in the test. What it leaves behind is finished by a second run and compared with a run that nothing
disturbed.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import forked
import pytest
import tomli_w
from pipeline_world import small_corpus

from intake import fault_points
from intake.demo import City, settings_for
from waiting import emptied, wait_until

KILLED = 137
QUEUES = 4
PROGRESS = """
SELECT (SELECT count(*) FROM raw_item) + (SELECT count(*) FROM raw_item WHERE state <> 'landed')
    + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL)
"""


class Installation:
    """A settings file with its own store and queue."""

    def __init__(self, folder: Path, city: City) -> None:
        self.folder = folder
        folder.mkdir()
        self.config = folder / "intake.toml"
        self.said = folder / "said.txt"
        table = {**settings_for(city), "process": {"batch": 20}, "log": {"level": "error"}}
        self.config.write_text(tomli_w.dumps(table), encoding="utf-8")

    def start(self, **environment: str) -> BaseProcess:
        return forked.intake(
            ["run", "--once", "--config", str(self.config)], self.said, environment
        )

    def run(self, **environment: str) -> int:
        process = self.start(**environment)
        process.join(60)
        assert process.exitcode in (0, KILLED), self.said.read_text()[-2000:]
        return process.exitcode

    def query(self, sql: str) -> list[Any]:
        path = self.folder / "var" / "intake.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            return connection.execute(sql).fetchall()

    def progress(self) -> int:
        """How far it has come: what is landed, decided, waiting to be published, and published."""
        try:
            return int(self.query(PROGRESS)[0][0])
        except sqlite3.OperationalError:  # before the tables are made
            return 0

    def outcome(self) -> dict[str, Any]:
        """What must not depend on crashes. Cases and their reasons may: they depend on order."""
        return {
            "requests": set(self.query("SELECT id, source, external_id, revision FROM request")),
            "raw": set(self.query("SELECT source, external_id, digest, state FROM raw_item")),
            "quarantine": len(self.query("SELECT raw_id FROM quarantine")),
        }

    def received(self) -> dict[str, list[str]]:
        """Empty the fullest queues with a consumer that drops repeats; ids by unit."""
        wanted = defaultdict(list)
        for event, keys in self.query("SELECT event_id, routing_keys FROM outbox ORDER BY id"):
            for key in json.loads(keys):
                wanted[key.partition(".")[0]].append(event)
        url = f"intake-sqlite:///{self.folder}/var/queue.db"
        got: dict[str, list[str]] = {}
        fullest = sorted(wanted.items(), key=lambda item: -len(item[1]))[:QUEUES]
        for unit, events in fullest:
            got[unit] = emptied(url, unit)
            assert sorted(got[unit]) == sorted(events), unit
        return got


@pytest.fixture(scope="module")
def city() -> Iterator[City]:
    with City(small_corpus(5)) as city:
        yield city


@pytest.fixture(scope="module")
def undisturbed(city: City, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("undisturbed") / "a", city)
    assert installation.run() == 0
    return installation


def check(installation: Installation, undisturbed: Installation) -> None:
    """After the second run everything is as if nothing had happened."""
    assert installation.outcome() == undisturbed.outcome()
    assert installation.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]
    gaps = "SELECT request_id FROM outbox GROUP BY request_id HAVING max(sequence) <> count(*)"
    assert installation.query(gaps) == []
    counts = dict(installation.query("SELECT counter, sum(n) FROM source_count GROUP BY counter"))
    accounted = sum(n for counter, n in counts.items() if counter != "fetched")
    assert counts["fetched"] == accounted
    installation.received()


@pytest.mark.parametrize("point", fault_points.POINTS)
def test_a_crash_at_a_named_point(
    point: str, city: City, undisturbed: Installation, tmp_path: Path
) -> None:
    installation = Installation(tmp_path / "b", city)
    # The second time round, so that the crash comes between two batches; one batch is published.
    nth = 1 if point.startswith("publish") else 2
    assert installation.run(INTAKE_CRASH_AT=f"{point}:{nth}") == KILLED
    assert installation.run() == 0
    check(installation, undisturbed)


def test_kill_9_at_random_moments(city: City, undisturbed: Installation, tmp_path: Path) -> None:
    """Each run is killed when it has done a random part of all the work more than the last."""
    installation = Installation(tmp_path / "b", city)
    seed = int(os.environ.get("INTAKE_TEST_SEED", "20260105"))
    chance = random.Random(seed)
    most = undisturbed.progress()
    for _ in range(5):
        process = installation.start()
        goal = installation.progress() + chance.randint(0, most // 4)
        wait_until(
            lambda goal=goal, process=process: (
                installation.progress() >= goal or not process.is_alive()
            ),
            "it has come so far",
        )
        process.kill()
        process.join()
    assert installation.run() == 0
    check(installation, undisturbed)
