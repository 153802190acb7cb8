"""``intake import``: a file of rows in one go, in each form that offices send."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from cli_runner import Intake, Said

HEADER = ("工单编号", "标题", "群众诉求", "来电时间", "联系电话", "诉求人")
ROWS = (
    ("H1", "小区停水", "东昌府区柳园街道一小区停水三天,\n没有人管。", "2026-03-01 08:30:00", "13800001001", "周某"),
    ("H2", "路灯不亮", '阳谷县谷山路的路灯"全都"不亮。', "2026-03-01 09:00:00", "13800001002", "吴某"),
    ("H3", "拖欠工资", "冠县一工地拖欠农民工工资半年。", "2026-03-02 10:00:00", "", ""),
)  # fmt: skip


def as_csv(path: Path, encoding: str = "utf-8") -> None:
    lines = [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in (HEADER, *ROWS)
    ]
    path.write_bytes("\r\n".join(lines).encode(encoding))


def as_xlsx(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["三月热线工单"])  # offices put a title above the names of the columns
    for row in (HEADER, *ROWS):
        sheet.append(list(row))
    book.save(path)


def as_jsonl(path: Path) -> None:
    rows = (dict(zip(HEADER, row, strict=True)) for row in ROWS)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n", "utf-8")


@pytest.fixture
def ready(intake: Intake) -> Intake:
    """With a settings file."""
    assert intake("init").code == 0
    return intake


def counts(said: Said) -> dict[str, int]:
    """The counters of the summary line."""
    line = next(line for line in said.out.splitlines() if " rows: " in line)
    rows, _, rest = line.partition(" rows: ")
    parts = rest.partition(";")[0].split(", ")
    return {"rows": int(rows), **{what: int(n) for n, what in (p.split(" ", 1) for p in parts)}}


def requests(intake: Intake) -> list[dict[str, Any]]:
    """The requests as they are stored."""
    with closing(sqlite3.connect(intake.folder / "var" / "intake.db")) as db:
        return [json.loads(doc) for (doc,) in db.execute("SELECT doc FROM request")]


def local_to_utc(text: str) -> str:
    """A wall clock time in China as events write it."""
    at = datetime.fromisoformat(text).replace(tzinfo=timezone(timedelta(hours=8)))
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


NEW = {"rows": 3, "new": 3, "revised": 0, "known": 0, "left out": 0, "in quarantine": 0}


@pytest.mark.parametrize("form", ["utf-8.csv", "gb18030.csv", "xlsx", "jsonl"])
def test_every_form_gives_the_same_requests(ready: Intake, form: str) -> None:
    path = ready.folder / f"rows.{form.rpartition('.')[2]}"
    if path.suffix == ".csv":
        as_csv(path, form.rpartition(".")[0])
    else:
        (as_xlsx if path.suffix == ".xlsx" else as_jsonl)(path)
    said = ready("import", path, "--source", "march", "--home", "3715")
    assert said.code == 0, said.all
    assert counts(said) == NEW
    stored = {request["external_id"]: request for request in requests(ready)}
    for number, title, text, at, phone, name in ROWS:
        request = stored[number]
        assert request["title"] == title
        assert request["text"].replace("\n", "") == text.replace("\n", "")
        assert request["submitted_at"] == local_to_utc(at)
        assert bool(request.get("identity_ref")) == bool(phone)
        assert request["contact_masked"] == (f"{name[0]}** 138****{phone[-4:]}" if phone else "")


def test_the_same_rows_again_are_known(ready: Intake) -> None:
    as_csv(ready.folder / "rows.csv")
    assert counts(ready("import", "rows.csv", "--source", "march")) == NEW
    again = ready("import", "rows.csv", "--source", "march")
    assert again.code == 0
    assert "Nothing to import" in again.out
    as_jsonl(ready.folder / "rows.jsonl")
    other_form = ready("import", "rows.jsonl", "--source", "march")
    assert counts(other_form)["new"] == 0
    with (ready.folder / "rows.csv").open("a", encoding="utf-8") as file:
        file.write("\r\nH4,占道经营,东昌府区早市占道经营。,,,\r\n")
    more = counts(ready("import", "rows.csv", "--source", "march"))
    assert (more["rows"], more["new"]) == (4, 1)


def test_a_mapping_says_what_the_columns_are(ready: Intake) -> None:
    ready.write("odd.csv", "甲,乙,丙\nX-1,东昌府区一小区停水三天没有人管,2026-03-01 08:00\n")
    unmapped = ready("import", "odd.csv", "--source", "guess")
    assert counts(unmapped)["in quarantine"] == 1
    ready.write(
        "map.toml", 'channel = "hotline"\n[fields]\nid = "甲"\nbody = "乙"\nsubmitted_at = "丙"\n'
    )
    said = ready("import", "odd.csv", "--source", "odd", "--mapping", "map.toml")
    assert counts(said)["new"] == 1, said.all
    (request,) = (r for r in requests(ready) if r["source"] == "odd")
    assert (request["external_id"], request["channel"]) == ("X-1", "hotline")
    assert request["received_at"] == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("mapping", "said"),
    [("[fields]\nbodi = '乙'\n", "bodi"), ("[fields\n", "map.toml"), ("fieldz = 1\n", "fieldz")],
)
def test_a_mapping_that_cannot_be_is_refused(ready: Intake, mapping: str, said: str) -> None:
    as_csv(ready.folder / "rows.csv")
    ready.write("map.toml", mapping)
    answer = ready("import", "rows.csv", "--source", "march", "--mapping", "map.toml")
    assert answer.code == 1
    assert said in answer.err
    assert "Traceback" not in answer.err


def test_a_broken_row_waits_in_quarantine_and_the_rest_goes_on(ready: Intake) -> None:
    ready.write(
        "rows.csv", "编号,群众诉求\nA1,停水三天\nA2,路灯不亮,这个逗号没有引号\n\n,\nA3,噪音扰民\n"
    )
    said = ready("import", "rows.csv", "--source", "march")
    assert said.code == 0
    found = counts(said)
    assert (found["new"], found["in quarantine"], found["left out"]) == (2, 1, 2)
    assert found["rows"] == found["new"] + found["in quarantine"] + found["left out"]
    assert "intake replay --dry-run" in said.out
    listed = ready("replay", "--dry-run").out
    assert "A2" in listed
    assert "路灯" not in listed, "a reason does not quote the citizen"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.xlsx", b"no spreadsheet at all"),
        ("rows.xlsx", b"PK\x03\x04 cut off"),
        ("rows.jsonl", b'{"\xb1\xe0\xba\xc5": '),
    ],
)
def test_a_broken_file_is_one_item_in_quarantine(ready: Intake, name: str, content: bytes) -> None:
    ready.write(name, content)
    said = ready("import", name, "--source", "march")
    assert said.code == 0
    assert counts(said) == {**NEW, "rows": 1, "new": 0, "in quarantine": 1}
    (line,) = ready("replay", "--dry-run").out.splitlines()
    assert "[parse]" in line
    assert len(line.partition("[parse]")[2].split()) > 1, "a reason is given"


def test_what_cannot_be_imported_is_said(ready: Intake) -> None:
    as_csv(ready.folder / "rows.csv")
    ready.write(
        "intake.toml",
        '[[source]]\nname = "calls"\nconnector = "hotline"\n[source.options]\n'
        'base_url = "https://calls.example"\ntoken = "t"\n',
    )
    absent = ready("import", "absent.csv", "--source", "march")
    name = ready("import", "rows.csv", "--source", "March Rows")
    home = ready("import", "rows.csv", "--source", "march", "--home", "Liaocheng")
    pulled = ready("import", "rows.csv", "--source", "calls")
    assert (absent.code, name.code, home.code, pulled.code) == (2, 1, 1, 1)
    assert "absent.csv" in absent.err
    assert "--source" in name.err
    assert "--home" in home.err
    assert "hotline" in pulled.err
    for said in (absent, name, home, pulled):
        assert "Traceback" not in said.err


def test_without_publishing_the_events_wait(ready: Intake) -> None:
    as_csv(ready.folder / "rows.csv")
    said = ready("import", "rows.csv", "--source", "march", "--no-publish")
    assert counts(said) == NEW
    assert ready("publish", "--once").out.startswith("3 events")
    assert ready("publish", "--once").out.startswith("0 events")


def test_a_broker_that_is_down_does_not_lose_an_import(ready: Intake) -> None:
    as_csv(ready.folder / "rows.csv")
    ready.write("down.toml", '[queue]\nurl = "amqp://a:b@127.0.0.1:1//"\nconfirm_timeout = 0.2\n')
    said = ready("import", "rows.csv", "--source", "march", "--config", "down.toml")
    assert said.code == 0
    assert counts(said) == NEW
    assert "intake publish" in said.err
    assert ready("publish", "--once").out.startswith("3 events")
