"""What a consumer remembers, in a file and in a real Redis."""

from __future__ import annotations

import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from publish_helpers import messages

from intake.errors import BrokerUnavailable, ConfigurationError
from intake.queue import SeenFile, SeenRedis, Topology, consume, open_seen
from intake.queue.broker import Broker
from waiting import StopWhenWaiting, wait_until


def test_seen_file_forgets_only_the_oldest(tmp_path: Path) -> None:
    seen = SeenFile(tmp_path / "seen.db", keep=3)
    for n in range(5):
        seen.add(f"e{n}")
    seen.add("e4")
    assert [f"e{n}" in seen for n in range(5)] == [False, False, True, True, True]
    seen.close()


@pytest.fixture
def name() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


@pytest.mark.redis
def test_workers_that_share_a_redis_handle_an_event_once(
    redis_url: str, name: str, embedded_url: str
) -> None:
    topology = Topology(prefix=name)
    broker = Broker(embedded_url, topology=topology)
    handled: list[str] = []
    for worker in range(2):
        # The broker lost its memory of what was sent: the same ids again, to another machine.
        broker.publish(messages("alpha", ["e1", "e2"] if worker == 0 else ["e1", "e2", "e3"]))
        stop, wanted = threading.Event(), {0: "e2", 1: "e3"}[worker]

        def handle(event: dict[str, Any], last: str = wanted, done: threading.Event = stop) -> None:
            handled.append(event["id"])
            if event["id"] == last:
                done.set()

        memory = open_seen(redis_url, name)
        consume(embedded_url, "alpha", handle, seen=memory, stop=stop, topology=topology)
        memory.close()
    broker.close()
    assert handled == ["e1", "e2", "e3"]


@pytest.mark.redis
def test_what_redis_remembers_ends_by_itself_and_is_of_one_consumer(
    redis_url: str, name: str
) -> None:
    brief, other = SeenRedis(redis_url, name, days=1.2e-5), SeenRedis(redis_url, f"{name}-b")
    brief.add("e1")
    assert "e1" in brief
    assert "e1" not in other
    wait_until(lambda: "e1" not in brief, "it is forgotten", 10)
    brief.close()
    other.close()


def test_a_consumer_waits_for_its_redis_and_loses_nothing(embedded_url: str, name: str) -> None:
    topology = Topology(prefix=name)
    broker = Broker(embedded_url, topology=topology)
    broker.publish(messages("alpha", ["e1"]))
    away = SeenRedis("redis://127.0.0.1:1/0", name)
    with pytest.raises(BrokerUnavailable, match="Redis"):
        away.add("e1")
    handled: list[dict[str, Any]] = []
    stop: threading.Event = StopWhenWaiting()
    consume(embedded_url, "alpha", handled.append, seen=away, stop=stop, topology=topology)
    assert handled == []
    stop = threading.Event()

    def handle(event: dict[str, Any]) -> None:
        handled.append(event)
        stop.set()

    consume(embedded_url, "alpha", handle, seen=set(), stop=stop, topology=topology)
    assert [event["id"] for event in handled] == ["e1"]
    broker.close()


def test_a_url_that_cannot_be_one_is_a_matter_for_a_person() -> None:
    with pytest.raises(ConfigurationError, match="Redis URL"):
        open_seen("redis://127.0.0.1:port/0", "alpha")


def test_everything_else_is_a_file(tmp_path: Path) -> None:
    memory = open_seen(str(tmp_path / "new" / "seen.db"), "alpha")
    assert isinstance(memory, SeenFile)
    memory.close()
