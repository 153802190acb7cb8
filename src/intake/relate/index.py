"""Postings as sorted numbers, and the search for rows that share most keys with a message.

A posting is one 64-bit number, 32 bits of a key above 32 bits of a row. So a sorted array of them is an
inverted list, merging is sorting, and a look-up is a binary search. Two keys that agree in 32 bits are
taken for one: a candidate too many now and then, never one too few. All steps run over a whole batch of
messages at once, since at these sizes most of the cost is in the calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from intake.relate.fingerprint import Keys

Postings = npt.NDArray[np.uint64]
Rows = npt.NDArray[np.int64]

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFF_FFFF)
# A find: 16 bits of the message above 32 of the row above 16 of the key's weight.
_OWNER, _ROW, _BITS = np.uint64(48), np.uint64(16), np.uint64(0xFFFF)
_BIT = 2_048
_SCATTER = np.uint64(0x9E37_79B9_7F4A_7C15)
MERGE = 4
"""A run is merged with the one before unless that one is so many times larger."""


def pack(keys: Keys, rows: Rows) -> Postings:
    """Make sorted postings of keys, of which the lower half counts, and rows (under 2**32)."""
    return np.sort(keys << _HALF | rows.astype(np.uint64))


def rows_of(postings: Postings) -> Postings:
    """Return the rows of postings."""
    return postings & _LOW


def after(postings: Postings, row: int) -> Postings:
    """Return the postings of rows after ``row``, still sorted."""
    return postings[rows_of(postings) > np.uint64(row)]


def add_run(runs: list[Postings], run: Postings) -> None:
    """Append sorted postings of later rows; runs of like size become one, so there are few."""
    while runs and len(runs[-1]) < MERGE * len(run):
        run = np.sort(np.concatenate((runs.pop(), run)), kind="stable")  # two runs: one merge
    if len(run):
        runs.append(run)


def search(
    runs: Iterable[Postings],
    keys: Sequence[Sequence[int]],
    first_row: int,
    *,
    kept: Sequence[Sequence[int]],
    history: int,
    budget: int,
    at_least: int,
    limit: int,
) -> list[list[int]]:
    """Return for each message of a batch the rows that share most with it, the best first.

    ``runs`` come newest first and hold ``history`` rows, all before ``first_row``; the messages will
    have the rows from there on, and each sees the earlier ones of the batch (at most 65,536) under the
    keys in ``kept``.

    A key weighs more bits the rarer it is. A message's rarest keys are followed first, until ``budget``
    postings were read; of a common key the newest are read. So the work for a message stays
    the same while the history grows. A row must share ``at_least`` keys (fewer if the message has fewer).
    Several shared keys must together weigh more than a chance match. Rows with less than half of the best
    one's weight are left out. Where several keys must be shared, one row is enough of those that share no more.
    """
    flat, counts, owners = _flat(keys)
    wanted, places = np.unique(flat << _HALF, return_inverse=True)
    batch, _, rows_kept = _flat(kept)
    run = pack(batch, (rows_kept + np.uint64(first_row)).astype(np.int64))
    spans = [_batch_spans(run, wanted[places], owners + np.uint64(first_row))]
    spans += [_spans(run, wanted, places) for run in runs]
    totals = np.sum([stop - start for _, start, stop in spans], axis=0)
    rows = history + 1 + np.arange(len(keys))  # that a message can see, and itself
    # At least one bit: a campaign may be most of all messages, and is recognised by all its keys.
    bits = np.maximum(1, np.log2(np.repeat(rows, counts) / np.maximum(totals, 1)))
    marks = (owners << _OWNER) | np.round(bits * _BIT).astype(np.uint64)
    room = _shares(owners, totals, budget)
    found = [
        taken for run, start, stop in spans if (taken := _take(run, start, stop, room, marks)).size
    ]
    if not found:
        return [[] for _ in keys]
    needed = np.minimum(at_least, np.maximum(counts, 1))
    postings = np.concatenate(found)
    if at_least > 1:
        postings = _recurring(postings, needed)
    chance = np.where(needed > 1, (np.log2(rows) + 1) * _BIT, 0).astype(np.int64)
    return _best(np.sort(postings), needed, chance, limit)


_Spans = tuple[Postings, Rows, Rows]
"""A run, and for each wanted key of each message where its postings start and stop in it."""


def _spans(run: Postings, wanted: Postings, places: Rows) -> _Spans:
    start = np.searchsorted(run, wanted)
    # Most keys are in few runs: the second search is for those that are here.
    here = np.flatnonzero((run[np.minimum(start, len(run) - 1)] ^ wanted) <= _LOW)
    stop = start.copy()
    stop[here] = np.searchsorted(run, wanted[here] | _LOW, "right")
    return run, start[places], stop[places]


def _batch_spans(run: Postings, prefixes: Postings, own_rows: Postings) -> _Spans:
    """Return the messages themselves as a run, in which each key ends before the message's own row."""
    return run, np.searchsorted(run, prefixes), np.searchsorted(run, prefixes | own_rows)


def _flat(keys: Sequence[Sequence[int]]) -> tuple[Keys, Rows, Postings]:
    """Return all keys in a row, how many each message has, and which message each is of."""
    counts = np.fromiter(map(len, keys), dtype=np.int64, count=len(keys))
    flat = np.fromiter((key for own in keys for key in own), np.uint64, int(counts.sum()))
    return flat, counts, np.repeat(np.arange(len(keys), dtype=np.uint64), counts)


def _shares(owners: Postings, totals: Rows, budget: int) -> Rows:
    """Divide each message's budget among its keys, the rarest first; and an equal share for each.

    The equal share, a second budget, is for a message without rare keys because many have the same text.
    """
    order = np.lexsort((totals, owners))
    sums = np.cumsum(totals[order])
    before = sums - totals[order]
    first = np.searchsorted(owners[order], owners[order])  # of the message, among the sorted
    room = np.empty_like(totals)
    room[order] = np.clip(budget - (before - before[first]), 0, totals[order])
    keys = np.searchsorted(owners, owners, "right") - np.searchsorted(owners, owners)
    shared: Rows = np.maximum(room, np.minimum(totals, budget // keys))
    return shared


def _take(run: Postings, start: Rows, stop: Rows, room: Rows, marks: Postings) -> Postings:
    """Take the newest of each span that there is still room for: owner, row, bits from high to low."""
    counts = np.minimum(stop - start, room)
    some = np.flatnonzero(counts)
    if not len(some):
        return np.empty(0, np.uint64)
    room[some] -= counts[some]
    counts = counts[some]
    ends = np.cumsum(counts)
    firsts = stop[some] - ends  # of each span, less what the spans before it fill
    places = np.arange(ends[-1]) + np.repeat(firsts, counts)
    return np.asarray(np.repeat(marks[some], counts) | rows_of(run[places]) << _ROW)


def _recurring(found: Postings, at_least: Rows) -> Postings:
    """Leave out most of the rows that a message met once and must share more with: nearly all there are.

    Rows are counted in a table of about twice their number, where some fall together and stay: much
    cheaper than to sort them all.
    """
    size = np.uint64(64 - (2 * len(found)).bit_length())
    places = ((found >> _ROW) * _SCATTER >> size).astype(np.int64)
    often = np.bincount(places)[places] > 1
    kept: Postings = found[often | (at_least[(found >> _OWNER).astype(np.int64)] == 1)]
    return kept


def _best(found: Postings, at_least: Rows, least_bits: Rows, limit: int) -> list[list[int]]:
    pairs = found >> _ROW  # owner and row
    if not len(pairs):
        return [[] for _ in at_least]
    first = np.append(0, np.flatnonzero(pairs[1:] != pairs[:-1]) + 1)
    shared = np.diff(first, append=len(found))
    told = np.add.reduceat(found & _BITS, first).astype(np.int64)
    pairs = pairs[first]
    owners = (pairs >> _HALF).astype(np.int64)
    most = np.zeros(len(at_least), dtype=np.int64)
    np.maximum.at(most, owners, told)
    enough = (shared >= at_least[owners]) & (
        told >= np.maximum(least_bits, (most + 1) // 2)[owners]
    )
    rows = rows_of(pairs[enough]).astype(np.int64)
    owners, told = owners[enough], told[enough]
    weak = (shared[enough] <= at_least[owners]) & (at_least[owners] > 1)
    order = np.lexsort((-rows, -told, owners))
    best: list[list[int]] = [[] for _ in at_least]
    ranked = zip(owners[order].tolist(), rows[order].tolist(), weak[order].tolist(), strict=True)
    for owner, row, is_weak in ranked:
        if len(best[owner]) < (1 if is_weak else limit):
            best[owner].append(row)
    return best
