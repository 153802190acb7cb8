"""Things without a name of their own: crossings, bus lines, and things that each town has one of.

The text is a result of :func:`intake.relate.matter.plain`, without punctuation.
"""

from __future__ import annotations

from collections.abc import Iterator

from intake.model.rule_table import rules_beside

_NAMING = rules_beside(__file__, "naming")
_CROSSING = _NAMING.pattern("crossing")
_ROADS = _NAMING.pattern("roads")
_OF_TOWN = _NAMING.pattern("of_town")
_LINE = _NAMING.pattern("bus_line")
_REACH = 16
_TOWN = 4  # letters, at most


def crossings(text: str) -> Iterator[tuple[int, str]]:
    """Return the place of each crossing and its two roads, always in the same order."""
    for found in _CROSSING.finditer(text):
        roads = _ROADS.search(text, max(0, found.start() - _REACH), found.start())
        if roads and roads["one"] != roads["other"]:
            yield found.start(), "".join(sorted((roads["one"], roads["other"])))


def bus_lines(text: str) -> Iterator[tuple[int, str]]:
    """Return the place of each bus line and its number: 12路公交, 公交12路."""
    for found in _LINE.finditer(text) if "路" in text else ():
        yield found.end(), f"{found[1] or found[2]}路"


def of_town(text: str) -> Iterator[tuple[int, str, str]]:
    """Return where a town's own institution is named up to, its kind, and its name: 靠山镇卫生院."""
    for found in _OF_TOWN.finditer(text):
        kind = "school" if found["what"][-1] in "学校园" else "body"
        name = text[max(0, found.start() - _TOWN + 1) : found.start()]
        yield found.end(), kind, f"{name}{found[0]}"
