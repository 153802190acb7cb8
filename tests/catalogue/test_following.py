"""A process that runs on decides with the version that was put in force meanwhile."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.bootstrap import Application
from intake.catalogues import activate, keep
from intake.route.catalogue.tables import read
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


def test_the_next_batch_is_decided_with_the_version_in_force(
    app: Application, tmp_path: Path
) -> None:
    def process(name: str, place: str) -> None:
        (tmp_path / "drop" / f"{name}.csv").write_text(STALLS.format(name, place), "utf-8")
        (puller,) = app.pullers()
        puller.drain(threading.Event(), lambda _report: None)
        assert processor.run_once().items == 1

    with app:
        app.routers.poll = 0
        processor, desk = app.processor(), app.desk()
        process("one", "南街")
        first = app.router.catalogue
        moved = {
            **first.tables.files,
            "rules.csv": first.tables.files["rules.csv"]
            + "R0300,3715,subtree,0302,*,,kind:SJ@county,,,0,,,,,试验\n",
        }
        tables, _ = read(moved)
        assert tables is not None
        keep(app.store, tables, by="wang", at=NOW, note="")
        activate(app.store, tables.version, active_from=NOW.date(), by="wang", at=NOW, why="试验")
        process("two", "北街")
        assert desk.catalogue.version == tables.version
        with app.store.read() as connection:
            found = requests.decided_after(connection, "", since=None, limit=10)
    decided = {request.external_id: decision for request, decision in found}
    assert {key: (d.lead, d.rule, d.versions.catalogue) for key, d in decided.items()} == {
        "one": ("U371525-CG", "R0018", first.version),
        "two": ("U371525-SJ", "R0300", tables.version),
    }
