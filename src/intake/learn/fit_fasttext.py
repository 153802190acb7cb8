"""Fitting the fastText engine, each model in a process of its own.

Run as ``python -m intake.learn.fit_fasttext <job.json>`` by :func:`fit_fasttext`: training is C++ that can
take the process with it. The child looks for numbers that are not finite before it writes.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from intake.errors import ConfigurationError
from intake.learn.example import Corpus
from intake.learn.extra import require
from intake.understand.classify.embedding import save_fasttext
from intake.understand.classify.features import BITS, Numbers

_LABEL = "__label__"
_END = "</s>"


class FastTextSettings(BaseModel):
    """Settings of the fastText engine; cross-validation found the defaults (docs/measurements.md).

    ``models`` are fitted from seeds of their own and averaged. Grams of fewer than ``least_count`` occurrences
    and all but the ``most_grams`` most frequent are left out. Vectors start within ``spread`` of zero. A label
    of fewer than ``support`` texts has them repeated sqrt(support / n) times, because fastText has no class weights.
    """

    model_config = ConfigDict(frozen=True)

    models: int = Field(3, ge=1, le=10)
    dimension: int = Field(32, ge=2, le=300)
    least_count: int = Field(3, ge=1)
    most_grams: int = Field(60_000, ge=100)
    epochs: int = Field(20, ge=1)
    rate: float = Field(0.3, gt=0)
    spread: float = Field(0.25, gt=0)
    support: int = Field(60, ge=1)


class _Job(BaseModel):
    lines: Path
    start: Path
    result: Path
    seed: int
    settings: FastTextSettings


def fit_fasttext(
    corpus: Corpus, labels: Sequence[str], file: Path, settings: FastTextSettings, seed: int
) -> None:
    """Fit to the corpus and write the engine's file; one thread and a seed make it repeatable.

    Raises :class:`ConfigurationError` when fastText is not installed, failed, crashed or gave numbers that
    are not finite.
    """
    require("fasttext")
    numbers = _vocabulary(corpus, settings)
    known = np.zeros(1 << BITS, dtype=bool)
    known[numbers] = True
    vectors, outputs = [], []
    with tempfile.TemporaryDirectory(prefix="intake-fasttext-") as scratch:
        lines = Path(scratch) / "lines.txt"
        lines.write_text("\n".join(_lines(corpus, labels, known, settings.support)) + "\n", "ascii")
        for model in range(settings.models):
            fitted = _fit_apart(lines, numbers, settings, 1000 * seed + model)
            vectors.append(fitted["vectors"])
            own = [int(name) for name in fitted["labels"]]
            output = np.zeros((len(labels), settings.dimension), dtype=np.float32)
            output[own] = fitted["outputs"]
            outputs.append(output)
    save_fasttext(file, numbers, np.concatenate(vectors, axis=1), np.stack(outputs))


def _vocabulary(corpus: Corpus, settings: FastTextSettings) -> Numbers:
    count = np.zeros(1 << BITS)
    for bag in corpus.bags:
        count[bag.numbers] += bag.counts
    frequent = np.argsort(-count, kind="stable")[: settings.most_grams]
    least = min(settings.least_count, max(1, int(count.max(initial=0))))
    return np.sort(frequent[count[frequent] >= least]).astype(np.uint32)


def _lines(
    corpus: Corpus,
    labels: Sequence[str],
    known: np.ndarray[tuple[int], np.dtype[np.bool_]],
    support: int,
) -> list[str]:
    """Lay examples out in fastText's format, in an order that depends on their number alone."""
    count = Counter(example.code for example in corpus.examples)
    lines = []
    for example, bag in zip(corpus.examples, corpus.bags, strict=True):
        mine = known[bag.numbers]
        grams = np.repeat(bag.numbers[mine], bag.counts[mine].astype(int))
        line = f"{_LABEL}{labels.index(example.code)} {' '.join(map(str, grams.tolist()))}"
        lines += [line] * max(1, round((support / count[example.code]) ** 0.5))
    order = np.random.default_rng(len(lines)).permutation(len(lines))
    return [lines[i] for i in order]


def _fit_apart(
    lines: Path, numbers: Numbers, settings: FastTextSettings, seed: int
) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    folder = lines.parent
    job = _Job(
        lines=lines,
        start=folder / "start.vec",
        result=folder / "fitted.npz",
        seed=seed,
        settings=settings,
    )
    _write_start(job, numbers)
    (folder / "job.json").write_text(job.model_dump_json(), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "intake.learn.fit_fasttext", str(folder / "job.json")],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode < 0:
        raise ConfigurationError(
            f"fastText crashed while training ({signal.Signals(-done.returncode).name}).",
            hint="Often there was too little memory: train on fewer texts or with a smaller dimension.",
        )
    if done.returncode:
        raise ConfigurationError(
            f"Training failed (exit code {done.returncode}): {done.stderr.strip()[-500:]}"
        )
    with np.load(job.result, allow_pickle=False) as kept:
        return {name: kept[name] for name in kept.files}


def _write_start(job: _Job, numbers: Numbers) -> None:
    """Write the vectors to start from: seeded and complete.

    With one thread fastText fills a tenth of its input matrix and trains on whatever memory holds
    in the rest (NaN, or worse models); words that come with a vector escape that.
    """
    settings = job.settings
    chance = np.random.default_rng(job.seed)
    start = chance.uniform(
        -settings.spread, settings.spread, (len(numbers) + 1, settings.dimension)
    )
    names = [_END, *map(str, numbers.tolist())]
    with job.start.open("w", encoding="ascii") as handle:
        handle.write(f"{len(names)} {settings.dimension}\n")
        row = " ".join(["%.4f"] * settings.dimension)
        handle.writelines(
            f"{name} {row % tuple(vector)}\n" for name, vector in zip(names, start, strict=True)
        )


def _fit(job: _Job) -> None:
    """Fit, check, write; runs in the child process."""
    import fasttext

    settings = job.settings
    try:
        model = fasttext.train_supervised(
            str(job.lines),
            loss="ova",
            dim=settings.dimension,
            wordNgrams=1,
            epoch=settings.epochs,
            lr=settings.rate,
            seed=job.seed,
            minCount=1,
            pretrainedVectors=str(job.start),
            thread=1,
            verbose=0,
        )
    except RuntimeError as error:
        sys.exit(f"fastText gave up: {error}; a lower learning rate may help")
    vectors, outputs = model.get_input_matrix(), model.get_output_matrix()
    if not (np.isfinite(vectors).all() and np.isfinite(outputs).all()):
        sys.exit("the fitted model holds numbers that are not finite; lower the learning rate")
    words = model.get_words()
    row = {word: i for i, word in enumerate(words)}
    with job.start.open(encoding="ascii") as handle:
        next(handle)
        names = [line.split(" ", 1)[0] for line in handle]
    order = [row[name] for name in (*names[1:], _END)]
    labels = [int(label.removeprefix(_LABEL)) for label in model.get_labels()]
    np.savez(job.result, vectors=vectors[order], outputs=outputs, labels=np.array(labels))


if __name__ == "__main__":
    _fit(_Job.model_validate_json(Path(sys.argv[1]).read_bytes()))
