"""Traditional characters to simplified ones, only where the document is written in traditional."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

_CJK = "".join(map(chr, range(0x4E00, 0x9FFF)))
# Official names that keep a character which the converter would change (measured over the areas
# table: 濛江乡, 乾西乡, 於潜镇, 藉口镇, 洩湖镇 …).
_NAMES = re.compile(
    r"乾(?=[安丰潭西务塘龙佑縣县]|豐|務|龍)|(?<=奇)乾|濛(?=[江洲阳陽])|(?<=清)濛|於(?=[潛潜])|藉(?=口[鎮镇])"
    r"|洩(?=湖)|[塚磑鮀瀂礐鮜篢輋碕](?=[^，。]{0,2}[鎮镇鄉乡村街石])"
)


@cache
def _converter() -> OpenCC:
    # tw2s and not t2s: t2s leaves 著 in 接著.
    return OpenCC("tw2s")


def _encodable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _evidence() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give patterns for what only traditional and what only simplified Chinese is written with.

    后, 里, 乾 and 著 stand in both and say nothing: a character counts only when the other script's
    national charset does not hold it.
    """
    simplified = _converter().convert(_CJK)
    traditional = OpenCC("s2t").convert(_CJK)
    only_traditional = [
        a for a, b in zip(_CJK, simplified, strict=True) if a != b and not _encodable(a, "gb2312")
    ]
    only_simplified = [
        a for a, b in zip(_CJK, traditional, strict=True) if a != b and not _encodable(a, "big5")
    ]
    return re.compile(f"[{''.join(only_traditional)}]"), re.compile(f"[{''.join(only_simplified)}]")


def is_traditional(text: str) -> bool:
    """Say whether the text as a whole is written in traditional characters."""
    only_traditional, only_simplified = _evidence()
    strokes = len(only_traditional.findall(text))
    return strokes > 1 and strokes > len(only_simplified.findall(text))


def to_simplified(text: str) -> str:
    """Write a traditional text in simplified characters; official names keep theirs (乾安县)."""
    converted: str = _converter().convert(text)
    if len(converted) != len(text):  # no phrase of tw2s changes length today; names need alignment
        return converted
    for name in _NAMES.finditer(text):
        at = name.start()
        converted = converted[:at] + name[0] + converted[at + 1 :]
    return converted
