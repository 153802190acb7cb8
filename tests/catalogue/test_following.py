"""A process that runs on decides with the version that was put in force meanwhile."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.bootstrap import Application
from intake.catalogue import Tables
from intake.catalogue.table_files import read
from intake.catalogue.versions import activate, keep
from intake.rehearse.replay import replay
from intake.settings import build
from intake.store import requests

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
STALLS = "工单编号,群众诉求,来电时间\n{},冠县清泉街道{}夜市摊贩占道经营,2026-05-20 08:30:00\n"


@pytest.fixture
def app(tmp_path: Path) -> Application:
    (tmp_path / "drop").mkdir()
    source = {
        "name": "drop", "connector": "folder", "home_area": "3715",
        "options": {"path": str(tmp_path / "drop"), "settle_seconds": 0},
    }  # fmt: skip
    table = {
        "source": [source],
        "store": {"url": f"sqlite:///{tmp_path}/intake.db"},
        "queue": {"url": f"intake-sqlite:///{tmp_path}/queue.db"},
        "identity": {"key_file": str(tmp_path / "identity.key")},
    }
    return Application(build(table, tmp_path, "the test"), clock=lambda: NOW)


def put(app: Application, folder: Path, name: str, text: str) -> None:
    """Pull one row."""
    (folder / "drop" / f"{name}.csv").write_text(text, "utf-8")
    (puller,) = app.pullers()
    puller.drain(threading.Event(), lambda _report: None)


def with_rule(app: Application, rule: str) -> Tables:
    """The tables in force with one more rule."""
    files = app.router.catalogue.tables.files
    tables, faults = read({**files, "rules.csv": files["rules.csv"] + rule + "\n"})
    assert tables is not None
    assert not faults
    return tables


def test_the_next_batch_is_decided_with_the_version_in_force(
    app: Application, tmp_path: Path
) -> None:
    with app:
        app.routers.poll = 0
        processor, desk = app.processor(), app.desk()
        put(app, tmp_path, "one", STALLS.format("one", "南街"))
        assert processor.run_once().items == 1
        first = app.router.catalogue.version
        tables = with_rule(app, "R0300,3715,subtree,0302,*,,kind:SJ@county,,,0,,,,,试验")
        keep(app.store, tables, by="wang", at=NOW, note="")
        activate(app.store, tables.version, active_from=NOW.date(), by="wang", at=NOW, why="试验")
        put(app, tmp_path, "two", STALLS.format("two", "北街"))
        assert processor.run_once().items == 1
        assert desk.catalogue.version == tables.version
        with app.store.read() as connection:
            found = requests.decided_after(connection, None, since=None, limit=10)
    decided = {request.external_id: decision for request, decision in found}
    assert {key: (d.lead, d.rule, d.versions.catalogue) for key, d in decided.items()} == {
        "one": ("U371525-CG", "R0018", first),
        "two": ("U371525-SJ", "R0300", tables.version),
    }


def test_a_past_request_is_looked_at_again_as_a_person_set_it_right(
    app: Application, tmp_path: Path
) -> None:
    with app:
        put(app, tmp_path, "one", STALLS.format("one", "南街"))
        app.processor().run_once()
        old = app.router
        new = old.under(with_rule(app, "R0300,371521,subtree,0104,*,,kind:CG@county,,,0,,,,,试验"))

        def moved() -> list[tuple[str | None, str | None]]:
            answers = replay(app.store, old, new, homes={"drop": "3715"})
            return [answer.lead for answer in answers if answer is not None]

        assert moved() == []
        with app.store.read() as connection:
            ((request, _),) = requests.decided_after(connection, None, since=None, limit=10)
            version = requests.get(connection, request.id).version
        app.desk().reassign(
            request.id, version=version, actor="wang", why="是路灯", lead="U371521-ZJ",
            category="0104", area="371521",
        )  # fmt: skip
        assert moved() == [("U371521-ZJ", "U371521-CG")]
