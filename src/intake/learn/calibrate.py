"""From scores on held-out texts to a mixture of engines, a temperature and thresholds.

Arrays: ``probabilities`` is (texts, labels) with rows summing to 1; ``truth`` is (texts,) of label
indices; ``right`` holds for each text whether its best label is right; ``weights`` holds how much
each text counts, because some kinds of text are closer to future ones than others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from intake.understand.classify import Probabilities, Thresholds
from intake.understand.classify.calibration import Knots, straightened
from intake.understand.classify.manifest import Kind
from intake.understand.classify.protocol import Scores

Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.intp]
Weights = npt.NDArray[np.float64]

# A leaf gets a threshold of its own only with this many held-out texts that were given to it.
_OWN_THRESHOLD_SUPPORT = 40
# A precision over fewer texts than this is luck.
_MIN_ACCEPTED = 20
_TO_STRAIGHTEN, _GROUPS, _LEAST_RISE = 200, 10, 0.002
_SECOND_STANDS = 0.2
_LEAST_LOG = -27.0  # one truth that was thought impossible must not decide everything


PRECISIONS = (95, 97, 99)
"""Percentages for which a cutoff is noted in every bundle."""


def log_softmax(scores: Scores, temperature: float) -> Scores:
    """Turn scores (last axis: labels) into log-probabilities, flatter when it is hot."""
    scaled = (scores - scores.max(axis=-1, keepdims=True)) / temperature
    return np.asarray(scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True)), dtype=np.float64)


class Calibration(NamedTuple):
    """All that held-out texts decide: how engines are mixed, and how sure is sure enough."""

    mixture: Mixture
    knots: Knots
    thresholds: Thresholds
    cutoffs: dict[str, float]

    def probabilities(self, scores: Mapping[Kind, Scores]) -> Probabilities:
        """Mix and calibrate, as the bundle will: (texts, labels)."""
        return straightened(self.mixture.probabilities(scores), self.knots)


def calibrate(
    scores: Mapping[Kind, Scores],
    truth: Indices,
    weights: Weights,
    labels: Sequence[str],
    parents: Sequence[str],
    precision: float,
) -> Calibration:
    """Choose everything on held-out texts; ``scores`` has (texts, labels) for each engine."""
    mixture = best_mixture(scores, truth, weights)
    plain = mixture.probabilities(scores)
    right = plain.argmax(axis=1) == truth
    knots = isotonic_knots(plain.max(axis=1), right, weights)
    probabilities = straightened(plain, knots)
    confidence = probabilities.max(axis=1)
    return Calibration(
        mixture,
        knots,
        choose_thresholds(labels, parents, probabilities, truth, weights, precision),
        {
            str(percent): round(lowest_threshold(confidence, right, weights, percent / 100), 4)
            for percent in PRECISIONS
        },
    )


class Mixture(NamedTuple):
    """A mixture of engines: a temperature for the scores of each, and weights that sum to 1."""

    temperatures: dict[Kind, float]
    weights: dict[Kind, float]
    temperature: float
    wrong: float
    loss: float

    def log_probabilities(self, scores: Mapping[Kind, Scores]) -> Scores:
        """Mix and calibrate: (texts, labels)."""
        mixed = sum(
            weight * log_softmax(scores[kind], self.temperatures[kind])
            for kind, weight in self.weights.items()
        )
        return log_softmax(np.asarray(mixed), self.temperature)

    def probabilities(self, scores: Mapping[Kind, Scores]) -> Probabilities:
        """Mix and calibrate: rows sum to 1."""
        return np.asarray(np.exp(self.log_probabilities(scores)))


def best_mixture(scores: Mapping[Kind, Scores], truth: Indices, weights: Weights) -> Mixture:
    """Find the engine, or the mixture of all, that is right most often; of equals, the one with the
    highest probability of the truth.

    ``scores`` has (texts, labels) for each engine.
    """
    kinds = sorted(scores)
    temperatures = {kind: best_temperature(scores[kind], truth, weights) for kind in kinds}
    shares: list[dict[Kind, float]] = [{kind: 1.0} for kind in kinds]
    if len(kinds) == 2:
        shares += [
            {kinds[0]: share, kinds[1]: round(1 - share, 1)}
            for share in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        ]
    found = []
    for share in shares:
        plain = Mixture(temperatures, share, 1.0, 0.0, 0.0).log_probabilities(scores)
        temperature = best_temperature(plain, truth, weights)
        loss = _loss(plain, temperature, truth, weights)
        wrong = float(np.average(plain.argmax(axis=1) != truth, weights=weights))
        found.append(Mixture({k: temperatures[k] for k in share}, share, temperature, wrong, loss))
    return min(found, key=lambda mixture: (mixture.wrong, mixture.loss))


def isotonic_knots(confidence: Probabilities, right: Flags, weights: Weights) -> Knots:
    """Find how often stated confidences are right: ten groups of equal weight, made to rise.

    Between the groups' means the curve is straight, and it rises a little everywhere, so that no two
    confidences become one. Empty where there are too few texts.
    """
    if len(confidence) < _TO_STRAIGHTEN:
        return ()
    order = np.argsort(confidence, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    group = np.minimum((share * _GROUPS).astype(int), _GROUPS - 1)
    stated, real, heavy = [], [], []
    for number in sorted(set(group.tolist())):
        mine = order[group == number]
        stated.append(float(np.average(confidence[mine], weights=weights[mine])))
        real.append(float(np.average(right[mine], weights=weights[mine])))
        heavy.append(float(weights[mine].sum()))
    rising = _made_to_rise(real, heavy)
    ends = (0.0, *stated, 1.0), (0.8 * rising[0], *rising, 0.9 * rising[-1] + 0.1)
    steps = np.linspace(0, _LEAST_RISE, len(ends[0]))
    return tuple(
        (round(x, 6), round(float((1 - _LEAST_RISE) * y + step), 6))
        for x, y, step in zip(*ends, steps, strict=True)
    )


def _made_to_rise(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Pool neighbours that fall until none does (isotonic regression)."""
    pools: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        pools.append((value, weight, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (first, one, n), (second, other, m) = pools[-2:]
            pools[-2:] = [((first * one + second * other) / (one + other), one + other, n + m)]
    return [value for value, _, count in pools for _ in range(count)]


def best_temperature(scores: Scores, truth: Indices, weights: Weights) -> float:
    """Find the temperature, 0.02 to 8, with the least negative log-likelihood of the truth.

    ``scores`` is (texts, labels), before the softmax.
    """
    coarse: list[float] = np.geomspace(0.02, 8, 31).tolist()
    middle = min(coarse, key=lambda t: _loss(scores, t, truth, weights))
    fine: list[float] = np.geomspace(middle / 1.2, middle * 1.2, 15).tolist()
    best: float = min(fine, key=lambda t: _loss(scores, t, truth, weights))
    return round(best, 4)


def _loss(scores: Scores, temperature: float, truth: Indices, weights: Weights) -> float:
    given = log_softmax(scores, temperature)[np.arange(len(truth)), truth]
    return float(np.average(-np.maximum(given, _LEAST_LOG), weights=weights))


def lowest_threshold(
    confidence: Probabilities, right: Flags, weights: Weights, precision: float
) -> float:
    """Return the lowest confidence at and above which at least ``precision`` are right.

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
    parents: Sequence[str],
    probabilities: Probabilities,
    truth: Indices,
    weights: Weights,
    precision: float,
) -> Thresholds:
    """Choose thresholds for ``precision`` on calibrated held-out ``probabilities``.

    A label whose own texts need a higher threshold than all together gets it, if it has enough
    texts; none gets a lower one. ``parents`` is empty where labels have none.
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
    parent = auto
    groups = probabilities
    if parents:
        names, of_parents = sum_to_parents(parents, probabilities)
        parent_right = of_parents.argmax(axis=1) == [names.index(parents[i]) for i in truth]
        parent = lowest_threshold(of_parents.max(axis=1), parent_right, weights, precision)
        groups = of_parents
    return Thresholds(
        auto=round(auto, 4),
        parent=round(parent, 4),
        several=_second_of_few(groups, weights),
        per_category=per_category,
    )


def _second_of_few(groups: Probabilities, weights: Weights) -> float:
    """Return the probability that the second group of labels exceeds in a fifth of the texts.

    Nearly all texts hold one matter: in one that counts its matters, a second so high is a sign of another.
    """
    if groups.shape[1] < 2:
        return 1.0
    second = np.partition(groups, -2, axis=1)[:, -2]
    order = np.argsort(-second, kind="stable")
    share = np.cumsum(weights[order]) / weights.sum()
    return round(float(second[order][np.searchsorted(share, _SECOND_STANDS)]), 4)


def sum_to_parents(
    parents: Sequence[str], probabilities: Probabilities
) -> tuple[list[str], Probabilities]:
    """Sum labels to their parents: the parents' names and (texts, parents) probabilities."""
    names = sorted(set(parents))
    member = np.array([[parent == name for name in names] for parent in parents], dtype=float)
    return names, probabilities @ member


def expected_calibration_error(
    confidence: Probabilities, right: Flags, weights: Weights, bins: int = 10
) -> float:
    """Return the mean distance between confidence and share right, over ``bins`` of equal width."""
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(place, weights=weights * (confidence - right), minlength=bins)
    return float(np.abs(gap).sum() / weights.sum())
