"""``intake try STAGE``: one JSON object in, one out, in order, whatever comes in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cli_runner import Intake

from intake.bootstrap import build_router
from intake.rehearse.trial import LONGEST_LINE, Trial
from intake.settings import ModelSettings

STAGES = ("normalize", "locate", "classify", "dedupe", "route")
KEYS = {
    "normalize": {
        "text", "title", "comparable", "garbled", "placeholders", "personal", "matters", "contact", "fields",
        "notes",
    },
    "locate": {"area", "level", "confidence", "evidence", "candidates", "note"},
    "classify": {"category", "confidence", "auto", "top", "matter_type", "several", "evidence"},
    "dedupe": {"case", "relation", "of", "score", "why"},
    "route": {
        "version", "outcome", "category", "matter_type", "area", "location", "classification",
        "lead", "co", "informed", "via", "lane", "deadlines", "confidence", "hold", "rule", "tags",
        "reasons", "versions", "decided_at", "decided_by", "case", "relation", "names",
    },
}  # fmt: skip
WATER = "聊城市东昌府区柳园街道一小区从周一起停水,已经三天没有人来修。"
LIGHT = "阳谷县谷山路的路灯坏了很久,没有人来修。"


def lines(*objects: Any) -> bytes:
    """JSON Lines; bytes are taken as they are."""
    return b"".join(
        (o if isinstance(o, bytes) else json.dumps(o, ensure_ascii=False).encode()) + b"\n"
        for o in objects
    )


def answers(intake: Intake, *arguments: str | Path, stdin: bytes) -> list[dict[str, Any]]:
    """The answers of one run, which must have ended well."""
    said = intake("try", *arguments, stdin=stdin)
    assert said.code == 0, said.err
    assert said.err == ""
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.mark.parametrize("stage", STAGES)
def test_the_keys_are_those_promised(intake: Intake, stage: str) -> None:
    (answer,) = answers(intake, stage, stdin=lines({"id": 1, "text": WATER}))
    assert set(answer) == {"id", *KEYS[stage]}


def test_normalize_cleans_and_says_what_it_could_not(intake: Intake) -> None:
    plain, html, broken, person = answers(
        intake,
        "normalize",
        stdin=lines(
            {"text": "小區停電(diàn)三天,沒有人來維修。", "title": "停电"},
            {
                "text": "<div><p>路灯<b>不亮</b>&nbsp;</p><script>alert(1)</script></div>",
                "html": True,
            },
            {"text": "井盖��坏了"},
            {"text": "我是周某,电话13800001001,路灯不亮。"},
        ),
    )
    assert (plain["title"], plain["text"]) == ("停电", "小区停电三天,没有人来维修。")
    assert html["text"] == "路灯不亮"
    assert broken["garbled"]
    for span in broken["garbled"]:
        assert set(span) == {"start", "end"}
        assert set(broken["text"][span["start"] : span["end"]]) == {"�"}
    assert "13800001001" not in json.dumps(person)
    assert person["contact"]["phone"] == "***"
    (shown,) = answers(
        intake, "normalize", "--show-personal", stdin=lines({"text": "电话13800001001,路灯不亮。"})
    )
    assert shown["contact"]["phone"] == "13800001001"


def test_locate_gives_area_level_and_evidence(intake: Intake) -> None:
    found, nowhere = answers(intake, "locate", stdin=lines({"text": WATER}, {"text": "路灯不亮"}))
    assert found["area"].startswith("371502")
    assert found["level"] in ("county", "town")
    assert 0 < found["confidence"] <= 1
    for span in found["evidence"]:
        assert set(span) == {"start", "end", "text"}
        assert WATER[span["start"] : span["end"]] == span["text"]
    assert nowhere["area"] is None
    (at_home,) = answers(intake, "locate", "--home", "3715", stdin=lines({"text": "路灯不亮"}))
    assert at_home["area"] == "3715"
    (own,) = answers(
        intake, "locate", "--home", "3715", stdin=lines({"text": "路灯不亮", "home_area": "4310"})
    )
    assert own["area"] == "4310"


def test_classify_gives_scores_and_whether_it_would_dare(intake: Intake) -> None:
    (found,) = answers(intake, "classify", stdin=lines({"text": LIGHT}))
    assert found["category"] == "0104"
    assert type(found["auto"]) is bool
    assert found["top"][0] == {"category": "0104", "confidence": found["confidence"]}
    assert all(set(score) == {"category", "confidence"} for score in found["top"])
    scores = [score["confidence"] for score in found["top"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.0001


def test_dedupe_names_the_earlier_line(intake: Intake) -> None:
    first, other, again, same_text = answers(
        intake,
        "dedupe",
        stdin=lines(
            {"id": "a-1", "text": WATER, "contact": "13800001001"},
            {"id": {"n": 2}, "text": LIGHT, "contact": "13800001002"},
            {"id": 3, "text": WATER + "请尽快处理。", "contact": "13800001001"},
            {"id": None, "text": LIGHT + "请尽快处理。", "contact": "13800001003"},
        ),
    )
    assert first["relation"] is first["of"] is None
    assert (first["score"], first["why"]) == (0.0, [])
    assert (again["relation"], again["of"]) == ("redelivery", "a-1")
    assert again["case"] == first["case"]
    assert (same_text["relation"], same_text["of"]) == ("shared", {"n": 2})
    assert same_text["case"] == other["case"] != first["case"]
    assert again["why"]
    assert 0 < again["score"] <= 1


def test_route_gives_the_whole_decision(intake: Intake) -> None:
    found, again = answers(
        intake,
        "route",
        "--home",
        "3715",
        stdin=lines(
            {"id": 1, "text": LIGHT, "received_at": "2026-03-02T09:00:00+08:00", "contact": "a"},
            {"id": 2, "text": LIGHT, "received_at": "2026-03-02T10:00:00+08:00", "contact": "b"},
        ),
    )
    assert found["outcome"] in ("auto", "suggest")
    assert found["category"] == "0104"
    assert found["area"] == "371521"
    assert found["rule"]
    assert found["names"][found["lead"]].startswith("阳谷县")
    assert found["deadlines"]["finish_by"] > "2026-03-02"
    assert {"classify", "locate", "catalogue", "lane"} <= {r["step"] for r in found["reasons"]}
    assert set(found["versions"]) == {"model", "catalogue", "areas", "policy"}
    assert again["case"] == found["case"]
    assert again["relation"] == "shared"
    assert again["lead"] == found["lead"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_bad_line_gets_an_error_and_the_rest_goes_on(intake: Intake, stage: str) -> None:
    bad = [
        b"not json",
        b'{"id": 7, "text": "\xb9\xe2"}',
        b"[1, 2]",
        b"null",
        b"[" * 100_000,
        b'{"id": ' + b"9" * 5000 + b', "text": "x"}',
        {"id": "no text"},
        {"id": "empty", "text": ""},
        {"id": "blank", "text": " \n\t "},
        {"id": "number", "text": 5},
        {"id": "list", "text": ["停水"]},
        {"id": "null", "text": None},
        {"id": "title", "text": "停水", "title": {"a": 1}},
        {"id": "channel", "text": "停水", "channel": "fax"},
        {"id": "time", "text": "停水", "received_at": "2026-02-31"},
        {"id": "year", "text": "停水", "received_at": "9999-12-31T23:59:59Z"},
        {"id": "long", "text": "停" * LONGEST_LINE},
    ]
    good = {"id": "good", "text": LIGHT}
    written = lines(*(line for pair in zip(bad, [good] * len(bad), strict=True) for line in pair))
    found = answers(intake, stage, stdin=written)
    assert len(found) == 2 * len(bad)
    for answer, line in zip(found[::2], bad, strict=True):
        assert set(answer) == {"id", "error"}, (line, answer)
        assert answer["error"].startswith("line ")
        named = line.get("id") if isinstance(line, dict) and line["id"] != "long" else None
        assert answer["id"] == named
        assert "停水" not in answer["error"]
    for answer in found[1::2]:
        assert set(answer) == {"id", *KEYS[stage]}


@pytest.mark.parametrize(
    "identifier", [0, -1.5, "A-1", "", True, None, [1, [2]], {"a": {"b": None}}, "编号", "\ud800"]
)
def test_any_id_comes_back_as_it_was(intake: Intake, identifier: Any) -> None:
    line = json.dumps({"id": identifier, "text": WATER}).encode() + b"\n"
    said = intake("try", "normalize", stdin=line)
    assert said.code == 0
    assert json.loads(said.out)["id"] == identifier


def test_order_is_kept_and_blank_lines_are_not_answered(intake: Intake) -> None:
    written = b"\n" + lines(*({"id": n, "text": f"第{n}栋停水"} for n in range(40)), b"", b"x")
    found = answers(intake, "normalize", stdin=written.rstrip(b"\n"))
    assert [answer["id"] for answer in found] == [*range(40), None]
    assert found[-1]["error"].startswith("line 43:")


def test_html_may_be_a_flag_or_the_markup_itself(intake: Intake) -> None:
    flagged, markup, plain = answers(
        intake,
        "normalize",
        stdin=lines(
            {"text": "<p>路灯<br>不亮</p>", "html": True},
            {"text": "", "title": "路灯", "html": "<p>路灯<br>不亮</p>"},
            {"text": "面积<50平米,而且>30平米"},
        ),
    )
    assert flagged["text"] == markup["text"] == "路灯\n不亮"
    assert "50平米" in plain["text"]


def test_exports_with_other_keys_and_a_byte_order_mark_are_read(intake: Intake) -> None:
    line = {"id": 1, "text": WATER, "received_at": 1772000000, "contact": 13800001001, "extra": [1]}
    (answer,) = answers(intake, "dedupe", stdin=b"\xef\xbb\xbf" + lines(line))
    assert answer["id"] == 1
    assert "error" not in answer


@pytest.mark.parametrize("stage", STAGES[1:])
def test_a_model_that_is_not_there_is_said_once(intake: Intake, stage: str) -> None:
    said = intake("try", stage, "--model", "absent", stdin=lines({"text": WATER}, {"text": LIGHT}))
    assert said.code == 1
    assert said.out == ""
    assert said.err.count("absent") == 1
    assert "Traceback" not in said.err


@pytest.mark.parametrize("home", ["abc", "1", "37150", "99"])
def test_a_home_that_is_no_area_is_refused(intake: Intake, home: str) -> None:
    said = intake("try", "route", "--home", home, stdin=lines({"text": WATER}))
    assert said.code == 1
    assert home in said.err
    assert said.out == ""


def test_as_a_program_it_answers_line_by_line_in_any_locale(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    said = intake.ended("try", "normalize", stdin=lines({"id": "一", "text": WATER}))
    assert said.code == 0, said.err
    assert json.loads(said.out)["id"] == "一"
    assert "东昌府区" in said.out


@pytest.mark.parametrize("stage", STAGES)
def test_lines_are_answered_together_as_they_are_alone(stage: str) -> None:
    models = ModelSettings()
    given = lines(
        {"id": 1, "text": WATER, "contact": "13800001001"},
        {"id": 2, "text": LIGHT, "home_area": "4310"},
        b"{",
        {"id": 3, "text": WATER + "请尽快处理。", "contact": "13800001001"},
        {"id": 4, "text": WATER, "home_area": "99"},
    ).splitlines()

    def told(together: bool) -> list[dict[str, Any]]:
        with Trial(lambda homes: build_router(models, homes), "3715") as trial:
            asked = getattr(trial, stage)
            if together:
                found = trial.answers(given, asked)
            else:
                found = [answer for line in given for answer in trial.answers([line], asked)]
        for answer in found:
            answer.pop("decided_at", None)
            for deadline in ("accept_by", "reply_by", "finish_by"):
                (answer.get("deadlines") or {}).pop(deadline, None)
        return found

    found = told(together=True)
    assert found == told(together=False)
    assert [answer["id"] for answer in found] == [1, 2, None, 3, 4]
    assert ["error" in answer for answer in found][2]
    assert ("error" in found[4]) == (stage != "normalize")
