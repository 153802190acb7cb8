"""Fitting a fastText model, in a process of its own.

Run as ``python -m intake.learn.train <settings.json>`` by :func:`train`: training is C++ that can
take the process with it, and on some builds leaves parts of the matrix uninitialised. The child
looks for NaN before it writes, and quantizes.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import fasttext
import numpy as np
from pydantic import BaseModel, ConfigDict

from intake.errors import ConfigurationError
from intake.learn.example import Example, training_lines

_MIN_LABELS = 2


class TrainingSettings(BaseModel):
    """How to fit; the defaults are what the recipe measured best (CARD.md).

    ``support`` evens out rare leaves (see :func:`training_lines`). ``quantize_to`` is the number of
    n-gram rows kept in the quantized file, 0 to keep the model whole. One thread and a seed make
    the fit repeatable on one machine.
    """

    model_config = ConfigDict(frozen=True)

    dimension: int = 64
    ngrams: int = 2
    buckets: int = 400_000
    epochs: int = 60
    rate: float = 0.6
    seed: int = 7
    support: int = 60
    quantize_to: int = 0


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
    model = fasttext.train_supervised(
        str(job.lines),
        dim=settings.dimension,
        wordNgrams=settings.ngrams,
        bucket=settings.buckets,
        epoch=settings.epochs,
        lr=settings.rate,
        seed=settings.seed,
        minCount=1,
        thread=1,
        verbose=0,
    )
    for matrix in (model.get_input_matrix(), model.get_output_matrix()):
        if not np.isfinite(matrix).all():
            sys.exit("the fitted model holds numbers that are not finite; lower the learning rate")
    if settings.quantize_to:
        model.quantize(
            input=str(job.lines), cutoff=settings.quantize_to, qnorm=True, thread=1, verbose=0
        )
    model.save_model(str(job.model))


if __name__ == "__main__":
    _fit(_Job.model_validate_json(Path(sys.argv[1]).read_bytes()))
