"""Candidates for several matters in one letter (cases/matters.jsonl)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.normalize.matters import matters

_CASES: list[dict[str, Any]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "matters.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", _CASES, ids=[case["why"] for case in _CASES])
def test_matters_of_a_letter(case: dict[str, Any]) -> None:
    assert [span.text for span in matters(case["text"])] == case["matters"]


_PIECES = [
    *(
        "1、",
        "2、",
        "3.",
        "（一）",
        "（二）",
        "①",
        "②",
        "第一，",
        "第二，",
        "一是",
        "二是",
        "首先",
        "其次",
    ),
    *("另外，", "此外", "还想反映", "诉求：", "。", "\n", "路灯坏了没人修", "垃圾太臭", "2023年"),
]


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=3)), max_size=30).map("".join))
def test_candidates_are_stretches_of_the_text_in_order(text: str) -> None:
    spans = matters(text)
    assert len(spans) != 1
    end = 0
    for span in spans:
        assert end <= span.start < span.end
        assert text[span.start : span.end] == span.text
        end = span.end
