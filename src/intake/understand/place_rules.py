"""Judging a place name by a few characters of Chinese text on each side.

Every rule here is cautious: a name that is wrongly refused costs a level or a question at the desk, a
name that is wrongly accepted sends a citizen's matter to the wrong county.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Literal

from intake.model.rule_table import rules_beside

Role = Literal["incident", "resident", "origin"]
"""``incident``: the place of the matter. ``resident``: the sender's home, which is often the same.
``origin``: the place that the sender comes from, or that a matter is compared with."""

DeixisLevel = Literal["province", "city", "county", "town", "village"]

_WORDS: dict[str, list[str]] = tomllib.loads(
    (resources.files("intake_models") / "areas" / "words.toml").read_text(encoding="utf-8")
)
EVERYDAY_STEMS = frozenset(_WORDS["everyday_stems"])
EVERYDAY_PLACES = frozenset(_WORDS["everyday_villages"] + _WORDS["everyday_towns"])
_WORDS_BEFORE = frozenset(_WORDS["words_before"])
_WORDS_AFTER = frozenset(_WORDS["words_after"])
_WORDS_BEFORE_A_NAME = frozenset(_WORDS["words_before_a_name"])

_RULES = rules_beside(__file__, "places")
_DIRECTIONS = _RULES.word_set("direction")
_BEFORE_A_NAME = _RULES.word_set("before_a_name")
_ROAD_BEGINS = _RULES.word_set("road_begins")
_ROAD_BEHIND = _RULES.pattern("road")
_NOT_THE_PLACE = _RULES.pattern("not_the_place")
_OF_A_MARKET = _RULES.word_set("of_a_market")
_SCENERY = _RULES.word_set("scenery")
_INSTITUTION = _RULES.pattern("institution")
_COUNTRYSIDE = _RULES.pattern("countryside")
_AFTER = _RULES.pattern("after")
_NO_INCIDENT = _RULES.pattern("no_incident")
_ENDS_OF_NO_INCIDENT = _RULES.word_set("ends_of_no_incident")
_I_AM = _RULES.pattern("i_am")
_I_LIVE = _RULES.pattern("i_live")
_DEIXIS = _RULES.pattern("deixis")
_DEIXIS_LEVEL: dict[str, DeixisLevel] = {
    "省": "province",
    "市": "city",
    "县": "county",
    "区": "county",
    "镇": "town",
    "乡": "town",
    "街": "town",
    "村": "village",
    "社": "village",
}
_LINK = _RULES.pattern("link")
_LINK_BEGINS = frozenset(" \t　，,(（境辖下所范内的")
_VILLAGE_NAME = _RULES.pattern("village_name")
_REST_OF_A_VILLAGE = _RULES.pattern("rest_of_a_village")
_NO_VILLAGE = _RULES.pattern("no_village")
SCHOOL_OR_CLINIC = _RULES.pattern("school_or_clinic")


def is_everyday_name(name: str) -> bool:
    """Return whether an official name is also what any such place is called (新农村, 工业园区, 良种场)."""
    return name in EVERYDAY_PLACES or _INSTITUTION.fullmatch(name) is not None


def is_part_of_a_word(folded: str, start: int, end: int) -> bool:
    """Return whether the characters at the name's edges belong to words (投资兴建 holds no 资兴)."""
    return (
        folded[max(0, start - 1) : start + 1] in _WORDS_BEFORE
        or folded[end - 1 : end + 1] in _WORDS_AFTER
    )


def is_scenery(name: str) -> bool:
    """Return whether a bare stem is as likely the lake, hill or road that a place is called after."""
    return name[-1] in _SCENERY


def names_something_else(folded: str, end: int) -> bool:
    """Return whether a bare stem is followed by what makes it a road, a firm, a lake or another name."""
    return _NOT_THE_PLACE.match(folded, end) is not None


def is_road(folded: str, end: int) -> bool:
    """Return whether a road's ending follows (冠县|大街): then the name is the road's."""
    if folded[end : end + 1] not in _ROAD_BEGINS:
        return False
    return _ROAD_BEHIND.match(folded, end) is not None


def has_direction(folded: str, start: int) -> bool:
    """Return whether a direction or size before a bare stem makes it another name (东|临清)."""
    return folded[max(0, start - 1) : start] in _DIRECTIONS


def after_link(folded: str, end: int) -> int:
    """Return where the next name of a chain may begin (农安县境内|伏龙泉镇); never after a line break."""
    if folded[end : end + 1] not in _LINK_BEGINS:
        return end
    link = _LINK.match(folded, end)
    return link.end() if link else end


def runs_on(folded: str, end: int) -> bool:
    """Return whether a name's last character belongs to another word (幸福乡|村, 红星乡|镇, 临清市|场)."""
    last = folded[end - 1]
    if last == "市":
        return folded[end : end + 1] in _OF_A_MARKET
    return last == "乡" and _COUNTRYSIDE.match(folded, end) is not None


def begins_here(folded: str, start: int) -> bool:
    """Return whether a town's or village's name surely begins at ``start`` and not further left."""
    before = folded[max(0, start - 2) : start]
    if not before or not "一" <= before[-1] <= "鿿" or before[-1] in _BEFORE_A_NAME:
        return True
    if before in _WORDS_BEFORE_A_NAME:
        return True
    return before[-1] in "省市县区镇乡" and before[0] in "我本咱俺该全"


def role_of(folded: str, start: int, end: int) -> Role:
    """Return the role of the place at ``start``..``end`` in the matter."""
    if folded[start - 1 : start] in _ENDS_OF_NO_INCIDENT and _NO_INCIDENT.search(
        folded, max(0, start - 8), start
    ):
        return "origin"
    after = _AFTER.match(folded, end)
    if after is None:
        return "incident"
    if after["people"]:
        return "origin"
    before = folded[max(0, start - 8) : start]
    if _I_LIVE.search(before) or (after["citizen"] and _I_AM.search(before)):
        return "resident"
    return "incident"


def deixis(folded: str) -> tuple[int, int, DeixisLevel] | None:
    """Return the first 我县, 本镇 or bare 县医院 in a text: offsets, and the level it points to."""
    found = _DEIXIS.search(folded)
    if found is None:
        return None
    word = found["ours"] or found["office"]
    return found.start(), found.end(), _DEIXIS_LEVEL[word[0]]


def is_longer_village(folded: str, end: int) -> bool:
    """Return whether a village's stem is only the beginning of another village's name (大宾|前村)."""
    return _REST_OF_A_VILLAGE.match(folded, end) is not None


def may_name_a_village(folded: str, end: int) -> bool:
    """Return whether a village-like name may follow: a quick check before the search."""
    near = folded[end : end + 14]
    return "村" in near or "屯" in near or "社" in near


def village_like(folded: str, at: int) -> tuple[int, int, str] | None:
    """Return a village-like name that begins at ``at``: offsets and its stem."""
    found = _VILLAGE_NAME.match(folded, at)
    if found is None or _NO_VILLAGE.search(found["stem"]) or found[0] in EVERYDAY_PLACES:
        return None
    return found.start(), found.end(), found["stem"]
