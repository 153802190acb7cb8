"""Finds for each request of a batch the nearest earlier one, and the case both belong to.

The index holds positions only, the older ones in files and the newest in memory; what is compared is
read from the store, in one query for a batch. It takes in what was committed, never what is about to
be: a rollback leaves no trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from intake import log
from intake.messages import ZH, Language
from intake.model.request import Relation
from intake.relate.describe import NO_KEY, SKETCH, Described, describe, restore, row_of
from intake.relate.fingerprint import KEY_BYTES
from intake.relate.index import Postings, add_run, after, pack, search
from intake.relate.relations import JOINING, Subject, nearest
from intake.relate.segments import SegmentFolder
from intake.relate.text_evidence import Portrait, may_be_copy
from intake.store.engine import Connection
from intake.store.fingerprints import (
    Sketch,
    insert_fingerprints,
    latest_fingerprints,
    request_at,
    sketches_after,
    texts_at,
)

_log = log.get("process")
_LIKE, _LIKE_SHARED = 4, 2  # candidates by text, and how many of the 16 hashes they must share
_NAMED = 3  # candidates by person, name and fault
# Postings that are read for a message. With the same number for each key, rare or not, recall
# fell as the history grew: rare keys are stronger evidence.
_LIKE_BUDGET, _NAMED_BUDGET = 400, 200
_TAIL = 50_000  # fingerprints in memory, 10 MB, before they become a segment on disk


class Deduper:
    """Relates requests to earlier ones. Not thread-safe; one per process.

    Several processes may share a store: each calls :meth:`refresh` inside the transaction that
    serialises their commits, so positions are seen in the order of commits.
    """

    def __init__(
        self, folder: Path | None = None, *, window_days: int = 365, language: Language = ZH
    ) -> None:
        """Keep the index in ``folder``, or with None in memory alone; reasons are in ``language``."""
        self.language = language
        self._window = timedelta(days=window_days)
        self._segments = SegmentFolder(folder) if folder else None
        self._texts: list[Postings] = []  # after the segments
        self._terms: list[Postings] = []
        self._tail = 0
        self._enough = _TAIL
        self._count = 0
        self._last = 0
        self._anchor = ""
        self._covered = 0  # the last row that the segments we use hold
        self._opened = False
        self._related: dict[str, Described] = {}  # of the batch under way, by request

    def refresh(self, connection: Connection) -> None:
        """Absorb the fingerprints committed since the last call; on the first, since the index on disk."""
        if not self._opened:
            self._open(connection)
        for page in sketches_after(connection, self._last):
            self._absorb(page)
            if self._tail >= 4 * _TAIL:  # the first filling of a large history
                self.tidy()

    def tidy(self) -> None:
        """Write the index's part in memory to disk, if it is large; call it between batches.

        It takes seconds once in a hundred thousand messages, so call it while nobody waits for the store. If
        the folder cannot be written, the index stays in memory and a warning is logged.
        """
        if self._segments is None or self._tail < self._enough:
            return
        try:
            self._put_on_disk(self._segments)
        except OSError as error:
            self._enough = self._tail + _TAIL
            _log.warning("index.not_written", reason=error.strerror, folder=str(error.filename))

    def _put_on_disk(self, segments: SegmentFolder) -> None:
        with segments.writing() as ours:
            segments.reload()  # another process may have written the same rows
            if segments.last < self._covered:
                self._opened = False  # somebody deleted the folder, or a part of it is damaged:
                return  # the next refresh reads again what is missing
            self._drop_covered(segments.last)
            if ours and self._tail:
                runs = (self._texts, self._terms)
                segments.append(self._tail, self._last, self._anchor, runs)
                self._drop_covered(self._last)
        self._enough = _TAIL

    def _open(self, connection: Connection) -> None:
        """Take the segments on disk that are of this database: after a restore, rows may be others."""
        self._opened = True
        self._texts, self._terms, self._tail = [], [], 0
        if self._segments is None:
            return
        self._segments.reload()
        known = request_at(connection, [segment.last for segment in self._segments.segments])
        same = 0
        for segment in self._segments.segments:
            if known.get(segment.last) != segment.anchor:
                break
            same += 1
        self._segments.keep(same)
        self._last = self._covered = self._segments.last
        self._count = self._segments.rows

    def _drop_covered(self, last: int) -> None:
        """Let go of rows in memory that are on disk now."""
        self._covered = last
        self._texts = [run for old in self._texts if len(run := after(old, last))]
        self._terms = [run for old in self._terms if len(run := after(old, last))]
        self._tail = max(0, self._last - last)
        self._last = max(self._last, last)
        self._count = max(self._count, self._segments.rows if self._segments else 0)

    def relate(
        self, connection: Connection, subjects: Sequence[Subject]
    ) -> list[tuple[str, Relation | None]]:
        """Return for each subject, in order, its case and its relation to the nearest earlier request.

        Later subjects of the batch see the earlier ones. The case is the matched request's, or the
        subject's own when nothing matched or the match is only a suggestion.
        """
        batch = describe(subjects)
        self._related = {described.subject.request_id: described for described in batch}
        candidates = self._candidates(connection, batch)
        stored = latest_fingerprints(
            connection, sorted({seq for seqs in candidates for seq in seqs if seq <= self._last})
        )
        known = {seq: restore(row) for seq, row in stored.items()}
        latest: dict[str, int] = {}  # revised in this batch: earlier positions no longer count
        related = []
        for position, (described, seqs) in enumerate(
            zip(batch, candidates, strict=True), self._last + 1
        ):
            found = nearest(
                described.portrait,
                [
                    known[seq]
                    for seq in seqs
                    if seq in known and latest.get(known[seq].request_id, seq) == seq
                ],
                self._window,
                self.language,
            )
            case_id, relation = described.portrait.case_id, None
            if found is not None:
                other, relation = found
                case_id = other.case_id if relation.kind in JOINING else case_id
            related.append((case_id, relation))
            known[position] = _in_case(described.portrait, case_id)
            latest[described.portrait.request_id] = position
        return related

    def remember(self, connection: Connection, subjects: Sequence[Subject]) -> None:
        """Store fingerprints of subjects that carry their final case, in the caller's transaction."""
        known = [self._known(subject) for subject in subjects]
        others = [
            subject for subject, described in zip(subjects, known, strict=True) if not described
        ]
        rest = iter(describe(others))
        insert_fingerprints(
            connection,
            [
                row_of(described or next(rest), subject.case_id)
                for described, subject in zip(known, subjects, strict=True)
            ],
        )
        self._related = {}

    def _known(self, subject: Subject) -> Described | None:
        """Return the earlier result of :meth:`relate` for the same subject, with its present case."""
        described = self._related.get(subject.request_id)
        if described is None:
            return None
        own = described.subject
        same = own is subject or _with_case(own, subject.case_id) == subject
        return described if same else None

    def _absorb(self, page: list[Sketch]) -> None:
        seqs = np.array([row.seq for row in page], dtype=np.uint64)
        for runs, part in (
            (self._texts, [row.sketch[: SKETCH.size] for row in page]),
            (self._terms, [row.sketch[SKETCH.size :] for row in page]),
        ):
            keys = np.frombuffer(b"".join(part), dtype="<u8").astype(np.uint64)
            rows = np.repeat(seqs, [len(blob) // KEY_BYTES for blob in part])
            add_run(runs, pack(keys[keys != NO_KEY], rows[keys != NO_KEY]))
        self._last, self._anchor = page[-1].seq, page[-1].request_id
        self._tail += len(page)
        self._count += len(page)

    def _candidates(self, connection: Connection, batch: Sequence[Described]) -> list[list[int]]:
        """Return for each of the batch the positions worth comparing, best first."""
        like = search(
            self._runs("texts", self._texts),
            (grams := [described.sketch for described in batch]),
            self._last + 1,
            kept=grams,
            history=self._count,
            budget=_LIKE_BUDGET,
            at_least=_LIKE_SHARED,
            limit=_LIKE,
        )
        named = search(
            self._runs("terms", self._terms),
            [described.asked for described in batch],
            self._last + 1,
            kept=[described.terms for described in batch],
            history=self._count,
            budget=_NAMED_BUDGET,
            at_least=1,
            limit=_NAMED,
        )
        copies = self._copies(connection, batch, like)
        return [list(dict.fromkeys(own + other)) for own, other in zip(copies, named, strict=True)]

    def _copies(
        self, connection: Connection, batch: Sequence[Described], like: list[list[int]]
    ) -> list[list[int]]:
        """Leave of the positions found by text those whose text bears it out.

        In a large history many share a turn of phrase and nothing else: a glance at the text alone is
        much cheaper than reading and comparing all that is known of both.
        """
        stored = sorted({seq for seqs in like for seq in seqs if seq <= self._last})
        texts = texts_at(connection, stored)
        texts.update(
            (seq, described.portrait.text) for seq, described in enumerate(batch, self._last + 1)
        )
        return [
            [seq for seq in seqs if may_be_copy(described.portrait.text, texts.get(seq, ""))]
            for described, seqs in zip(batch, like, strict=True)
        ]

    def _runs(self, kind: str, tail: Sequence[Postings]) -> list[Postings]:
        """Return all postings of a kind, newest first."""
        older = self._segments.runs(kind) if self._segments else []
        return [*reversed(tail), *reversed(older)]


def _with_case(subject: Subject, case_id: str) -> Subject:
    return subject.model_copy(update={"case_id": case_id})


def _in_case(portrait: Portrait, case_id: str) -> Portrait:
    return portrait if portrait.case_id == case_id else replace(portrait, case_id=case_id)
