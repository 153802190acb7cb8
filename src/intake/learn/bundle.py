"""From examples to a bundle: hold out, calibrate, fit on everything, write.

Temperature and thresholds come from texts that the model asked had not seen (cross-validation);
the model in the bundle then learns from all of them.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from intake.learn.calibrate import (
    Indices,
    Weights,
    best_temperature,
    choose_thresholds,
    expected_calibration_error,
    parents_of,
)
from intake.learn.example import Example, fold_of
from intake.learn.train import TrainingSettings, train
from intake.route.classify import (
    MANIFEST,
    BundleManifest,
    FastTextClassifier,
    Probabilities,
    Scorer,
    Thresholds,
    load_bundle,
    softmax,
)
from intake.route.text_features import TOKENIZER, features

Tell = Callable[[str], None]


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
    tell: Tell = lambda _: None,
) -> FastTextClassifier:
    """Train on ``examples``, calibrate on those of the origins ``judged``, write to ``out``.

    ``judged`` gives each origin a weight: real texts should weigh most, for thresholds promise
    ``precision`` on texts like them. Examples of other origins are only learned from. ``data``
    says what was learned from, for the manifest; ``tell`` hears of progress. Returns the loaded
    bundle.
    """
    out.mkdir(parents=True, exist_ok=True)
    labels = tuple(sorted({example.code for example in examples}))
    exam = [e for e in examples if e.origin in judged and features(e.title, e.text)]
    weights = np.array([judged[example.origin] for example in exam])
    truth = np.array([labels.index(example.code) for example in exam], dtype=np.intp)
    scores = _held_out_scores(examples, exam, labels, settings, folds, tell)
    temperature = best_temperature(scores, truth, weights)
    calibrated = softmax(scores, temperature)
    thresholds = choose_thresholds(labels, calibrated, truth, weights, precision)
    model_file = out / "model.bin"
    tell(f"fitting the bundle's model on all {len(examples)} examples")
    train(examples, model_file, settings)
    manifest = BundleManifest(
        name=name,
        created=created.isoformat(),
        engine="fasttext",
        model_file=model_file.name,
        sha256=hashlib.sha256(model_file.read_bytes()).hexdigest(),
        tokenizer=TOKENIZER,
        labels=labels,
        temperature=temperature,
        target_precision=precision,
        thresholds=thresholds,
        data=data | {"settings": settings.model_dump(), "judged": dict(judged)},
        metrics={
            "model_bytes": model_file.stat().st_size,
            "held_out": _measured(labels, calibrated, truth, weights, thresholds),
        }
        | {
            f"held_out_{origin}": _measured(
                labels, calibrated[mine], truth[mine], weights[mine], thresholds
            )
            for origin in judged
            if (mine := np.array([example.origin == origin for example in exam])).any()
        },
    )
    (out / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return load_bundle(out)


def _held_out_scores(
    examples: Sequence[Example],
    exam: Sequence[Example],
    labels: Sequence[str],
    settings: TrainingSettings,
    folds: int,
    tell: Tell,
) -> Probabilities:
    """Ask models about texts they did not learn from: (texts, labels) before the softmax."""
    scores = np.zeros((len(exam), len(labels)))
    judged = {example.origin for example in exam}
    fold = [fold_of(example, folds) for example in exam]
    with tempfile.TemporaryDirectory(prefix="intake-folds-") as scratch:
        for held_out in range(folds):
            tell(f"cross-validation {held_out + 1} of {folds}")
            file = Path(scratch) / f"{held_out}.bin"
            seen = [e for e in examples if e.origin not in judged or fold_of(e, folds) != held_out]
            train(seen, file, settings)
            scorer = Scorer(file)
            columns = [labels.index(code) for code in scorer.labels]
            for row, example in enumerate(exam):
                if fold[row] != held_out:
                    continue
                scores[row] = -np.inf  # a leaf that this fold's model never saw
                scores[row, columns] = scorer.scores(features(example.title, example.text))
    floor = scores[np.isfinite(scores)].min(initial=0.0)
    return np.asarray(np.maximum(scores, floor), dtype=np.float64)


def _measured(
    labels: Sequence[str],
    calibrated: Probabilities,
    truth: Indices,
    weights: Weights,
    thresholds: Thresholds,
) -> dict[str, float | int | None]:
    best, confidence = calibrated.argmax(axis=1), calibrated.max(axis=1)
    right = best == truth
    top3 = (np.argsort(-calibrated, axis=1)[:, :3] == truth[:, None]).any(axis=1)
    parents, of_parents = parents_of(labels, calibrated)
    parent_right = of_parents.argmax(axis=1) == [parents.index(labels[i][:2]) for i in truth]
    limits = np.array([thresholds.per_category.get(code, thresholds.auto) for code in labels])
    sure = confidence >= limits[best]

    def share(flags: Any) -> float:
        return round(float(np.average(flags, weights=weights)), 4)

    return {
        "texts": len(truth),
        "leaf": share(right),
        "top3": share(top3),
        "first_level": share(parent_right),
        "coverage": share(sure),
        "auto_precision": round(float(np.average(right[sure], weights=weights[sure])), 4)
        if sure.any()
        else None,
        "calibration_error": round(expected_calibration_error(confidence, right, weights), 4),
    }
