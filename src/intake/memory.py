"""What people corrected before, found for the requests of a batch: at once, before any retraining.

A correction bears on a request that resembles the corrected one, and on one that the catalogue's same
row decides in the same county. Only ids and keys are kept in memory; whether a correction still stands
is read from the store, in two queries for a batch.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import sqlalchemy as sa

from intake.correction import Lesson
from intake.route.dossier import Understanding
from intake.store import corrections

COUNTY = 6
LATEST = 4
"""Corrections that are looked at for a row in a county: what was said last counts."""

_Place = tuple[str, str]


class Memory:
    """Recalls standing corrections. One per process; several processes may share a store."""

    def __init__(self) -> None:
        """Start empty; the first recall reads all keys."""
        self._last = 0
        self._rules: dict[_Place, dict[str, list[int]]] = defaultdict(dict)

    def recall(
        self,
        connection: sa.Connection,
        read: Mapping[str, Understanding],
        homes: Mapping[str, str | None],
        related: Mapping[str, str],
    ) -> dict[str, tuple[Lesson, ...]]:
        """Give for each request the corrections that may bear on it, the nearest first.

        ``related`` names the earlier request that each one resembles.
        """
        self._refresh(connection)
        if not self._last:
            return {}
        near = corrections.lessons_near(connection, set(related.values()))
        ids = {key: self._of(one, homes.get(key)) for key, one in read.items()}
        standing = corrections.lessons_of(connection, {i for own in ids.values() for i in own})
        found = {}
        for key, own in ids.items():
            by_rule = tuple(standing[i] for i in own if i in standing)
            lessons = near.get(related.get(key, ""), ()) + by_rule
            if lessons:
                found[key] = lessons
        return found

    def _refresh(self, connection: sa.Connection) -> None:
        for key in corrections.keys_after(connection, self._last):
            self._last = key.id
            if key.rule and key.category and len(key.area or "") >= COUNTY:
                place = (key.category, (key.area or "")[:COUNTY])
                ids = self._rules[place].setdefault(key.rule, [])
                ids.append(key.id)
                del ids[:-LATEST]

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
