"""Several matters in one letter: the probable place of each, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from intake.model.clean_text import Span
from intake.model.rule_table import rules_beside

_ONE_TO_TEN = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_IN_TURN = ("首先", "其次", "再次", "最后")
_READINGS: dict[str, Callable[[str], int]] = {
    "chinese": lambda written: _ONE_TO_TEN.find(written) + 1,
    "figures": int,
    "circled": lambda written: _CIRCLED.index(written) + 1,
    "in_turn": lambda written: _IN_TURN.index(written) + 1,
}
"""The readers of a point's number, by the label of the rule that found it."""

_RULES = rules_beside(__file__, "matters")
# The ways people number their points: the first point, the pattern, the reading.
_STYLES = tuple(
    (
        _RULES.words(row.id.replace("counted", "first")),
        _RULES.pattern(row.id),
        _READINGS[row.label],
    )
    for row in _RULES.group("counted")
)
_FIRST = frozenset("一1①首")  # characters without which nothing is counted
_ONE_MATTER = _RULES.pattern("one_matter")
_SEVERAL = _RULES.pattern("several")
_MORE = _RULES.pattern("more")
_ENDS = frozenset("\n。；;！!？?，,")  # the text before it
_DATED = _RULES.pattern("dated")
_PLEA = _RULES.pattern("plea")
_TROUBLE = _RULES.pattern("trouble")
_ARGUES = _RULES.pattern("argues")
_SAYS_NOTHING = _RULES.word_set("says_nothing")
_SENTENCE, _ITEM = re.compile(r"[^。！!？?\n]+"), re.compile(r"[^；;]+")
_SEMICOLON, _LISTED = re.compile("[；;]"), 3
_SHORTEST = 6  # least characters of a matter
_LONGEST = 160  # of a point that nobody announced as a matter; longer ones argue
_LONGEST_BEFORE = 300  # of the text before 另外; a longer story continues with it
# Pairs of characters; what one letter's matters are about they hardly share, beyond words for everything.
_MOST_SHARED = 1
_BREAK = re.compile("[。！!？?\n]")


def matters(text: str) -> tuple[Span, ...]:
    """Return stretches of a clean text that seem to be separate matters; none when it seems to be one.

    The candidates are rather too few than too many: numbered points, or three between semicolons, with
    different words, and an addition after 另外 or 此外. Numbered demands, facts and dates about
    one thing are one matter.
    """
    for starts in _series(text):
        spans = _points(text, starts)
        if spans:
            return spans
    return _listed(text) or _additions(text)


def _series(text: str) -> list[list[re.Match[str]]]:
    """Return runs of numbers 1, 2, 3 … in one style, the one that begins first in front."""
    found = []
    if _FIRST.isdisjoint(text):
        return []
    for ones, pattern, number in _STYLES:
        for one in ones:
            if one in text:
                break
        else:
            continue
        run: list[re.Match[str]] = []
        for match in pattern.finditer(text):
            if number(match[1]) == len(run) + 1:
                run.append(match)
        if len(run) > 1:
            found.append(run)
    return sorted(found, key=lambda run: run[0].start())


def _points(text: str, marks: Sequence[re.Match[str]]) -> tuple[Span, ...]:
    before = text[: marks[0].start()]
    if _ONE_MATTER.search(before):
        return ()
    ends = [*(mark.start() for mark in marks[1:]), _end_of_last(text, marks)]
    points = [(mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    told = [text[start:end] for start, end in points]
    if sum(_DATED.match(words) is not None for words in told) * 2 >= len(told):
        return ()
    if sum(map(_is_matter, told)) * 3 < len(told) * 2:  # 垃圾池离学校太近 among two that are plain
        return ()
    if not _SEVERAL.search(before[-40:]) and not _differ(told):
        return ()
    spans = (_span(text, mark.start(), end) for mark, end in zip(marks, ends, strict=True))
    return tuple(spans)


def _end_of_last(text: str, marks: Sequence[re.Match[str]]) -> int:
    """The last point ends with its line, or its sentence where the others are one each."""
    start = marks[-1].end()
    line = text.find("\n", start)
    return len(text) if line < 0 else line


def _listed(text: str) -> tuple[Span, ...]:
    """Three things or more in a sentence, set apart by semicolons, that have no words in common."""
    if text.count("；") + text.count(";") < _LISTED - 1:
        return ()
    for sentence in _SENTENCE.finditer(text):
        if len(_SEMICOLON.findall(sentence[0])) < _LISTED - 1:
            continue
        if _ONE_MATTER.search(text[: sentence.start()][-20:]):
            continue
        told = [item.span() for item in _ITEM.finditer(text, *sentence.span())]
        words = [text[start:end] for start, end in told]
        if len(told) >= _LISTED and all(map(_is_matter, words)) and _differ(words):
            return tuple(_span(text, start, end) for start, end in told)
    return ()


def _additions(text: str) -> tuple[Span, ...]:
    starts = [0]
    for more in _MORE.finditer(text):
        if more.start() and text[more.start() - 1] not in _ENDS:
            continue
        words = text[more.end() : _next_break(text, more.end())]
        told = text[starts[-1] : more.start()]
        if (
            not _PLEA.match(words)
            and _is_matter(words)
            and _is_matter(told)
            and len(told) <= _LONGEST_BEFORE
            and not _ARGUES.search(words)
            and _shared(words, told) <= _MOST_SHARED
        ):
            starts.append(more.start())
    if len(starts) < 2:
        return ()
    return tuple(_span(text, start, end) for start, end in pairwise([*starts, len(text)]))


def _next_break(text: str, start: int) -> int:
    found = _BREAK.search(text, start + _SHORTEST)
    return found.start() if found else len(text)


def _is_matter(words: str) -> bool:
    return len(words.strip()) >= _SHORTEST and _TROUBLE.search(words) is not None


def _differ(told: Sequence[str]) -> bool:
    if any(len(words) > _LONGEST or _ARGUES.search(words) for words in told):
        return False
    return all(_shared(b, a) <= _MOST_SHARED for a, b in combinations(told, 2))


def _shared(words: str, others: str) -> int:
    """Count the meaningful pairs of characters that both have."""
    pairs = {
        a + b
        for a, b in pairwise(words)
        if "\u4e00" <= a <= "\u9fff"
        and "\u4e00" <= b <= "\u9fff"
        and _SAYS_NOTHING.isdisjoint(a + b)
    }
    return sum(pair in others for pair in pairs)


def _span(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    return Span(start=start, end=start + len(part), text=part)
