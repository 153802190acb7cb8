"""Fitting the TF-IDF engine with scikit-learn (the extra ``train``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from intake.errors import ConfigurationError
from intake.learn.example import Corpus
from intake.learn.extra import require
from intake.understand.classify.features import BITS
from intake.understand.classify.linear import save_linear
from intake.understand.classify.protocol import Weights

Flags = npt.NDArray[np.bool_]


class LinearSettings(BaseModel):
    """Settings of the linear engine; cross-validation found the defaults (docs/measurements.md).

    ``strictness`` is the penalty for an example on the wrong side (C). Grams of fewer than
    ``least_texts`` texts are left out, and all but the ``most_grams`` that weigh most. ``even`` from 0 to 1
    is how far the weight of rare labels is raised. Half of each weight comes from a fit to TF-IDF, half from one to
    TF-IDF times the log-ratio of a gram's frequency within and outside the label (NB-SVM).
    """

    model_config = ConfigDict(frozen=True)

    strictness: float = Field(2.0, gt=0)
    least_texts: int = Field(2, ge=1)
    most_grams: int = Field(400_000, ge=100)
    even: float = Field(0.0, ge=0, le=1)
    ratio_share: float = Field(0.5, ge=0, le=1)


def fit_linear(
    corpus: Corpus, labels: Sequence[str], file: Path, settings: LinearSettings, seed: int
) -> None:
    """Fit to the corpus and write the engine's file.

    Raises ``ConfigurationError`` without scikit-learn, and when no gram is frequent enough.
    """
    require("linear")
    matrix, numbers, idf = _tfidf(corpus, settings.least_texts)
    if not len(numbers):
        raise ConfigurationError(
            f"No stretch of text occurs in {settings.least_texts} of the {len(corpus.bags)} examples:"
            " there is nothing to learn.",
            hint="Give more examples, or a smaller least_texts.",
        )
    truth = np.array([labels.index(example.code) for example in corpus.examples])
    weights = np.zeros((matrix.shape[1], len(labels)), dtype=np.float32)
    bias = np.full(len(labels), -1.0, dtype=np.float32)
    for label in sorted(set(truth.tolist())):
        weights[:, label], bias[label] = _fit_one(matrix, truth == label, settings, seed)
    if not (np.isfinite(weights).all() and np.isfinite(bias).all()):
        raise ConfigurationError("The fitted linear engine holds numbers that are not finite.")
    loud = np.abs(weights).max(axis=1) * idf
    kept = np.sort(np.argsort(-loud, kind="stable")[: settings.most_grams])
    save_linear(file, numbers[kept], idf[kept], weights[kept], bias)


def _fit_one(
    matrix: Any, mine: Flags, settings: LinearSettings, seed: int
) -> tuple[Weights, float]:
    """Fit one label against all others: plain, and with each gram scaled by its log-ratio."""
    from scipy.sparse import diags

    share = mine.mean()
    heavier = float(np.clip(((1 - share) / share) ** (0.5 * settings.even), 1, 20))
    weights = np.zeros(matrix.shape[1], dtype=np.float32)
    bias = 0.0
    inside = np.asarray(matrix[mine].sum(axis=0)).ravel() + 0.1
    outside = np.asarray(matrix[~mine].sum(axis=0)).ravel() + 0.1
    ratio = np.abs(np.log((inside / inside.sum()) / (outside / outside.sum()))).astype(np.float32)
    for part, scale in ((1 - settings.ratio_share, None), (settings.ratio_share, ratio)):
        if part == 0:
            continue
        scaled = matrix if scale is None else matrix @ diags(scale)
        fitted = _svc(settings.strictness, heavier, seed).fit(scaled, mine)
        weights += part * fitted.coef_[0] * (1 if scale is None else scale)
        bias += part * float(fitted.intercept_[0])
    return weights, bias


def _svc(strictness: float, heavier: float, seed: int) -> Any:
    from sklearn.svm import LinearSVC

    return LinearSVC(C=strictness, class_weight={True: heavier, False: 1.0}, random_state=seed)


def _tfidf(corpus: Corpus, least_texts: int) -> tuple[Any, npt.NDArray[np.uint32], Weights]:
    """Return the matrix (texts, grams), the grams' numbers, their inverse document frequency."""
    from scipy.sparse import csr_matrix

    texts = np.bincount(np.concatenate([bag.numbers for bag in corpus.bags]), minlength=1 << BITS)
    numbers = np.flatnonzero(texts >= min(least_texts, len(corpus.bags))).astype(np.uint32)
    idf = (np.log((1 + len(corpus.bags)) / (1 + texts[numbers])) + 1).astype(np.float32)
    column = np.full(1 << BITS, -1, dtype=np.int32)
    column[numbers] = np.arange(len(numbers))
    data, columns, ends = [], [], [0]
    for bag in corpus.bags:
        mine = column[bag.numbers]
        known = mine >= 0
        mine = mine[known]
        values = (1 + np.log(bag.counts[known])) * idf[mine]
        data.append(values / (np.sqrt(values @ values) or 1))
        columns.append(mine)
        ends.append(ends[-1] + len(mine))
    parts = (np.concatenate(data), np.concatenate(columns), np.array(ends))
    return csr_matrix(parts, shape=(len(corpus.bags), len(numbers))), numbers, idf
