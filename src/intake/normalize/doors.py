"""The door of an address: it identifies one household when the building is already named."""

from __future__ import annotations

from collections.abc import Iterator

from intake.model.rule_table import rules_beside
from intake.normalize.findings import Found

_RULES = rules_beside(__file__, "doors")
_ANY = _RULES.pattern("any")
_UNIT = _RULES.pattern("unit")
_NUMERAL_BEFORE = _RULES.pattern("numeral_before")
_BUILDING = _RULES.pattern("building")
_DOOR_ENDS = _RULES.pattern("door_ends")
_TRIPLE = _RULES.pattern("triple")
_ROOM = _RULES.pattern("room")
_DIGITS_BEFORE = _RULES.pattern("digits_before")
_ESTATE = _RULES.pattern("estate")
_HOME = _RULES.pattern("home")
_LIVES = _RULES.pattern("lives")
_NEIGHBOUR = _RULES.pattern("neighbour")


def find(text: str) -> Iterator[Found]:
    """Find doors; the building stays, for that is where the matter is."""
    if _ANY.search(text) is None:
        return
    for match in _UNIT.finditer(text):
        before = _NUMERAL_BEFORE.search(text, max(0, match.start() - 3), match.start())
        if before and not match[0].endswith("00户"):
            yield _door(text, before.start(), match.end())
    for match in _BUILDING.finditer(text):
        named = match[0][-1] in "室房号户" and not match[0].endswith("00户")
        if named or _DOOR_ENDS.match(text, match.end()):
            yield _door(text, *match.span("door"))
    for match in (*_TRIPLE.finditer(text), *_ROOM.finditer(text)):
        before = _DIGITS_BEFORE.search(text, max(0, match.start() - 4), match.start())
        if before is None:
            continue
        if len(before[0]) < 3:
            sure = match[0] != "室" and _ESTATE.search(
                text, max(0, before.start() - 4), before.start()
            )
        else:
            sure = match[0] == "室" and _HOME.search(
                text, max(0, before.start() - 24), before.start()
            )
        if sure:
            yield _door(text, before.start(), match.end())
    for match in (*_LIVES.finditer(text), *_NEIGHBOUR.finditer(text)):
        yield _door(text, *match.span("door"))


def _door(text: str, start: int, end: int) -> Found:
    return Found("address_door", start, end, text[start:end])
