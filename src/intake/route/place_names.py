"""The index of names that finds areas in a text.

The index holds the names that can begin a place: everything within the scope (the home city or
province) to full depth, and the rest of the nation down to counties. What may follow such a name is
looked up below the area it stands for (:meth:`NameIndex.continuation`), nationwide and on demand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick_rs
from rapidfuzz.distance import LCSseq

from intake.route.areas import Area, Gazetteer
from intake.route.place_forms import FORM_RANK, Form, fold, forms_of, stem_of
from intake.route.place_rules import EVERYDAY_PLACES, EVERYDAY_STEMS

# A county's stem that this many counties and towns share is a word (朝阳, 龙潭), not a name.
COMMON_STEM = 8
# A district's stem is a word sooner: most are directions, hills and lakes.
COMMON_DISTRICT_STEM = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A name found at ``start``..``end``, all areas it may stand for, and in which form."""

    start: int
    end: int
    codes: tuple[str, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class Continuations:
    """Names that may follow the name of one area, with the areas they stand for."""

    entries: dict[str, tuple[tuple[str, ...], Form]]
    longest: int


class NameIndex:
    """Finds names in folded text; ``scope`` is the code below which names may stand alone."""

    def __init__(self, gazetteer: Gazetteer, scope: str) -> None:
        self.gazetteer = gazetteer
        self.scope = scope
        self._common_stems = _stem_counts(gazetteer)
        table: dict[str, dict[Form, set[str]]] = defaultdict(lambda: defaultdict(set))
        for name, form, code in self._names():
            table[fold(name)][form].add(code)
        patterns = sorted(table)
        self._entries: list[tuple[tuple[str, ...], Form]] = [best_entry(table[p]) for p in patterns]
        self._automaton = ahocorasick_rs.AhoCorasick(patterns)
        self._continuations: dict[str, Continuations] = {}

    def find(self, folded: str) -> list[Match]:
        """All names in the text, by start, longest first; they may overlap."""
        found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        matches = [Match(start, end, *self._entries[number]) for number, start, end in found]
        matches.sort(key=lambda match: (match.start, -match.end))
        return matches

    def in_scope(self, code: str) -> bool:
        """Whether names at ``code`` may stand alone."""
        return bool(self.scope) and code.startswith(self.scope)

    def is_everyday(self, stem: str, code: str) -> bool:
        """Whether a stem is a word of its own, so that it needs a suffix or a chain."""
        limit = COMMON_STEM
        area = self.gazetteer.get(code)
        if area is not None and area.level == "county" and area.name.endswith("区"):
            limit = COMMON_DISTRICT_STEM
        return stem in EVERYDAY_STEMS or self._common_stems[stem] >= limit

    def continuation(self, codes: Iterable[str], folded: str, at: int) -> Match | None:
        """The longest name at ``at`` of an area one or two levels below one of ``codes``."""
        best: Match | None = None
        for code in codes:
            names = self._continuations_of(code)
            for length in range(min(names.longest, len(folded) - at), 1, -1):
                if best is not None and length < best.end - best.start:
                    break
                entry = names.entries.get(folded[at : at + length])
                if entry is None:
                    continue
                below, form = entry
                if best is not None and best.end - best.start == length:
                    below = tuple(sorted({*best.codes, *below}))
                best = Match(at, at + length, below, form)
                break
        return best

    def villages_like(self, area: str, stem: str) -> tuple[str, ...]:
        """Villages of a town or county whose name has one character more or less than ``stem``."""
        if len(stem) < 2:
            return ()
        near = {
            code
            for name, (codes, form) in self._continuations_of(area).entries.items()
            if form == "stem" and abs(len(name) - len(stem)) == 1 and min(len(name), len(stem)) > 1
            if LCSseq.similarity(name, stem) == min(len(name), len(stem))
            for code in codes
            if len(code) == 12
        }
        return tuple(sorted(near))

    def _continuations_of(self, code: str) -> Continuations:
        known = self._continuations.get(code)
        if known is None:
            table: dict[str, dict[Form, set[str]]] = defaultdict(lambda: defaultdict(set))
            for area in self._below(code):
                for name, form in forms_of(area):
                    table[fold(name)][form].add(area.code)
            for alias in self.gazetteer.aliases:
                if alias.code.startswith(code) and alias.code != code:
                    table[fold(alias.name)]["alias"].add(alias.code)
            known = Continuations(
                {name: best_entry(entry) for name, entry in table.items()},
                max(map(len, table), default=0),
            )
            self._continuations[code] = known
        return known

    def _below(self, code: str) -> Iterator[Area]:
        for child in self.gazetteer.children(code):
            yield child
            if child.level != "village":
                yield from self.gazetteer.children(child.code)
        if len(code) == 6:
            yield from self._carved_out(code)

    def _carved_out(self, county: str) -> Iterator[Area]:
        """Towns that the statistics list under a zone, and people under a county beside it."""
        for sibling in self.gazetteer.children(county[:4]):
            if sibling.code == county:
                continue
            for town in self.gazetteer.children(sibling.code):
                # 171-179 within a district, or a whole pseudo-county 71-79, was carved out.
                if len(town.code) == 9 and (sibling.code[4] == "7" or town.code[7] == "7"):
                    yield town

    def _names(self) -> Iterator[tuple[str, Form, str]]:
        # A village may be called like a distant city (石家庄); alone, the name means the city.
        upper_stems = _upper_stems(self.gazetteer)
        for province in self.gazetteer.children(""):
            yield from _heads(province)
            for area in self.gazetteer.children(province.code):
                yield from self._county_heads(area)
                if area.level == "city":
                    for county in self.gazetteer.children(area.code):
                        yield from self._county_heads(county)
        if self.scope:
            for area in self.gazetteer.descendants(self.scope):
                if area.level in ("town", "village"):
                    yield from (head for head in _heads(area) if head[0] not in upper_stems)
        for alias in self.gazetteer.aliases:
            if self.in_scope(alias.code):
                yield alias.name, "alias", alias.code

    def _county_heads(self, area: Area) -> Iterator[tuple[str, Form, str]]:
        """A county's stem begins a place in the scope only: 300 of them are everyday words."""
        for name, form, code in _heads(area):
            if form != "stem" or area.level == "city" or self.in_scope(code):
                yield name, form, code


def _heads(area: Area) -> Iterator[tuple[str, Form, str]]:
    """The forms in which an area may be named without the one above it."""
    small = area.level in ("town", "village")
    for name, official in forms_of(area):
        form = official
        if area.level == "village" and not name.endswith(("村", "社区")):
            form = "stem"
        # 热水, 大桥, 振兴 are towns: two characters prove nothing without the county. Streets are
        # called after roads and lakes that are older than they.
        bare = form == "stem" and small and (len(name) < 3 or area.name.endswith("街道"))
        everyday = name in EVERYDAY_PLACES or (form == "full" and name in EVERYDAY_STEMS)
        if len(name) > 1 and not everyday and not bare:
            yield name, form, area.code


def best_entry(by_form: dict[Form, set[str]]) -> tuple[tuple[str, ...], Form]:
    """The areas of the most official form that a text has."""
    form = min(by_form, key=FORM_RANK.__getitem__)
    return tuple(sorted(by_form[form])), form


@lru_cache(maxsize=8)
def _stem_counts(gazetteer: Gazetteer) -> Counter[str]:
    return Counter(
        stem_of(area) for area in gazetteer.descendants("") if area.level in ("county", "town")
    )


@lru_cache(maxsize=8)
def _upper_stems(gazetteer: Gazetteer) -> frozenset[str]:
    upper = (
        area for area in gazetteer.descendants("") if area.level in ("province", "city", "county")
    )
    return frozenset(map(stem_of, upper))
