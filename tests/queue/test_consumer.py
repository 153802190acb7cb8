"""The reference consumer over both brokers."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from publish_helpers import Receive, messages

from intake.queue.broker import Broker
from intake.queue.consumer import ConsumerTally, consume
from intake.queue.seen import Seen, SeenFile
from intake.queue.topology import Topology
from waiting import StopWhenWaiting

CRASHING = """
import os, signal, sys, threading
from pathlib import Path
from intake.queue import SeenFile, consume
from intake.queue.topology import Topology
url, prefix, seen = sys.argv[1:]
handled = 0
def on_event(event):
    global handled
    handled += 1
    print(event["id"], flush=True)
    if handled == 4:
        os.kill(os.getpid(), signal.SIGKILL)
consume(
    url, "alpha", on_event, seen=SeenFile(Path(seen)), stop=threading.Event(),
    topology=Topology(prefix=prefix, delivery_limit=3),
)
"""


class Handling:
    """Records events and stops after ``expected`` of them, or fails as told."""

    def __init__(self, expected: int, fails: Callable[[str], bool] = lambda _: False) -> None:
        self.stop = threading.Event()
        self.events: list[str] = []
        self._expected = expected
        self._fails = fails
        self.calls = 0

    def __call__(self, event: dict[str, Any]) -> None:
        self.calls += 1
        if self._fails(event["id"]):
            raise RuntimeError("told to fail")
        self.events.append(event["id"])
        if len(self.events) >= self._expected:
            self.stop.set()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.backoff.START", 0.01)


def run(url: str, topology: Topology, handling: Handling, seen: Seen) -> ConsumerTally:
    guard = threading.Timer(20, handling.stop.set)
    guard.start()
    try:
        return consume(url, "alpha", handling, seen=seen, stop=handling.stop, topology=topology)
    finally:
        guard.cancel()


def test_repeated_events_are_handled_once(url: str, broker: Broker, topology: Topology) -> None:
    broker.publish(messages("alpha", ["e1", "e2", "e1", "e2", "e3"]))
    handling = Handling(3)
    tally = run(url, topology, handling, set())
    assert handling.events == ["e1", "e2", "e3"]
    assert tally == ConsumerTally(handled=3, repeated=2)


def test_ids_are_remembered_over_a_restart(
    url: str, broker: Broker, topology: Topology, tmp_path: Path
) -> None:
    path = tmp_path / "seen.db"
    broker.publish(messages("alpha", ["e1"]))
    first = SeenFile(path)
    run(url, topology, Handling(1), first)
    first.close()
    broker.publish(messages("alpha", ["e1", "e2"]))
    handling = Handling(1)
    tally = run(url, topology, handling, SeenFile(path))
    assert handling.events == ["e2"]
    assert tally.repeated == 1


def test_killed_consumer_loses_nothing_and_repeats_at_most_one(
    url: str, broker: Broker, topology: Topology, tmp_path: Path
) -> None:
    ids = [f"e{n}" for n in range(10)]
    broker.publish(messages("alpha", ids))
    seen = tmp_path / "seen.db"
    child = subprocess.run(
        [sys.executable, "-c", CRASHING, url, topology.prefix, str(seen)],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert child.returncode == -signal.SIGKILL
    before = child.stdout.split()
    assert before == ids[:4]
    handling = Handling(7)
    run(url, topology, handling, SeenFile(seen))
    # e3 was handled, but not yet remembered when the process was killed.
    assert handling.events == ids[3:]


def test_failing_event_is_tried_in_place_and_does_not_let_others_pass(
    url: str, broker: Broker, topology: Topology
) -> None:
    failures = iter([True, True])
    handling = Handling(3, fails=lambda id_: id_ == "e1" and next(failures, False))
    broker.publish(messages("alpha", ["e1", "e2", "e3"]))
    tally = run(url, topology, handling, set())
    assert handling.events == ["e1", "e2", "e3"]
    assert tally == ConsumerTally(handled=3)


def test_poison_goes_to_the_dead_letter_queue_and_the_rest_is_handled(
    url: str, broker: Broker, topology: Topology, receive: Receive
) -> None:
    handling = Handling(1, fails=lambda id_: id_ == "bad")
    batch = messages("alpha", ["bad", "no-json", "no-id", "good"])
    batch[1] = batch[1]._replace(body="{")
    batch[2] = batch[2]._replace(body='{"subject":"r"}')
    broker.publish(batch)
    tally = run(url, topology, handling, set())
    assert handling.events == ["good"]
    assert handling.calls == 4
    assert tally == ConsumerTally(handled=1, rejected=3)
    dead = receive("dead", 3)
    assert sorted(m.properties["message_id"] for m in dead) == ["bad", "no-id", "no-json"]


def test_unhandled_messages_stay_when_the_consumer_stops(
    url: str, broker: Broker, topology: Topology, receive: Receive
) -> None:
    broker.publish(messages("alpha", ["e1", "e2", "e3"]))
    run(url, topology, Handling(1), set())
    assert [m.properties["message_id"] for m in receive("unit.alpha", 2)] == ["e2", "e3"]


def test_consumer_waits_for_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = StopWhenWaiting()
    tally = consume(
        "amqp://guest:guest@127.0.0.1:1//", "alpha", print, seen=set(), stop=stop, timeout=0.2
    )
    assert stop.is_set()
    assert tally == ConsumerTally()
