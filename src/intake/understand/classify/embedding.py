"""The fastText engine: vectors learned by fastText, averaged over a text, against each label's vector.

fastText's own ``predict`` wants a string for every gram, rounds probabilities to a table and makes a
string for every label; this is its arithmetic without that. Several models fitted from different
seeds share one vocabulary, so their vectors are kept side by side and read together.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.understand.classify.features import BITS, Numbers
from intake.understand.classify.protocol import Bag, Scores, Vocabulary, Weights

KIND = "fasttext"


class FastTextEngine:
    """Scores are log-probabilities of each label against all others, averaged over the models."""

    def __init__(self, numbers: Numbers, vectors: Weights, outputs: Weights) -> None:
        """Take a row of ``vectors`` for each gram, the last for the end of a text.

        ``outputs`` is (models, labels, dimension), ``vectors`` (grams + 1, models x dimension).
        """
        self._vocabulary = Vocabulary(numbers, 1 << BITS)
        self._vectors = np.concatenate((np.zeros_like(vectors[:1]), vectors[:-1])).astype(
            np.float32
        )
        self._end = vectors[-1].astype(np.float32)
        self._outputs = outputs.astype(np.float32)

    def scores(self, bag: Bag) -> Scores:
        """Score every label."""
        rows = self._vocabulary.rows(bag.numbers)
        known = rows > 0
        weights = bag.counts[known]
        total = weights @ self._vectors.take(rows[known], axis=0) + self._end
        models, _, dimension = self._outputs.shape
        mean = (total / (weights.sum() + 1)).reshape(models, dimension, 1)
        evidence = (self._outputs @ mean)[:, :, 0]
        return np.asarray(-np.logaddexp(0.0, -evidence).mean(axis=0), dtype=np.float64)

    def contributions(self, bag: Bag) -> npt.NDArray[np.float64]:
        """Return what each gram adds to each label's evidence, before it becomes a probability."""
        rows = self._vocabulary.rows(bag.numbers)
        known = bag.counts * (rows > 0)
        models, labels, dimension = self._outputs.shape
        output = self._outputs.transpose(1, 0, 2).reshape(labels, models * dimension) / models
        per_gram = self._vectors[rows] @ output.T
        return np.asarray(per_gram * (known / (known.sum() + 1))[:, None], dtype=np.float64)


def save_fasttext(file: Path, numbers: Numbers, vectors: Weights, outputs: Weights) -> None:
    """Write vectors and outputs with half precision."""
    np.savez(
        file,
        numbers=numbers,
        vectors=vectors.astype(np.float16),
        outputs=outputs.astype(np.float16),
    )


def load_fasttext(file: Path) -> tuple[FastTextEngine, int]:
    """Read a model and how many labels it has; raises ValueError or KeyError if it is none."""
    with np.load(file, allow_pickle=False) as kept:
        numbers, vectors, outputs = (kept[name] for name in ("numbers", "vectors", "outputs"))
    return FastTextEngine(numbers, vectors, outputs), outputs.shape[1]
