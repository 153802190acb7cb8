"""A city, installations on it, and what each of them made of it, in a form that can be compared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import forked
import sqlalchemy as sa
import tomli_w

from intake.contract.event import DESK
from intake.demo import City, CorpusMessage, load_corpus, settings_for
from intake.queue.connection import connected
from intake.queue.consumer import consume
from intake.queue.topology import Topology
from intake.store.vault import read_key
from waiting import wait_until

INTAKE = str(Path(sys.executable).with_name("intake"))
LONGEST_STORY_HOURS = 24.0 * 120
BATCH = 4
SINGLES_PER_SOURCE = 4


def pairs_and_singles() -> list[CorpusMessage]:
    """Matters that one person brought twice, and a few others of every source.

    No matter comes three times: which of two comes first does not change who belongs together, of
    three it may. Where A and C are alike only through B, it depends on whether B came between them.
    """
    matters: dict[str, list[CorpusMessage]] = defaultdict(list)
    for message in load_corpus():
        matters[message.matter or message.key].append(message)
    chosen: list[CorpusMessage] = []
    per_source = Counter[str]()
    for same in sorted(matters.values(), key=lambda same: not same[0].then):
        if len(same) == 2 and same[0].person == same[1].person:
            chosen += same
        elif len(same) == 1 and per_source[same[0].source] < SINGLES_PER_SOURCE:
            chosen += same
            per_source[same[0].source] += 1
    return chosen


@dataclass(frozen=True)
class Result:
    """What came out, without what may depend on the order of arrival: who of a pair was first.

    ``told`` is for each request the types of its events in their sequence, all but ``merged``, which
    goes to the later one of a pair: ``joins`` counts it by case.
    """

    cases: frozenset[frozenset[str]]
    decisions: Mapping[str, tuple[str | None, str, str | None]]
    told: Mapping[str, list[str]]
    joins: Counter[frozenset[str]]
    quarantined: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Installation:
    """A settings file with its store and its queue."""

    config: Path
    store_url: str
    queue_url: str
    topology: Topology
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    @classmethod
    def on(
        cls, city: City, folder: Path, store_url: str, queue_url: str, prefix: str = "intake"
    ) -> Installation:
        """Write the settings for the city's sources."""
        folder.mkdir(exist_ok=True)
        table = {
            **settings_for(city),
            "store": {"url": store_url},
            "queue": {"url": queue_url, "prefix": prefix},
            "identity": {"key_file": "identity.key"},
            "process": {"batch": BATCH},
            "desk": {"port": 0},
            "log": {"level": "warning"},
        }
        config = folder / "intake.toml"
        config.write_text(tomli_w.dumps(table), encoding="utf-8")
        read_key(folder / "identity.key", create=True)
        return cls(config, store_url, queue_url, Topology(prefix))

    def start(self, role: str, *options: str, crash_at: str = "") -> subprocess.Popen[str]:
        """Start ``intake ROLE`` as a process of its own."""
        process = subprocess.Popen(
            [INTAKE, role, *options, "--config", str(self.config)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "INTAKE_CRASH_AT": crash_at},
        )
        self.running.append(process)
        return process

    def run(self, role: str, *options: str) -> str:
        """Run ``intake ROLE`` to its end, which must be a good one."""
        output = self.config.with_name(f"{role}.txt")
        process = forked.intake([role, *options, "--config", str(self.config)], output)
        process.join(60)
        said = output.read_text(encoding="utf-8")
        assert process.exitcode == 0, said
        return said

    def end(self) -> None:
        """End what a failed test left running."""
        for process in self.running:
            if process.poll() is None:
                process.kill()
                process.wait()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        engine = sa.create_engine(self.store_url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(sql)]
        finally:
            engine.dispose()

    def count(self, of: str) -> int:
        """Count rows: ``table WHERE …``."""
        return int(self.query(f"SELECT count(*) FROM {of}")[0][0])

    def units(self) -> set[str]:
        """Everybody an event was addressed to."""
        rows = self.query("SELECT DISTINCT routing_keys FROM outbox")
        return {key.partition(".")[0] for row in rows for key in json.loads(row[0])}

    def delivered(self) -> list[dict[str, Any]]:
        """Take the events of every unit's queue with the reference consumer, each once."""
        units = self.units()
        wanted = {row[0] for row in self.query("SELECT event_id FROM outbox")}
        taken: dict[str, dict[str, Any]] = {}
        stop = threading.Event()

        def take(event: dict[str, Any]) -> None:
            taken[event["id"]] = event

        with ThreadPoolExecutor(max_workers=len(units)) as pool:
            consumers = [
                pool.submit(
                    consume, self.queue_url, unit, take,
                    seen=set(), stop=stop, topology=self.topology,
                )
                for unit in units
            ]  # fmt: skip
            try:
                wait_until(lambda: wanted <= taken.keys(), "every event is delivered")
            finally:
                stop.set()
        assert all(consumer.result().rejected == 0 for consumer in consumers)
        return list(taken.values())

    def result(self) -> Result:
        """Read what came out, the events from the queue."""
        members = defaultdict(set)
        for request, case in self.query("SELECT id, case_id FROM request"):
            members[case].add(request)
        cases = {case: frozenset(requests) for case, requests in members.items()}
        told: dict[str, list[str]] = {}
        joins: Counter[frozenset[str]] = Counter()
        for request, events in _per_request(self.delivered()).items():
            assert [int(event["sequence"]) for event in events] == list(range(1, len(events) + 1))
            whats = [event["type"].split(".")[3] for event in events]
            told[request] = [what for what in whats if what != "merged"]
            joins[cases[events[-1]["caseid"]]] += whats.count("merged")
        return Result(
            cases=frozenset(cases.values()),
            decisions={
                request: (lead, outcome, hold)
                for request, lead, outcome, hold in self.query(
                    "SELECT r.id, d.lead, d.outcome, r.hold FROM request r"
                    " JOIN decision d ON d.request_id = r.id AND d.version = r.decision"
                )
            },
            told=told,
            joins=joins,
            quarantined=frozenset(
                (source, external_id)
                for source, external_id in self.query(
                    "SELECT source, external_id FROM raw_item WHERE state = 'quarantined'"
                )
            ),
        )

    def forget_queue(self) -> None:
        """Delete everything that was declared at the broker."""
        units = {DESK} | (self.units() if self.has_tables() else set())
        names = self.topology
        with connected(self.queue_url, 5) as connection:
            channel = connection.channel()
            for queue in (names.unrouted, names.dead, *map(names.unit, units)):
                channel.queue_delete(queue.name)
            for exchange in (names.unrouted.exchange, names.dead.exchange, names.requests):
                channel.exchange_delete(exchange.name)

    def has_tables(self) -> bool:
        """Say whether some role has made the tables yet."""
        engine = sa.create_engine(self.store_url)
        try:
            return sa.inspect(engine).has_table("outbox")
        finally:
            engine.dispose()


def _per_request(events: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in sorted(events, key=lambda event: (event["subject"], event["sequence"])):
        found[event["subject"]].append(event)
    return found
