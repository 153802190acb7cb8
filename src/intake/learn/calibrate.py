"""From scores on held-out texts to a temperature and thresholds.

Arrays: ``probabilities`` is (texts, labels) with rows summing to 1; ``truth`` is (texts,) of label
indices; ``right`` tells for each text whether its best label is right; ``weights`` says how much
each text counts, because some kinds of text are closer to what will come than others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from intake.route.classify import Probabilities, Thresholds, softmax

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Weights = npt.NDArray[np.float64]

# A leaf gets a threshold of its own only with this many held-out texts that were given to it.
_OWN_THRESHOLD_SUPPORT = 40
# A precision over fewer texts than this is luck.
_MIN_ACCEPTED = 20


def best_temperature(scores: Probabilities, truth: Indices, weights: Weights) -> float:
    """Find the temperature, 0.2 to 6, with the least negative log-likelihood of the truth.

    ``scores`` is (texts, labels), before the softmax.
    """
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        given = softmax(scores, temperature)[rows, truth]
        return float(np.average(-np.log(np.clip(given, 1e-12, 1.0)), weights=weights))

    grid = [round(0.2 + 0.05 * step, 2) for step in range(117)]
    return min(grid, key=loss)


def lowest_threshold(
    confidence: Probabilities, right: Flags, weights: Weights, precision: float
) -> float:
    """Give the lowest confidence at and above which at least ``precision`` are right.

    1.0 (nothing passes on its own) when no such point has enough texts above it.
    """
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum((right * weights)[order]) / np.cumsum(weights[order])
    # Equal confidences pass together or not at all.
    ends = np.append(np.diff(confidence[order]) != 0, True)[: len(order)]
    enough = np.arange(1, len(order) + 1) >= _MIN_ACCEPTED
    good = np.flatnonzero((reached >= precision) & enough & ends)
    return float(confidence[order][good[-1]]) if len(good) else 1.0


def choose_thresholds(
    labels: Sequence[str],
    probabilities: Probabilities,
    truth: Indices,
    weights: Weights,
    precision: float,
) -> Thresholds:
    """Choose thresholds for ``precision`` on calibrated held-out ``probabilities``.

    A leaf whose own texts need a higher threshold than all together gets it, if there are enough
    of them to tell; none gets a lower one.
    """
    best = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    right = best == truth
    auto = lowest_threshold(confidence, right, weights, precision)
    per_category: dict[str, float] = {}
    for index, code in enumerate(labels):
        mine = best == index
        if int(mine.sum()) < _OWN_THRESHOLD_SUPPORT:
            continue
        own = lowest_threshold(confidence[mine], right[mine], weights[mine], precision)
        if auto < own < 1.0:
            per_category[code] = round(own, 4)
    parents, of_parents = parents_of(labels, probabilities)
    parent_right = of_parents.argmax(axis=1) == [parents.index(labels[i][:2]) for i in truth]
    parent = lowest_threshold(of_parents.max(axis=1), parent_right, weights, precision)
    return Thresholds(
        auto=round(auto, 4),
        parent=round(parent, 4),
        several=round(parent, 4),
        per_category=per_category,
    )


def parents_of(
    labels: Sequence[str], probabilities: Probabilities
) -> tuple[list[str], Probabilities]:
    """Sum leaves to first levels: the parents' codes and (texts, parents) probabilities."""
    parents = sorted({code[:2] for code in labels})
    member = np.array([[code[:2] == parent for parent in parents] for code in labels], dtype=float)
    return parents, probabilities @ member


def expected_calibration_error(
    confidence: Probabilities, right: Flags, weights: Weights, bins: int = 10
) -> float:
    """Give the mean distance between confidence and share right, over ``bins`` of equal width."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=weights * (confidence - right), minlength=bins)
    return float(np.abs(gap).sum() / weights.sum())
