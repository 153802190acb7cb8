"""``intake case`` and ``intake hot``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from cli_runner import Intake, Said

from intake.model.ids import request_id

POWER = (
    "苏仙区翠湖花园交房快两年了，整个小区用的还是施工临时电，一到晚上就跳闸，请协调尽快接通正式用电"
)
ROWS = [
    f"A1,临时用电,{POWER},13800000001",
    f"A2,临时用电,{POWER}。,13800000002",
    "B1,噪音,北湖区人民西路的烧烤店每天营业到凌晨三点，油烟和噪音让整栋楼没法睡觉,13800000003",
]


@pytest.fixture
def ready(intake: Intake) -> Intake:
    """With three requests in two cases."""
    intake("init")
    intake.write("one.csv", "\n".join(["编号,标题,群众诉求,联系电话", *ROWS]) + "\n")
    assert intake("import", "one.csv", "--source", "one", "--home", "4310").code == 0
    assert intake("process", "--once").code == 0
    return intake


def ids(ready: Intake) -> list[str]:
    """Ids of the requests in the order of their rows."""
    return [request_id("one", key) for key in ("A1", "A2", "B1")]


def parsed(said: Said) -> Any:
    assert said.code == 0, said.all
    return json.loads(said.out)


def test_a_case_is_shown_by_its_id_and_by_a_request(ready: Intake) -> None:
    one, two, _ = ids(ready)
    found = parsed(ready("case", "show", two, "--json"))
    assert [member["id"] for member in found["members"]] == [one, two]
    assert (found["requests"], found["people"], found["repeats"], found["version"]) == (2, 2, 1, 0)
    assert found["members"][1]["relations"][0]["of"] == one
    shown = ready("case", "show", found["case"]).out
    assert "2 requests of 2 people" in shown
    assert "13800000001" not in shown


def test_merge_split_undo_and_history(ready: Intake) -> None:
    one, two, other = ids(ready)
    old = parsed(ready("case", "show", other, "--json"))["case"]
    case = parsed(ready("case", "show", one, "--json"))["case"]
    merged = parsed(
        ready("case", "merge", old, "--into", one, "--why", "一回事", "--actor", "沈岚", "--json")
    )
    assert (merged["kind"], merged["requests"], merged["by"]) == ("merge", 1, "沈岚")
    shown = parsed(ready("case", "show", old, "--json"))
    assert (shown["case"], shown["former_ids"]) == (case, [old])

    stale = ready("case", "split", two, "--why", "x", "--seen", f"{case}=0")
    assert stale.code == 1
    assert "you saw version 0, it is now 1" in stale.err
    split = parsed(ready("case", "split", two, "--why", "另一处", "--seen", f"{case}=1", "--json"))
    assert parsed(ready("case", "show", two, "--json"))["case"] == split["case"] != case

    refused = ready("case", "undo", "1", "--why", "错了")
    assert refused.code == 0, refused.all  # the split moved another request
    assert parsed(ready("case", "show", other, "--json"))["case"] == old
    told = parsed(ready("case", "history", case, "--json"))
    assert [(c["change"], c["kind"], c["undone_by"]) for c in told] == [
        (3, "undo", None), (2, "split", None), (1, "merge", 3),
    ]  # fmt: skip
    assert "undo of 1" in ready("case", "history").out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("case", "show", "nothing"), "no case and no request nothing"),
        (("case", "undo", "7", "--why", "x"), "There is no change 7"),
        (("case", "merge", "nothing", "--into", "nothing", "--why", "x"), "no request nothing"),
        (("hot", "--until", "soon"), "soon is no date"),
    ],
)
def test_what_cannot_be_is_said(ready: Intake, command: tuple[str, ...], said: str) -> None:
    answer = ready(*command)
    assert answer.code == 1
    assert said in answer.err


def test_a_merge_needs_two_cases_and_a_reason(ready: Intake) -> None:
    one, two, other = ids(ready)
    assert "same case already" in ready("case", "merge", one, "--into", two, "--why", "x").err
    assert "needs a reason" in ready("case", "merge", one, "--into", other, "--why", " ").err
    assert "not CASE=VERSION" in ready(
        "case", "split", one, "--why", "x", "--seen", "abc"
    ).err  # fmt: skip


def test_hot_says_so_when_nothing_is(ready: Intake, tmp_path: Path) -> None:
    said = ready("hot", "--picture", "hot.svg")
    assert said.code == 0, said.all
    assert "Nothing stands out" in said.out
    assert ElementTree.parse(ready.folder / "hot.svg").getroot().tag.endswith("svg")


def test_hot_as_table_json_and_picture(ready: Intake) -> None:
    text = "整栋楼停水三天，水务公司电话打不通"
    rows = [f"C{n},停水,北湖区第{n}小区{text}{'请' * n},1390000000{n}" for n in range(8)]
    ready.write("two.csv", "\n".join(["编号,标题,群众诉求,联系电话", *rows]) + "\n")
    assert ready("import", "two.csv", "--source", "two", "--home", "4310").code == 0
    assert ready("process", "--once").code == 0
    (first, *_) = parsed(ready("hot", "--json", "--picture", "hot.svg"))
    assert first["now"] >= 5
    assert first["expected"] is None
    assert len(first["samples"]) == 3
    table = ready("hot").out
    assert "no past" in table
    assert "1390000000" not in table
    assert first["name"].split()[0] in (ready.folder / "hot.svg").read_text(encoding="utf-8")
