"""Fitting a fastText model, in a process of its own.

Run as ``python -m intake.learn.train <settings.json>`` by :func:`train`: training is C++ that can
take the process with it. The child looks for numbers that are not finite before it writes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import fasttext
import numpy as np
from pydantic import BaseModel, ConfigDict

from intake.errors import ConfigurationError
from intake.learn.example import Example, training_lines
from intake.route.classify import LABEL_PREFIX

_MIN_LABELS = 2


class TrainingSettings(BaseModel):
    """How to fit; the defaults are what the recipe measured best (CARD.md).

    ``support`` evens out rare leaves (see :func:`training_lines`). Words seen fewer than
    ``least_count`` times are left out. Word vectors start within ``spread`` of zero. One thread and
    a seed make the fit repeatable on one machine.
    """

    model_config = ConfigDict(frozen=True)

    dimension: int = 96
    least_count: int = 3
    epochs: int = 20
    rate: float = 0.3
    spread: float = 0.25
    seed: int = 7
    support: int = 60


class _Job(BaseModel):
    lines: Path
    model: Path
    settings: TrainingSettings


def train(
    examples: Sequence[Example], model_file: Path, settings: TrainingSettings | None = None
) -> None:
    """Fit a model to ``examples`` and write it to ``model_file``.

    Raises :class:`ConfigurationError` when there is too little to learn from or the fit failed.
    """
    chosen = settings or TrainingSettings()
    if len({example.code for example in examples}) < _MIN_LABELS:
        raise ConfigurationError(
            "Training needs examples of at least two categories.",
            hint="Label more texts before training.",
        )
    with tempfile.TemporaryDirectory(prefix="intake-train-") as scratch:
        job = _Job(lines=Path(scratch) / "lines.txt", model=model_file.resolve(), settings=chosen)
        job.lines.write_text(
            "\n".join(training_lines(examples, chosen.support)) + "\n", encoding="utf-8"
        )
        job_file = Path(scratch) / "job.json"
        job_file.write_text(job.model_dump_json(), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "intake.learn.train", str(job_file)],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise ConfigurationError(
            f"Training failed (exit code {done.returncode}): {done.stderr.strip()[-500:]}"
        )


def _fit(job: _Job) -> None:
    """Fit, check, write; runs in the child process."""
    settings = job.settings
    try:
        model = fasttext.train_supervised(
            str(job.lines),
            loss="ova",
            dim=settings.dimension,
            wordNgrams=1,
            epoch=settings.epochs,
            lr=settings.rate,
            seed=settings.seed,
            minCount=settings.least_count,
            pretrainedVectors=str(_starting_vectors(job)),
            thread=1,
            verbose=0,
        )
    except RuntimeError as error:
        sys.exit(f"fastText gave up: {error}; a lower learning rate may help")
    for matrix in (model.get_input_matrix(), model.get_output_matrix()):
        if not np.isfinite(matrix).all():
            sys.exit("the fitted model holds numbers that are not finite; lower the learning rate")
    model.save_model(str(job.model))


def _starting_vectors(job: _Job) -> Path:
    """Write the vectors to start from: seeded and whole.

    With one thread fastText fills a tenth of its input matrix and trains on whatever memory holds
    in the rest (NaN, or worse models); words that come with a vector escape that.
    """
    settings = job.settings
    text = job.lines.read_text(encoding="utf-8")
    count = Counter(word for word in text.split() if not word.startswith(LABEL_PREFIX))
    words = sorted(word for word, times in count.items() if times >= settings.least_count)
    chance = np.random.default_rng(settings.seed)
    start = chance.uniform(-settings.spread, settings.spread, (len(words), settings.dimension))
    file = job.lines.with_suffix(".vec")
    with file.open("w", encoding="utf-8") as handle:
        handle.write(f"{len(words)} {settings.dimension}\n")
        for word, vector in zip(words, start, strict=True):
            handle.write(f"{word} {' '.join(f'{x:.4f}' for x in vector)}\n")
    return file


if __name__ == "__main__":
    _fit(_Job.model_validate_json(Path(sys.argv[1]).read_bytes()))
