"""The index on disk: immutable sorted postings, mapped into memory, that a process finds when it starts.

A cache, not a store: the fingerprints in the database are the truth, and a folder that is missing,
half written or of another database is left aside and made anew. Several processes may share a folder;
one at a time writes (a file lock), the others read what it wrote when they next look.
"""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from intake.relate.index import MERGE, Postings

MANIFEST = "index.json"
FORMAT = 1
KINDS = ("texts", "terms")
_AT_ONCE = 4_000_000
"""Postings that a merge holds in memory, 32 MB for each of the two."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Fingerprints up to row ``last``; ``anchor`` is its request id, to see if the row is still the same.

    ``names`` and ``sizes`` (in postings) are of the files, in the order of ``KINDS``.
    """

    rows: int
    last: int
    anchor: str
    names: tuple[str, ...]
    sizes: tuple[int, ...]


class SegmentFolder:
    """Segments in a folder, oldest and largest first; see the module for what it promises."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self.segments: list[Segment] = []
        self._mapped: dict[str, Postings] = {}

    @property
    def last(self) -> int:
        """The last row that the segments cover, 0 if there are none."""
        return self.segments[-1].last if self.segments else 0

    @property
    def rows(self) -> int:
        """The number of rows in the segments."""
        return sum(segment.rows for segment in self.segments)

    def runs(self, kind: str) -> list[Postings]:
        """Return the postings of one of ``KINDS``, oldest first."""
        place = KINDS.index(kind)
        return [self._mapped[s.names[place]] for s in self.segments if s.sizes[place]]

    def reload(self) -> bool:
        """Read the manifest if it has changed since; return whether it has."""
        changed = False
        while (stamp := self._stamp()) != self._seen:  # again, if it changes while it is read
            self._seen, changed = stamp, True
            self._adopt(_read(self._folder / MANIFEST))
        return changed

    def keep(self, count: int) -> None:
        """Forget all segments but the first ``count``: their rows are not those of the database."""
        self._adopt(self.segments[:count])

    @contextmanager
    def writing(self) -> Iterator[bool]:
        """Hold the folder's lock for the block; False if another process holds it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def append(self, rows: int, last: int, anchor: str, runs: Sequence[Sequence[Postings]]) -> None:
        """Write later rows as a segment, merged with those before it that are of like size.

        ``runs`` are sorted postings for each of ``KINDS``. Under :meth:`writing` only. A crash at any
        point leaves the former manifest with all its files.
        """
        kept, merged = list(self.segments), rows
        parts: list[list[Postings]] = [list(own) for own in runs]
        while kept and kept[-1].rows < MERGE * merged:
            former = kept.pop()
            merged += former.rows
            for own, name, size in zip(parts, former.names, former.sizes, strict=True):
                if size:
                    own.append(self._mapped[name])
        made = uuid.uuid4().hex
        names = tuple(f"{made}.{kind}" for kind in KINDS)
        sizes = tuple(
            _write_merged(self._folder / name, own) for name, own in zip(names, parts, strict=True)
        )
        segments = [*kept, Segment(merged, last, anchor, names, sizes)]
        _replace(self._folder / MANIFEST, {"format": FORMAT, "segments": [*map(asdict, segments)]})
        self._adopt(segments)
        self._sweep()

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = (self._folder / MANIFEST).stat()
        except OSError:  # not there, or not for us to read
            return None
        return found.st_mtime_ns, found.st_ino

    def _adopt(self, segments: Sequence[Segment]) -> None:
        """Use these segments, up to the first whose files are not as they were written.

        All are mapped at once: a mapped file stays readable when another process deletes it.
        """
        usable: list[Segment] = []
        mapped: dict[str, Postings] = {}
        for segment in segments:
            runs = [
                self._mapped[name] if name in self._mapped else _map(self._folder / name, size)
                for name, size in zip(segment.names, segment.sizes, strict=True)
            ]
            whole = {
                name: run for name, run in zip(segment.names, runs, strict=True) if run is not None
            }
            if len(whole) < len(runs):
                break
            usable.append(segment)
            mapped |= whole
        self.segments, self._mapped = usable, mapped

    def _sweep(self) -> None:
        """Delete files that no manifest names; a process that has one mapped still reads it until it closes it."""
        names = {name for segment in self.segments for name in segment.names}
        for kind in KINDS:
            for file in self._folder.glob(f"*.{kind}"):
                if file.name not in names:
                    file.unlink(missing_ok=True)


def _read(path: Path) -> list[Segment]:
    try:
        found = json.loads(path.read_bytes())
        if found["format"] != FORMAT:
            return []
        return [
            Segment(s["rows"], s["last"], s["anchor"], tuple(s["names"]), tuple(s["sizes"]))
            for s in found["segments"]
        ]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError):
        return []  # not ours, or of another version: made anew from the database


def _map(path: Path, size: int) -> Postings | None:
    """Map a file of ``size`` postings; None if it is not there or not as long."""
    try:
        if path.stat().st_size != 8 * size:
            return None
        return np.memmap(path, dtype=np.uint64, mode="r") if size else np.empty(0, np.uint64)
    except FileNotFoundError:
        return None


def _write_merged(path: Path, runs: Sequence[Postings]) -> int:
    """Write sorted runs as one, piece by piece, so that memory does not grow with them."""
    size = sum(map(len, runs))
    bounds = _bounds(runs, size)
    edges = [[0, *np.searchsorted(run, bounds).tolist(), len(run)] for run in runs]
    with path.open("wb") as file:
        for piece in range(len(bounds) + 1):
            parts = [run[e[piece] : e[piece + 1]] for run, e in zip(runs, edges, strict=True)]
            if parts:
                file.write(np.sort(np.concatenate(parts), kind="stable").tobytes())
        file.flush()
        os.fsync(file.fileno())
    return size


def _bounds(runs: Sequence[Postings], size: int) -> Postings:
    """Return postings between which there are not much more than ``_AT_ONCE`` of all runs."""
    largest = max(runs, key=len, default=np.empty(0, np.uint64))
    step = max(1, len(largest) * _AT_ONCE // max(size, 1))
    return np.array(largest[step::step])


def _replace(path: Path, document: object) -> None:
    """Put a file in place of another at one instant, and make that durable."""
    made = path.with_suffix(".new")
    with made.open("w", encoding="ascii") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
