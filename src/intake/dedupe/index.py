"""An inverted index in memory, built from the keys stored in SQL: key → rows that have it.

Log-structured: every load becomes a segment of sorted arrays, and segments of like size are merged. So
adding is cheap, a look-up is a few binary searches, and the answer does not depend on how it was filled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from intake.dedupe.fingerprint import Keys

Rows = npt.NDArray[np.uint32]
Recent = Mapping[int, Sequence[int]]

_NONE: Recent = {}
_MERGE = 4  # a segment is merged with the one before that is not so many times larger


class _Found:
    """Where the wanted keys stand in one segment, by their place among the wanted."""

    def __init__(self, keys: Keys, rows: Rows, wanted: Keys) -> None:
        self.rows = rows
        start = np.searchsorted(keys, wanted)
        # Most keys are in few segments: the second search is for those that are here.
        here = np.flatnonzero(keys[np.minimum(start, len(keys) - 1)] == wanted)
        stop = np.searchsorted(keys, wanted[here], "right")
        spans = zip(start[here].tolist(), stop.tolist(), strict=True)
        self.bounds = dict(zip(here.tolist(), spans, strict=True))


class Postings:
    """Rows by key. Rows are positions in the history (``seq``) and are added in ascending order."""

    def __init__(self) -> None:
        self._segments: list[tuple[Keys, Rows]] = []  # oldest and largest first

    def add(self, keys: Keys, rows: Rows) -> None:
        """Add postings, key by row; their rows come after all that were added before."""
        while len(keys):
            order = np.argsort(keys, kind="stable")  # of sorted runs: one pass of timsort
            keys, rows = keys[order], rows[order]
            if not self._segments or len(self._segments[-1][0]) >= _MERGE * len(keys):
                self._segments.append((keys, rows))
                return
            older_keys, older_rows = self._segments.pop()
            keys = np.concatenate((older_keys, keys))
            rows = np.concatenate((older_rows, rows))

    def rows(self, keys: Sequence[int], cap: int, recent: Recent = _NONE) -> Rows:
        """Give the rows of all keys, newest ``cap`` of each key, once for every key they share.

        ``recent`` are postings newer than the index, looked at first.
        """
        wanted = np.array(keys, dtype=np.uint64)
        segments = [_Found(*segment, wanted) for segment in reversed(self._segments)]
        found: list[npt.ArrayLike] = []
        for i, key in enumerate(keys):
            room = cap
            newest = recent.get(key, ())[-room:]
            if newest:
                found.append(newest)
                room -= len(newest)
            for segment in segments:
                if room and i in segment.bounds:
                    start, stop = segment.bounds[i]
                    found.append(segment.rows[max(start, stop - room) : stop])
                    room -= min(room, stop - start)
        if not found:
            return np.empty(0, np.uint32)
        return np.concatenate([np.asarray(part, dtype=np.uint32) for part in found])


def most_shared(rows: Rows, at_least: int, limit: int) -> list[int]:
    """Give the rows that share most keys, newest first among equals.

    Rows that share less than half as many as the best are no rivals to it and are left out.
    """
    if not len(rows):
        return []
    distinct, shared = np.unique(rows, return_counts=True)
    enough = shared >= max(at_least, shared.max() / 2)
    distinct, shared = distinct[enough], shared[enough]
    order = np.lexsort((distinct, shared))[::-1][:limit]
    return [int(row) for row in distinct[order]]
