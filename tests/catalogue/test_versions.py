"""Stored versions: kept for good, in force from a day, followed by the running process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from intake.bootstrap import build_router
from intake.catalogue import Tables
from intake.catalogue.table_files import packed, read
from intake.catalogue.versions import activate, fetch, keep
from intake.decide.in_force import RouterInForce
from intake.decide.router import Router
from intake.errors import NotFound, Refused, StoreBusy
from intake.settings import ModelSettings
from intake.store import catalogue_versions
from intake.store.engine import Store
from intake.store.tables import catalogue_version

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
TODAY = date(2026, 6, 1)


@dataclass
class Clock:
    now: datetime = NOON
    seconds: float = field(default=0.0)

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.seconds

    def forward(self, *, days: float = 0, seconds: float = 0) -> None:
        self.now += timedelta(days=days, seconds=seconds)
        self.seconds += seconds + days * 86_400


@pytest.fixture(scope="module")
def router() -> Router:
    return build_router(ModelSettings(), [])


def changed(tables: Tables, note: str) -> Tables:
    files = {**tables.files, "rules.csv": tables.files["rules.csv"].replace("默认", note)}
    found, faults = read(files)
    assert found is not None
    assert not faults
    return found


def kept(store: Store, tables: Tables) -> str:
    assert keep(store, tables, by="wang", at=NOON, note="甲")
    return tables.version


def put(store: Store, version: str, active_from: date = TODAY, at: datetime = NOON) -> str:
    return activate(store, version, active_from=active_from, by="wang", at=at, why="部门调整")


def test_a_version_is_kept_once_and_comes_back_as_it_was(store: Store, router: Router) -> None:
    tables = changed(router.catalogue.tables, "乙")
    kept(store, tables)
    assert not keep(store, tables, by="li", at=NOON, note="again")
    again = fetch(store, tables.version)
    assert dict(again.files) == dict(tables.files)
    assert again.version == tables.version
    (row,) = _versions(store)
    assert (row.stored_by, row.note, row.active_from) == ("wang", "甲", ())


def test_a_version_may_be_named_by_its_beginning(store: Store, router: Router) -> None:
    version = kept(store, router.catalogue.tables)
    assert fetch(store, version.removeprefix("catalogue@")[:6]).version == version
    with pytest.raises(NotFound, match="nothere"):
        fetch(store, "nothere")
    with pytest.raises(NotFound):
        fetch(store, "%")  # no pattern, a name
    kept(store, changed(router.catalogue.tables, "乙"))
    with pytest.raises(Refused, match="Several"):
        fetch(store, "catalogue@")


def test_activation_is_dated_never_backwards_and_needs_a_reason(
    store: Store, router: Router
) -> None:
    version = kept(store, router.catalogue.tables)
    with pytest.raises(Refused, match="2026-05-31 has passed"):
        put(store, version, date(2026, 5, 31))
    with pytest.raises(Refused, match="reason"):
        activate(store, version, active_from=TODAY, by="wang", at=NOON, why=" ")
    with pytest.raises(NotFound):
        put(store, "catalogue@none")
    put(store, version, date(2026, 7, 1))
    with store.read() as connection:
        assert catalogue_versions.in_force(connection, date(2026, 6, 30)) is None
        assert catalogue_versions.in_force(connection, date(2026, 7, 1)) == version
        rows = connection.execute(
            sa.text('SELECT actor, action, entity_id, "to", why FROM audit ORDER BY id')
        )
        trail = [tuple(row) for row in rows]
    assert trail == [
        ("wang", "catalogue.stored", version, "stored", "甲"),
        ("wang", "catalogue.activated", version, "2026-07-01", "部门调整"),
    ]


def test_going_back_to_an_older_version_leaves_history_true(store: Store, router: Router) -> None:
    first = kept(store, router.catalogue.tables)
    second = kept(store, changed(router.catalogue.tables, "乙"))
    put(store, first)
    put(store, second, date(2026, 6, 10))
    put(store, first, date(2026, 6, 20), NOON + timedelta(days=15))
    with store.read() as connection:
        days = (1, 9, 10, 19, 20, 25)
        found = [catalogue_versions.in_force(connection, date(2026, 6, day)) for day in days]
    assert found == [first, first, second, second, first, first]


def test_of_two_activations_for_one_day_the_later_one_counts(store: Store, router: Router) -> None:
    first = kept(store, router.catalogue.tables)
    second = kept(store, changed(router.catalogue.tables, "乙"))
    put(store, second, date(2026, 7, 1))
    put(store, first, date(2026, 7, 1))
    with store.read() as connection:
        assert catalogue_versions.in_force(connection, date(2026, 7, 1)) == first


def test_a_running_process_follows_without_a_restart(store: Store, router: Router) -> None:
    clock = Clock()
    routers = RouterInForce(
        store, router, lambda: router.classifier, clock, monotonic=clock.monotonic
    )
    assert routers() is router
    second = changed(router.catalogue.tables, "乙")
    kept(store, second)
    put(store, second.version, date(2026, 6, 2))
    clock.forward(seconds=60)
    assert routers() is router  # not yet its day
    clock.forward(days=1)
    assert routers().catalogue.version == second.version
    assert routers().versions.catalogue == second.version
    assert routers() is routers()  # kept, not read again
    assert routers().classifier is router.classifier
    kept(store, router.catalogue.tables)
    put(store, router.catalogue.version, date(2026, 6, 2), clock.now)
    assert routers().catalogue.version == second.version  # asked seconds ago
    clock.forward(seconds=6)
    assert routers() is router


def test_a_day_begins_in_china(store: Store, router: Router) -> None:
    clock = Clock(datetime(2026, 6, 1, 15, 59, tzinfo=UTC))
    routers = RouterInForce(
        store, router, lambda: router.classifier, clock, monotonic=clock.monotonic
    )
    second = changed(router.catalogue.tables, "乙")
    kept(store, second)
    put(store, second.version, date(2026, 6, 2))
    assert routers() is router
    clock.forward(seconds=60)
    assert routers().catalogue.version == second.version


def test_while_the_store_is_out_of_reach_the_last_answer_stands(
    store: Store, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    routers = RouterInForce(
        store, router, lambda: router.classifier, clock, monotonic=clock.monotonic
    )
    fresh = RouterInForce(
        store, router, lambda: router.classifier, clock, monotonic=clock.monotonic
    )
    assert routers() is router

    def busy(*_: object) -> None:
        raise StoreBusy("The database did not do it.")

    monkeypatch.setattr(catalogue_versions, "in_force", busy)
    clock.forward(seconds=60)
    assert routers() is router
    with pytest.raises(StoreBusy):
        fresh()


def test_the_settings_tables_are_kept_when_decisions_are_made_with_them(
    store: Store, router: Router
) -> None:
    clock = Clock()
    RouterInForce(store, router, lambda: router.classifier, clock).keep_initial()
    RouterInForce(store, router, lambda: router.classifier, clock).keep_initial()
    assert [row.version for row in _versions(store)] == [router.catalogue.version]
    put(store, router.catalogue.version)
    other = replace(
        router, catalogue=router.under(changed(router.catalogue.tables, "乙")).catalogue
    )
    RouterInForce(
        store, other, lambda: other.classifier, clock
    ).keep_initial()  # not in force: nothing is decided with it
    assert [row.version for row in _versions(store)] == [router.catalogue.version]


def test_a_version_that_this_program_cannot_read_is_said(store: Store, router: Router) -> None:
    version = kept(store, router.catalogue.tables)
    broken = packed({**router.catalogue.tables.files, "rules.csv": "id,area\nR1,*\n"})
    with store.write() as connection:
        connection.execute(
            sa.update(catalogue_version)
            .where(catalogue_version.c.version == version)
            .values(content=broken)
        )
    with pytest.raises(Refused, match="cannot be read by this program"):
        fetch(store, version)


def _versions(store: Store) -> list[catalogue_versions.StoredVersion]:
    with store.read() as connection:
        return catalogue_versions.versions(connection)
