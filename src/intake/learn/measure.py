"""Measuring calibrated probabilities on texts with known labels: the figures of every report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from intake.learn.calibrate import expected_calibration_error, sum_to_parents
from intake.learn.example import Example
from intake.understand.classify import BundleClassifier, Probabilities, Thresholds
from intake.understand.classify.features import grams
from intake.understand.classify.protocol import bag_of


class ClassFigures(BaseModel):
    """One label: how many texts bear it, how many were given it, and how well that went."""

    model_config = ConfigDict(frozen=True)

    texts: int
    given: int
    precision: float
    recall: float
    f1: float


class PrecisionCoverage(BaseModel):
    """Precision and coverage at ``cutoff``; ``precision`` is None where nothing reaches it."""

    model_config = ConfigDict(frozen=True)

    cutoff: float
    coverage: float
    precision: float | None


class Measurement(BaseModel):
    """The results of a classifier on texts with known labels; shares are 0 to 1.

    ``accuracy`` is the best label against the code, ``accuracy_or_second`` against the code or the
    second one that is as right, ``top3`` whether either is among the first three. ``macro_f1`` is the
    mean over labels that occur in the texts. ``calibration_error`` is against the code alone, coverage's
    ``precision`` accepts the second. ``coverage`` has a row for each percentage of precision, ``own`` one
    for the bundle's thresholds. ``confusion`` counts texts: truth → given.
    """

    model_config = ConfigDict(frozen=True)

    texts: int
    accuracy: float
    accuracy_or_second: float
    top3: float
    first_level: float | None
    macro_f1: float
    calibration_error: float
    own: PrecisionCoverage
    coverage: dict[str, PrecisionCoverage]
    by_class: dict[str, ClassFigures]
    confusion: dict[str, dict[str, int]]

    def summary(self) -> dict[str, Any]:
        """Return the figures without the tables."""
        return self.model_dump(mode="json", exclude={"by_class", "confusion"})


def probabilities_of(classifier: BundleClassifier, examples: Sequence[Example]) -> Probabilities:
    """Ask about every example; a text with nothing to read is unsure of everything."""
    labels = len(classifier.manifest.labels)
    rows = []
    for example in examples:
        bag = bag_of(grams(example.title, example.text, classifier.manifest.reading))
        rows.append(
            classifier.probabilities_of(bag) if len(bag.numbers) else np.full(labels, 1 / labels)
        )
    return np.array(rows)


def measure(
    examples: Sequence[Example],
    labels: Sequence[str],
    parents: Sequence[str],
    probabilities: Probabilities,
    thresholds: Thresholds,
    cutoffs: Mapping[str, float],
) -> Measurement:
    """Compare ``probabilities`` (texts, labels) with the examples' labels.

    A label that the classifier does not know counts as wrong.
    """
    order = np.argsort(-probabilities, axis=1)[:, :3]
    confidence = probabilities.max(axis=1)
    given = [labels[i] for i in order[:, 0]]
    truth = [example.code for example in examples]
    accepted = [{e.code, e.also} if e.also else {e.code} for e in examples]
    right = np.array([g == t for g, t in zip(given, truth, strict=True)])
    either = np.array([g in ok for g, ok in zip(given, accepted, strict=True)])
    top3 = [any(labels[i] in ok for i in row) for row, ok in zip(order, accepted, strict=True)]
    limits = np.array([thresholds.of(label) for label in given])
    by_class = _by_class(truth, given)
    occurring = [figures.f1 for figures in by_class.values() if figures.texts]
    first_level = None
    if parents:
        names, sums = sum_to_parents(parents, probabilities)
        best = [names[i] for i in sums.argmax(axis=1)]
        first_level = _share([b == t[:2] for b, t in zip(best, truth, strict=True)])
    error = expected_calibration_error(confidence, right, np.ones(len(examples)))
    return Measurement(
        texts=len(examples),
        accuracy=_share(right),
        accuracy_or_second=_share(either),
        top3=_share(top3),
        first_level=first_level,
        macro_f1=_share(occurring),
        calibration_error=round(error, 4),
        own=_covered(confidence >= limits, either, thresholds.auto),
        coverage={p: _covered(confidence >= cut, either, cut) for p, cut in cutoffs.items()},
        by_class=by_class,
        confusion=_confusion(truth, given),
    )


def _share(values: Any) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0


def _covered(sure: Any, right: Any, cutoff: float) -> PrecisionCoverage:
    precision = round(float(right[sure].mean()), 4) if sure.any() else None
    return PrecisionCoverage(cutoff=round(cutoff, 4), coverage=_share(sure), precision=precision)


def _by_class(truth: Sequence[str], given: Sequence[str]) -> dict[str, ClassFigures]:
    found = {}
    for label in sorted({*truth, *given}):
        texts, asked = truth.count(label), given.count(label)
        hits = sum(t == g == label for t, g in zip(truth, given, strict=True))
        precision, recall = hits / asked if asked else 0.0, hits / texts if texts else 0.0
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        found[label] = ClassFigures(
            texts=texts, given=asked,
            precision=round(precision, 4), recall=round(recall, 4), f1=round(f1, 4),
        )  # fmt: skip
    return found


def _confusion(truth: Sequence[str], given: Sequence[str]) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for t, g in zip(truth, given, strict=True):
        row = counts.setdefault(t, {})
        row[g] = row.get(g, 0) + 1
    return {t: dict(sorted(row.items())) for t, row in sorted(counts.items())}
