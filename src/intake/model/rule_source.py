"""Words as part of a regular expression, in each form that a rule's pattern may ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

REFERENCE = re.compile(r"\{(?P<id>[a-z][a-z0-9_.]*)(?::(?P<form>[a-z]+)(?: (?P<then>[^{}]+))?)?\}")
"""``{id}``, ``{id:form}`` or ``{id:form then}``; ``{2,8}`` is a count, for it begins with a digit."""


def alternatives(words: Iterable[str]) -> str:
    """Match any of the words, the longest that stands in a text: 电话号码 before 电话; of no words, nothing."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True))) or "(?!)"


def firsts(words: Iterable[str], _then: str = "") -> str:
    """Return the first letters of words, for a set of letters."""
    return "".join(sorted({word[0] for word in words}))


def lasts(words: Iterable[str], _then: str = "") -> str:
    """Return the last letters of words, for a set of letters."""
    return "".join(sorted({word[-1] for word in words}))


def behind(words: Iterable[str], then: str = "") -> str:
    """Match where one of the words, and ``then``, has just ended: a look behind for each length."""
    by_length: dict[int, list[str]] = {}
    for word in words:
        by_length.setdefault(len(word), []).append(re.escape(word))
    looks = (f"(?<=(?:{'|'.join(alike)}){then})" for alike in by_length.values())
    return f"(?:{'|'.join(looks)})"


def after(words: Iterable[str], then: str = "") -> str:
    """Match the last letter of one of the words where ``then`` follows; not in brackets of its own.

    To begin with a letter, and to look behind only where what follows fits, rules nearly all places out.
    """
    by_end: dict[str, list[str]] = {}
    for word in words:
        by_end.setdefault(word[-1], []).append(word)
    return "|".join(f"{re.escape(end)}(?={then}){behind(alike)}" for end, alike in by_end.items())


FORMS: dict[str, Callable[[Sequence[str], str], str]] = {
    "first": firsts,
    "last": lasts,
    "behind": behind,
    "after": after,
}
