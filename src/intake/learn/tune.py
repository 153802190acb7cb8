"""Looking for better settings within a budget of seconds: one knob at a time, kept where it helps."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from intake.learn.example import Example, cut, fold_of
from intake.learn.fit import TrainingSettings, fit, need_two_labels
from intake.learn.track import Tell, say_nothing
from intake.understand.classify.manifest import Kind

_FOLDS = 5
_KNOBS: dict[Kind, tuple[tuple[str, tuple[Any, ...]], ...]] = {
    "fasttext": (
        ("rate", (0.1, 0.2, 0.5, 0.8)),
        ("epochs", (10, 40)),
        ("least_count", (1, 2, 5)),
        ("spread", (0.1, 0.5, 1.0)),
        ("dimension", (16, 64)),
    ),
    "linear": (
        ("strictness", (0.5, 1.0, 4.0)),
        ("even", (0.5, 1.0)),
        ("ratio_share", (0.0, 1.0)),
        ("least_texts", (1, 3)),
    ),
}
_READINGS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("words", (True, False)),
    ("longest", (1, 2, 3, 4)),
    ("head", (0, 30, 60)),
    ("mask_places", (True, False)),
)


def tune(
    examples: Sequence[Example],
    settings: TrainingSettings,
    seconds: float,
    *,
    tell: Tell = say_nothing,
    clock: Callable[[], float] = time.monotonic,
) -> TrainingSettings:
    """Return the best settings found in ``seconds``, by the share right on a fifth of the examples held out.

    The dev set is not used. Trials come in a fixed order, so more time only adds trials. The
    settings found go into the bundle; training with them again needs no search.
    """
    need_two_labels(examples)
    begin, share = clock(), seconds / len(settings.engines)
    trial = _Trial(examples)
    best = settings
    for number, engine in enumerate(settings.engines, start=1):
        reached = trial.share_right(engine, best)
        tell(f"{engine}: {reached:.4f} with the settings given")
        for part, name, value in _changes(engine, first=engine == settings.engines[0]):
            if clock() >= begin + number * share:
                tell(f"{engine}: its part of the budget is used up")
                break
            section = getattr(best, part)
            if getattr(section, name) == value:
                continue
            changed = best.model_copy(update={part: section.model_copy(update={name: value})})
            found = trial.share_right(engine, changed)
            tell(f"{engine}: {found:.4f} with {part}.{name} = {value}")
            if found > reached:
                best, reached = changed, found
    return best


class _Trial:
    """Fits on four fifths of the examples and counts what is right on the rest."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples
        self._labels = sorted({example.code for example in examples})

    def share_right(self, engine: Kind, settings: TrainingSettings) -> float:
        """Return the share of held-out examples whose best label is right."""
        corpus = cut(self._examples, settings.reading)
        held_out = np.array([fold_of(example, _FOLDS) == 0 for example in corpus.examples])
        seen, exam = corpus.part(np.flatnonzero(~held_out)), corpus.part(np.flatnonzero(held_out))
        single = settings.model_copy(
            update={"fasttext": settings.fasttext.model_copy(update={"models": 1})}
        )
        with tempfile.TemporaryDirectory(prefix="intake-tune-") as folder:
            fitted = fit(engine, seen, self._labels, Path(folder), single)
        given = fitted.scores(exam.bags).argmax(axis=1)
        truth = [self._labels.index(example.code) for example in exam.examples]
        return float(np.mean(given == truth))


def _changes(engine: Kind, *, first: bool) -> Iterator[tuple[str, str, Any]]:
    """Yield section, knob and value of each change to try.

    How texts are read is shared by the engines, so only the first may change it.
    """
    readings = [("reading", knob) for knob in _READINGS] if first else []
    for part, (name, values) in [*readings, *((engine, knob) for knob in _KNOBS[engine])]:
        for value in values:
            yield part, name, value
