"""Personal data leaves the text, and nothing else does (cases/personal.txt)."""

from __future__ import annotations

import pytest

from intake.model.submission import Contact, Submission
from intake.normalize import Cleaning, normalize

from . import marked

_MADE_WITH = marked.read("personal.txt")
_HELD_BACK = marked.read("personal_held.txt")
# Written before the rules were read, and measured first: docs/measurements.md has what was found then.
_WRITTEN_BLIND = marked.read("personal_blind.txt")


def _submission(body: str, **rest: object) -> Submission:
    return marked.submission(body, **rest)


def test_the_marked_set_is_large_enough_to_mean_something() -> None:
    for snippets in (_MADE_WITH, _HELD_BACK, _WRITTEN_BLIND):
        traps = [snippet for snippet in snippets if not snippet.marks]
        assert len(snippets) >= 250
        assert len(traps) * 3 >= len(snippets)


@pytest.mark.parametrize("snippet", _MADE_WITH, ids=lambda snippet: snippet.text)
def test_personal_data_is_taken_out_and_nothing_else(snippet: marked.Snippet) -> None:
    cleaning = Cleaning(_submission(snippet.text))
    clean = cleaning.clean

    assert [placeholder.kind for placeholder in clean.placeholders] == [m[0] for m in snippet.marks]
    assert [(p.type, p.start, p.end) for p in cleaning.personal()] == [
        (marked.TYPES[word], start, end) for word, start, end in snippet.marks
    ]
    for _, start, end in snippet.marks:
        assert snippet.text[start:end] not in clean.text
        assert snippet.text[start:end] not in clean.comparable
    if not snippet.marks:
        assert clean.text == snippet.text
        assert clean.contact.is_empty()


@pytest.mark.parametrize("name", ["personal.txt", "personal_held.txt", "personal_blind.txt"])
def test_precision_and_recall(name: str) -> None:
    score = marked.score(marked.read(name))
    precision, recall = score.of()
    assert precision >= 0.98, score.wrong
    assert recall >= 0.95, score.missed
    for kind in marked.TYPES.values():
        precision, recall = score.of(kind)
        assert precision >= 0.9, (kind, score.wrong)
        assert recall >= 0.85, (kind, score.missed)
    precision, recall = score.of("name")
    assert min(precision, recall) >= 0.9


def test_a_virtual_number_is_marked_and_keeps_its_extension() -> None:
    contact = normalize(_submission("平台号码13800001234转8899，路灯不亮")).contact
    assert contact.phone == "13800001234转8899"
    assert contact.virtual_phone


def test_the_telephone_of_somebody_else_is_not_the_citizens() -> None:
    contact = normalize(_submission("物业经理电话13900003333不接，我的电话13800001234")).contact
    assert contact.phone == "13800001234"
    assert contact.other == ("手机:13900003333",)


def test_the_forms_contact_wins_and_the_texts_is_kept_beside_it() -> None:
    given = Contact(name="王小明", phone="13800001234")
    clean = normalize(_submission("我是王小明，换了号13900005678。王小明再次反映。", contact=given))
    assert clean.contact.name == "王小明"
    assert clean.contact.phone == "13800001234"
    assert clean.contact.other == ("手机:13900005678",)
    assert "王小明" not in clean.text


def test_spoken_digits_become_a_number() -> None:
    assert normalize(_submission("电话幺三八零零零零幺二三四")).contact.phone == "13800001234"


def test_an_identity_number_with_a_wrong_check_digit_is_taken_out_where_a_label_names_it() -> None:
    labelled = normalize(_submission("身份证371521199001011230"))
    assert (labelled.text, labelled.contact.id_card) == ("身份证[身份证]", "371521199001011230")
    assert normalize(_submission("凭371521199001011230领取")).text == "凭371521199001011230领取"


def test_a_signature_is_taken_out() -> None:
    clean = normalize(_submission("路灯坏了半个月。\n此致敬礼\n王小明\n2023年5月1日"))
    assert "王小明" not in clean.text
    assert clean.contact.name == "王小明"


def test_a_nickname_that_is_a_word_does_not_eat_the_word() -> None:
    clean = normalize(_submission("阳光小区停水，市民着急", contact=Contact(name="阳光")))
    assert clean.text == "阳光小区停水，市民着急"


def test_an_unusual_telephone_of_a_form_is_kept() -> None:
    contact = normalize(_submission("联系人:李强 联系电话:+44 20 7946 0000 诉求:路灯不亮")).contact
    assert contact.name == "李强"
    assert contact.phone == "+44 20 7946 0000"
