"""The index on disk: what a process finds there, whatever happened to the one before it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from intake.relate import Deduper, Subject, deduper, segments
from intake.relate.index import Postings
from intake.relate.segments import MANIFEST, SegmentFolder
from intake.store.tables import fingerprint

from .conftest import Make

WORDS = ("路灯", "井盖", "噪音", "停水", "电梯", "垃圾", "占道", "油烟", "积水", "暖气")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write segments after a few messages, not after many thousands, and merge in small pieces."""
    monkeypatch.setattr(deduper, "_TAIL", 8)
    monkeypatch.setattr(segments, "_AT_ONCE", 16)


def letters(make: Make, first: int, count: int) -> list[Subject]:
    rng = random.Random(first)
    return [
        make(f"r{i}", "".join(rng.choices(WORDS, k=12)) + f"编号{i * 7919}", days=i / 100)
        for i in range(first, first + count)
    ]


def process(own: Deduper, database: sa.Engine, batch: list[Subject]) -> list[str | None]:
    with database.begin() as connection:
        own.refresh(connection)
        found = own.relate(connection, batch)
        own.remember(connection, batch)
    own.tidy()
    return [relation.of if relation else None for _, relation in found]


def again(make: Make, batch: list[Subject], name: str) -> list[Subject]:
    return [make(f"{name}{s.request_id}", s.comparable, days=2) for s in batch]


def written(folder: Path) -> list[int]:
    return [s["last"] for s in json.loads((folder / MANIFEST).read_bytes())["segments"]]


def test_a_new_process_answers_from_disk_as_one_that_saw_everything(
    make: Make, database: sa.Engine, tmp_path: Path
) -> None:
    history = letters(make, 0, 60)
    running, plain = Deduper(tmp_path), Deduper()
    for start in range(0, 60, 4):
        process(running, database, history[start : start + 4])
    assert written(tmp_path)[-1] >= 48
    asked = again(make, history, "x")
    with database.begin() as connection:
        for one in (running, Deduper(tmp_path), plain):
            one.refresh(connection)
            found = one.relate(connection, asked)
            assert [relation.of for _, relation in found if relation] == [
                s.request_id for s in history
            ]


def test_two_processes_share_a_folder(make: Make, database: sa.Engine, tmp_path: Path) -> None:
    history = letters(make, 0, 64)
    one, other = Deduper(tmp_path), Deduper(tmp_path)
    for start in range(0, 64, 8):
        process(one if start % 16 else other, database, history[start : start + 8])
    for own, name in ((one, "x"), (other, "y")):
        found = process(own, database, again(make, history[:30], name))
        assert None not in found


def test_after_a_restore_the_rows_of_another_past_are_left_out(
    make: Make, database: sa.Engine, tmp_path: Path
) -> None:
    for first in (0, 20, 40):
        process(Deduper(tmp_path), database, letters(make, first, 20))
    assert written(tmp_path)
    with database.begin() as connection:
        connection.execute(sa.delete(fingerprint).where(fingerprint.c.seq > 20))
        if connection.dialect.name == "sqlite":
            connection.execute(
                sa.text("UPDATE sqlite_sequence SET seq = 20 WHERE name = 'fingerprint'")
            )
    fresh = letters(make, 1000, 20)
    process(Deduper(), database, fresh)
    assert None not in process(Deduper(tmp_path), database, again(make, fresh, "x"))


@pytest.mark.parametrize("damage", ["manifest", "short file", "missing file", "half a segment"])
def test_a_damaged_folder_is_made_anew(
    make: Make, database: sa.Engine, tmp_path: Path, damage: str
) -> None:
    history = letters(make, 0, 40)
    for part in (history[:20], history[20:]):
        process(Deduper(tmp_path), database, part)
    some = next(tmp_path.glob("*.texts"))
    if damage == "manifest":
        (tmp_path / MANIFEST).write_text("{")
    elif damage == "short file":
        some.write_bytes(some.read_bytes()[:-8])
    elif damage == "missing file":
        some.unlink()
    else:
        (tmp_path / "half.texts").write_bytes(b"1234567")  # killed before the manifest
    assert None not in process(Deduper(tmp_path), database, again(make, history, "x"))
    assert None not in process(Deduper(tmp_path), database, again(make, history, "y"))


def test_a_folder_deleted_while_it_is_used_is_made_anew(
    make: Make, database: sa.Engine, tmp_path: Path
) -> None:
    """Neither this process nor the next may believe that what is left is all."""
    history = letters(make, 0, 80)
    own = Deduper(tmp_path)
    for start in range(0, 40, 10):
        process(own, database, history[start : start + 10])
    assert written(tmp_path)
    for file in tmp_path.iterdir():
        file.unlink()
    for start in range(40, 80, 10):
        process(own, database, history[start : start + 10])
    assert None not in process(own, database, again(make, history, "x"))
    assert None not in process(Deduper(tmp_path), database, again(make, history, "y"))


def test_while_another_process_writes_ours_goes_on_in_memory(
    make: Make, database: sa.Engine, tmp_path: Path
) -> None:
    history = letters(make, 0, 40)
    own = Deduper(tmp_path)
    with SegmentFolder(tmp_path).writing() as held:
        assert held
        process(own, database, history)
    assert not (tmp_path / MANIFEST).exists()
    assert None not in process(own, database, again(make, history, "x"))
    assert (tmp_path / MANIFEST).exists()


def test_a_folder_that_cannot_be_written_stops_nothing(
    make: Make, database: sa.Engine, tmp_path: Path
) -> None:
    """Neither a missing right nor a full disk: the index stays in memory, and the log says so."""
    (tmp_path / "file").write_text("no folder")
    own = Deduper(tmp_path / "file" / "index")
    history = letters(make, 0, 40)
    with capture_logs() as said:
        for start in range(0, 40, 10):
            process(own, database, history[start : start + 10])
    assert {entry["event"] for entry in said} == {"index.not_written"}
    assert None not in process(own, database, again(make, history, "x"))


@settings(max_examples=40, deadline=None)
@given(loads=st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=60), min_size=1, max_size=8))
def test_segments_hold_what_was_written_in_order(
    loads: list[list[int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = SegmentFolder(tmp_path_factory.mktemp("segments"))
    for number, load in enumerate(loads, 1):
        run: Postings = np.sort(np.array(load, dtype=np.uint64))
        with folder.writing() as ours:
            assert ours
            folder.append(max(1, len(load)), number, "a", ([run], [run[:1]]))
    held = [posting for run in folder.runs("texts") for posting in run.tolist()]
    assert sorted(held) == sorted(posting for load in loads for posting in load)
    assert all((run[1:] >= run[:-1]).all() for run in folder.runs("texts"))
    assert folder.last == len(loads)
