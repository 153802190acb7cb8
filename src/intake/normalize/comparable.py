"""The part of a text that is compared with other messages: the matter without greetings and pleas."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.model.clean_text import Span
from intake.model.rule_table import rules_beside
from intake.normalize.personal import PLACEHOLDER

_RULES = rules_beside(__file__, "politeness")
_FIRST = frozenset(word[0] for word in _RULES.words("polite"))
_LAST = frozenset(word[-1] for word in _RULES.words("polite"))
_POLITE_CLAUSE = _RULES.pattern("polite_clause")
_LABEL = _RULES.pattern("placeholder_label")
_LONGEST_LABEL = 8
_CLAUSE = re.compile(r"[^\W_]+")
# The same where a text is nothing but ASCII, ideographs and marks, in half the time.
_ORDINARY_CLAUSE = re.compile("[0-9A-Za-z\u4e00-\u9fff]+")


def comparable(text: str, garbled: Iterable[Span] = (), *, ordinary: bool = False) -> str:
    """Leave greetings, pleas, thanks, placeholders, garbled stretches, punctuation and blanks out;
    letters in lower case.

    A text that is nothing but politeness is compared as it is. ``ordinary`` promises that the text is
    nothing but ASCII, ideographs and usual marks.
    """
    bare = _without(text, garbled)
    if "[" in text:
        bare = _without_placeholders(bare)
    clause = _ORDINARY_CLAUSE if ordinary else _CLAUSE
    clauses = clause.findall(bare) or clause.findall(text)
    matter = [
        words
        for words in clauses
        if words[0] not in _FIRST or words[-1] not in _LAST or not _POLITE_CLAUSE.fullmatch(words)
    ]
    return "".join(matter or clauses).lower()


def _without(text: str, garbled: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in garbled:
        parts += (text[done : span.start], "\n")
        done = span.end
    return "".join(parts) + text[done:]


def _without_placeholders(text: str) -> str:
    """Take placeholders out, and the words that announce them: 电话[手机]."""
    parts, done = [], 0
    for match in PLACEHOLDER.finditer(text):
        label = _LABEL.search(text, max(done, match.start() - _LONGEST_LABEL), match.start())
        parts.append(text[done : label.start() if label else match.start()])
        done = match.end()
    return "".join(parts) + text[done:]
