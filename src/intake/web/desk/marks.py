"""Marking parts of a citizen's text: place names, hidden personal data, broken characters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Literal, NamedTuple

from intake.model.clean_text import Span

Mark = Literal["", "place", "hidden", "garbled"]

_HIDDEN = re.compile(
    r"\[(?:手机|固话|电话|身份证|证件|车牌|银行卡|邮箱|姓名|门牌|地址|虚拟号|微信|QQ|护照)\]"
)
_GARBLED = re.compile("[\ufffd\ue000-\uf8ff]+")


class Stretch(NamedTuple):
    """Consecutive characters with the same mark."""

    mark: Mark
    text: str


def mark_text(
    title: str, text: str, evidence: Iterable[Span]
) -> tuple[list[Stretch], list[Stretch]]:
    """Return title and text in stretches; their texts joined are what came in.

    Offsets of ``evidence`` are into ``title + "\\n" + text`` (``text`` alone without a title); a span
    that was found in an earlier revision is looked for by its words.
    """
    whole = f"{title}\n{text}" if title else text
    marks: list[Mark] = [""] * len(whole)
    for start, end in (_where(whole, span) for span in evidence):
        marks[start:end] = ["place"] * (end - start)
    patterns: tuple[tuple[Mark, re.Pattern[str]], ...] = (
        ("hidden", _HIDDEN),
        ("garbled", _GARBLED),
    )
    for mark, pattern in patterns:
        for found in pattern.finditer(whole):
            marks[found.start() : found.end()] = [mark] * len(found[0])
    first = len(title)
    body = first + 1 if title else 0
    return _stretches(whole[:first], marks[:first]), _stretches(whole[body:], marks[body:])


def _where(whole: str, span: Span) -> tuple[int, int]:
    if whole[span.start : span.end] == span.text:
        return span.start, span.end
    start = whole.find(span.text) if span.text else -1
    return (start, start + len(span.text)) if start >= 0 else (0, 0)


def _stretches(text: str, marks: list[Mark]) -> list[Stretch]:
    pairs = zip(text, marks, strict=True)
    return [
        Stretch(mark, "".join(character for character, _ in group))
        for mark, group in groupby(pairs, key=lambda pair: pair[1])
    ]
