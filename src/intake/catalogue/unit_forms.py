"""The everyday forms of a unit's name without its place, from ``rules/unit_forms.csv``.

A row of the group ``organ`` is chosen by the unit's own name, never by its kind, so a table
set with kinds of its own keeps its short forms. ``outside`` are offices without a unit in most tables,
``station`` are places below an office, ``at`` are people who represent the government of a level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from intake.areas.gazetteer import Area
from intake.model.rule_table import rules_beside

FORMS = rules_beside(__file__, "unit_forms")
_AREA = FORMS.pattern("frame.area")
# What is left of 公安局离石分局 or 邮政集团离石分公司 behind the place names no office alone.
_LEFTOVER = FORMS.pattern("frame.leftover")
_SAME = [(word, row.label) for row in FORMS.group("frame.same") for word in row.words]
_WIDTHS = (("（", "("), ("）", ")"), ("／", "/"))
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_FULL_WIDTH = re.compile("[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]")


@dataclass(frozen=True, slots=True)
class OrganForms:
    """The forms of one row: ``alone`` need no place, ``bound`` need a place or a level."""

    row: str
    alone: tuple[str, ...]
    bound: tuple[str, ...]

    @property
    def utility(self) -> bool:
        """Whether this is a supplier, whose shortfall is the matter itself."""
        return self.row.startswith("organ.utility.")


def fold(text: str) -> str:
    """Return the text of the same length in which names are compared: half width, 与 as 和."""
    for old, new in (*_SAME, *_WIDTHS):
        text = text.replace(old, new)
    # Nearly all texts have nothing else to fold, and looking is cheaper than translating.
    return text.translate(_HALF_WIDTH) if _FULL_WIDTH.search(text) else text


def stem_of(area: Area) -> str:
    """Return the name without what kind of area it is (离石 of 离石区), "" when too little is left."""
    found = _AREA.match(area.name)
    return found["stem"] if found else ""


def without_places(name: str, path: Iterable[Area]) -> tuple[str, str]:
    """Return (the unit's name without its places, the text after the last of them)."""
    left, behind = name, ""
    for area in reversed(list(path)):
        for form in (area.name, stem_of(area)):
            before, found, after = left.partition(form) if form else (left, "", "")
            if found:
                left, behind = before + after, behind or after
                break
    return left, _LEFTOVER.sub("", behind)


@cache
def organs() -> tuple[tuple[re.Pattern[str], OrganForms], ...]:
    """Return the rows of organs in their order; the first that fits a name is the one."""
    return tuple(
        (re.compile(FORMS.source(row.id)), _forms(row.id, row.label.split()))
        for row in FORMS.group("organ")
    )


def organ_of(bare_name: str) -> OrganForms | None:
    """Return the row for a unit's name without places; None when no row fits."""
    return next((forms for pattern, forms in organs() if pattern.search(bare_name)), None)


def _forms(row: str, words: Iterable[str]) -> OrganForms:
    given = list(words)
    alone = tuple(word for word in given if not word.startswith("-"))
    return OrganForms(row, alone, tuple(word[1:] for word in given if word.startswith("-")))
