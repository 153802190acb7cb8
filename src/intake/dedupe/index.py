"""An inverted index in memory, built from the keys stored in SQL: key → rows that have it.

Log-structured: new postings go to a small dict, which is sealed into sorted arrays; arrays of like
size are merged. So adding is cheap, a look-up is a few binary searches, and what the index answers
does not depend on how it was filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from intake.dedupe.fingerprint import Keys

Rows = npt.NDArray[np.uint32]
Recent = Mapping[int, Sequence[int]]

_SEAL_AT = 32_768
_NONE: Recent = {}


class Postings:
    """Rows by key. Rows are positions in the history (``seq``) and are added in ascending order."""

    def __init__(self) -> None:
        self._segments: list[tuple[Keys, Rows]] = []  # oldest and largest first
        self._delta: dict[int, list[int]] = {}
        self._delta_size = 0

    def add(self, row: int, keys: Sequence[int]) -> None:
        """Add one row under its keys."""
        for key in keys:
            self._delta.setdefault(key, []).append(row)
        self._delta_size += len(keys)
        if self._delta_size >= _SEAL_AT:
            self._seal()

    def add_many(self, keys: Keys, rows: Rows) -> None:
        """Add a load of postings at once, rows ascending; what a start from SQL uses."""
        self._seal()
        order = np.argsort(keys, kind="stable")
        self._push(keys[order], rows[order])

    def rows(self, keys: Sequence[int], cap: int, recent: Recent = _NONE) -> Rows:
        """Give the rows of all keys, newest ``cap`` of each key, once for every key they share.

        ``recent`` are postings newer than the index, looked at first.
        """
        wanted = np.array(keys, dtype=np.uint64)
        bounds = [
            (
                rows,
                np.searchsorted(sorted_keys, wanted),
                np.searchsorted(sorted_keys, wanted, "right"),
            )
            for sorted_keys, rows in reversed(self._segments)
        ]
        found: list[npt.ArrayLike] = []
        for i, key in enumerate(keys):
            room = cap
            for newest in (recent.get(key), self._delta.get(key)):
                if newest and room:
                    found.append(newest[-room:])
                    room -= min(room, len(newest))
            for rows, left, right in bounds:
                if room and right[i] > left[i]:
                    found.append(rows[max(left[i], right[i] - room) : right[i]])
                    room -= min(room, int(right[i] - left[i]))
        if not found:
            return np.empty(0, np.uint32)
        return np.concatenate([np.asarray(part, dtype=np.uint32) for part in found])

    def _seal(self) -> None:
        """Turn the dict into a sorted segment."""
        if not self._delta:
            return
        keys = np.fromiter(self._delta, dtype=np.uint64, count=len(self._delta))
        sizes = [len(rows) for rows in self._delta.values()]
        rows = np.fromiter(
            (row for rows in self._delta.values() for row in rows),
            dtype=np.uint32,
            count=self._delta_size,
        )
        self._delta, self._delta_size = {}, 0
        repeated = np.repeat(keys, sizes)
        order = np.argsort(repeated, kind="stable")
        self._push(repeated[order], rows[order])

    def _push(self, keys: Keys, rows: Rows) -> None:
        """Append a segment; merge while the one before is not at least twice as large."""
        while self._segments and len(self._segments[-1][0]) < 2 * len(keys):
            older_keys, older_rows = self._segments.pop()
            keys = np.concatenate((older_keys, keys))
            rows = np.concatenate((older_rows, rows))
            order = np.argsort(keys, kind="stable")  # two sorted runs: one pass of timsort
            keys, rows = keys[order], rows[order]
        self._segments.append((keys, rows))


def most_shared(rows: Rows, at_least: int, limit: int) -> list[tuple[int, int]]:
    """Give (row, how many keys it shares), most first, newest first among equals."""
    if not len(rows):
        return []
    distinct, shared = np.unique(rows, return_counts=True)
    enough = shared >= at_least
    distinct, shared = distinct[enough], shared[enough]
    order = np.lexsort((distinct, shared))[::-1][:limit]
    return [(int(distinct[i]), int(shared[i])) for i in order]
