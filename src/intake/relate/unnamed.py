"""Things without a name of their own: crossings, bus lines, and what each town has one of.

On text as :func:`intake.relate.matter.plain` gives it, without punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_CROSSING = re.compile("交叉口|交叉路口|交汇|交口|路口|十字")
# The left edge of a road's name is unsure: two letters and the ending are enough to know it again.
_ROADS = re.compile(
    r"(?P<one>[\u4e00-\u9fff]{2}(?:大道|[路街巷道]))(?:与|和|跟|及|到|近)?[\u4e00-\u9fff]{0,2}?"
    r"(?P<other>[\u4e00-\u9fff]{2}(?:大道|[路街巷道]))(?:的|交|十字)?$"
)
_REACH = 16
# One in each town, called by the town's name: 靠山镇卫生院.
_OF_TOWN = re.compile(
    "[镇乡](?<=[\u4e00-\u9fff]{3})(?:中心)?(?P<what>卫生院|小学|中心校|中学|幼儿园|派出所|敬老院|信用社)"
)
_TOWN = 4  # letters, at most
_LINE = re.compile(r"(?:公交|坐|乘)(?:车|的)?(\d{1,3})路|(\d{1,3})路(?:公交|车)")


def crossings(text: str) -> Iterator[tuple[int, str]]:
    """Give where a crossing stands and its two roads, in the same order whichever is named first."""
    for found in _CROSSING.finditer(text):
        roads = _ROADS.search(text, max(0, found.start() - _REACH), found.start())
        if roads and roads["one"] != roads["other"]:
            yield found.start(), "".join(sorted((roads["one"], roads["other"])))


def bus_lines(text: str) -> Iterator[tuple[int, str]]:
    """Give where a bus line stands, and which: 12路公交, 公交12路."""
    for found in _LINE.finditer(text) if "路" in text else ():
        yield found.end(), f"{found[1] or found[2]}路"


def of_town(text: str) -> Iterator[tuple[int, str, str]]:
    """Give where a town's own institution is named up to, its kind, and its name: 靠山镇卫生院."""
    for found in _OF_TOWN.finditer(text):
        kind = "school" if found["what"][-1] in "学校园" else "body"
        name = text[max(0, found.start() - _TOWN + 1) : found.start()]
        yield found.end(), kind, f"{name}{found[0]}"
