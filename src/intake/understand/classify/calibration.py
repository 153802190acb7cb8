"""From the probability that a model states for its best label to how often that is right."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from intake.understand.classify.protocol import Probabilities

Knots = Sequence[tuple[float, float]] | npt.NDArray[np.float64]
"""Stated → real, rising in both from (0, …) to (1, …); straight between knots."""


def softmax(scores: Probabilities) -> Probabilities:
    """Turn scores (last axis: labels) into probabilities that sum to 1."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))


def straightened(probabilities: Probabilities, knots: Knots) -> Probabilities:
    """Put the best label's probability (last axis: labels) right by ``knots``.

    The others share the rest in the proportions they had, none above the best; so the order stays. Without
    knots nothing changes.
    """
    if not len(knots):
        return probabilities
    stated, real = np.array(knots).T
    best = probabilities.max(axis=-1, keepdims=True)
    put_right = np.interp(best, stated, real)
    rest = (1 - put_right) / np.maximum(1 - best, 1e-9)
    scaled: Probabilities = probabilities * rest
    np.minimum(scaled, put_right, out=scaled)
    np.copyto(scaled, put_right, where=probabilities == best)
    return scaled
