"""From examples to a bundle: hold out, mix and calibrate, fit on everything, write.

Mixture, temperature and thresholds come from texts that the engines asked had not seen: a dev set where
there is one, else cross-validation; the engines in the bundle learn from all examples (never from a dev set).
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from intake.errors import ConfigurationError
from intake.learn.calibrate import Calibration, Mixture, Weights, calibrate
from intake.learn.example import Corpus, Example, Indices, cut, fold_of
from intake.learn.fit import Fitted, TrainingSettings, fit, need_two_labels
from intake.learn.measure import measure
from intake.learn.track import Tell, Track, say_nothing, untracked
from intake.understand.classify import (
    MANIFEST,
    BundleClassifier,
    BundleManifest,
    EngineFile,
    load_bundle,
)
from intake.understand.classify.features import FORMAT
from intake.understand.classify.manifest import Kind, parents_of
from intake.understand.classify.protocol import Scores


class _HeldOut(NamedTuple):
    """Texts that the engines had not seen, with each engine's scores."""

    corpus: Corpus
    truth: Indices
    weights: Weights
    scores: Mapping[Kind, Scores]
    fitted: Sequence[Fitted] = ()


def build_bundle(
    out: Path,
    examples: Sequence[Example],
    *,
    judged: Mapping[str, float],
    name: str,
    created: datetime,
    settings: TrainingSettings,
    data: dict[str, Any],
    precision: float = 0.9,
    folds: int = 5,
    dev: Sequence[Example] = (),
    tell: Tell = say_nothing,
    track: Track = untracked,
) -> BundleClassifier:
    """Train on ``examples``, calibrate, write to ``out``, and return the loaded bundle.

    ``dev`` serves calibration and is never learned from. Without it, calibration is by cross-validation on the
    examples of the origins ``judged``, with a weight for each. Real texts should weigh most, because the
    thresholds promise ``precision`` on texts like them. ``data`` goes into the manifest and describes the examples.
    """
    need_two_labels(examples)
    labels = tuple(sorted({example.code for example in examples}))
    corpus = cut(examples, settings.reading, track)
    with tempfile.TemporaryDirectory(prefix="intake-bundle-") as scratch:
        folder = Path(scratch)
        if dev:
            held_out = _ask_dev(corpus, dev, labels, folder, settings, track)
        else:
            held_out = _ask_folds(corpus, judged, labels, folder, settings, folds, track)
        found = _calibrated(held_out, labels, precision, tell)
        kept = found.mixture.weights
        final = held_out.fitted or _fit_all(kept, corpus, labels, folder, settings, track)
        parts = _place(out, [one for one in final if one.kind in kept], found.mixture)
    how = {"settings": settings.model_dump(mode="json"), "judged": {} if dev else dict(judged)}
    manifest = _manifest(
        found,
        held_out,
        labels,
        name=name,
        created=created.isoformat(),
        reading=settings.reading,
        engines=parts,
        target_precision=precision,
        data=data | how,
    )
    (out / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return load_bundle(out)


def _ask_dev(
    corpus: Corpus,
    dev: Sequence[Example],
    labels: Sequence[str],
    folder: Path,
    settings: TrainingSettings,
    track: Track,
) -> _HeldOut:
    """Fit on everything and ask about the dev set."""
    exam = cut([example for example in dev if example.code in labels], settings.reading, track)
    if not exam.examples:
        raise ConfigurationError(
            "None of the dev file's labels is among the training labels.",
            hint="Check that both files use the same labels, and --label.",
        )
    fitted = _fit_all(settings.engines, corpus, labels, folder, settings, track)
    return _HeldOut(
        exam,
        _truth(exam, labels),
        np.ones(len(exam.examples)),
        {one.kind: one.scores(exam.bags) for one in fitted},
        fitted,
    )


def _ask_folds(
    corpus: Corpus,
    judged: Mapping[str, float],
    labels: Sequence[str],
    folder: Path,
    settings: TrainingSettings,
    folds: int,
    track: Track,
) -> _HeldOut:
    """Ask about each fold engines that were fitted on the others."""
    asked = np.array([example.origin in judged for example in corpus.examples])
    if not asked.any():
        raise ConfigurationError(f"No example has an origin to calibrate on ({', '.join(judged)}).")
    fold = np.array([fold_of(example, folds) for example in corpus.examples])
    scores = {kind: np.zeros((len(fold), len(labels))) for kind in settings.engines}
    jobs = [(number, kind) for number in range(folds) for kind in settings.engines]
    for number, kind in track(jobs, f"cross-validation in {folds} folds"):
        seen, mine = (
            np.flatnonzero(~asked | (fold != number)),
            np.flatnonzero(asked & (fold == number)),
        )
        if len(mine):
            fitted = fit(kind, corpus.part(seen), labels, folder, settings)
            scores[kind][mine] = fitted.scores(corpus.part(mine).bags)
    rows = np.flatnonzero(asked)
    exam = corpus.part(rows)
    return _HeldOut(
        exam,
        _truth(exam, labels),
        np.array([judged[example.origin] for example in exam.examples]),
        {kind: given[rows] for kind, given in scores.items()},
    )


def _truth(corpus: Corpus, labels: Sequence[str]) -> Indices:
    place = {label: index for index, label in enumerate(labels)}
    return np.array([place[example.code] for example in corpus.examples], dtype=np.intp)


def _fit_all(
    kinds: Iterable[Kind],
    corpus: Corpus,
    labels: Sequence[str],
    folder: Path,
    settings: TrainingSettings,
    track: Track,
) -> list[Fitted]:
    return [
        fit(kind, corpus, labels, folder, settings)
        for kind in track(list(kinds), "fitting on all examples")
    ]


def _calibrated(
    held_out: _HeldOut, labels: tuple[str, ...], precision: float, tell: Tell
) -> Calibration:
    scores, truth, weights = held_out.scores, held_out.truth, held_out.weights
    found = calibrate(scores, truth, weights, labels, parents_of(labels), precision)
    kept = found.mixture.weights
    tell(f"kept {' + '.join(f'{weight:g} {kind}' for kind, weight in kept.items())}")
    return found


def _manifest(
    found: Calibration, held_out: _HeldOut, labels: tuple[str, ...], **given: Any
) -> BundleManifest:
    """Return the manifest: what was calibrated and measured, beside what the caller gave."""
    parents = parents_of(labels)
    return BundleManifest(
        format=FORMAT,
        labels=labels,
        parents=parents,
        temperature=found.mixture.temperature,
        knots=tuple(found.knots),
        thresholds=found.thresholds,
        cutoffs=found.cutoffs,
        metrics=_measured(labels, parents, held_out, found),
        **given,
    )


def _place(out: Path, fitted: Sequence[Fitted], mixture: Mixture) -> tuple[EngineFile, ...]:
    """Copy the engines' files into the bundle, and remove those of a bundle that was there before."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.npz"):
        old.unlink()
    parts = []
    for one in fitted:
        file = out / one.file.name
        shutil.copyfile(one.file, file)
        parts.append(
            EngineFile(
                kind=one.kind,
                file=file.name,
                sha256=hashlib.sha256(file.read_bytes()).hexdigest(),
                weight=mixture.weights[one.kind],
                temperature=mixture.temperatures[one.kind],
            )
        )
    return tuple(parts)


def _measured(
    labels: Sequence[str], parents: Sequence[str], held_out: _HeldOut, found: Calibration
) -> dict[str, Any]:
    """Figures on the held-out texts: of all, of each origin, and of each engine alone."""
    probabilities = found.probabilities(held_out.scores)
    origins = [example.origin for example in held_out.corpus.examples]
    figures: dict[str, Any] = {}
    for origin in (None, *sorted(set(origins))):
        rows = np.flatnonzero([origin in (None, other) for other in origins])
        texts = held_out.corpus.part(rows).examples
        measured = measure(
            texts, labels, parents, probabilities[rows], found.thresholds, found.cutoffs
        )
        figures[f"held_out_{origin}" if origin else "held_out"] = measured.summary()
    return figures | {"alone": _alone(held_out)}


def _alone(held_out: _HeldOut) -> dict[str, float]:
    """Return for each engine alone the share of texts with the right label first."""
    return {
        kind: round(float(np.mean(given.argmax(axis=1) == held_out.truth)), 4)
        for kind, given in held_out.scores.items()
    }
