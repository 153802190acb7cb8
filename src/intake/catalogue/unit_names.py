"""Resolving a unit's name as people write it: short, with a level, a section, or in part.

The catalogue's names and aliases, and the short forms of ``unit_forms``, are found in one pass over a text;
the place or level is read from the text before (冠县的, 市, 我们县) or after (公安局离石分局).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, MatchKind

from intake.areas.gazetteer import Area, Gazetteer
from intake.catalogue.lookup import Catalogue
from intake.catalogue.office_names import OfficeName, OfficeWord, UnitCandidate
from intake.catalogue.rows import DEPTH, Unit
from intake.catalogue.unit_forms import (
    FORMS,
    OrganForms,
    fold,
    organ_of,
    organs,
    stem_of,
    without_places,
)

LONGEST_PLACE = 14
SURE = 0.5
"""From this on a name means one unit; below it is a guess to ask about."""

_LEVEL = FORMS.pattern("frame.level")
_NO_LEVEL = FORMS.pattern("frame.no_level")
_BRANCH = FORMS.pattern("frame.branch")
_OF_PLACE = FORMS.pattern("frame.of")
_TOWNS = FORMS.words("frame.town")
_SPACES = re.compile(r"\s+")


class UnitNames:
    """All names of one catalogue's units, for texts about one gazetteer's places; immutable."""

    def __init__(self, catalogue: Catalogue, gazetteer: Gazetteer) -> None:
        self._catalogue = catalogue
        self._gazetteer = gazetteer
        self._words: dict[str, OfficeWord] = {}
        self._places: dict[str, list[str]] = defaultdict(list)
        self.unknown_forms: dict[str, Unit] = {}
        """Units, by id, whose name no row of the forms fits: only their own names reach them."""
        self._add_places()
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._places:
            lengths[name[-1]].add(len(name))
        self._place_lengths = {last: sorted(of, reverse=True) for last, of in lengths.items()}
        self._common = self._common_names()
        for unit in catalogue.units.values():
            self._add_unit(unit)
        self._add_offices()
        entries = [word for word in self._words if len(word) > 1]
        self._entries = [self._words[word] for word in entries]
        self._matcher = AhoCorasick(entries, matchkind=MatchKind.LeftmostLongest)

    @classmethod
    def of(cls, catalogue: Catalogue, gazetteer: Gazetteer) -> UnitNames:
        """Return the names of a catalogue; built once for each pair."""
        return _names(catalogue, gazetteer)

    def find(self, text: str) -> list[OfficeName]:
        """Find the offices that a text names, in order, without overlaps."""
        folded = fold(text)
        try:
            hits = self._matcher.find_matches_as_indexes(folded)
        except UnicodeEncodeError:  # half a surrogate pair: the engine works on UTF-8
            folded = folded.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            if len(folded) != len(text):
                return []
            hits = self._matcher.find_matches_as_indexes(folded)
        found: list[OfficeName] = []
        for number, start, end in hits:
            name = self._office(self._entries[number], folded, start, end)
            if name is None:
                continue
            while found and found[-1].end > name.start:
                found.pop()  # 县里的人社局 is one office, not the county and a bureau
            found.append(name)
        return found

    def meant(self, name: OfficeName, near: str, on: date | None) -> tuple[UnitCandidate, ...]:
        """Return the units that an office's name means for a matter at ``near``, the surest first."""
        word = self._words.get(name.word.text, name.word)  # a text may be read under other tables
        exact = _valid(word.exact, on)
        if exact:
            return tuple(UnitCandidate(unit, 1.0, "name") for unit in _nearest(exact, near))
        if name.areas:
            return self._of_places(word, name.areas, near, on)
        if name.level or word.level:
            return self._of_level(word, name.level or word.level, near, on)
        return self._on_the_way_up(word, near, on)

    def above(self, name: OfficeName, near: str, on: date | None) -> tuple[UnitCandidate, ...]:
        """Return the units above an office that has none of its own (派出所 → the police of its county)."""
        own = self._words.get(name.word.text, name.word)
        word = self._words.get(own.above)
        if word is None:
            return ()
        places = tuple(code[:6] for code in name.areas)
        return self.meant(OfficeName(name.start, name.end, word, places), near[:6], on)

    def resolve(self, name: str, near: str, on: date | None) -> tuple[UnitCandidate, ...]:
        """Return the units that a name alone may mean (a form's field), the surest first; () for none."""
        if name in self._catalogue.units:
            return (UnitCandidate(self._catalogue.units[name], 1.0, "id"),)
        written = _SPACES.sub("", unicodedata.normalize("NFKC", name))
        word = self._words.get(fold(written))
        if word is not None and word.exact:
            return tuple(UnitCandidate(unit, 1.0, "name") for unit in _nearest(word.exact, near))
        for office in self.find(written):
            candidates = self.meant(office, near, on)
            if candidates:
                return candidates
        return ()

    @property
    def units(self) -> Mapping[str, Unit]:
        """The units, by id."""
        return self._catalogue.units

    def search(self, text: str, limit: int = 20) -> list[Unit]:
        """Find units that somebody who types ``text`` may mean: so called first, then by parts of names."""
        called: dict[Unit, None] = {}
        for office in self.find(_SPACES.sub("", text)):
            word = office.word
            called |= dict.fromkeys(word.exact)
            for area in sorted(word.by_area, key=lambda code: (len(code), code)):
                if not office.areas or area in office.areas:
                    called |= dict.fromkeys(word.by_area[area])
        called |= dict.fromkeys(self._catalogue.search_units(text, limit))
        return list(called)[:limit]

    def recognises(self, name: str) -> bool:
        """Return whether a name is that of some office or body, be it one that the tables have no unit for."""
        return bool(self.find(name)) or any(body in name for body in FORMS.words("body"))

    def named(self, name: str, near: str, on: date | None = None) -> Unit | None:
        """Return the one unit that a name means, on a day or ever; None where that is not sure."""
        if not name:
            return None
        found = self.resolve(name, near, on)
        return found[0].unit if found and found[0].sure >= SURE else None

    def _office(self, word: OfficeWord, text: str, start: int, end: int) -> OfficeName | None:
        if word.exact:
            return self._of_longer_place(text, start, end) or OfficeName(start, end, word)
        if not (word.by_area or word.above):
            return OfficeName(start, end, word)
        areas, level, begin = self._before(text, start)
        branch = self._branch_behind(text, end)
        if branch is not None:
            areas, level, end = branch[0], "", branch[1]
        if word.bound and not (areas or level):
            return None
        return OfficeName(begin, end, word, areas, level)

    def _of_longer_place(self, text: str, start: int, end: int) -> OfficeName | None:
        """Read 永兴县城市管理局 as an office of 永兴县, although 兴县城市管理局 stands in it."""
        for at in range(start + 1, min(end, start + LONGEST_PLACE)):
            codes, begin = self._place_ending(text, at)
            called = self._words.get(text[at:end]) if codes and begin < start else None
            if called is not None and called.by_area:
                return OfficeName(begin, end, called, codes)
        return None

    def _before(self, text: str, start: int) -> tuple[tuple[str, ...], str, int]:
        """Read place or level before an office: (codes, level, where it begins)."""
        linked = _OF_PLACE.search(text, max(0, start - 2), start)
        at = linked.start() if linked else start
        codes, begin = self._place_ending(text, at)
        if codes:
            upper, first = self._place_ending(text, begin)
            within = tuple(c for c in codes if any(c.startswith(u) and c != u for u in upper))
            return (within, "", first) if within else (codes, "", begin)
        stretch = text[max(0, start - 8) : start]
        level = _LEVEL.search(stretch)
        if level is None or _NO_LEVEL.search(stretch):
            return (), "", start
        what = "town" if level.lastgroup == "street" else level.lastgroup or ""
        return (), what, start - (len(stretch) - level.start())

    def _place_ending(self, text: str, at: int) -> tuple[tuple[str, ...], int]:
        for length in self._place_lengths.get(text[at - 1 : at], ()):
            codes = self._places.get(text[at - length : at]) if length <= at else None
            if codes:
                return tuple(codes), at - length
        return (), at

    def _branch_behind(self, text: str, end: int) -> tuple[tuple[str, ...], int] | None:
        stretch = text[end : end + LONGEST_PLACE + 6]
        if _BRANCH.search(stretch, 2) is None:
            return None
        for length in range(LONGEST_PLACE, 1, -1):
            codes = self._places.get(stretch[:length]) if length <= len(stretch) else None
            branch = _BRANCH.match(stretch, length) if codes else None
            if codes and branch:
                return tuple(codes), end + branch.end()
        return None

    def _of_places(
        self, word: OfficeWord, areas: tuple[str, ...], near: str, on: date | None
    ) -> tuple[UnitCandidate, ...]:
        own = [c for c in areas if any(unit_area.startswith(c[:4]) for unit_area in word.by_area)]
        for code in sorted(own or areas, key=lambda code: -_shared(code, near))[:1]:
            for length in (n for n in (9, 6, 4, 2) if n <= len(code)):
                units = _valid(word.by_area.get(code[:length]), on)
                if units:
                    exact = length == len(code)
                    sure, why = (1.0, "place") if exact else (0.6, "wrong level")
                    return tuple(UnitCandidate(unit, sure, why) for unit in units)
        return ()

    def _of_level(
        self, word: OfficeWord, level: str, near: str, on: date | None
    ) -> tuple[UnitCandidate, ...]:
        depth = DEPTH.get(level, 12)
        bases = [near[:depth]] if len(near) >= depth else []
        county = self._gazetteer.get(near[:6]) if len(near) >= 6 else None
        if level == "city" and county is not None and county.name.endswith("市"):
            bases.append(county.code)  # in a county-level city 市 may mean either
        found = [unit for base in bases for unit in _valid(word.by_area.get(base), on)]
        if found or level == "village":
            return tuple(UnitCandidate(unit, 0.9 / len(bases), "level") for unit in found)
        below = [
            unit
            for area, units in word.by_area.items()
            if not bases and len(area) == depth and near and area.startswith(near)
            for unit in _valid(units, on)
        ]
        if below:
            return tuple(UnitCandidate(unit, 0.9 / len(below), "level") for unit in below)
        for length in (n for n in (6, 4, 2) if n < depth and n <= len(near)):
            if units := _valid(word.by_area.get(near[:length]), on):
                return tuple(UnitCandidate(unit, 0.5, "wrong level") for unit in units)
        return ()

    def _on_the_way_up(
        self, word: OfficeWord, near: str, on: date | None
    ) -> tuple[UnitCandidate, ...]:
        sure = iter((0.7, 0.4, 0.2, 0.1))
        return tuple(
            UnitCandidate(unit, share, "near")
            for length in (9, 6, 4, 2)
            if length <= len(near) and (units := _valid(word.by_area.get(near[:length]), on))
            for share in (next(sure),)
            for unit in units
        )

    def _add_places(self) -> None:
        codes = {unit.area for unit in self._catalogue.units.values()}
        ours = {area.code: area for code in codes for area in self._gazetteer.path(code)}
        for area in (area for area in ours.values() if not area.placeholder):
            for name in _forms_of(area):
                self._place(name, area.code)
        for alias in self._gazetteer.aliases:
            if alias.kind in ("short", "former", "zone"):
                for code in alias.codes:
                    if code in ours:
                        self._place(alias.name, code)
        for province in self._gazetteer.children(""):
            for city in self._gazetteer.children(province.code):
                self._place(city.name, city.code)
                for county in self._gazetteer.children(city.code):
                    if county.level == "county":
                        self._place(county.name, county.code)

    def _place(self, name: str, code: str) -> None:
        known = self._places[fold(name)]
        if code not in known:
            known.append(code)

    def _add_unit(self, unit: Unit) -> None:
        for name in (unit.name, *unit.aliases):
            self._word(name).exact.append(unit)
        path = [a for a in self._gazetteer.path(unit.area) if not a.placeholder]
        bare, behind = without_places(unit.name, path)
        forms = organ_of(bare)
        if forms is None:
            self.unknown_forms[unit.id] = unit
        own = [behind] if len(behind) > 2 and behind != unit.name else []
        kind = self._common.get(unit.kind, ())
        for text in dict.fromkeys((*own, *kind, *(forms.alone if forms else ()))):
            self._called(text, unit, forms)
        for text in forms.bound if forms else ():
            self._called(text, unit, forms).bound = True

    def _common_names(self) -> dict[str, list[str]]:
        """Return each kind's common names of the city's own table, without those read otherwise here.

        派出所 is a station below the police, and 镇政府 a level and 政府.
        """
        stations, alone = FORMS.word_set("station"), {text for _, o in organs() for text in o.alone}
        names: dict[str, list[str]] = defaultdict(list)
        for word, meant in self._catalogue.kinds.names.items():
            level = next((n for n in (1, 2) if _LEVEL.fullmatch(word[:n]) and word[n:] in alone), 0)
            if word not in stations and not level:
                names[meant.kind].append(word)
                if self._catalogue.kinds.is_government(meant.kind):
                    self._word(word).level = meant.level
        return names

    def _called(self, text: str, unit: Unit, forms: OrganForms | None) -> OfficeWord:
        word = self._word(text)
        word.by_area.setdefault(unit.area, [])
        if unit not in word.by_area[unit.area]:
            word.by_area[unit.area].append(unit)
        if self._catalogue.kinds.is_utility(unit.kind) or (forms is not None and forms.utility):
            word.utility = True
        return word

    def _add_offices(self) -> None:
        for row in (row for group in ("outside", "station", "at") for row in FORMS.group(group)):
            group, _, rest = row.id.partition(".")
            for text in row.words:
                word = self._word(text)
                word.group = word.group or row.id
                if group == "station":
                    word.above = fold(row.label)
                if group == "at" and (government := self._words.get(row.label)):
                    word.by_area = government.by_area
                    word.level = rest
        for _, forms in organs():
            for text in forms.alone:
                self._word(text)  # an office that these tables have no unit for is still one

    def _word(self, text: str) -> OfficeWord:
        folded = fold(text)
        if folded not in self._words:
            self._words[folded] = OfficeWord(folded)
        return self._words[folded]


def _forms_of(area: Area) -> Iterator[str]:
    yield area.name
    stem = stem_of(area)
    if stem:
        yield stem
        if area.level == "town":
            yield from (stem + kind for kind in _TOWNS)


def _valid(units: Iterable[Unit] | None, on: date | None) -> list[Unit]:
    return [unit for unit in units or () if on is None or unit.valid_on(on)]


def _nearest(units: Iterable[Unit], near: str) -> list[Unit]:
    """Return those of several units of one name that share most levels with ``near``."""
    given = list(dict.fromkeys(units))
    most = max((_shared(unit.area, near) for unit in given), default=0)
    return [unit for unit in given if _shared(unit.area, near) == most]


def _shared(one: str, other: str) -> int:
    return sum(len(one) >= n and other.startswith(one[:n]) for n in DEPTH.values())


@lru_cache(maxsize=16)
def _names(catalogue: Catalogue, gazetteer: Gazetteer) -> UnitNames:
    return UnitNames(catalogue, gazetteer)
