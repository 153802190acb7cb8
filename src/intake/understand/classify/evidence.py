"""Choosing the stretches of a text to show: those whose grams together weigh most."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from intake.understand.classify.features import Grams

EVIDENCE = 5
_SHORTEST, _LONGEST = 2, 5
_FLOOR = 0.15
"""A stretch weaker than this share of the strongest is not shown."""


def strongest(found: Grams, shares: npt.NDArray[np.float64], written: str) -> tuple[str, ...]:
    """Return up to five stretches that occur in ``written`` as they are, strongest first.

    ``shares`` is the weight of each gram of ``found`` for the category. Grams overlap, so each
    spreads its weight evenly over its characters, and a stretch weighs the sum over its characters.
    """
    length = len(found.read)
    edges = np.zeros(length + 1)
    per_character = shares / found.lengths
    np.add.at(edges, found.starts, per_character)
    np.add.at(edges, found.starts + found.lengths, -per_character)
    sums = np.concatenate(([0.0], np.cumsum(np.cumsum(edges)[:length])))
    written = written.lower()
    worth: dict[str, float] = {}
    for size in range(_SHORTEST, _LONGEST + 1):
        for start in range(length - size + 1):
            stretch = found.read[start : start + size]
            value = float(sums[start + size] - sums[start]) / size**0.5
            if value > worth.get(stretch, 0.0) and not stretch.isdigit() and stretch in written:
                worth[stretch] = value
    chosen: list[str] = []
    for stretch in sorted(worth, key=lambda s: (-worth[s], s)):
        if (
            len(chosen) == EVIDENCE
            or worth[stretch] < _FLOOR * worth[chosen[0] if chosen else stretch]
        ):
            break
        if not any(_overlap(stretch, other) for other in chosen):
            chosen.append(stretch)
    return tuple(chosen)


def _overlap(one: str, other: str) -> bool:
    """Return whether two stretches share two characters in a row, so that one adds little."""
    return any(one[i : i + 2] in other for i in range(len(one) - 1))
