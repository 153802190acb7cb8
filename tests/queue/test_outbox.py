"""The outbox as a table: both stores, no broker."""

from __future__ import annotations

import threading

import pytest
from publish_helpers import NOW, append, event_row

from intake.queue.feed import read_feed
from intake.store import outbox
from intake.store.engine import Store


def send(store: Store, *event_ids: str) -> int:
    with store.write() as connection:
        waiting = {row.event_id: row.id for row in outbox.unsent(connection, 1000)}
        return outbox.mark_sent(connection, [waiting[i] for i in event_ids], NOW)


def test_what_is_appended_comes_back_as_it_was(store: Store) -> None:
    row = event_row("r1", 1, "alpha", "农业局", body='{"id":"r1/1","n":"一"}')
    append(store, row)
    with store.read() as connection:
        (unsent,) = outbox.unsent(connection, 10)
        assert outbox.backlog(connection) == (1, row.created_at)
    assert unsent._asdict() | {"created_at": row.created_at} == {"id": unsent.id, **row._asdict()}


def test_rolled_back_events_were_never_there(store: Store) -> None:
    def decide_and_fail() -> None:
        with store.write() as connection:
            outbox.append(connection, [event_row("r1", 1, "alpha")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        decide_and_fail()
    with store.read() as connection:
        assert outbox.unsent(connection, 10) == []
        assert outbox.backlog(connection) == (0, None)


def test_positions_follow_the_order_of_sending_without_gaps(store: Store) -> None:
    append(store, *(event_row(f"r{n}", 1, "alpha") for n in range(4)))
    assert send(store, "r2/1") == 1
    assert send(store, "r3/1", "r0/1") == 2
    with store.read() as connection:
        rows = read_feed(connection, 0)
        assert [(p, body.split('"')[3]) for p, body in rows] == [
            (1, "r2/1"),
            (2, "r3/1"),
            (3, "r0/1"),
        ]
        assert [p for p, _ in read_feed(connection, 1, limit=1)] == [2]
        assert read_feed(connection, 3) == []
        assert outbox.backlog(connection)[0] == 1


def test_marking_twice_leaves_no_gap(store: Store) -> None:
    append(store, *(event_row(f"r{n}", 1, "alpha") for n in range(3)))
    with store.write() as connection:
        ids = [row.id for row in outbox.unsent(connection, 10)]
        assert outbox.mark_sent(connection, ids[:1], NOW) == 1
        assert outbox.mark_sent(connection, ids, NOW) == 2
        assert [p for p, _ in read_feed(connection, 0)] == [1, 2, 3]


def test_a_lower_id_that_commits_later_is_not_lost(store: Store) -> None:
    """The reason for positions: a reader by id would have passed the late one (PostgreSQL)."""
    if store.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    opened, proceed = threading.Event(), threading.Event()

    def slow() -> None:
        with store.write() as connection:
            outbox.append(connection, [event_row("slow", 1, "alpha")])
            opened.set()
            proceed.wait(10)

    thread = threading.Thread(target=slow)
    thread.start()
    opened.wait(10)
    append(store, event_row("fast", 1, "alpha"))
    send(store, "fast/1")
    with store.read() as connection:
        ((seen, _),) = read_feed(connection, 0)
    proceed.set()
    thread.join()
    send(store, "slow/1")
    with store.read() as connection:
        ((_, body),) = read_feed(connection, seen)
    assert "slow/1" in body


def test_feed_of_one_unit_holds_what_was_addressed_to_it(store: Store) -> None:
    append(
        store,
        event_row("r1", 1, "alpha", "beta"),
        event_row("r2", 1, "alphabet"),
        event_row("r3", 1, "Alpha"),
        event_row("r4", 1, "beta"),
        event_row("r5", 1, "al%pha"),
        event_row("r6", 1, "水务"),
    )
    send(store, *(f"r{n}/1" for n in range(1, 7)))
    with store.read() as connection:
        assert [p for p, _ in read_feed(connection, 0, unit="alpha")] == [1]
        assert [p for p, _ in read_feed(connection, 0, unit="beta")] == [1, 4]
        assert [p for p, _ in read_feed(connection, 0, unit="al%")] == []
        assert [p for p, _ in read_feed(connection, 0, unit="水务")] == [6]


def test_routing_key_that_no_broker_takes_is_refused_at_once(store: Store) -> None:
    with pytest.raises(ValueError, match="255"):
        append(store, event_row("r1", 1, "水" * 90))


def test_appending_nothing_is_fine(store: Store) -> None:
    append(store)
