"""Traditional characters to simplified ones: all of a document that is written in traditional, and of one
that is not those that only traditional Chinese has, if they are several.
"""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

from intake.model.rule_table import rules_beside

_CJK = "".join(map(chr, range(0x4E00, 0x9FFF)))
_CJK_SET = frozenset(_CJK)
_RULES = rules_beside(__file__, "script")
_KEPT_IN_NAME = _RULES.pattern("kept_in_name")
_BESIDE = _RULES.pattern("beside")
_SEVERAL = 3


@cache
def _converter() -> OpenCC:
    # tw2s and not t2s: t2s leaves 著 in 接著.
    return OpenCC("tw2s")


@cache
def evidence() -> tuple[str, str]:
    """Return the characters that only traditional Chinese has, and those that only simplified Chinese has.

    后, 里, 乾 and 著 are in both and prove nothing: a character counts only when the other script's
    national charset does not hold it.
    """
    pairs = [(a, b) for a, b in zip(_CJK, _converter().convert(_CJK), strict=True) if a != b]
    in_gb, in_big5 = _held("gb2312", 0xA1, 0xFF), _held("big5", 0x40, 0xFF)
    return (
        "".join(sorted({a for a, _ in pairs} - in_gb)),
        "".join(sorted({b for _, b in pairs if b in _CJK_SET} - in_big5 - {"着"})),
    )


def _held(charset: str, first: int, last: int) -> frozenset[str]:
    """Return all characters of a two-byte charset, decoded row by row."""
    rows = (bytes(b for t in range(first, last) for b in (lead, t)) for lead in range(0xA1, 0xFA))
    return frozenset("".join(row.decode(charset, "ignore") for row in rows))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    only_traditional, only_simplified = evidence()
    return re.compile(f"[{only_traditional}]"), re.compile(f"[{only_simplified}]")


def is_traditional(text: str) -> bool:
    """Return whether the text as a whole is written in traditional characters."""
    only_traditional, only_simplified = _patterns()
    strokes = len(only_traditional.findall(text))
    return strokes > 1 and strokes > len(only_simplified.findall(text))


def has_strays(text: str) -> bool:
    """Return whether a text in simplified characters has several that it should not: 我想问農安縣的路燈.

    One or two may be a name, or how somebody likes to write one.
    """
    only_traditional, _ = _patterns()
    return len(only_traditional.findall(_BESIDE.sub("", text))) >= _SEVERAL


@cache
def _strays() -> tuple[re.Pattern[str], dict[str, str]]:
    only_traditional, _ = evidence()
    simplified = dict(zip(only_traditional, _converter().convert(only_traditional), strict=True))
    return re.compile(f"{_BESIDE.pattern}|[{only_traditional}]"), simplified


def without_strays(text: str) -> str:
    """Write the characters that only traditional Chinese has in simplified; what is put beside in
    brackets, 鲁(魯), stays.
    """
    strays, simplified = _strays()
    return strays.sub(lambda found: simplified.get(found[0], found[0]), text)


def to_simplified(text: str) -> str:
    """Write a traditional text in simplified characters; official names keep theirs (乾安县)."""
    converted: str = _converter().convert(text)
    if len(converted) != len(text):  # no phrase of tw2s changes length today; names need alignment
        return converted
    for name in _KEPT_IN_NAME.finditer(text):
        at = name.start()
        converted = converted[:at] + name[0] + converted[at + 1 :]
    return converted
