"""Putting messages into words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.errors import Refused
from intake.messages import EN, ZH, Message, Renderer, UnknownMessageError, renderer
from intake.messages.formats import write_roughly, write_short


def test_the_same_message_in_both_languages() -> None:
    said = Message("error.not_held", {"id": "r1", "state": "routed"})
    assert renderer(ZH).render(*said) == "诉求r1不在待分办状态（现为“办理中”）。"
    assert renderer(EN).render(*said) == "Request r1 is not held (routed)."


def test_a_list_a_day_and_a_time_are_written_as_the_language_does() -> None:
    rows = Message("error.catalogue_faulty", {"code": "gap", "rows": ("R1", "R2")})
    assert "R1、R2" in renderer(ZH).render(*rows)
    assert "R1, R2" in renderer(EN).render(*rows)
    stored_as_json = Message(rows.code, {"code": "gap", "rows": ["R1", "R2"]})  # type: ignore[dict-item]
    assert renderer(EN).render(*stored_as_json) == renderer(EN).render(*rows)
    late = Message("audit.overdue_since", {"at": "2026-11-24T02:30:00+00:00"})
    assert "2026年11月24日 10:30" in renderer(ZH).render(*late)
    assert "24 Nov 2026, 10:30" in renderer(EN).render(*late)


def test_a_value_without_a_term_stands_as_it_is() -> None:
    assert renderer(ZH).term("lane", "green") == "green"
    assert renderer(ZH).term("lane", "ordinary") == "及时办"


def test_codes_of_a_citys_tables_are_named_by_the_table() -> None:
    own = Renderer(ZH, {"hold": lambda code, language: f"{code}/{language}"})
    assert own.say("audit.held", hold="unclear") == "unclear/zh-CN"


def test_what_is_missing_is_not_passed_over() -> None:
    with pytest.raises(UnknownMessageError):
        renderer(ZH).say("error.no_such_code")
    with pytest.raises(KeyError):
        renderer(ZH).say("audit.by_rule")


def test_a_stored_sentence_stands_in_for_a_message_of_another_version() -> None:
    assert renderer(EN).show(None, "旧的理由") == "旧的理由"
    assert renderer(EN).show(Message("decision.gone.away"), "旧的理由") == "旧的理由"
    assert renderer(EN).show(Message("audit.by_rule"), "按目录规则R1") == "按目录规则R1"
    assert (
        renderer(EN).show(Message("audit.by_rule", {"rule": "R1"}), "x") == "by catalogue rule R1"
    )


def test_an_error_carries_its_message() -> None:
    error = Refused.of("error.no_unit", unit="U-1")
    assert str(error) == "There is no unit U-1. Choose one from the search."
    assert error.coded == Message("error.no_unit", {"unit": "U-1"})
    assert Refused("Plain.").coded is None


def test_times_of_tables_are_short() -> None:
    at, now = datetime(2025, 11, 21, 19, 29, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    assert write_short(at, at, ZH) == "11-22 03:29"
    assert write_short(at, now, ZH) == "2025-11-22 03:29"
    assert write_short(at, now, EN) == "22 Nov 2025 03:29"
    assert (write_roughly(10**9, ZH), write_roughly(10**9, EN)) == ("10亿", "1B")
