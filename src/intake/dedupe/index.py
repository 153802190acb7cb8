"""An inverted index in memory, built from the keys stored in SQL: key → rows that have it.

Log-structured: every load becomes a segment of sorted arrays, and segments of like size are merged. So
adding is cheap, a look-up is a few binary searches, and the answer does not depend on how it was filled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from intake.dedupe.fingerprint import Keys

Rows = npt.NDArray[np.uint32]
Recent = Mapping[int, Sequence[int]]

_NONE: Recent = {}
_MERGE = 4  # a segment is merged with the one before that is not so many times larger


class Located:
    """Where wanted keys stand in the segments, newest segment first."""

    def __init__(self, segments: Iterable[tuple[Keys, Rows]], wanted: Keys) -> None:
        self._spans: dict[int, list[tuple[Rows, int, int]]] = {}
        for keys, rows in segments:
            start = np.searchsorted(keys, wanted)
            # Most keys are in few segments: the second search is for those that are here.
            here = np.flatnonzero(keys[np.minimum(start, len(keys) - 1)] == wanted)
            found = wanted[here]
            stop = np.searchsorted(keys, found, "right").tolist()
            for key, first, last in zip(found.tolist(), start[here].tolist(), stop, strict=True):
                self._spans.setdefault(key, []).append((rows, first, last))

    def rows(self, keys: Iterable[int], cap: int, recent: Recent = _NONE) -> Rows:
        """Give the rows of all keys, newest ``cap`` of each key, once for every key they share.

        ``recent`` are postings newer than the index, looked at first.
        """
        found: list[Rows] = []
        newer: list[int] = []
        for key in keys:
            newest = recent.get(key, ())[-cap:]
            newer += newest
            room = cap - len(newest)
            for rows, start, stop in self._spans.get(key, ()):
                if room <= 0:
                    break
                found.append(rows[max(start, stop - room) : stop])
                room -= stop - start
        if newer:
            found.append(np.array(newer, dtype=np.uint32))
        return np.concatenate(found) if found else np.empty(0, np.uint32)


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

    def locate(self, keys: Iterable[int]) -> Located:
        """Look keys up, those of a whole batch at once: most of the cost is in the calls."""
        wanted = np.array(sorted(set(keys)), dtype=np.uint64)
        return Located(reversed(self._segments), wanted)

    def rows(self, keys: Sequence[int], cap: int, recent: Recent = _NONE) -> Rows:
        """Look keys up and give their rows, see :meth:`Located.rows`."""
        return self.locate(keys).rows(keys, cap, recent)


def most_shared(rows: Rows, at_least: int, limit: int) -> list[int]:
    """Give the rows that share most keys, newest first among equals.

    Rows that share less than half as many as the best are no rivals to it and are left out.
    """
    if not len(rows):
        return []
    # As np.unique does, in a third of its time.
    rows = np.sort(rows)
    last = np.append(np.flatnonzero(rows[1:] != rows[:-1]), len(rows) - 1)
    distinct, shared = rows[last], last.copy()
    shared[0] += 1
    shared[1:] -= last[:-1]
    enough = shared >= max(at_least, shared.max() / 2)
    distinct, shared = distinct[enough], shared[enough]
    order = np.lexsort((distinct, shared))[::-1][:limit]
    return [int(row) for row in distinct[order]]
