"""Finding earlier corrections for the requests of a batch: at once, before any retraining.

A correction applies to a request that resembles the corrected one, and to one that the catalogue's same
row decides in the same county. Keys and corrections are kept in memory. Whether a correction still stands
is read from the store, in a few queries for a batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from intake.model.correction import Lesson
from intake.store import corrections
from intake.store.engine import Connection
from intake.understand.post import Understanding

COUNTY = 6
LATEST = 2
"""The number of corrections read for a row in a county; the last one counts."""
OVERLAP = 200
"""Ids of corrections that may still be under way when a greater one is seen."""

_Place = tuple[str, str]


class LessonIndex:
    """Recalls standing corrections. One per process; several processes may share a store."""

    def __init__(self) -> None:
        """Start empty; the first recall reads all keys."""
        self._last = 0
        self._known: set[int] = set()
        self._rules: dict[_Place, dict[str, list[int]]] = defaultdict(dict)
        self._keys: dict[int, corrections.RuleKey] = {}
        self._latest: dict[str, int] = {}  # each request's last correction: it overtakes the others
        self._lessons: dict[int, Lesson] = {}
        self._versions: dict[int, int] = {}

    def recall(
        self,
        connection: Connection,
        read: Mapping[str, Understanding],
        homes: Mapping[str, str | None],
        related: Mapping[str, str],
    ) -> dict[str, tuple[Lesson, ...]]:
        """Return for each request the corrections that may bear on it, the nearest first.

        ``related`` names the earlier request that each one resembles.
        """
        self._refresh(connection)
        if not self._known:
            return {}
        near = corrections.lessons_near(connection, set(related.values()))
        ids = {key: self._of(one, homes.get(key)) for key, one in read.items()}
        standing = self._standing(connection, {i for own in ids.values() for i in own})
        found = {}
        for key, own in ids.items():
            by_rule = tuple(standing[i] for i in own if i in standing)
            lessons = near.get(related.get(key, ""), ()) + by_rule
            if lessons:
                found[key] = lessons
        return found

    def _standing(self, connection: Connection, ids: set[int]) -> dict[int, Lesson]:
        """Return the lessons that stand now; a lesson is read again only where its decision is new."""
        keys = [self._keys[i] for i in ids if self._latest[self._keys[i].request_id] == i]
        now = corrections.dispatched(connection, {key.request_id for key in keys})
        versions = {}
        for key in keys:
            lead, version = now.get(key.request_id, (None, 0))
            if lead is not None and lead == key.lead:
                versions[key.id] = version
        fresh = [i for i, version in versions.items() if self._versions.get(i) != version]
        self._lessons |= corrections.lessons_of(connection, fresh)
        self._versions |= {i: versions[i] for i in fresh}
        return {i: self._lessons[i] for i in versions}

    def _refresh(self, connection: Connection) -> None:
        """Take in new corrections; of the last ids again, since one may commit after a greater id."""
        for key in corrections.keys_after(connection, self._last - OVERLAP):
            if key.id in self._known:
                continue
            self._known.add(key.id)
            self._last = max(self._last, key.id)
            self._latest[key.request_id] = max(key.id, self._latest.get(key.request_id, 0))
            if key.rule and key.category and len(key.area or "") >= COUNTY:
                place = (key.category, (key.area or "")[:COUNTY])
                ids = self._rules[place].get(key.rule, [])
                self._rules[place][key.rule] = sorted([*ids, key.id])[-LATEST:]
                self._keys[key.id] = key

    def _of(self, read: Understanding, home: str | None) -> list[int]:
        """Ids for a message's possible categories in its county, the latest first."""
        area = (read.location.area or home or "")[:COUNTY]
        if len(area) < COUNTY or not self._rules:
            return []
        found: list[int] = []
        for score in read.classification.top:
            for ids in self._rules.get((score.category, area), {}).values():
                found += ids
        return sorted(found, reverse=True)
