"""The TF-IDF engine: a weight for each gram and label, served from small integers with numpy alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.understand.classify.features import BITS, Numbers
from intake.understand.classify.protocol import Bag, Scores, Vocabulary, Weights

KIND = "linear"
_STEPS = 127


class LinearEngine:
    """Scores are margins: the text's TF-IDF vector (length 1, counts as 1 + log) times weights.

    A gram's weights are kept as whole numbers of its own step, which costs no accuracy that could
    be measured and a quarter of the memory.
    """

    def __init__(
        self,
        numbers: Numbers,
        idf: Weights,
        steps: npt.NDArray[np.int8],
        step: Weights,
        bias: Weights,
    ) -> None:
        """Take ``numbers`` of the known grams, and a row of ``steps`` for each; see :func:`save_linear`."""
        self._vocabulary = Vocabulary(numbers, 1 << BITS)
        self._idf = np.concatenate(([0], idf)).astype(np.float32)
        self._step = np.concatenate(([0], step)).astype(np.float32)
        self._steps = np.concatenate((np.zeros_like(steps[:1]), steps))
        self.bias = bias.astype(np.float64)

    def scores(self, bag: Bag) -> Scores:
        """Score every label."""
        values, steps = self._known(bag)
        return np.asarray(values @ steps.astype(np.float32) + self.bias, dtype=np.float64)

    def contributions(self, bag: Bag) -> npt.NDArray[np.float64]:
        """Return what each gram adds to each label's margin; with the bias, that is all of it."""
        rows = self._vocabulary.rows(bag.numbers)
        return np.asarray(self._values(rows, bag.counts)[:, None] * self._steps[rows], np.float64)

    def _known(self, bag: Bag) -> tuple[Weights, npt.NDArray[np.int8]]:
        rows = self._vocabulary.rows(bag.numbers)
        known = rows > 0
        rows = rows[known]
        return self._values(rows, bag.counts[known]), self._steps.take(rows, axis=0)

    def _values(self, rows: npt.NDArray[np.unsignedinteger], counts: Weights) -> Weights:
        values = self._idf.take(rows) * (1 + np.log(counts))
        length = float(np.sqrt(values @ values)) or 1.0
        return np.asarray(values * self._step.take(rows) / np.float32(length))


def save_linear(
    file: Path, numbers: Numbers, idf: Weights, weights: Weights, bias: Weights
) -> None:
    """Write a model; ``weights`` is (grams, labels).

    A row's ``step`` is multiplied into the text's values when it is served, so no row has to be scaled.
    """
    step = np.maximum(np.abs(weights).max(axis=1), 1e-12) / _STEPS
    steps = np.rint(weights / step[:, None]).astype(np.int8)
    np.savez(
        file, numbers=numbers, idf=idf.astype(np.float32), steps=steps,
        step=step.astype(np.float32), bias=bias.astype(np.float32),
    )  # fmt: skip


def load_linear(file: Path) -> tuple[LinearEngine, int]:
    """Read a model and how many labels it has; raises ValueError or KeyError if it is none."""
    with np.load(file, allow_pickle=False) as kept:
        names = ("numbers", "idf", "steps", "step", "bias")
        numbers, idf, steps, step, bias = (kept[name] for name in names)
    return LinearEngine(numbers, idf, steps, step, bias), len(bias)
