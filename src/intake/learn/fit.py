"""Fitting a bundle's engines to a corpus, and asking them about texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from intake.errors import ConfigurationError
from intake.learn.example import Corpus, Example
from intake.learn.fit_fasttext import FastTextSettings, fit_fasttext
from intake.learn.fit_linear import LinearSettings, fit_linear
from intake.understand.classify import Engine
from intake.understand.classify.embedding import load_fasttext
from intake.understand.classify.features import Reading
from intake.understand.classify.linear import load_linear
from intake.understand.classify.manifest import Kind
from intake.understand.classify.protocol import Bag, Scores

ENGINES: tuple[Kind, ...] = ("fasttext", "linear")


class TrainingSettings(BaseModel):
    """Settings of reading and fitting: all that a repeated training needs besides the examples.

    Where ``engines`` names both, the better one on held-out texts is kept, or their mixture.
    """

    model_config = ConfigDict(frozen=True)

    engines: tuple[Kind, ...] = Field(ENGINES, min_length=1)
    reading: Reading = Reading()
    fasttext: FastTextSettings = FastTextSettings()
    linear: LinearSettings = LinearSettings()
    seed: int = 7


@dataclass(frozen=True)
class Fitted:
    """An engine that was fitted, and its file."""

    kind: Kind
    file: Path
    engine: Engine

    def scores(self, bags: Sequence[Bag]) -> Scores:
        """Score every label for every bag: (texts, labels)."""
        return np.array([self.engine.scores(bag) for bag in bags])


def fit(
    kind: Kind, corpus: Corpus, labels: Sequence[str], folder: Path, settings: TrainingSettings
) -> Fitted:
    """Fit one engine to the corpus; its file goes into ``folder``.

    Raises :class:`ConfigurationError` when there is too little to learn from or the fit failed.
    """
    need_two_labels(corpus.examples)
    file = folder / f"{kind}.npz"
    if kind == "fasttext":
        fit_fasttext(corpus, labels, file, settings.fasttext, settings.seed)
        return Fitted(kind, file, load_fasttext(file)[0])
    fit_linear(corpus, labels, file, settings.linear, settings.seed)
    return Fitted(kind, file, load_linear(file)[0])


def need_two_labels(examples: Sequence[Example]) -> None:
    """Raise :class:`ConfigurationError` unless there are texts of at least two labels."""
    found = sorted({example.code for example in examples})
    if len(found) < 2:
        raise ConfigurationError(
            "Training needs examples of at least two categories; "
            + (f"all {len(examples)} are of {found[0]}." if found else "there is no example."),
            hint="Label more texts before training.",
        )
