"""From raw probabilities on held-out texts to a temperature and thresholds.

Arrays: ``probabilities`` is (texts, labels) with rows summing to 1; ``truth`` is (texts,) of label
indices; ``right`` tells for each text whether its best label is right.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from intake.route.classify import Probabilities, Thresholds, tempered

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]

# A leaf gets a threshold of its own only with this many held-out texts that were given to it.
_OWN_THRESHOLD_SUPPORT = 25
# A precision over fewer texts than this is luck.
_MIN_ACCEPTED = 20


def best_temperature(probabilities: Probabilities, truth: Indices) -> float:
    """Find the temperature, 0.5 to 6, with the least negative log-likelihood of the truth."""
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        given = tempered(probabilities, temperature)[rows, truth]
        return float(-np.log(np.clip(given, 1e-12, 1.0)).mean())

    grid = [round(0.5 + 0.05 * step, 2) for step in range(111)]
    return min(grid, key=loss)


def lowest_threshold(confidence: Probabilities, right: Flags, precision: float) -> float:
    """Give the lowest confidence at and above which at least ``precision`` are right.

    1.0 (nothing passes on its own) when no such point has enough texts above it.
    """
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero((reached >= precision) & (np.arange(len(order)) + 1 >= _MIN_ACCEPTED))
    return float(confidence[order][enough[-1]]) if len(enough) else 1.0


def choose_thresholds(
    labels: Sequence[str],
    probabilities: Probabilities,
    right: Flags,
    parent_right: Flags,
    precision: float,
) -> Thresholds:
    """Choose thresholds for ``precision`` on calibrated held-out ``probabilities``.

    ``parent_right`` tells whether the best first level is right. A leaf whose own texts need a
    higher threshold than all together gets it; none gets a lower one.
    """
    best = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    auto = lowest_threshold(confidence, right, precision)
    per_category: dict[str, float] = {}
    for index, code in enumerate(labels):
        mine = best == index
        if int(mine.sum()) < _OWN_THRESHOLD_SUPPORT:
            continue
        own = lowest_threshold(confidence[mine], right[mine], precision)
        if own > auto:
            per_category[code] = round(own, 4)
    return Thresholds(
        auto=round(auto, 4),
        parent=round(
            lowest_threshold(
                parents_of(labels, probabilities)[1].max(axis=1), parent_right, precision
            ),
            4,
        ),
        several=round(auto, 4),
        per_category=per_category,
    )


def parents_of(
    labels: Sequence[str], probabilities: Probabilities
) -> tuple[list[str], Probabilities]:
    """Sum leaves to first levels: the parents' codes and (texts, parents) probabilities."""
    parents = sorted({code[:2] for code in labels})
    member = np.array([[code[:2] == parent for parent in parents] for code in labels], dtype=float)
    return parents, probabilities @ member
