"""``intake learn``: from decisions of people to a bundle in force, and back."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from intake import log
from intake.bootstrap import Application
from intake.cli.commands import app as intake
from intake.errors import Refused
from intake.learn.build import build_bundle
from intake.learn.example import Example
from intake.learn.fit import TrainingSettings
from intake.learn.refine import can_refine, refine
from intake.learn.retrain import read_base, refined, report, retrained, split
from intake.learn.shelf import promote, roll_back
from intake.settings import MODELS, load
from intake.store import requests
from intake.store.corrections import Confirmed
from intake.understand.classify import BundleClassifier, in_force, load_bundle

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
ROADS = ("冠", "莘", "阳谷", "东阿", "高唐", "茌平", "临清", "东昌")
STALLS = "{}县第{}街夜市摊贩占道经营,烧烤油烟"
LAMPS = "{}县第{}街路灯整夜不亮,灯杆没有电"
PITS = "{}县第{}街路面有大坑,车辆颠簸难走"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """The program run in this process sends its log to a stream that is closed with it."""
    yield
    log.configure(level="warning", style="json")


def examples(code: str, text: str, number: int) -> list[Example]:
    return [
        Example(code=code, text=text.format(ROADS[n % len(ROADS)], n)) for n in range(number)
    ]  # fmt: skip


def confirmed(code: str, text: str, first: int, number: int) -> list[Confirmed]:
    return [
        Confirmed(code, "", text.format(ROADS[n % len(ROADS)], 1000 + n), NOW + timedelta(n), True)
        for n in range(first, first + number)
    ]


@pytest.fixture
def current(tmp_path: Path) -> BundleClassifier:
    """A bundle that calls lamps pits and knows stalls."""
    known = examples("0302", STALLS, 40) + examples("0101", LAMPS, 20) + examples("0104", PITS, 20)
    return build_bundle(
        tmp_path / "current", known, judged={"written": 1.0}, name="current", created=NOW,
        settings=TrainingSettings(engines=("linear",)), data={}, folds=2,
    )  # fmt: skip


BASE = examples("0302", STALLS, 40) + examples("0104", PITS, 20)


def test_the_latest_decisions_are_not_learned_from() -> None:
    known = confirmed("0302", STALLS, 0, 120)
    again = [Confirmed("0302", "", known[0].text, NOW + timedelta(500), False)]
    learned, held_out = split([*reversed(known), *again])
    assert len(learned) == 97
    assert len(held_out) == 23  # the one that came before is no exam
    assert {e.text for e in learned}.isdisjoint(e.text for e in held_out)
    assert held_out[-1].text == known[-1].text


def test_too_few_decisions_are_said_before_anything_is_trained() -> None:
    with pytest.raises(Refused, match=r"99 requests.*19 texts"):
        split(confirmed("0302", STALLS, 0, 99))


def test_a_candidate_that_learned_from_corrections_is_better(
    tmp_path: Path, current: BundleClassifier
) -> None:
    found = retrained(
        tmp_path / "new", BASE, confirmed("0104", LAMPS, 0, 120), current, created=NOW
    )  # fmt: skip
    assert (found.before.leaf, found.after.leaf) == (0.0, 1.0)
    assert found.better


def test_a_category_that_gets_worse_stops_a_candidate(
    tmp_path: Path, current: BundleClassifier
) -> None:
    # What was learned says that stalls are pits; the latest decisions, that they are not.
    known = confirmed("0104", STALLS, 0, 96) + confirmed("0302", STALLS, 200, 24)
    found = retrained(
        tmp_path / "new", examples("0104", PITS, 20) + examples("0302", LAMPS, 20), known, current,
        created=NOW,
    )  # fmt: skip
    assert found.worse == ("0302",)
    assert not found.better
    assert "| 0302 | 24 | 24 | 0 | worse |" in report(found, was_promoted=False)


SHIPPED = MODELS / "classifier"
PLACES = (
    "和苑小区",
    "清泉路",
    "建设街",
    "东关村",
    "文化广场",
    "实验小学",
    "幸福里",
    "工业园",
    "三里庄",
    "红旗大街",
)
BIKES = (
    "{}{}共享单车乱停乱放,堵住盲道",
    "{}{}共享单车倒了一地,没人扶",
    "{}{}一排共享电动车占了人行道",
)


def bikes() -> list[str]:
    """What this city gives to the traffic police and the shipped bundle to the city managers."""
    where = ("路边", "门前", "南头", "拐角处", "北侧")
    return [text.format(place, side) for side in where for text in BIKES for place in PLACES]


def test_the_shipped_bundle_is_moved_by_decisions_and_stays_what_it_is_elsewhere(
    tmp_path: Path,
) -> None:
    base = read_base(SHIPPED / "base.csv.gz")
    known = [
        Confirmed("0601", "", text, NOW + timedelta(n), True) for n, text in enumerate(bikes())
    ]
    found = refined(tmp_path / "moved", SHIPPED, base, known, created=NOW)
    assert found.before.leaf < 0.2
    assert found.after.leaf > 0.9
    assert found.better
    shipped, moved = load_bundle(SHIPPED), found.bundle
    assert moved.version != shipped.version
    assert moved.manifest.data["refined"]["from"] == shipped.version
    elsewhere = [e for e in base if e.origin == "written"][::9]
    same = sum(
        shipped.classify(e.title, e.text).category == moved.classify(e.title, e.text).category
        for e in elsewhere
    )
    assert same > 0.99 * len(elsewhere)


def test_a_moved_bundle_can_be_moved_again(tmp_path: Path) -> None:
    base = read_base(SHIPPED / "base.csv.gz")[::10]
    first = [Example(code="0601", text=text, origin="corrected") for text in bikes()[:60]]
    once = refine(tmp_path / "once", SHIPPED, first, base, created=NOW)
    assert can_refine(tmp_path / "once")
    text = bikes()[100]
    assert once.classify("", text).top[0].category == "0601"
    back = [Example(code="0306", text=text, origin="corrected") for text in bikes()[:60]]
    again = refine(tmp_path / "again", tmp_path / "once", back, base, created=NOW)
    assert again.classify("", text).top[0].category == "0306"


def test_decisions_for_a_label_that_the_bundle_does_not_know_are_left_out(tmp_path: Path) -> None:
    base = read_base(SHIPPED / "base.csv.gz")[::20]
    odd = [Example(code="9999", text=text, origin="corrected") for text in bikes()[:5]]
    moved = refine(tmp_path / "moved", SHIPPED, odd, base, created=NOW)
    assert moved.manifest.data["refined"]["decisions"] == 0
    shipped = load_bundle(SHIPPED)
    assert moved.classify("", bikes()[0]).category == shipped.classify("", bikes()[0]).category


def test_rolling_back_goes_one_step_at_a_time_to_what_is_configured(tmp_path: Path) -> None:
    configured, shelf = tmp_path / "own", tmp_path / "bundles"
    assert in_force(configured, shelf) == configured
    for name in ("one", "two"):
        (shelf / name).mkdir(parents=True)
        promote(shelf, name)
        assert in_force(configured, shelf) == shelf / name
    assert roll_back(shelf) == ("two", "one")
    assert in_force(configured, shelf) == shelf / "one"
    assert roll_back(shelf) == ("one", None)
    assert in_force(configured, shelf) == configured
    assert (shelf / "two").is_dir()
    with pytest.raises(Refused):
        roll_back(shelf)


def test_the_shipped_base_covers_what_the_shipped_bundle_knows() -> None:
    base = read_base(MODELS / "classifier" / "base.csv.gz")
    assert {"written", "phrase", "taxonomy"} == {example.origin for example in base}
    assert len({example.code for example in base}) > 100


def test_from_the_desk_to_a_bundle_in_force_and_back(
    tmp_path: Path, current: BundleClassifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = tmp_path / "drop"
    drop.mkdir()
    (tmp_path / "intake.toml").write_text(
        f"""
        [store]
        url = "sqlite:///{tmp_path}/intake.db"
        [models]
        classifier = "current"
        [[source]]
        name = "drop"
        connector = "folder"
        home_area = "3715"
        options = {{ path = "{drop}", settle_seconds = 0 }}
        """
    )
    with (drop / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("工单编号", "群众诉求", "来电时间"))
        for n, one in enumerate(confirmed("0104", LAMPS, 0, 105)):
            writer.writerow((n, one.text, "2026-05-20 08:30:00"))
    with (tmp_path / "base.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("text", "label"), *((e.text, e.code) for e in BASE)])
    monkeypatch.chdir(tmp_path)
    with Application(load(tmp_path / "intake.toml")) as app:
        (puller,) = app.pullers()
        puller.drain(threading.Event(), lambda _report: None)
        processor = app.processor()
        while processor.run_once().items:
            pass
        with app.store.read() as connection:
            own = [requests.get(connection, key) for key in _ids(connection)]
        for one in own:
            app.desk().reassign(
                one.request.id, version=one.version, actor="wang", why="是路灯",
                lead="U371525-CG", category="0104",
            )  # fmt: skip
    ran = CliRunner().invoke(intake, ["learn", "run", "--data", "base.csv", "--actor", "li"])
    assert ran.exit_code == 0, ran.output
    with Application(load(tmp_path / "intake.toml")) as app:
        assert app.configured.versions.model.startswith("learned-")
    back = CliRunner().invoke(intake, ["learn", "rollback", "--actor", "li"])
    assert back.exit_code == 0, back.output
    with Application(load(tmp_path / "intake.toml")) as app:
        assert app.configured.versions.model == current.version
        with app.store.read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT actor, action FROM audit WHERE entity = 'bundle' ORDER BY id"
            ).all()
    assert [tuple(row) for row in rows] == [("li", "bundle.promoted"), ("li", "bundle.rolled_back")]


def _ids(connection: object) -> list[str]:
    return [row[0] for row in connection.exec_driver_sql("SELECT id FROM request").all()]  # type: ignore[attr-defined]


def test_a_running_process_follows_what_is_promoted_and_rolled_back(
    current: BundleClassifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = tmp_path / "shelf"
    build_bundle(
        shelf / "learned-1", examples("0302", STALLS, 40) + examples("0101", LAMPS, 40),
        judged={"written": 1.0}, name="learned-1", created=NOW,
        settings=TrainingSettings(engines=("linear",)), data={}, folds=2,
    )  # fmt: skip
    promote(shelf, "nowhere")
    promote(shelf, "learned-1")
    now = [0.0]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "intake.toml").write_text(
        f'[models]\nclassifier = "{tmp_path}/current"\nlearned = "{shelf}"\n', encoding="utf-8"
    )
    with Application(load(tmp_path / "intake.toml")) as app:
        app.routers.monotonic = lambda: now[0]
        assert app.routers().versions.model.startswith("learned-1@")
        learned = app.routers()
        roll_back(shelf)
        assert app.routers() is learned  # asked a moment ago
        now[0] += 6
        assert app.routers() is learned  # what came before cannot be loaded
        roll_back(shelf)
        now[0] += 6
        assert app.routers().versions.model == current.version
        promote(shelf, "learned-1")
        now[0] += 6
        assert app.routers().versions.model == learned.versions.model
