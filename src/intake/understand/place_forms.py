"""The forms in which people write an area's name, and the folding that lets writings meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import opencc

from intake.areas.gazetteer import Area
from intake.model.rule_table import rules_beside

Form = Literal["full", "alias", "road", "variant", "stem"]
FORM_RANK: dict[Form, int] = {"full": 0, "alias": 1, "road": 2, "variant": 3, "stem": 4}

_RULES = rules_beside(__file__, "place_forms")
_UPPER = _RULES.pattern("upper")
_TOWN = _RULES.pattern("town")
_TOWN_BEFORE = _RULES.pattern("town_before")
_VILLAGE_OFFICE = _RULES.pattern("village_office")


@cache
def _fold_table() -> dict[int, str]:
    """Traditional to simplified, character for character, so that offsets stay."""
    blocks = [chr(point) for span in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for point in range(*span)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(blocks)).split("\n")
    return {ord(old): new for old, new in zip(blocks, simplified, strict=True) if old != new != ""}


@cache
def _folded() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(map(chr, _fold_table())))}]")


def fold(text: str) -> str:
    """Text for matching, of the same length. Names are folded too, so 乾安 still meets 乾安."""
    # Nearly all texts have nothing to fold, and looking is ten times faster than translating.
    return text.translate(_fold_table()) if _folded().search(text) else text


def stem_of(area: Area) -> str:
    """Return the name without what kind of area it is (农安 of 农安县); ``""`` when too little is left."""
    if area.level == "village":
        stem = _VILLAGE_OFFICE.sub("", area.name).removesuffix("社区").removesuffix("村")
    else:
        found = (_TOWN if area.level == "town" else _UPPER).match(area.name)
        stem = found["stem"] if found else ""
    return stem if len(stem) > 1 else ""


def forms_of(area: Area) -> Iterator[tuple[str, Form]]:
    """Yield every form of an area's own name, official first; without aliases, not folded."""
    if area.level == "village":
        yield from _village_forms(area)
        return
    yield area.name, "full"
    stem = stem_of(area)
    found = (_TOWN if area.level == "town" else _UPPER).match(area.name)
    if found and found["short"]:
        yield found["stem"] + found["short"], "full"
    if area.level == "town" and found:
        base = found["stem"]
        for kind in ("镇", "乡", "街道", "办事处"):
            # Towns change their kind more often than the table changes its edition.
            if base + kind != area.name:
                yield base + kind, "variant"
    if stem:
        town_within = area.level == "town" and stem.endswith(("镇", "乡"))  # 湖屯镇街道
        yield stem, "variant" if town_within else "stem"


def _village_forms(area: Area) -> Iterator[tuple[str, Form]]:
    said = _VILLAGE_OFFICE.sub("", area.name)
    community = "社区" in area.name or "居" in area.name[len(said) :]
    if with_town := _TOWN_BEFORE.match(said):  # 蛟潭镇蛟潭居委会 beside 蛟潭村委会
        yield said + ("" if said.endswith("社区") else "社区" if community else "村"), "full"
        said = said[with_town.end() :]
    base = said.removesuffix("社区").removesuffix("村")
    if not base:
        return
    yield base + ("社区" if community else "村"), "full"
    yield base + ("村" if community else "社区"), "variant"
    if said.endswith(("村社区", "庄社区")):
        yield said, "full"
    if said.endswith(("屯", "庄", "寨", "沟", "堡", "营")):
        yield said, "variant"
    if len(base) > 1:
        yield base, "stem"
