"""What normalize makes of messages (cases/before_after.jsonl), and what holds for any message."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.connect.decoding import decode_text
from intake.model.channel import Channel
from intake.model.clean_text import CleanText
from intake.model.submission import Submission
from intake.normalize import Cleaning, normalize

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


def _submission(body: str, title: str = "", *, html: bool = False) -> Submission:
    return Submission(
        source="s", channel=Channel.BOARD, external_id="1", title=title, body=body, html=html
    )


def _normalize(body: str, title: str = "", *, html: bool = False) -> CleanText:
    return normalize(_submission(body, title, html=html))


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


def test_what_is_garbled_is_no_evidence() -> None:
    clean = _normalize("东街\ufffd\ufffd路灯坏了")
    assert clean.readable == "东街  路灯坏了"
    assert clean.comparable == "东街路灯坏了"


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


@settings(max_examples=400, deadline=None)
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


@settings(max_examples=400, deadline=None)
@given(body=_MESSY, title=_MESSY)
def test_the_way_back_costs_no_other_text(body: str, title: str) -> None:
    submission = _submission(body, title)
    assert normalize(submission) == Cleaning(submission).clean


@settings(max_examples=400, deadline=None)
@given(body=_MESSY, html=st.booleans())
def test_the_way_back_leads_to_where_it_says(body: str, html: bool) -> None:
    cleaning = Cleaning(_submission(body, html=html))
    text = cleaning.clean.text

    places = [cleaning.origin(at, at + 1) for at in range(len(text))]

    assert all(0 <= start <= end <= len(body) for start, end in places)
    for character, (start, end) in zip(text, places, strict=True):
        if end - start == 1 and character.isascii() and character.isalnum():
            assert unicodedata.normalize("NFKC", body[start:end]) == character
    for piece in cleaning.personal():
        assert 0 <= piece.start < piece.end <= len(body)


@settings(max_examples=400, deadline=None)
@given(body=_MESSY, title=_MESSY)
def test_what_is_personal_stays_nowhere(body: str, title: str) -> None:
    cleaning = Cleaning(_submission(body, title))
    clean = cleaning.clean
    for piece in cleaning.personal():
        if piece.type in {"mobile", "id_card", "bank_card", "email", "plate"}:
            for where in (clean.text, clean.title, clean.comparable, *clean.fields.values()):
                assert not re.search(rf"(?<![0-9]){re.escape(piece.value)}(?![0-9])", where)


@settings(max_examples=200, deadline=None)
@given(content=st.binary(max_size=300), declared=st.sampled_from([None, "gbk", "utf-8", "big5"]))
def test_any_bytes_are_cleaned(content: bytes, declared: str | None) -> None:
    text, _ = decode_text(content, declared)
    clean = _normalize(text)
    assert _normalize(clean.text).text == clean.text


@pytest.mark.parametrize(
    ("body", "html", "word"),
    [
        ("<div><p>路灯&nbsp;坏了</p>\n<p>请 <b>张小明</b> 修</p></div>", True, "请"),
        ("<nav>坏了</nav><p>路灯坏了</p>", True, "坏了"),
        ("<table><tr><td>路灯</td><p>坏了</p></tr></table>", True, "坏了"),
        ("&lt;路灯&gt;坏了&amp;没人修", False, "没人修"),
        ("供暖(nuǎn)不热(rè)，垃圾没人清", False, "垃圾"),
        ("农村道路损壞嚴重，請儘快維修，接著又漏水", False, "漏水"),
        ("Ａ栋１２层漏水，⾃来⽔停了", False, "停了"),
        ("\ufeff路\u200b灯\u3000 \u3000坏了", False, "坏了"),
        ("路灯\r\n\r\n\r\n坏了\n发自我的iPhone", False, "坏了"),
        ("来电人：李强　诉求内容：井盖丢失", False, "井盖"),
        ("电话13800001234，１３９００００２２２２，坏了", False, "坏了"),
        ("è·¯ç\u0081¯ 坏了", False, "坏了"),
        ("\\u8def\\u706f坏了", False, "坏了"),
    ],
)
def test_a_word_is_found_again_in_the_original(body: str, html: bool, word: str) -> None:
    cleaning = Cleaning(_submission(body, html=html))
    at = cleaning.clean.text.index(word)
    start, end = cleaning.origin(at, at + len(word))
    assert body[start:end] == word
    assert start == body.rindex(word)


def test_a_misread_character_leads_back_to_its_bytes() -> None:
    body = "路灯坏了，我叫王小明，请修".encode().decode("latin-1")
    cleaning = Cleaning(_submission(body))
    (piece,) = cleaning.personal()
    assert body[piece.start : piece.end].encode("latin-1").decode() == "王小明"


_REPEATED = [
    *("9", "1", "0-", "5-", "13800001234 ", "6222 ", "a@", "a.", "a", "-", ">", "> a\n", "\n", " "),
    *("<", "<a ", "<div>", "<!--", "&", "&amp;", "中(guò)", "?!本", "?!痹o說", "我叫", "我是村民", "王"),
    *("来电人:张 诉求:", "发件人:a\n", "您好", "请领导", "鲁P", "微信", "幺三八零", "锛銆", "ä½ å¥½", "ÎÒ", "電"),
    *("[手机]", "\ufffd", "1单元", "单元", "谢谢！\n", "本人某某", "电话"),
]  # fmt: skip


@pytest.mark.parametrize("unit", _REPEATED)
def test_long_repetitions_take_time_in_proportion(unit: str) -> None:
    body = unit * (100_000 // len(unit.encode()))
    start = time.process_time()
    _normalize(body)
    # Not a measure of speed: a loop that explodes takes hours on such a text, on any machine.
    assert time.process_time() - start < 20
