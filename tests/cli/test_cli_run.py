"""``run``, ``simulate`` and ``consume`` as a user meets them, each a process of its own."""

from __future__ import annotations

import csv
import json
import re
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_runner import Intake, Said

from intake.demo.world import SOURCES
from waiting import messages_left, wait_until

COUNTERS = (
    "fetched", "new", "revision", "redelivery", "filtered", "quarantined", "held", "routed",
)  # fmt: skip
STOP_SECONDS = 60.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    """The folder of the one demo run that this module looks at."""
    return Intake(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def demo(folder: Intake) -> Said:
    """``intake run --demo --once --json``."""
    return folder.ended("run", "--demo", "--once", "--json", seconds=120)


@pytest.fixture(scope="module")
def settings(folder: Intake, demo: Said) -> str:
    """Settings of the demo's data, for commands after it."""
    assert demo.code == 0
    data = folder.folder / "var" / "demo"
    folder.write(
        "demo.toml",
        f'[store]\nurl = "sqlite:///{data}/intake.db"\n[log]\nlevel = "error"\n'
        f'[queue]\nurl = "intake-sqlite:///{data}/queue.db"\n'
        f'[identity]\nkey_file = "{data}/identity.key"\n',
    )
    return "demo.toml"


def test_the_summary_has_the_promised_shape(demo: Said) -> None:
    assert demo.code == 0, demo.err
    summary = json.loads(demo.last)
    assert list(summary) == ["sources", "units", "seconds"]
    for source in summary["sources"]:
        assert list(source) == ["name", "channel", *COUNTERS]
        assert all(type(source[name]) is int for name in COUNTERS)
    assert {source["name"] for source in summary["sources"]} == set(SOURCES)
    for unit in summary["units"]:
        assert list(unit) == ["unit", "events"]
    assert type(summary["seconds"]) is float
    assert demo.out == demo.last + "\n", "what people read goes to standard error"


def test_every_channel_brings_something_and_all_of_it_is_accounted_for(demo: Said) -> None:
    sources = json.loads(demo.last)["sources"]
    for channel in ("hotline", "mailbox", "board", "outreach"):
        assert sum(s["new"] for s in sources if s["channel"] == channel) > 0
    for source in sources:
        parts = ("new", "revision", "redelivery", "filtered", "quarantined")
        assert source["fetched"] == sum(source[name] for name in parts)
        assert 0 < source["held"] + source["routed"] <= source["new"]
    assert sum(source["revision"] for source in sources) > 0


def test_the_events_are_counted_per_unit(demo: Said) -> None:
    units = {row["unit"]: row["events"] for row in json.loads(demo.last)["units"]}
    assert units["desk"] > 0
    assert len(units) > 20
    assert all(n > 0 for n in units.values())


def test_doctor_finds_the_demo_in_order(folder: Intake, settings: str) -> None:
    said = folder("doctor", "--config", settings, "--json")
    assert said.code == 0, said.all
    assert {c["level"] for c in json.loads(said.out)} == {"ok", "warning"}


def test_consume_prints_each_event_once(folder: Intake, settings: str, demo: Said) -> None:
    units = {row["unit"]: row["events"] for row in json.loads(demo.last)["units"]}
    unit = max((u for u in units if u != "desk"), key=lambda u: (units[u], u))
    n = units[unit]
    first = folder("consume", "--unit", unit, "--limit", "1", "--json", "--config", settings)
    rest = folder("consume", "--unit", unit, "--limit", str(n - 1), "--json", "--config", settings)
    assert first.code == rest.code == 0
    events = [json.loads(line) for line in (first.out + rest.out).splitlines()]
    assert len({event["id"] for event in events}) == len(events) == n
    assert all(unit in event["data"]["units"] for event in events)
    assert "1 events handled" in first.err

    nothing = _consumed(folder, unit, settings)
    assert "0 events handled" in nothing
    assert not re.search(r"\d{4}-\d\d-\d\d", nothing), "what was acknowledged does not come again"


def test_consume_drops_what_is_published_twice(folder: Intake, settings: str, demo: Said) -> None:
    units = {row["unit"]: row["events"] for row in json.loads(demo.last)["units"]}
    arguments = ("consume", "--unit", "desk", "--limit", "5", "--json", "--config", settings)
    first = folder(*arguments)
    assert len(first.out.splitlines()) == 5
    assert all(json.loads(line)["data"]["audience"] == "desk" for line in first.out.splitlines())
    _publish_all_again(folder)
    assert folder("publish", "--once", "--config", settings).code == 0
    limit = str(units["desk"] - 5)
    rest = folder("consume", "--unit", "desk", "--limit", limit, "--json", "--config", settings)
    ids = [json.loads(line)["id"] for line in (first.out + rest.out).splitlines()]
    assert len(ids) == len(set(ids)) == units["desk"]
    again = _consumed(folder, "desk", settings)
    assert "0 events handled" in again
    assert f"{units['desk']} repeats dropped" in again


def test_consume_prints_a_line_for_people(folder: Intake, settings: str, demo: Said) -> None:
    units = {row["unit"]: row["events"] for row in json.loads(demo.last)["units"]}
    unit = min((u for u in units if u != "desk"), key=lambda u: (units[u], u))
    said = folder("consume", "--unit", unit, "--limit", "1", "--config", settings)
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d  [a-z]+ +[0-9a-f]{8} #1  ", said.out)


def test_ctrl_c_stops_the_demo_cleanly(intake: Intake) -> None:
    with intake.started("run", "--demo", "--desk-port", "0") as process:
        said = _read_until(process, "Ctrl-C stops.")
        address = re.search(r"Desk: (http://127\.0\.0\.1:\d+/)", said)
        link = re.search(r"http://127\.0\.0\.1:\d+/link/[\w-]+", said)
        assert address is not None, said
        assert link is not None
        assert link[0].startswith(address[1])
        with urllib.request.urlopen(f"{address[1]}healthz", timeout=5) as answer:
            assert answer.status == 200
        before = time.monotonic()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=STOP_SECONDS)
        assert process.returncode == 0, rest
        assert time.monotonic() - before < STOP_SECONDS
    assert "Traceback" not in rest
    assert "next time the demo starts afresh" in rest


def test_the_demo_does_not_empty_a_folder_that_is_not_its_own(intake: Intake) -> None:
    (intake.folder / "mine").mkdir()
    kept = intake.write("mine/letter.txt", "mine")
    said = intake("run", "--demo", "--once", "--data", "mine")
    assert said.code == 1
    assert "mine" in said.err
    assert kept.read_text() == "mine"


def test_the_desk_says_when_its_port_is_taken(
    intake: Intake, folder: Intake, settings: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        text = (folder.folder / settings).read_text() + f"[desk]\nport = {port}\n"
        intake.write("intake.toml", text)
        said = intake("desk")
    assert said.code == 1
    assert str(port) in said.err
    assert "Traceback" not in said.err


# --- a city of one's own ---------------------------------------------------------------------

TRICKY = [
    ("小区停水", "第一行\n第二行\n\n第四行,停水三天"),
    ("引号", '他说"路灯坏了",又说""再等等""'),
    ("网页", "<p>井盖<b>坏了</b></p><script>alert('x')</script>&nbsp;&lt;请修&gt;"),
    ("很长", "东昌府区道路坑洼不平,多次反映没有人处理。" * 250),
    ("", "没有标题的一行:噪音扰民"),
    ("只有标题:垃圾无人清运", ""),
    ("\ufeff标题", "含有零宽\u200b字符和制表\t符"),
    ("公式", "=1+1"),
    ("重复", "阳谷县谷山路路灯不亮"),
    ("重复", "阳谷县谷山路路灯不亮"),
    ("英文", "The street light at the school gate is broken since Monday."),
    ("路灯", "分号;竖线|反斜杠\\结尾"),
]  # fmt: skip


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Intake, str]]:
    """``intake simulate`` serving a tricky table; gives what it said."""
    intake = Intake(tmp_path_factory.mktemp("city"))
    with (intake.folder / "tricky.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["标题", "内容"])
        for number, row in enumerate(TRICKY):
            writer.writerow(row)
            if number % 3 == 0:
                writer.writerow(["", ""])
        file.write("\r\n\r\n")
    with intake.started(
        "simulate", "--corpus", "tricky.csv", "--settings", "city.toml", "--hours-per-minute", "0"
    ) as process:
        said = _read_until(process, "Ctrl-C stops.")
        yield intake, said
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=STOP_SECONDS)
        assert process.returncode == 0


def test_the_product_runs_on_the_settings_that_simulate_wrote(city: tuple[Intake, str]) -> None:
    intake, said = city
    assert "intake run --config city.toml" in said
    ran = intake.ended("run", "--once", "--json", "--config", "city.toml")
    assert ran.code == 0, ran.err
    sources = json.loads(ran.last)["sources"]
    assert {source["name"] for source in sources} == set(SOURCES)
    for source in sources:
        parts = ("new", "revision", "redelivery", "filtered", "quarantined")
        assert source["fetched"] == sum(source[name] for name in parts)
    requests = _requests(intake)
    served = [row for row in TRICKY if any(row)]
    assert len(requests) == len(served)
    assert sum(source["new"] for source in sources) == len(served)
    texts = {_squeezed(request["title"] + request["text"]) for request in requests}
    for _, body in TRICKY[:2]:
        assert any(_squeezed(body) in text for text in texts), body
    assert any(len(text) > 5000 for text in texts)
    assert not any("alert" in text or "<p>" in text for text in texts)

    again = intake.ended("run", "--once", "--json", "--config", "city.toml")
    assert again.code == 0
    assert len(_requests(intake)) == len(requests)


def test_simulate_does_not_write_over_settings(city: tuple[Intake, str]) -> None:
    intake, _ = city
    before = (intake.folder / "city.toml").read_text()
    said = intake("simulate", "--settings", "city.toml")
    assert said.code == 1
    assert "city.toml" in said.err
    assert "Traceback" not in said.err
    assert (intake.folder / "city.toml").read_text() == before


@pytest.mark.parametrize("text", ["甲,乙\n1,2\n", ""])
def test_a_table_without_a_column_for_the_text_is_refused(intake: Intake, text: str) -> None:
    intake.write("odd.csv", text)
    said = intake("simulate", "--corpus", "odd.csv")
    assert said.code == 1
    assert "odd.csv" in said.err
    assert "Traceback" not in said.err


def test_a_table_that_is_not_there_is_named(intake: Intake) -> None:
    for arguments in (("simulate",), ("run", "--demo", "--once")):
        said = intake(*arguments, "--corpus", "absent.csv")
        assert said.code == 2
        assert "absent.csv" in said.err


def test_a_source_that_is_down_is_named_and_the_others_go_on(intake: Intake) -> None:
    intake.write("drop.csv", "编号,群众诉求\nA1,东昌府区停水三天\n")
    intake.write(
        "intake.toml",
        '[log]\nlevel = "error"\n'
        '[[source]]\nname = "files"\nconnector = "folder"\n'
        '[source.options]\npath = "drop.csv"\nsettle_seconds = 0\n'
        '[[source]]\nname = "calls"\nconnector = "hotline"\n'
        "[source.fetch]\nattempts = 1\n"
        '[source.options]\nbase_url = "http://127.0.0.1:1/api"\ntoken = "hush"\n',
    )
    said = intake("run", "--once", "--json")
    assert said.code == 0
    files, calls = json.loads(said.last)["sources"]
    assert files["new"] == 1
    assert calls["fetched"] == 0
    assert calls["error"]
    assert "hush" not in said.all
    examined = intake("doctor", "--json")
    assert examined.code == 1
    assert any(
        c["what"] == "source calls" and c["level"] == "error" for c in json.loads(examined.out)
    )


def _read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if wanted in line:
            return said
    raise AssertionError(f"ended without saying {wanted!r}: {said}")


def _consumed(folder: Intake, unit: str, settings: str) -> str:
    """Let ``intake consume`` empty a unit's queue, stop it with Ctrl-C, give what it said."""
    queue = f"intake-sqlite:///{folder.folder}/var/demo/queue.db"
    with folder.started("consume", "--unit", unit, "--config", settings) as process:
        said = _read_until(process, "Ctrl-C stops.")
        wait_until(lambda: messages_left(queue, unit) == 0, "the queue is empty")
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=STOP_SECONDS)
        assert process.returncode == 0, rest
    return said + rest


def _publish_all_again(folder: Intake) -> None:
    """As a relay would that crashed after the broker's confirm and before its own mark."""
    _execute(
        folder.folder / "var" / "demo" / "intake.db",
        "UPDATE outbox SET sent_at = NULL, position = NULL",
    )


def _requests(intake: Intake) -> list[dict[str, Any]]:
    return [
        json.loads(doc)
        for (doc,) in _execute(intake.folder / "var" / "intake.db", "SELECT doc FROM request")
    ]


def _execute(path: Path, sql: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as db, db:
        return db.execute(sql).fetchall()


def _squeezed(text: str) -> str:
    return "".join(text.split())
