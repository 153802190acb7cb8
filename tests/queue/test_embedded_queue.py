"""The embedded queue's own promises: durable files, leases, several processes."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intake.errors import BrokerUnavailable, ConfigurationError, SchemaMismatch
from intake.queue.connection import connect, connected, ping
from intake.queue.embedded_db import dump
from intake.queue.embedded_messages import Lease, QueuedMessage, QueueFile
from intake.queue.embedded_routes import MissingError
from intake.queue.untyped import Consumer, Queue

PUBLISHING = """
import sys
from intake.queue.broker import Broker, Outgoing
url, name = sys.argv[1:]
broker = Broker(url, timeout=10)
for batch in range(20):
    ids = [f"{name}-{batch * 10 + i}" for i in range(10)]
    broker.publish([Outgoing("alpha.routed", i, "{}", {}) for i in ids])
broker.close()
"""
CONSUMING = """
import sys, time
from intake.queue.connection import connected
from intake.queue.topology import Topology
from intake.queue.untyped import Consumer
ids, waited = [], 0
def take(message):
    ids.append(message.properties["message_id"])
    message.ack()
with connected(sys.argv[1], 10) as connection:
    channel = connection.channel()
    Topology().declare(channel, ["alpha"])
    with Consumer(channel, [Topology().unit("alpha")], on_message=take, prefetch_count=7):
        while waited < 3:
            try:
                connection.drain_events(timeout=1)
            except TimeoutError:
                waited += 1
print(" ".join(ids))
"""


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_file(tmp_path: Path, clock: Clock) -> Callable[[], QueueFile]:
    def open_file() -> QueueFile:
        file = QueueFile(tmp_path / "queue.db", clock, lease_seconds=60, busy_seconds=5)
        file.routes.declare_exchange("dead", "fanout", {})
        file.routes.declare_queue("dead", {})
        file.routes.bind("dead", "dead", "")
        file.routes.declare_queue("q", {"x-dead-letter-exchange": "dead", "x-delivery-limit": 2})
        return file

    return open_file


def message(body: str, exchange: str = "", key: str = "q") -> QueuedMessage:
    return QueuedMessage(exchange, key, None, None, "{}", dump({"message_id": body}), body.encode())


def bodies(leases: list[Lease]) -> list[str]:
    return [lease.message.body.decode() for lease in leases]


def test_lease_runs_out_and_the_late_answer_does_nothing(
    open_file: Callable[[], QueueFile], clock: Clock
) -> None:
    slow, other = open_file(), open_file()
    slow.put([message("a")])
    (held,) = slow.lease("q", 1)
    clock.now += 59
    assert other.lease("q", 1) == []
    clock.now += 2
    (again,) = other.lease("q", 1)
    assert (again.id, again.deliveries) == (held.id, 2)
    slow.ack([(held.id, held.deliveries)])
    other.give_back([(again.id, again.deliveries)])
    assert bodies(other.lease("q", 1)) == ["a"]


def test_orderly_close_gives_back_what_is_leased(open_file: Callable[[], QueueFile]) -> None:
    one, two = open_file(), open_file()
    one.put([message("a"), message("b")])
    assert bodies(one.lease("q", 2)) == ["a", "b"]
    assert two.lease("q", 2) == []
    one.close()
    assert bodies(two.lease("q", 2)) == ["a", "b"]


def test_message_given_back_keeps_its_place(open_file: Callable[[], QueueFile]) -> None:
    file = open_file()
    file.put([message("a"), message("b"), message("c")])
    (held,) = file.lease("q", 1)
    file.give_back([(held.id, held.deliveries)])
    assert bodies(file.lease("q", 3)) == ["a", "b", "c"]


def test_unseen_messages_do_not_count_as_delivered(open_file: Callable[[], QueueFile]) -> None:
    file = open_file()
    file.put([message("a")])
    for _ in range(5):
        (held,) = file.lease("q", 1)
        assert held.deliveries == 1
        file.give_back([(held.id, held.deliveries)], unseen=True)
    assert file.depth("dead") == 0


def test_dead_letters_stay_where_they_are_if_they_could_go_nowhere(
    open_file: Callable[[], QueueFile],
) -> None:
    file = open_file()
    file.routes.delete_queue("dead")
    file.put([message("a")])
    (held,) = file.lease("q", 1)
    file.reject([(held.id, held.deliveries)])
    assert file.depth("q") == 1


def test_unknown_exchange_stores_nothing_of_the_batch(open_file: Callable[[], QueueFile]) -> None:
    file = open_file()
    with pytest.raises(MissingError):
        file.put([message("a"), message("b", exchange="nowhere")])
    assert file.depth("q") == 0


@pytest.mark.parametrize(
    ("bound", "key", "matches"),
    [
        ("a.#", "a.routed", True),
        ("a.#", "a", True),
        ("a.#", "a.b.c", True),
        ("a.#", "ab.routed", False),
        ("*.routed", "a.routed", True),
        ("*.routed", "routed", False),
        ("#.routed", "routed", True),
        ("#", "anything.at.all", True),
        ("a.*.c", "a.b.c", True),
        ("a.*.c", "a.c", False),
    ],
)
def test_topics_match_as_in_amqp(
    open_file: Callable[[], QueueFile], bound: str, key: str, matches: bool
) -> None:
    file = open_file()
    file.routes.declare_exchange("t", "topic", {})
    file.routes.bind("q", "t", bound)
    assert file.put([message("a", "t", key)]) == [int(matches)]


def test_a_binding_made_by_another_process_counts_at_once(
    open_file: Callable[[], QueueFile],
) -> None:
    publisher, other = open_file(), open_file()
    publisher.routes.declare_exchange("t", "topic", {})
    assert publisher.put([message("a", "t", "u.x")]) == [0]
    other.routes.bind("q", "t", "u.#")
    assert publisher.put([message("a", "t", "u.x")]) == [1]
    other.routes.unbind("q", "t", "u.#")
    assert publisher.put([message("a", "t", "u.x")]) == [0]


def test_alternate_exchanges_in_a_circle_end(open_file: Callable[[], QueueFile]) -> None:
    file = open_file()
    file.routes.declare_exchange("x", "topic", {"alternate-exchange": "y"})
    file.routes.declare_exchange("y", "topic", {"alternate-exchange": "x"})
    assert file.put([message("a", "x", "k")]) == [0]


def test_restarting_a_consumer_does_not_wear_out_what_it_only_fetched_ahead(
    embedded_url: str,
) -> None:
    queue = Queue("q")
    taken: list[Any] = []
    for round_ in range(5):
        with connected(embedded_url, 5) as connection:
            channel = connection.channel()
            if round_ == 0:
                queue.bind(channel).declare()
                for n in range(6):
                    body = channel.prepare_message(f"{n}", content_type="text/plain")
                    channel.basic_publish(body, exchange="", routing_key="q")
            with Consumer(channel, [queue], on_message=taken.append, prefetch_count=10):
                connection.drain_events(timeout=5)
                taken[-1].ack()
    assert [message.body for message in taken] == [b"0", b"1", b"2", b"3", b"4"]
    assert not any(message.delivery_info["redelivered"] for message in taken)


@pytest.mark.slow
def test_several_processes_publish_and_consume_without_loss_or_repeat(embedded_url: str) -> None:
    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, embedded_url, *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )

    consumers = [start(CONSUMING), start(CONSUMING)]
    publishers = [start(PUBLISHING, "p"), start(PUBLISHING, "q")]
    for publisher in publishers:
        assert publisher.wait(60) == 0
    taken = [consumer.communicate(timeout=60)[0].split() for consumer in consumers]
    assert sorted(id_ for each in taken for id_ in each) == sorted(
        f"{p}-{i}" for p in "pq" for i in range(200)
    )
    for each in taken:
        for name in "pq":
            numbers = [int(i[2:]) for i in each if i[0] == name]
            assert numbers == sorted(numbers)


def test_nothing_is_left_of_an_owner_that_ended(
    open_file: Callable[[], QueueFile], tmp_path: Path
) -> None:
    code = (
        "import os, sys, pathlib\n"
        "from intake.queue.embedded_messages import QueueFile\n"
        "file = QueueFile(\n"
        "    pathlib.Path(sys.argv[1]), lambda: 1000.0, lease_seconds=60, busy_seconds=5)\n"
        "assert file.lease('q', 1)\n"
        "os._exit(9)\n"
    )
    file = open_file()
    file.put([message("a")])
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "queue.db")], check=False)
    owners = tmp_path / "queue.db-owners"
    assert len(list(owners.iterdir())) == 1
    assert bodies(file.lease("q", 1)) == ["a"]
    file.close()
    assert list(owners.iterdir()) == []


def test_file_of_another_version_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "queue.db") as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(SchemaMismatch, match="99"):
        ping(f"intake-sqlite:///{tmp_path}/queue.db")


def test_url_without_a_file_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="names no file"):
        connect("intake-sqlite://", 1)


def test_unreachable_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BrokerUnavailable):
        ping(f"intake-sqlite:///{tmp_path}/file/queue.db")


def test_writer_that_does_not_finish_makes_the_queue_unavailable(
    open_file: Callable[[], QueueFile], tmp_path: Path
) -> None:
    open_file()
    with sqlite3.connect(tmp_path / "queue.db") as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BrokerUnavailable, match="locked"):
            ping(f"intake-sqlite:///{tmp_path}/queue.db", timeout=0.2)


def test_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "queue.db").write_text("not a database, " * 100)
    with pytest.raises(BrokerUnavailable):
        ping(f"intake-sqlite:///{tmp_path}/queue.db")


def test_relative_path_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ping("intake-sqlite:///queue.db")
    assert (tmp_path / "queue.db").exists()


def test_publishing_commits_with_full_synchronous(open_file: Callable[[], QueueFile]) -> None:
    file = open_file()
    seen: list[str] = []
    file._db._db.set_trace_callback(seen.append)
    file.put([message("a")])
    assert seen[0] == "PRAGMA synchronous = FULL"
