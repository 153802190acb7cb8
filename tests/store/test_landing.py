"""Landing: items and cursor together, repeats absorbed, claims exclusive, counters balanced."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from intake.connect.connector import Page
from intake.errors import SourceUnavailable, StoreBusy
from intake.model.submission import RawItem
from intake.operate.health import sources
from intake.store import landing
from intake.store.engine import Store
from intake.store.landing import LandedItem, Rejection
from intake.store.tables import raw_item

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def item(number: int, text: str = "路灯不亮") -> RawItem:
    return RawItem.of("s", str(number), text.encode(), fetched_at=NOW)


def land(store: Store, *items: RawItem, cursor: int = 0, **filtered: int) -> tuple[int, int]:
    with store.write() as connection:
        page = Page(items, {"at": cursor}, filtered=filtered)
        return landing.land(connection, "s", "hotline", page, NOW)


def finish(store: Store, outcome: str) -> list[LandedItem]:
    with landing.claim(store, 100) as claim, claim.settle() as connection:
        landing.finish(connection, [(landed, outcome) for landed in claim.items])
        return claim.items


def test_a_repeat_is_absorbed_and_counted(store: Store) -> None:
    assert land(store, item(1), item(2), cursor=1) == (2, 0)
    assert land(store, item(2), item(3), cursor=2) == (1, 1)
    with store.read() as connection:
        assert landing.cursor_of(connection, "s") == {"at": 2}
        (counters,) = sources(connection)
    assert (counters.fetched, counters.redelivery, counters.waiting) == (4, 1, 3)
    assert counters.balanced


def test_an_edit_is_another_raw_item(store: Store) -> None:
    land(store, item(1))
    assert land(store, item(1, "路灯又不亮了")) == (1, 0)


def test_filtered_items_are_part_of_the_sum(store: Store) -> None:
    land(store, item(1), spam=2)
    finish(store, "new")
    with store.read() as connection:
        (counters,) = sources(connection)
    assert (counters.fetched, counters.filtered, counters.new) == (3, 2, 1)
    assert counters.balanced


def test_nothing_is_written_when_the_transaction_fails(store: Store) -> None:
    land(store, item(1), cursor=1)

    def fail_half_way() -> None:
        with store.write() as connection:
            landing.land(connection, "s", "hotline", Page((item(2),), {"at": 2}), NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with store.read() as connection:
        assert landing.cursor_of(connection, "s") == {"at": 1}
        assert landing.waiting(connection) == 1


def test_bytes_come_back_as_they_were(store: Store) -> None:
    content = bytes(range(256))
    land(store, RawItem.of("s", "b", content, fetched_at=NOW, content_type="x/y", ref="r"))
    with landing.claim(store, 10) as claim:
        (landed,) = claim.items
    assert landed.item.content == content
    assert (landed.item.content_type, landed.item.ref) == ("x/y", "r")
    assert landed.item.fetched_at == NOW


def test_two_workers_never_settle_the_same_item(store: Store) -> None:
    land(store, *(item(n) for n in range(40)))
    taken: list[int] = []
    busy: list[StoreBusy] = []

    def work() -> None:
        for _ in range(30):
            try:
                with landing.claim(store, 5) as claim:
                    if not claim.items:
                        return
                    with claim.settle() as connection:
                        landing.finish(connection, [(one, "new") for one in claim.items])
            except StoreBusy as error:
                busy.append(error)
            else:
                taken.extend(one.id for one in claim.items)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) == len(set(taken)) == 40


@pytest.mark.parametrize(
    "engine", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
def test_a_claimed_item_is_skipped_by_others(store: Store) -> None:
    land(store, item(1), item(2))
    with landing.claim(store, 1) as first, landing.claim(store, 10) as second:
        assert [one.item.external_id for one in first.items] == ["1"]
        assert [one.item.external_id for one in second.items] == ["2"]


def test_quarantine_keeps_bytes_and_reason_and_replays(store: Store) -> None:
    land(store, item(1, "坏"))
    with landing.claim(store, 10) as claim, claim.settle() as connection:
        (landed,) = claim.items
        landing.reject(connection, [(landed, Rejection("parse", "看不懂"))], NOW)
        landing.finish(connection, [(landed, "quarantined")])
    with store.read() as connection:
        (row,) = landing.quarantined(connection)
        assert (row.stage, row.reason, row.content) == ("parse", "看不懂", "坏".encode())
    with store.write() as connection:
        assert landing.replay(connection, source="s") == [landed.id]
    with store.read() as connection:
        (counters,) = sources(connection)
        assert (counters.quarantined, counters.waiting) == (0, 1)
        assert counters.balanced
        state = connection.execute(sa.select(raw_item.c.state)).scalar_one()
    assert state == "landed"


def test_a_failed_pull_leaves_the_cursor(store: Store) -> None:
    land(store, item(1), cursor=7)
    with store.write() as connection:
        landing.pull_failed(connection, "s", "hotline", SourceUnavailable("answered 500"), NOW)
        landing.pull_failed(connection, "s", "hotline", SourceUnavailable("answered 500"), NOW)
    with store.read() as connection:
        (counters,) = sources(connection)
        assert landing.cursor_of(connection, "s") == {"at": 7}
    assert (counters.failures, counters.error) == (2, "answered 500")
