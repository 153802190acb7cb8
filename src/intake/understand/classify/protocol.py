"""The protocols of a classifier, and of the engines inside a bundle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from intake.model.decision import Classification
from intake.understand.classify.features import Grams, Numbers

Scores = npt.NDArray[np.float64]
"""One number a label, in the order of the bundle's labels."""
Probabilities = npt.NDArray[np.float64]
Weights = npt.NDArray[np.float32]


class Classifier(Protocol):
    """Says what a text is about. Pure and fast: no input or output, the same answer every time.

    ``version`` is ``<name>@<12 hex digits>`` of the bundle's content and goes into every decision.
    """

    version: str

    def classify(self, title: str, text: str) -> Classification:
        """Classify one clean text; never raises for its content."""
        ...

    def classify_all(self, texts: Sequence[tuple[str, str]]) -> list[Classification]:
        """Classify many (title, text), each as :meth:`classify` would; cheaper than one by one."""
        ...

    def explain(self, title: str, text: str, category: str) -> tuple[str, ...]:
        """Return the stretches of the text that indicate ``category``, strongest first; slow."""
        ...


@dataclass(frozen=True, slots=True)
class Bag:
    """A text's grams without their order: each number once, rising, and how often it occurs."""

    numbers: Numbers
    counts: Weights


class Engine(Protocol):
    """A linear model over a bag of grams; scores are comparable within one text only."""

    def scores(self, bag: Bag) -> Scores:
        """Score every label; higher is likelier."""
        ...

    def contributions(self, bag: Bag) -> npt.NDArray[np.float64]:
        """Return what each gram of the bag adds to each label's evidence: (grams, labels), exact.

        Grams that the model does not know add 0. Slower than :meth:`scores`.
        """
        ...


def bag_of(found: Grams) -> Bag:
    """Count a text's grams, those of its head twice."""
    numbers = np.concatenate((found.numbers, found.numbers[found.starts < found.head]))
    if not len(numbers):
        return Bag(numbers, np.zeros(0, dtype=np.float32))
    numbers.sort()
    edges = np.flatnonzero(numbers[1:] != numbers[:-1]) + 1
    bounds = np.concatenate(([0], edges, [len(numbers)]))
    return Bag(numbers[bounds[:-1]], np.diff(bounds).astype(np.float32))


class Vocabulary:
    """Finds the rows of a model's matrix for grams' numbers; row 0 is for what it does not know."""

    def __init__(self, numbers: Numbers, size: int) -> None:
        """Number the grams ``numbers`` from 1 as they come; ``size`` is above every number."""
        self._row = np.zeros(size, dtype=np.min_scalar_type(len(numbers)))
        self._row[numbers] = np.arange(1, len(numbers) + 1)

    def rows(self, numbers: Numbers) -> npt.NDArray[np.unsignedinteger]:
        """Return a row for each number."""
        return self._row[numbers]
