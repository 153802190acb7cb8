"""From examples to a bundle: hold out, calibrate, fit on everything, write.

Temperature and thresholds come from texts that the model asked had not seen (cross-validation);
the model in the bundle then learns from all of them.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import fasttext
import numpy as np

from intake.learn.calibrate import best_temperature, choose_thresholds, parents_of
from intake.learn.example import Example, fold_of
from intake.learn.train import TrainingSettings, train
from intake.route.classify import (
    LABEL_PREFIX,
    MANIFEST,
    BundleManifest,
    FastTextClassifier,
    Probabilities,
    load_bundle,
    tempered,
)
from intake.route.text_features import TOKENIZER, features

Extend = Callable[[Sequence[Example]], Sequence[Example]]


def build_bundle(
    out: Path,
    examples: Sequence[Example],
    *,
    judged: Sequence[Example],
    name: str,
    created: datetime,
    settings: TrainingSettings,
    data: dict[str, Any],
    precision: float = 0.9,
    folds: int = 5,
) -> FastTextClassifier:
    """Train on ``examples``, calibrate on ``judged`` (a part of them) and write the bundle to ``out``.

    ``judged`` should be real texts labelled by people; thresholds promise ``precision`` on texts
    like them. ``data`` says what was learned from, for the manifest. Returns the loaded bundle.
    """
    out.mkdir(parents=True, exist_ok=True)
    labels = tuple(sorted({example.code for example in examples}))
    raw, truth = _out_of_fold(examples, judged, labels, settings, folds)
    temperature = best_temperature(raw, truth)
    calibrated = tempered(raw, temperature)
    parents, of_parents = parents_of(labels, calibrated)
    parent_truth = np.array([parents.index(labels[i][:2]) for i in truth])
    right = calibrated.argmax(axis=1) == truth
    parent_right = of_parents.argmax(axis=1) == parent_truth
    thresholds = choose_thresholds(labels, calibrated, right, parent_right, precision)
    limits = np.array([thresholds.per_category.get(code, thresholds.auto) for code in labels])
    accepted = calibrated.max(axis=1) >= limits[calibrated.argmax(axis=1)]
    model_file = out / ("model.ftz" if settings.quantize_to else "model.bin")
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
        data=data | {"settings": settings.model_dump()},
        metrics={
            "held_out_texts": len(judged),
            "held_out_leaf": round(float(right.mean()), 4),
            "held_out_first_level": round(float(parent_right.mean()), 4),
            "held_out_coverage": round(float(accepted.mean()), 4),
            "held_out_auto_precision": round(float(right[accepted].mean()), 4)
            if accepted.any()
            else None,
            "model_bytes": model_file.stat().st_size,
        },
    )
    (out / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return load_bundle(out)


def _out_of_fold(
    examples: Sequence[Example],
    judged: Sequence[Example],
    labels: Sequence[str],
    settings: TrainingSettings,
    folds: int,
) -> tuple[Probabilities, np.ndarray[Any, np.dtype[np.intp]]]:
    """Ask models about texts they did not learn from: raw probabilities and true label indices."""
    index = {code: i for i, code in enumerate(labels)}
    raw = np.zeros((len(judged), len(labels)))
    fold = [fold_of(example, folds) for example in judged]
    with tempfile.TemporaryDirectory(prefix="intake-folds-") as scratch:
        for held_out in range(folds):
            file = Path(scratch) / f"{held_out}.bin"
            train([e for e in examples if fold_of(e, folds) != held_out], file, settings)
            model = fasttext.load_model(str(file))
            for row, example in enumerate(judged):
                if fold[row] != held_out:
                    continue
                names, values = model.predict(features(example.title, example.text) or "0", k=-1)
                raw[row, [index[n.removeprefix(LABEL_PREFIX)] for n in names]] = values
    return raw, np.array([index[example.code] for example in judged], dtype=np.intp)
