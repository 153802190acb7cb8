"""``intake catalogue``: a clerk's way from a workbook to a version in force, and back to the reasons."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cli_runner import Intake, Said
from openpyxl import load_workbook

from intake.settings import MODELS

SHIPPED = MODELS / "catalogue"
ROWS = (
    "工单编号,群众诉求,来电时间",
    "A1,冠县清泉街道一小区门口夜市摊贩占道经营,2026-03-01 08:30:00",
    "A2,阳谷县侨润街道路边摊占道经营没人管理,2026-03-01 09:00:00",
    "A3,东阿县一小区停水三天自来水公司不来修,2026-03-02 10:00:00",
)
SEEN = "R0300,3715,subtree,0302,*,,kind:SJ@county,kind:CG@county,,0,,2019-01-01,,试验,摊贩归市监"


@pytest.fixture
def ready(intake: Intake) -> Intake:
    """With settings, and three requests decided with the shipped catalogue."""
    assert intake("init").code == 0
    intake.write("rows.csv", "\n".join(ROWS) + "\n")
    said = intake("import", "rows.csv", "--source", "h", "--home", "3715")
    assert said.code == 0, said.all
    return intake


def edited(intake: Intake, name: str = "new", extra: str = SEEN) -> Path:
    """The shipped tables with one more rule, as a folder."""
    folder = intake.folder / name
    assert intake("catalogue", "export", folder, "--version", SHIPPED).code == 0
    rules = folder / "rules.csv"
    rules.write_text(rules.read_text("utf-8") + extra + "\n", "utf-8")
    return folder


def lines(said: Said) -> list[Any]:
    return [json.loads(line) for line in said.out.splitlines()]


def version_in(said: Said) -> str:
    found = re.search(r"catalogue@[0-9a-f]{12}", said.out)
    assert found is not None, said.all
    return found.group()


def decisions(intake: Intake) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(intake.folder / "var/intake.db")) as db:
        return [json.loads(doc) for (doc,) in db.execute("SELECT doc FROM decision")]


def test_lint_needs_neither_settings_nor_a_database(intake: Intake) -> None:
    said = intake("catalogue", "lint", "--date", "2026-06-01")
    assert said.code == 0, said.all
    assert "0 errors, 5 warnings" in said.last
    assert intake("catalogue", "lint", "--date", "2026-06-01", "--strict").code == 1
    assert list(intake.folder.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("versions",),
        ("store", SHIPPED),
        ("diff", SHIPPED, SHIPPED, "--replay"),
        ("explain", "--request", "r-1"),
        ("lint", "catalogue@abc"),
    ],
)
def test_without_settings_no_database_is_made(intake: Intake, arguments: tuple[str, ...]) -> None:
    said = intake("catalogue", *arguments)
    assert said.code == 1
    assert "no settings that name it" in said.err
    assert list(intake.folder.iterdir()) == []


def test_settings_may_come_from_the_environment(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_STORE__URL", f"sqlite:///{intake.folder}/own.db")
    assert intake("catalogue", "versions").code == 0
    assert (intake.folder / "own.db").exists()


def test_lint_fails_on_an_error_and_says_where_and_what_to_do(intake: Intake) -> None:
    folder = edited(intake, extra="R0300,3715,subtree,0302,*,,kind:ZF@town,,,0,,,,,")
    said = intake("catalogue", "lint", folder)
    assert said.code == 1
    line = (folder / "rules.csv").read_text("utf-8").count("\n")
    assert f"rules.csv:{line} [R0300] a department's matter is sent down" in said.out
    assert "Make the county's department lead or co-handler." in said.out
    as_json = intake("catalogue", "lint", folder, "--json")
    assert as_json.code == 1
    (told,) = [r for r in json.loads(as_json.out)["remarks"] if r["severity"] == "error"]
    assert (told["file"], told["line"], told["ids"]) == ("rules.csv", line, ["R0300"])


def test_explain_says_who_wins_and_why_the_others_lose(intake: Intake) -> None:
    said = intake(
        "catalogue", "explain", "--area", "冠县", "--category", "0401", "--date", "2026-06-01"
    )
    assert said.code == 0, said.all
    assert "wins     R0126 line 127: 冠县水务集团 U371525-GS" in said.out
    assert "loses    R0024" in said.out
    assert "R0126 has the more specific area" in said.out
    assert "not      R0141" in said.out
    answer = json.loads(
        intake(
            "catalogue", "explain", "--area", "141181", "--category", "占道经营与流动摊贩",
            "--channel", "board", "--json",
        ).out
    )  # fmt: skip
    assert answer["lead"] == "孝义市城市管理局 U141181-CG"
    assert answer["via"] == ["孝义市委办公室 U141181-WB"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--area", "冠县"), "--area and --category"),
        (("--area", "朝阳区", "--category", "0401"), "may be"),
        (("--area", "没有的县", "--category", "0401"), "There is no area"),
        (("--area", "371525", "--category", "停水"), "There is no category"),
        (("--area", "371525", "--category", "0401", "--date", "1.6."), "is not a day"),
        (("--area", "371525", "--category", "0401", "--version", "no/where"), "is not a catalogue"),
    ],
)
def test_a_question_that_cannot_be_answered_says_why(
    intake: Intake, arguments: tuple[str, ...], said: str
) -> None:
    answer = intake("catalogue", "explain", *arguments)
    assert answer.code == 1
    assert said in answer.err


def test_coverage_as_table_picture_and_json(intake: Intake) -> None:
    said = intake("catalogue", "coverage", "--area", "聊城市", "--out", "c.svg")
    assert said.code == 0, said.all
    assert "冠县 371525" in said.out
    assert (intake.folder / "c.svg").read_text("utf-8").startswith("<svg")
    cells = json.loads(intake("catalogue", "coverage", "--area", "371525", "--json").out)["cells"]
    assert len(cells) == 120
    assert intake("catalogue", "coverage", "--out", "c.png").code == 1


def test_a_workbook_goes_out_and_comes_back(intake: Intake) -> None:
    assert intake("catalogue", "export", "c.xlsx").code == 0
    said = intake("catalogue", "import", "c.xlsx", "back")
    assert said.code == 0, said.all
    for file in SHIPPED.iterdir():
        assert (intake.folder / "back" / file.name).read_bytes() == file.read_bytes()
    assert intake("catalogue", "lint", "c.xlsx", "--date", "2026-06-01").code == 0
    assert intake("catalogue", "export", "c.csv").code == 1


def test_a_faulty_workbook_is_told_in_full_and_nothing_is_written(intake: Intake) -> None:
    assert intake("catalogue", "export", "c.xlsx").code == 0
    book = load_workbook(intake.folder / "c.xlsx")
    book["单位"]["D3"] = "街坊"
    book["规则"]["G5"] = "城管局"
    book.save(intake.folder / "c.xlsx")
    said = intake("catalogue", "import", "c.xlsx", "back")
    assert said.code == 1
    assert "c.xlsx, sheet 单位, row 3, column D 层级:" in said.err
    assert "c.xlsx, sheet 规则, row 5, column G 主办:" in said.err
    assert "2 faults; nothing was written" in said.err
    assert not (intake.folder / "back").exists()


def test_from_a_changed_table_to_a_version_in_force_and_back_to_the_reasons(ready: Intake) -> None:
    (shipped,) = {decision["versions"]["catalogue"] for decision in decisions(ready)}
    folder = edited(ready)
    said = ready("catalogue", "diff", "active", folder, "--replay")
    assert said.code == 0, said.all
    assert "rules R0300 added" in said.out
    assert "2 of 3 past requests would go elsewhere" in said.out
    moved = lines(ready("catalogue", "diff", "active", folder, "--replay", "--json"))
    assert {tuple(line["lead"]) for line in moved if "lead" in line} == {
        ("U371525-CG", "U371525-SJ"), ("U371521-CG", "U371521-SJ"),
    }  # fmt: skip
    summary = moved[-1]["summary"]
    assert (summary["requests"], summary["elsewhere"]) == (3, 2)
    assert summary["units"]["U371525-SJ"] == {"loses": 0, "gains": 1}
    later = ready("catalogue", "diff", "active", folder, "--replay", "--since", "2026-03-02")
    assert "0 of 1 past requests" in later.out

    version = version_in(ready("catalogue", "store", folder, "--note", "摊贩", "--by", "wang"))
    assert version != shipped
    assert ready("catalogue", "activate", version, "--why", "试行", "--by", "wang").code == 0
    listed = {line["version"]: line for line in lines(ready("catalogue", "versions", "--json"))}
    assert listed[shipped]["in_force"] is False
    assert listed[version]["in_force"] is True
    assert "yes" in ready("catalogue", "versions").out

    more = "\n".join((ROWS[0], "B1,莘县张寨镇集市上流动摊贩占道经营,2026-03-05 08:00:00"))
    ready.write("more.csv", more + "\n")
    assert ready("import", "more.csv", "--source", "h2", "--home", "3715").code == 0
    newest = decisions(ready)[-1]
    assert newest["versions"]["catalogue"] == version
    assert newest["lead"] == "U371522-SJ"

    with closing(sqlite3.connect(ready.folder / "var/intake.db")) as db:
        (old,) = db.execute("SELECT id FROM request WHERE lead = 'U371525-CG'").fetchone()
    answer = json.loads(ready("catalogue", "explain", "--request", old, "--json").out)
    assert answer["version"] == shipped
    assert answer["rule"]["id"] == "R0018"
    assert answer["decided"]["lead"] == "U371525-CG"
    assert any("R0018" in reason for reason in answer["decided"]["reasons"])
    said = ready("catalogue", "explain", "--request", old, "--version", version)
    assert "wins     R0300" in said.out
    back = ready("catalogue", "diff", shipped, version)
    assert "rules R0300 added" in back.out


def test_what_has_errors_is_not_stored_and_what_is_past_not_activated(ready: Intake) -> None:
    folder = edited(ready, extra="R0300,3715,subtree,0302,*,,unit:GONE,,,0,,,,,")
    said = ready("catalogue", "store", folder)
    assert said.code == 1
    assert "unit GONE is not in the table" in said.out
    assert "was not stored" in said.err
    version = version_in(ready("catalogue", "store", SHIPPED))
    past = ready("catalogue", "activate", version, "--from", "2026-01-01", "--why", "x")
    assert past.code == 1
    assert "cannot be put in force backwards" in past.err


def test_doctor_names_the_catalogue_in_force_and_the_next_one(ready: Intake) -> None:
    version = version_in(ready("catalogue", "store", edited(ready)))
    assert ready("catalogue", "activate", version, "--from", "2999-01-01", "--why", "x").code == 0
    checks = json.loads(ready("doctor", "--json").out)
    (said,) = [check["said"] for check in checks if check["what"] == "catalogue"]
    assert "(the settings' folder)" in said
    assert f"{version} from 2999-01-01" in said
