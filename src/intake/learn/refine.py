"""Refining the bundle in force with people's decisions, without the texts that it first learned from.

The shipped bundle learned from messages that are not shipped. So it is not trained anew but moved: each
label's weights get the smallest change under which the decisions are likely and the answers on the base
examples stay the same. Such a change is a sum of the examples' own vectors (representer theorem of ridge
penalties). It is searched among those, one number for each example and label, by Nesterov's accelerated
descent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from intake.learn.example import Corpus, Example, cut
from intake.learn.extra import require
from intake.learn.track import Track, untracked
from intake.understand.classify import MANIFEST, BundleClassifier, load_bundle, read_manifest
from intake.understand.classify.features import BITS
from intake.understand.classify.linear import KIND, save_linear
from intake.understand.classify.manifest import BundleManifest
from intake.understand.classify.protocol import Vocabulary, Weights

MOST_DECISIONS, MOST_ANCHORS = 3_000, 2_000
"""The latest decisions that count, and base examples that are held on to; each pair is compared."""
STRICTNESS = 1.0
"""Of the ridge penalty. One decision then moves its like by some margin, and several their category."""
STEPS = 200

Matrix = npt.NDArray[np.float32]


def can_refine(folder: Path) -> bool:
    """Return whether a bundle can be refined: it has one engine, and that is linear."""
    return [engine.kind for engine in read_manifest(folder).engines] == [KIND]


def refine(
    out: Path,
    folder: Path,
    decided: Sequence[Example],
    anchors: Sequence[Example],
    *,
    created: datetime,
    track: Track = untracked,
) -> BundleClassifier:
    """Write into ``out`` the bundle of ``folder``, moved by what people ``decided``; returns it loaded.

    Calibration and thresholds stay. Decisions for labels that the bundle does not know are left out.
    """
    require("linear")
    manifest = read_manifest(folder)
    (engine,) = manifest.engines
    known = [example for example in decided if example.code in manifest.labels]
    spread = max(1, -(-len(anchors) // MOST_ANCHORS))
    learned = cut(known[-MOST_DECISIONS:], manifest.reading, track)
    kept = cut(anchors[::spread], manifest.reading, track)
    with np.load(folder / engine.file, allow_pickle=False) as file:
        numbers, idf, bias = file["numbers"], file["idf"], file["bias"]
        weights = file["steps"].astype(np.float32) * file["step"][:, None]
    vectors = _vectors([*learned.bags, *kept.bags], numbers, idf)
    margins = np.asarray(vectors @ weights + bias, dtype=np.float32)
    temperature = np.float32(engine.temperature * manifest.temperature)
    wanted = _softmax(margins / temperature)
    wanted[: len(learned.bags)] = _truth(learned, manifest)
    change = _smallest_change(vectors, margins, wanted, temperature, track)
    out.mkdir(parents=True, exist_ok=True)
    target = out / engine.file
    save_linear(target, numbers, idf, weights + vectors.T @ change, bias)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    refined = {"from": manifest.version, "decisions": len(learned.bags), "anchors": len(kept.bags)}
    moved = manifest.model_copy(
        update={
            "name": out.name,
            "created": created.isoformat(),
            "engines": (engine.model_copy(update={"sha256": digest}),),
            "data": {**manifest.data, "refined": refined},
        }
    )
    (out / MANIFEST).write_text(moved.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return load_bundle(out)


def _vectors(bags: Sequence[Any], numbers: npt.NDArray[np.uint32], idf: Weights) -> Any:
    """Return the texts' TF-IDF vectors of length 1 over the grams that the engine knows, as it serves them."""
    from scipy.sparse import csr_matrix

    vocabulary = Vocabulary(numbers, 1 << BITS)
    data, columns, ends = [], [], [0]
    for bag in bags:
        rows = vocabulary.rows(bag.numbers).astype(np.int64)
        known = rows > 0
        rows = rows[known] - 1
        values = idf[rows] * (1 + np.log(bag.counts[known]))
        data.append(values / (np.sqrt(values @ values) or 1))
        columns.append(rows)
        ends.append(ends[-1] + len(rows))
    parts = (np.concatenate(data).astype(np.float32), np.concatenate(columns), np.array(ends))
    return csr_matrix(parts, shape=(len(bags), len(numbers)))


def _truth(corpus: Corpus, manifest: BundleManifest) -> Matrix:
    place = {label: index for index, label in enumerate(manifest.labels)}
    truth = np.zeros((len(corpus.examples), len(place)), dtype=np.float32)
    for row, example in enumerate(corpus.examples):
        truth[row, place[example.code]] = 1
    return truth


def _smallest_change(
    vectors: Any, margins: Matrix, wanted: Matrix, temperature: np.float32, track: Track
) -> Matrix:
    """Minimise cross-entropy to ``wanted`` plus the ridge penalty; return (texts, labels) coefficients."""
    likeness = (vectors @ vectors.T).toarray()
    steepest = _largest_eigenvalue(likeness) / (2 * temperature**2) + STRICTNESS
    change = np.zeros_like(wanted)
    ahead, pace = change, 1.0
    for _ in track(range(STEPS), "refining"):
        given = _softmax((margins + likeness @ ahead) / temperature)
        slope = (given - wanted) / temperature + STRICTNESS * ahead
        stepped = np.asarray(ahead - slope / steepest, dtype=np.float32)
        faster = (1 + (1 + 4 * pace**2) ** 0.5) / 2
        swing = np.float32((pace - 1) / faster)
        ahead = np.asarray(stepped + swing * (stepped - change), dtype=np.float32)
        change, pace = stepped, faster
    return change


def _largest_eigenvalue(matrix: Matrix) -> np.float32:
    vector: Matrix = np.ones(len(matrix), dtype=np.float32)
    length = 1.0
    for _ in range(30):
        grown = np.asarray(matrix @ vector, dtype=np.float32)
        length = float(np.linalg.norm(grown))
        vector = grown / np.float32(length)
    return np.float32(1.05 * length)


def _softmax(scores: Matrix) -> Matrix:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)
