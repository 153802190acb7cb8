"""Cutting many texts at once: most of what a short text costs is in the calls, not in its length."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from intake.understand.classify.features import BITS, Numbers, Read, run_numbers
from intake.understand.classify.protocol import Bag

AT_ONCE = 64
"""Texts; what is made of them still fits into the processor's cache."""

_NUMBER = np.uint32((1 << BITS) - 1)
_BITS = np.uint32(BITS)


def bags_of_runs(texts: Sequence[Read], longest: int) -> list[Bag]:
    """Count each text's runs of up to ``longest`` characters, those of its head twice.

    The results equal those of :func:`~intake.understand.classify.protocol.bag_of` for each alone; at most
    ``AT_ONCE`` texts.
    """
    sizes = np.array([len(text.seen) for text in texts])
    ends = np.cumsum(sizes)
    owners = np.repeat(np.arange(len(texts), dtype=np.uint32) << _BITS, sizes)
    end_of = np.repeat(ends, sizes)
    head_of = np.repeat(ends - sizes + np.array([text.head for text in texts]), sizes)
    joined = "".join(text.seen for text in texts)
    starts = np.arange(len(joined))
    keys: list[Numbers] = []
    for length, numbers in enumerate(run_numbers(joined, longest), 1):
        places = starts[: len(numbers)]
        own = numbers | owners[: len(numbers)]
        within = places + length <= end_of[: len(numbers)]
        keys += own[within], own[within & (places < head_of[: len(numbers)])]
    found = np.concatenate(keys) if keys else np.empty(0, np.uint32)
    found.sort()
    firsts = np.flatnonzero(np.concatenate(([True], found[1:] != found[:-1]))[: len(found)])
    counts = np.diff(firsts, append=len(found)).astype(np.float32)
    found = found[firsts]
    numbers = found & _NUMBER
    bounds = np.searchsorted(found >> _BITS, np.arange(len(texts) + 1)).tolist()
    return [Bag(numbers[start:stop], counts[start:stop]) for start, stop in pairwise(bounds)]
