"""What normalize makes of messages (cases/before_after.jsonl), and what holds for any message."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.normalize import normalize
from intake.request import Channel, CleanText, Submission

_CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "before_after.jsonl")
    .read_text("utf-8")
    .splitlines()
]
# What the steps look for, so that random text meets every one of them.
_PIECES = (
    "<p> </p> <br> < > & &amp; &lt; &#60; <script> (guò) ( "
    ") ?! ？！ 痹o說 [手机] [ ] 我叫 王小明 本人 我是 联系人: 13800001234 "
    "幺三八零零零零幺二三四 371521199001011234 0635-8000123 "
    "6222020000000000000 鲁P12345 2单元501室 微信:abc123 a@b.cn "
    "來電 電話 路燈 乾安縣 来电人: 诉求: 【诉求】 诉求内容： 发件人: 收件人: ----- 原始邮件 "
    "> 锟斤拷 锛銆鐨 ä½ å¥½ ÎÒÃÇ´å × 您好 谢谢！ 请 尽快 此致敬礼 转 1 0 - . "
    "， 。 \n \r\n \u200b \u3000 \xa0 Ａ ⻄ ⾃ \ufffd \ue000 "
    "\x00"
)
_MESSY = st.lists(
    st.one_of(st.sampled_from(_PIECES.split(" ")), st.text(max_size=3)), max_size=25
).map("".join)


def _normalize(body: str, title: str = "", *, html: bool = False) -> CleanText:
    return normalize(
        Submission(
            source="s", channel=Channel.BOARD, external_id="1", title=title, body=body, html=html
        )
    )


@pytest.mark.parametrize("case", _CASES, ids=[case["why"] for case in _CASES])
def test_before_and_after(case: dict[str, Any]) -> None:
    clean = _normalize(case["body"], html=case.get("html", False))

    assert clean.text == case["text"]
    for key in ("comparable", "fields"):
        if key in case:
            assert getattr(clean, key) == case[key]
    if "notes" in case:
        assert list(clean.notes) == case["notes"]
    if "garbled" in case:
        assert [span.text for span in clean.garbled] == case["garbled"]
    if "contact" in case:
        assert clean.contact.model_dump(exclude_defaults=True) == case["contact"]
    if "title_after" in case:
        assert clean.title == case["title_after"]


def test_a_traditional_title_follows_its_text() -> None:
    clean = _normalize("農村道路損壞嚴重", title="路燈")
    assert clean.title == "路灯"


def test_a_sentence_cut_in_the_middle_of_a_mark_is_restored_from_the_document() -> None:
    whole = "縣政府辦公廳很重視。他說:“路燈要修。”縣政府辦公廳回覆了。"
    late = whole.encode("gbk")
    cut = late.index("。”縣".encode("gbk"))
    damaged = late[:cut].decode("gbk") + "?" + late[cut + 1 :].decode("gbk", "ignore")
    assert "縣政府辦公廳回覆" not in damaged

    clean = _normalize(damaged)

    assert "路灯要修。”县政府办公厅回复了。" in clean.text
    assert "recoded" in clean.notes
    assert clean.garbled == ()


def test_a_cut_sentence_that_stands_nowhere_else_is_marked() -> None:
    clean = _normalize("他說路燈要修?!痹o說很快")
    assert "garbled" in clean.notes
    assert clean.text[clean.garbled[0].start : clean.garbled[0].end] == clean.garbled[0].text


@settings(max_examples=300, deadline=None)
@given(body=_MESSY, title=_MESSY, html=st.booleans())
def test_any_text_is_cleaned_to_a_text_that_stays_as_it_is(
    body: str, title: str, html: bool
) -> None:
    clean = _normalize(body, title, html=html)

    again = _normalize(clean.text, clean.title)

    assert (again.title, again.text) == (clean.title, clean.text)
    assert again.comparable == clean.comparable
    assert again.placeholders == clean.placeholders
    for placeholder in clean.placeholders:
        assert clean.text[placeholder.start : placeholder.end] == f"[{placeholder.kind}]"
    for span in clean.garbled:
        assert clean.text[span.start : span.end] == span.text
    assert clean == _normalize(body, title, html=html)


_REPEATED = [
    *("9", "1", "0-", "5-", "13800001234 ", "6222 ", "a@", "a.", "a", "-", ">", "> a\n", "\n", " "),
    *("<", "<a ", "<div>", "<!--", "&", "&amp;", "中(guò)", "?!本", "?!痹o說", "我叫", "我是村民", "王"),
    *("来电人:张 诉求:", "发件人:a\n", "您好", "请领导", "鲁P", "微信", "幺三八零", "锛銆", "ä½ å¥½", "ÎÒ", "電"),
    *("[手机]", "\ufffd", "1单元", "单元", "谢谢！\n", "本人某某", "电话"),
]  # fmt: skip


@pytest.mark.parametrize("unit", _REPEATED)
def test_long_repetitions_take_time_in_proportion(unit: str) -> None:
    body = unit * (100_000 // len(unit.encode()))
    start = time.perf_counter()
    _normalize(body)
    # Ten times the product's bound of 50 ms for such sizes: this is for loops that explode.
    assert time.perf_counter() - start < 1.0
