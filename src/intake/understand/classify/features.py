"""The features of the category model: runs of characters, and words, each as one number.

Training and serving call the same functions, and what they depend on (:class:`Reading`, ``FORMAT``)
is written into every bundle. A *gram* is a stretch of the read text; its number is a hash of its
characters, taken of all stretches at once with running sums, so that no string is made for any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import rjieba
from pydantic import BaseModel, ConfigDict, Field

from intake.model.rule_table import rules_beside
from intake.understand.classify.enumeration import split_matters
from intake.understand.classify.place_masking import mask_places

FORMAT = "grams/1"
BITS = 22
"""Of a gram's number: some four million places, so that few of a model's grams share one."""

Numbers = npt.NDArray[np.uint32]
Places = npt.NDArray[np.intp]

_LEFT_OUT = rules_beside(__file__, "text_parts").pattern("left_out")
_BREAK = "\n"

_BASE = 0x9E3779B1  # odd, so that it has an inverse below 2³²
_MIX = np.uint32(0x85EBCA6B)
_RUN_SALT, _WORD_SALT, _PAIR_SALT = 0x85EBCA6B, 0x27D4EB2F, 0x165667B1


class Reading(BaseModel):
    """How much of a text is read, and how it is cut.

    ``longest`` is the longest run of characters; ``words`` adds words and pairs of neighbouring
    words (cut by rjieba). The title counts twice; where there is none the first ``head``
    characters that are read do. ``mask_places`` takes proper names of places out (see :mod:`.places`).
    """

    model_config = ConfigDict(frozen=True)

    longest: int = Field(2, ge=1, le=6)
    words: bool = True
    max_chars: int = Field(2000, ge=40)
    head: int = Field(24, ge=0)
    mask_places: bool = False


class Read(NamedTuple):
    """The part of a text that the model reads: its characters, the length of the head, and where the
    matters that it numbers are divided.
    """

    seen: str
    head: int
    matters: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grams:
    """The stretches of a read text: their numbers, where each begins, how long it is.

    What begins before ``head`` counts twice. ``matters`` are the places between the matters that a text
    counts, its beginning and end among them; empty for a text that counts none.
    """

    read: str
    head: int
    matters: tuple[int, ...]
    numbers: Numbers
    starts: Places
    lengths: Places

    def text(self, index: int) -> str:
        """Return a gram's characters."""
        start = int(self.starts[index])
        return self.read[start : start + int(self.lengths[index])]


def read(title: str, text: str, reading: Reading) -> Read:
    """Return what the model reads of a text, how much of it is its head, and where counted matters part.

    Only hanzi, letters and digits are left, without grammar; digits alone are nothing to read. A
    title that the body repeats is not read again.
    """
    title, body = title.strip(), text.strip()[: reading.max_chars]
    parts = [_cleaned(part, reading) for part in split_matters(body)]
    seen = "".join(parts)
    head = _cleaned(title, reading) if title else seen[: reading.head]
    before = 0
    if title and not body.startswith(title):
        seen = f"{head}{_BREAK}{seen}"
        before = len(head) + 1
    if seen.strip(_BREAK).isdecimal():
        seen = ""
    matters = tuple(accumulate(map(len, parts), initial=before)) if len(parts) > 1 else ()
    return Read(seen, len(head), matters) if seen.strip(_BREAK) else Read("", 0, matters)


def _cleaned(text: str, reading: Reading) -> str:
    return _LEFT_OUT.sub("", mask_places(text) if reading.mask_places else text).lower()


def grams(title: str, text: str, reading: Reading) -> Grams:
    """Cut a text; a stretch that occurs twice is there twice."""
    return cut(read(title, text, reading), reading)


def cut(own: Read, reading: Reading) -> Grams:
    """Cut what was read of a text."""
    seen, head, matters = own
    size = len(seen)
    counting = _counting(size + 1)
    if not size:
        return Grams(seen, 0, (), np.zeros(0, dtype=np.uint32), counting[:0], counting[:0])
    longest = min(reading.longest, size)
    starts = [counting[: size - length] for length in range(longest)]
    ends = [counting[length + 1 : size + 1] for length in range(longest)]
    if reading.words:
        edges = np.fromiter(accumulate(map(len, rjieba.cut(seen)), initial=0), dtype=np.intp)
        starts += edges[:-1], edges[:-2]
        ends += edges[1:], edges[2:]
    start, end = np.concatenate(starts), np.concatenate(ends)
    salt = np.full(len(start), _RUN_SALT, dtype=np.uint32)
    if reading.words:
        pairs = max(len(edges) - 2, 0)
        salt[len(start) - pairs - len(edges) + 1 :] = _WORD_SALT
        salt[len(start) - pairs :] = _PAIR_SALT
    return Grams(seen, head, matters, _numbers(seen, start, end, salt), start, end - start)


def run_numbers(seen: str, longest: int) -> list[Numbers]:
    """Number all runs of one character, of two … of ``longest``, wherever they begin in ``seen``.

    A run has the same number in every place.
    """
    sums, inverses = _running(seen)
    salt = np.uint32(_RUN_SALT)
    return [
        _stirred(sums[length:] - sums[:-length], inverses[: len(sums) - length], salt)
        for length in range(1, min(longest, len(seen)) + 1)
    ]


def _numbers(seen: str, start: Places, end: Places, salt: Numbers) -> Numbers:
    """Number each stretch."""
    sums, inverses = _running(seen)
    return _stirred(sums[end] - sums[start], inverses[start], salt)


def _running(seen: str) -> tuple[Numbers, Numbers]:
    """Running sums over the characters, and what moves a part of them to the origin."""
    points = np.frombuffer(seen.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    powers, inverses = _powers(1 << max(10, len(points).bit_length()))
    sums = np.zeros(len(points) + 1, dtype=np.uint32)
    np.cumsum((points + np.uint32(1)) * powers[: len(points)], out=sums[1:])
    return sums, inverses


def _stirred(numbers: Numbers, inverses: Numbers, salt: Numbers | np.uint32) -> Numbers:
    """Move stretches' sums to the origin, salt and stir them."""
    numbers *= inverses
    numbers *= salt
    numbers ^= numbers >> np.uint32(15)
    numbers *= _MIX
    numbers >>= np.uint32(32 - BITS)
    return numbers


def _counting(size: int) -> Places:
    """0, 1, 2 …: the same array for texts of about one length."""
    return _count_to(1 << max(10, size.bit_length()))[:size]


@lru_cache(maxsize=16)
def _count_to(size: int) -> Places:
    return np.arange(size)


@lru_cache(maxsize=16)
def _powers(size: int) -> tuple[Numbers, Numbers]:
    """Powers of the base and of its inverse, modulo 2³²."""
    both = []
    for base in (_BASE, pow(_BASE, -1, 1 << 32)):
        powers = np.ones(size, dtype=np.uint32)
        powers[1:] = base
        both.append(np.asarray(np.cumprod(powers, dtype=np.uint32)))
    return both[0], both[1]
