"""The index of names that finds areas in a text.

The index holds the names that can begin a place: everything within the scope (the home city or
province) to full depth, and the rest of the nation down to counties. Names that may follow such a name
are looked up below its area (:meth:`NameIndex.continuation`), nationwide and on demand.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

import ahocorasick_rs
from rapidfuzz.distance import LCSseq

from intake.areas.area_tables import Alias
from intake.areas.gazetteer import Area, Gazetteer
from intake.understand.place_forms import FORM_RANK, Form, fold, forms_of, stem_of
from intake.understand.place_rules import EVERYDAY_STEMS, is_everyday_name

_KINDS_OF_AREA = ("省", "市", "州", "县", "区", "旗", "镇", "乡", "街道", "村", "社区")
_start = itemgetter(1)
_SURROGATE = re.compile("[\ud800-\udfff]")

# A county's stem that this many counties and towns share is a word (朝阳, 龙潭), not a name.
COMMON_STEM = 8
# A district's stem is a word sooner: most are directions, hills and lakes.
COMMON_DISTRICT_STEM = 5


Name = tuple[str, Form, str]
"""A name, the form of it, and the code of the area."""

Entry = tuple[tuple[str, ...], Form]
"""The areas that a name may mean, each with the form of the name."""


class Match(NamedTuple):
    """A name found at ``start``..``end``, with all areas that it may mean and its form for each."""

    start: int
    end: int
    codes: tuple[str, ...]
    form: Form


class Continuations:
    """Names that may follow the name of one area, with their areas.

    Most names in a text are followed by none of them, and the rest by few. So forms are made only of
    names that begin with the next character of the text.
    """

    def __init__(
        self, gazetteer: Gazetteer, below: Sequence[str], aliases: Sequence[Alias]
    ) -> None:
        self._gazetteer = gazetteer
        self._below = below
        self._given: dict[str, list[str | Alias]] = defaultdict(list)
        self._entries: dict[str, tuple[dict[str, Entry], int]] = {}
        firsts = [name[0] for name in gazetteer.names(below)] + [alias.name[0] for alias in aliases]
        given: list[str | Alias] = [*below, *aliases]
        for initial, one in zip(fold("".join(firsts)), given, strict=True):
            self._given[initial].append(one)

    def longest_at(self, folded: str, at: int) -> tuple[int, Entry] | None:
        """Return the longest name at ``at``: its length and its areas."""
        initial = folded[at : at + 1]
        if initial not in self._given:
            return None
        entries, longest = self._entries.get(initial) or self._entries_of(initial)
        for length in range(min(longest, len(folded) - at), 1, -1):
            if (entry := entries.get(folded[at : at + length])) is not None:
                return length, entry
        return None

    def _entries_of(self, initial: str) -> tuple[dict[str, Entry], int]:
        entries = best_entries(name for one in self._given[initial] for name in self._names_of(one))
        known = self._entries[initial] = entries, max(map(len, entries), default=0)
        return known

    def _names_of(self, one: str | Alias) -> Iterator[Name]:
        if isinstance(one, Alias):
            yield from _alias_names(one)
        elif (area := self._gazetteer.get(one)) is not None:
            for name, form in forms_of(area):
                yield name, form, one

    @cached_property
    def villages(self) -> dict[int, list[tuple[str, str]]]:
        """The folded stems of villages with their codes, by length."""
        villages: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for area in map(self._gazetteer.get, self._below):
            if area is not None and area.level == "village" and (stem := stem_of(area)):
                villages[len(stem)].append((fold(stem), area.code))
        return villages


class NameIndex:
    """Finds names in folded text; below the code ``scope`` a single name counts."""

    def __init__(self, gazetteer: Gazetteer, scope: str) -> None:
        self.gazetteer = gazetteer
        self.scope = scope
        # A village may be called like a distant city (石家庄); alone, the name means the city.
        self._common_stems, self._upper_stems = _stems(gazetteer)
        entries = best_entries(self._names())
        self._entries = list(entries.values())
        self._automaton = ahocorasick_rs.AhoCorasick(entries)
        self._continuations: dict[str, Continuations] = {}

    def find(self, folded: str) -> list[tuple[int, int, int]]:
        """Return the places of names: (number of the entry, start, end), by start, longest first.

        They may overlap; :meth:`match` returns the areas of an entry.
        """
        try:
            found = self._automaton.find_matches_as_indexes(folded, overlapping=True)
        except UnicodeEncodeError:  # half a surrogate pair: the engine works on UTF-8
            whole = _SURROGATE.sub("\ufffd", folded)
            found = self._automaton.find_matches_as_indexes(whole, overlapping=True)
        # The engine reports by end; among equal starts the longer is then to come first.
        found.reverse()
        found.sort(key=_start)
        return found

    def match(self, number: int, start: int, end: int) -> Match:
        """Return the name at one place that :meth:`find` gave."""
        codes, form = self._entries[number]
        return Match(start, end, codes, form)

    def in_scope(self, code: str) -> bool:
        """Return whether a single name counts for the area ``code``."""
        return bool(self.scope) and code.startswith(self.scope)

    def is_everyday(self, stem: str, code: str) -> bool:
        """Return whether a stem is a word of its own, so that it needs a suffix or a chain."""
        limit = COMMON_STEM
        area = self.gazetteer.get(code)
        if area is not None and area.level == "county" and area.name.endswith("区"):
            limit = COMMON_DISTRICT_STEM
        return stem in EVERYDAY_STEMS or self._common_stems[stem] >= limit

    def continuation(self, codes: Iterable[str], folded: str, at: int) -> Match | None:
        """Return the longest name at ``at`` of an area one or two levels below one of ``codes``."""
        best: Match | None = None
        for code in codes:
            names = self._continuations.get(code) or self._continuations_of(code)
            found = names.longest_at(folded, at)
            if found is None:
                continue
            length, (below, form) = found
            if best is None or length > best.end - at:
                best = Match(at, at + length, below, form)
            elif length == best.end - at:
                best = Match(at, best.end, tuple(sorted({*best.codes, *below})), form)
        return best

    def villages_like(self, area: str, stem: str) -> tuple[str, ...]:
        """Villages of a town or county whose name differs from ``stem`` by one character at most.

        One more, one less, or, within a town and where at least two stay, another one.
        """
        size = len(stem)
        if size < 2:
            return ()
        villages = self._continuations_of(area).villages
        another = size - 1 if size > 2 and len(area) == 9 else size
        least = {size - 1: size - 1, size: another, size + 1: size}
        near = {
            code
            for length, same in least.items()
            for name, code in villages.get(length, ())
            if LCSseq.similarity(name, stem) >= same
        }
        return tuple(sorted(near))

    def _continuations_of(self, code: str) -> Continuations:
        known = self._continuations.get(code)
        if known is None:
            aliases = [
                alias
                for alias in self.gazetteer.aliases
                if alias.kind != "road" and all(_inside(inner, code) for inner in alias.codes)
            ]
            known = Continuations(self.gazetteer, tuple(self._below(code)), aliases)
            self._continuations[code] = known
        return known

    def _below(self, code: str) -> Iterator[str]:
        for child in self.gazetteer.child_codes(code):
            yield child
            if len(child) < 12:
                yield from self.gazetteer.child_codes(child)
        yield from self.gazetteer.towns_of_zone.get(code, ())
        if len(code) == 6:
            yield from self._carved_out(code)

    def _carved_out(self, county: str) -> Iterator[str]:
        """Towns that the statistics list under a zone, and people under a county beside it."""
        for sibling in self.gazetteer.child_codes(county[:4]):
            if sibling == county:
                continue
            for town in self.gazetteer.child_codes(sibling):
                # 171-179 within a district, or a whole pseudo-county 71-79, was carved out.
                if len(town) == 9 and (sibling[4] == "7" or town[7] == "7"):
                    yield town

    def _names(self) -> Iterator[Name]:
        for province in self.gazetteer.children(""):
            yield from _heads(province)
            for area in self.gazetteer.children(province.code):
                yield from self._county_heads(area)
                for county in self.gazetteer.children(area.code):
                    if county.level == "county":  # 东莞 has towns in their stead
                        yield from self._county_heads(county)
        if self.scope:
            for area in self.gazetteer.descendants(self.scope):
                if area.level in ("town", "village"):
                    yield from (h for h in _heads(area) if h[0] not in self._upper_stems)
        for alias in self.gazetteer.aliases:
            yield from (name for name in _alias_names(alias) if self.in_scope(name[2]))

    def _county_heads(self, area: Area) -> Iterator[Name]:
        """A county's stem begins a place in the scope only: 300 of them are everyday words.

        Without a scope all of them are looked at, to begin a chain.
        """
        for name, form, code in _heads(area):
            if form != "stem" or area.level == "city" or not self.scope or self.in_scope(code):
                yield name, form, code


def _inside(inner: str, outer: str) -> bool:
    return inner != outer and inner.startswith(outer)


def _alias_names(alias: Alias) -> Iterator[Name]:
    form: Form = "road" if alias.kind == "road" else "alias"
    if alias.kind == "short" and not alias.name.endswith(_KINDS_OF_AREA):
        form = "stem"  # 前郭 is no more than the stem of another name
    yield from ((alias.name, form, code) for code in alias.codes)


def _heads(area: Area) -> Iterator[Name]:
    """Yield the forms in which an area may be named without the one above it."""
    small = area.level in ("town", "village")
    for name, official in forms_of(area):
        form = official
        if area.level == "village" and not name.endswith(("村", "社区")):
            form = "stem"
        # 热水, 大桥, 振兴 are towns: two characters prove nothing without the county. Streets are
        # called after roads and lakes that are older than they.
        bare = form == "stem" and small and (len(name) < 3 or area.name.endswith("街道"))
        bare = bare or (area.level == "village" and form == "variant" and len(name) < 3)
        if len(name) > 1 and not is_everyday_name(name) and not bare:
            yield name, form, area.code


def best_entries(names: Iterable[Name]) -> dict[str, Entry]:
    """For each name, folded, the areas of the most official form in which it is one."""
    table: dict[str, tuple[Form, set[str]]] = {}
    given = list(names)
    # Folded in one go; the split of no names is one empty line, hence not strict.
    together = fold("\n".join(name for name, _, _ in given)).split("\n")
    for folded, (_, form, code) in zip(together, given, strict=False):
        known = table.get(folded)
        if known is None or FORM_RANK[form] < FORM_RANK[known[0]]:
            table[folded] = form, {code}
        elif form == known[0]:
            known[1].add(code)
    return {name: (tuple(sorted(codes)), form) for name, (form, codes) in table.items()}


@lru_cache(maxsize=8)
def _stems(gazetteer: Gazetteer) -> tuple[Counter[str], frozenset[str]]:
    """Return how many counties and towns share each stem, and the stems of all areas above towns."""
    areas = list(_above_villages(gazetteer, ""))
    counts = Counter(stem_of(area) for area in areas if area.level in ("county", "town"))
    return counts, frozenset(stem_of(area) for area in areas if area.level != "town")


def _above_villages(gazetteer: Gazetteer, code: str) -> Iterator[Area]:
    for area in gazetteer.children(code):
        if area.level != "village":
            yield area
            if area.level != "town":
                yield from _above_villages(gazetteer, area.code)
