"""An edit at the source is told as what it changed."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from intake.contract.event import TextChange
from intake.model.channel import Channel
from intake.model.request import Request
from intake.pipeline.text_changes import LONGEST, MOST, text_changes

words = st.text("路灯不亮请修AB12,。", max_size=60)


def request(text: str, title: str = "路灯") -> Request:
    return Request(
        id="r", source="s", channel=Channel.BOARD, external_id="1", revision=1, case_id="c",
        title=title, text=text, received_at=datetime(2026, 3, 2, tzinfo=UTC),
        reply_over=Channel.BOARD,
    )  # fmt: skip


def applied(text: str, changes: list[TextChange]) -> str:
    for change in reversed(changes):
        assert text[change.at : change.at + len(change.before)] == change.before
        text = text[: change.at] + change.after + text[change.at + len(change.before) :]
    return text


@given(words, words, words, words)
def test_changes_turn_the_words_before_into_those_after(
    title: str, new_title: str, text: str, new_text: str
) -> None:
    changes = text_changes(request(text, title), request(new_text, new_title))
    assert applied(title, [c for c in changes if c.field == "title"]) == new_title
    assert applied(text, [c for c in changes if c.field == "text"]) == new_text
    assert all(change.before != change.after for change in changes)


def test_a_changed_name_is_one_change() -> None:
    before, after = request("白云小区三栋没有水"), request("白鹭洲小区三栋没有水了")
    told = [(c.at, c.before, c.after) for c in text_changes(before, after)]
    assert told == [(1, "云", "鹭洲"), (9, "", "了")]


def test_a_text_rewritten_all_over_is_one_change() -> None:
    before = request("。".join("路灯" for _ in range(3 * MOST)))
    after = request("!!!!".join("路灯" for _ in range(3 * MOST)))
    assert len(text_changes(before, after)) == 1


def test_a_novel_is_told_from_the_first_change_to_the_last() -> None:
    novel = "很久以前" * LONGEST
    (change,) = text_changes(request(novel), request(novel[:-2] + "今天"))
    assert (change.before, change.after) == ("以前", "今天")


def test_another_telephone_changes_no_words() -> None:
    assert text_changes(request("路灯不亮"), request("路灯不亮")) == ()
