"""Finding hot matters: cases, and categories at a place, that grow faster than their own past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal

from intake.operate.surprise import once_in, surprise
from intake.store import counts as store
from intake.store.counts import CountLine
from intake.store.engine import Connection

PERIODS = 8
"""The number of earlier stretches, of the same length, that are the past."""
LEAST, LEAST_PEOPLE = 5, 3
"""Requests and people without which nothing is hot."""
HOT = 4.0
"""Surprise from which on it is: by chance once in ten thousand."""
LARGE = 0.1
"""Share of all that came in from which on a matter is listed while there is no past to compare with."""
MOSTLY = 0.8
"""From this share on, a part stands for the whole matter."""
SAMPLES, PLACES = 3, 5
_CITY, _COUNTY = 4, 6


@dataclass(frozen=True, slots=True)
class HotMatter:
    """One hot matter. ``counts`` are its requests in each stretch, the last one being now; ``expected``
    is what its past lets expect, ``score`` how surprising it is that there are more; where less than
    one stretch of past is known, ``expected`` is None and the matter is listed for its size.

    A case has its id; a matter that is not one case is a ``category`` in an ``area``. ``first`` and
    ``last`` are of the requests counted as now, ``samples`` of them (id, title).
    """

    kind: Literal["case", "place"]
    case_id: str | None
    category: str | None
    area: str | None
    counts: tuple[int, ...]
    expected: float | None
    score: float
    people: int
    cases: int
    channels: tuple[tuple[str, int], ...]
    places: tuple[tuple[str, int], ...]
    first: datetime
    last: datetime
    samples: tuple[tuple[str, str], ...]

    @property
    def now(self) -> int:
        """The number of requests in the latest stretch."""
        return self.counts[-1]

    @property
    def once_in(self) -> int:
        """By chance this happens once in so many."""
        return once_in(self.score)


@dataclass(frozen=True, slots=True)
class _Candidate:
    case_id: str | None
    category: str | None
    area: str | None
    counts: tuple[int, ...]
    score: float
    past: int

    def holds(self, line: CountLine) -> bool:
        if self.case_id is not None:
            return line.case_id == self.case_id
        return line.category == self.category and (line.area or "").startswith(self.area or "")


def find_hot(
    connection: Connection,
    *,
    until: datetime,
    days: int = 7,
    limit: int = 20,
    sees_sensitive: bool = False,
) -> list[HotMatter]:
    """Return what is hot in the ``days`` before ``until``, the most surprising first.

    Without the right to see 高位办, a matter that consists of nothing else is left out, and titles
    are of other requests only; they count all the same.
    """
    length = timedelta(days=days)
    edges = [until - length * n for n in range(PERIODS + 1, -1, -1)]
    stretches = [
        _cities_too(store.count_places(connection, since, upto)) for since, upto in pairwise(edges)
    ]
    cities = _Cities(stretches)
    found = [*_cases(connection, edges, cities), *_places(stretches, cities)]
    found.sort(
        key=lambda c: (-c.score, -c.counts[-1], c.case_id or "", c.category or "", c.area or "")
    )
    found = found[: 3 * limit]
    read = store.lines(
        connection, edges[-2], until,
        cases={c.case_id for c in found if c.case_id is not None},
        categories={c.category for c in found if c.category is not None},
    )  # fmt: skip
    own = [(candidate, [line for line in read if candidate.holds(line)]) for candidate in found]
    matters = [
        _matter(candidate, lines, sees_sensitive)
        for candidate, lines in _without_parts(own)
        if len({line.person for line in lines}) >= LEAST_PEOPLE
        and (sees_sensitive or any(not line.sensitive for line in lines))
    ][:limit]
    return _with_titles(connection, matters)


class _Cities:
    """The length of each city's past, and the number of its requests.

    A source that was connected last week makes nothing hot, because the past of the whole city counts. The
    city's first stretch may have begun in the middle; its requests count as past, its time does not.
    """

    def __init__(self, stretches: list[Counter[tuple[str, str]]]) -> None:
        by_city = [_by_city(counted) for counted in stretches]
        self.now = by_city[-1]
        self._first: dict[str, int] = {}
        for number, counted in enumerate(by_city):
            for city in counted:
                self._first.setdefault(city, number)

    def past(self, area: str | None) -> int:
        """Return how many whole stretches before now are known."""
        first = self._first.get((area or "")[:_CITY], min(self._first.values(), default=PERIODS))
        return max(0, PERIODS - first - (first > 0))

    def total(self, area: str | None) -> int:
        """Return the number of requests now."""
        return self.now.get((area or "")[:_CITY]) or sum(self.now.values())


def _by_city(counted: Mapping[tuple[str, str], int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (_, area), n in counted.items():
        if len(area) == _CITY:
            found[area] += n
    return found


def _cases(connection: Connection, edges: list[datetime], cities: _Cities) -> list[_Candidate]:
    now = store.busy_cases(connection, edges[-2], edges[-1], LEAST)
    if not now:
        return []
    stretches = [
        store.count_cases(connection, now, since, until) for since, until in pairwise(edges[:-1])
    ]
    found = (
        _judge(case, None, area, (*(past.get(case, 0) for past in stretches), n), cities)
        for case, (n, area) in now.items()
    )
    return [candidate for candidate in found if candidate is not None]


def _places(stretches: list[Counter[tuple[str, str]]], cities_known: _Cities) -> list[_Candidate]:
    """Return categories by city, and by county where only that county is hot."""
    judged = (
        _judge(None, category, area, tuple(s[category, area] for s in stretches), cities_known)
        for (category, area), n in stretches[-1].items()
        if n >= LEAST
    )
    found = [candidate for candidate in judged if candidate is not None]
    cities = {(c.category, c.area): c for c in found if len(c.area or "") == _CITY}
    telling = {
        _city_of(c)
        for c in found
        if len(c.area or "") == _COUNTY
        and _city_of(c) in cities
        and c.counts[-1] >= MOSTLY * cities[_city_of(c)].counts[-1]
    }
    by_city = {key for key in cities if key not in telling}
    return [c for c in found if (len(c.area or "") == _CITY) == (_city_of(c) in by_city)]


def _city_of(candidate: _Candidate) -> tuple[str | None, str | None]:
    return candidate.category, (candidate.area or "")[:_CITY]


def _cities_too(counted: Mapping[tuple[str, str], int]) -> Counter[tuple[str, str]]:
    """Counts by county, and by city with all that is in it."""
    found: Counter[tuple[str, str]] = Counter()
    for (category, area), n in counted.items():
        for length in (_CITY, _COUNTY):
            if len(area) >= length:
                found[category, area[:length]] += n
    return found


def _judge(
    case: str | None, category: str | None, area: str | None, counts: tuple[int, ...],
    cities: _Cities,
) -> _Candidate | None:  # fmt: skip
    """Keep what is hot; where there is no past, what is large."""
    past = cities.past(area)
    score = surprise(counts[-1], sum(counts[:-1]), 1 / (1 + past)) if past else 0.0
    if score >= HOT or (not past and counts[-1] >= LARGE * cities.total(area)):
        return _Candidate(case, category, None if case else area, counts, score, past)
    return None


def _without_parts(
    found: list[tuple[_Candidate, list[CountLine]]],
) -> list[tuple[_Candidate, list[CountLine]]]:
    """Leave out the places whose requests are mostly one hot case."""
    cases = {candidate.case_id for candidate, _ in found if candidate.case_id is not None}
    kept = []
    for candidate, lines in found:
        ((case, most),) = Counter(line.case_id for line in lines).most_common(1) or [("", 0)]
        if candidate.case_id is None and case in cases and most >= MOSTLY * len(lines):
            continue
        kept.append((candidate, lines))
    return kept


def _matter(candidate: _Candidate, lines: list[CountLine], sees_sensitive: bool) -> HotMatter:
    areas = Counter(line.area for line in lines if line.area)
    categories = Counter(line.category for line in lines if line.category)
    shown = [line for line in lines if sees_sensitive or not line.sensitive]
    return HotMatter(
        kind="place" if candidate.case_id is None else "case",
        case_id=candidate.case_id,
        category=candidate.category or _most(categories),
        area=candidate.area or _most(areas),
        counts=candidate.counts,
        expected=round(sum(candidate.counts[:-1]) / candidate.past, 2) if candidate.past else None,
        score=round(candidate.score, 2),
        people=len({line.person for line in lines}),
        cases=len({line.case_id for line in lines}),
        channels=_ordered(Counter(line.channel for line in lines)),
        places=_ordered(areas)[:PLACES],
        first=lines[0].received_at,
        last=lines[-1].received_at,
        samples=tuple((line.id, "") for line in shown[-1 : -1 - SAMPLES : -1]),
    )


def _with_titles(connection: Connection, matters: list[HotMatter]) -> list[HotMatter]:
    ids = [one for matter in matters for one, _ in matter.samples]
    titles = store.titles(connection, ids) if ids else {}
    return [
        replace(matter, samples=tuple((one, titles.get(one, "")) for one, _ in matter.samples))
        for matter in matters
    ]


def _most(counted: Counter[str]) -> str | None:
    ordered = _ordered(counted)
    return ordered[0][0] if ordered else None


def _ordered(counted: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
