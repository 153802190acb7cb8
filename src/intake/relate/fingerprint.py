"""Fingerprints of texts: a key for identical text and a bottom-k sketch for near copies.

The sketch is the 16 smallest of the hashed character 4-grams. Two texts share about as many of the 16
as their grams overlap, however long they are, so an inverted list over the hashes finds copies that
were edited, cut in half or reordered. Sketches are stored: a change to the hash below is a change of
the stored format and needs the table to be filled anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]

SKETCH_SIZE = 16
GRAM = 4
KEY_BYTES = 8

_SEPARATOR = "\n"  # never in a plain text, so no gram reaches from one text into the next
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)


def exact_key(text: str) -> bytes:
    """Return 16 bytes that are equal for identical text only."""
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


@lru_cache(maxsize=65_536)
def term_key(*parts: str) -> int:
    """Return the 64-bit key of a term such as a name with a fault."""
    joined = "\x1f".join(parts).encode()
    return int.from_bytes(hashlib.blake2b(joined, digest_size=KEY_BYTES).digest(), "little")


def sketches(texts: Sequence[str]) -> list[Keys]:
    """Return the sorted bottom-16 of each text; shorter for texts of few grams, empty for none.

    The whole batch is hashed in one pass, since most of the cost is in the calls.
    """
    padded = [text if len(text) >= GRAM or not text else text.ljust(GRAM, "\0") for text in texts]
    joined = _SEPARATOR.join(padded)
    if not joined.strip(_SEPARATOR):
        return [np.empty(0, np.uint64) for _ in texts]
    grams = _gram_hashes(_points(joined))
    found, start = [], 0
    for text in padded:
        end = start + len(text)
        found.append(_smallest(grams[start : max(start, end - GRAM + 1)]))
        start = end + 1
    return found


def gram_keys(text: str) -> Keys:
    """Return the sorted keys of all different grams of one text; for counting, not for storing."""
    keys = np.sort(_polynomials(_points(text)))
    return keys[np.concatenate(([True], keys[1:] != keys[:-1]))] if len(keys) else keys


def _points(text: str) -> Keys:
    encoded = text.encode("utf-32-le", "surrogatepass")
    return np.frombuffer(encoded, dtype=np.uint32).astype(np.uint64)


def _polynomials(points: Keys) -> Keys:
    """Return a number for every run of four characters (wrapping 64-bit arithmetic)."""
    count = max(0, len(points) - GRAM + 1)
    hashed = points[:count].copy()
    for offset in range(1, GRAM):
        hashed *= _MULTIPLIER
        hashed += points[offset : offset + count]
    return hashed


def _gram_hashes(points: Keys) -> Keys:
    """Hash every run of four characters: the polynomials, mixed."""
    hashed = _polynomials(points)
    # A plain polynomial keeps neighbours apart by constants; the smallest must be a fair sample.
    for _ in range(2):
        hashed ^= hashed >> _SHIFT
        hashed *= _MIX
    hashed ^= hashed >> _SHIFT
    return hashed


def _smallest(grams: Keys) -> Keys:
    """Return the 16 smallest different hashes, sorted."""
    if len(grams) > 4 * SKETCH_SIZE:
        few = np.sort(np.partition(grams, 3 * SKETCH_SIZE)[: 3 * SKETCH_SIZE])
        distinct = few[np.concatenate(([True], few[1:] != few[:-1]))]
        if len(distinct) >= SKETCH_SIZE:
            return distinct[:SKETCH_SIZE]
    return np.unique(grams)[:SKETCH_SIZE]


def resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    """Estimate from two sketches what share of all their grams the texts have in common, 0 to 1."""
    both = one & other
    if not both:
        return 0.0
    smallest = sorted(one | other)[:SKETCH_SIZE]
    return len(both.intersection(smallest)) / len(smallest)
