"""How well and how fast a message finds its category and place, beside plain anchors in the same run.

``python bench/routing.py [--shared DIR] [--out FILE]`` writes a Markdown table; README.md here explains it.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import fasttext
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from intake import log
from intake.areas.gazetteer import Gazetteer
from intake.bootstrap import build_router
from intake.learn.calibrate import calibrate, expected_calibration_error
from intake.learn.example import Example, cut
from intake.learn.example_tables import Columns, read_examples
from intake.learn.fit import TrainingSettings, fit
from intake.learn.measure import measure, probabilities_of
from intake.rehearse.trial import Trial
from intake.settings import ModelSettings
from intake.understand.classify import load_bundle
from intake.understand.locate import locate

FOLDS = 5
PRECISION = 0.97
TIMED = 400  # messages
TOGETHER = 50
MESSAGE_CHARS = 400
Row = tuple[str, str, str]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared")
    parser.add_argument("--out", type=Path, help="also write the table to this file")
    arguments = parser.parse_args()
    log.configure(level="error")
    data = arguments.shared / "data"
    if not (data / "tipdm2020c").is_dir():
        sys.exit(
            f"{data}/tipdm2020c is missing: routing is measured on real texts only (--shared DIR)"
        )
    rows: list[Row] = []
    for part in (first_level, anchors, leaves, speed, places):
        for row in part(data):
            rows.append(row)
            print("|".join(("", *(f" {cell} " for cell in row), "")), file=sys.stderr)
    table = "\n".join(
        [
            "| what | measured | floor |",
            "|---|---:|---:|",
            *(f"| {' | '.join(row)} |" for row in rows),
        ]
    )
    print(table)
    if arguments.out:
        arguments.out.write_text(table + "\n", encoding="utf-8")


def first_level(data: Path) -> Iterator[Row]:
    """Fit to train_all.csv; calibrate on four fifths of dev.csv and score the rest, in turn."""
    train, dev = _fields(data, "train_all"), _fields(data, "dev")
    settings = TrainingSettings()
    labels = tuple(sorted({example.code for example in train}))
    corpus, exam = cut(train, settings.reading), cut(dev, settings.reading)
    truth = np.array([labels.index(example.code) for example in exam.examples])
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        fitted = [fit(kind, corpus, labels, Path(folder), settings) for kind in settings.engines]
    scores = {one.kind: one.scores(exam.bags) for one in fitted}
    fold = np.random.default_rng(1).permutation(len(truth)) % FOLDS
    probabilities = np.zeros((len(truth), len(labels)))
    passed = {percent: np.zeros(len(truth), dtype=bool) for percent in ("95", "97", "99")}
    for number in range(FOLDS):
        rest, mine = fold != number, fold == number
        found = calibrate(
            {kind: given[rest] for kind, given in scores.items()},
            truth[rest], np.ones(rest.sum()), labels, (), PRECISION,
        )  # fmt: skip
        answer = found.probabilities({kind: given[mine] for kind, given in scores.items()})
        probabilities[mine] = answer
        for percent, flags in passed.items():
            flags[mine] = answer.max(axis=1) >= found.cutoffs[percent]
    best = probabilities.argmax(axis=1)
    right = best == truth
    n = len(truth)
    yield "first level, 7 fields: accuracy", _share(right), "0.92"
    yield "— macro-F1", f"{f1_score(truth, best, average='macro'):.3f}", "0.91"
    for percent, flags in passed.items():
        floor = "≥ 0.70 covered" if percent == "97" else ""
        yield (
            f"— cutoff for {percent} % precision: covered (right)",
            f"{_share(flags)} ({_share(right[flags])})",
            floor,
        )
    error = expected_calibration_error(probabilities.max(axis=1), right, np.ones(n))
    yield "— calibration error, 10 bins", f"{error:.3f}", "≤ 0.03"
    for kind, given in scores.items():
        yield f"— {kind} engine alone: accuracy", _share(given.argmax(axis=1) == truth), ""


def anchors(data: Path) -> Iterator[Row]:
    """The plain ways, fitted and scored in the same run on the same rows."""
    dev = _fields(data, "dev")
    exam, truth = [example.text for example in dev], [example.code for example in dev]
    for name in ("train", "train_all"):
        train = _fields(data, name)
        vectors = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        known = vectors.fit_transform([example.text for example in train])
        model = LinearSVC(random_state=1).fit(known, [example.code for example in train])
        given = model.predict(vectors.transform(exam))
        yield f"anchor: TF-IDF char 1–4 + LinearSVC on {name}.csv", _share(given == truth), ""
    train = _fields(data, "train_all")
    good = {"loss": "ova", "wordNgrams": 3, "epoch": 40, "lr": 0.3, "dim": 64, "minCount": 2}
    for what, settings, laid_out in (
        ("defaults, raw text", {}, lambda text: " ".join(text.split())),
        (
            "good settings, characters, wordNgrams 3",
            good,
            lambda text: " ".join("".join(text.split())),
        ),
    ):
        yield (
            f"anchor: fastText, {what}",
            _share(_fasttext(train, exam, settings, laid_out) == truth),
            "",
        )


def _fasttext(
    train: Sequence[Example],
    exam: Sequence[str],
    settings: dict[str, Any],
    lay_out: Callable[[str], str],
) -> Any:
    labels = sorted({example.code for example in train})
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        for example in train:
            file.write(f"__label__{labels.index(example.code)} {lay_out(example.text)}\n")
        file.flush()
        # With few threads fastText leaves most of its matrix as memory was, and may end in NaN.
        model = fasttext.train_supervised(file.name, thread=12, seed=1, verbose=0, **settings)
    found = [model.predict(lay_out(text))[0] for text in exam]
    return np.array([labels[int(best[0].removeprefix("__label__"))] for best in found])


def leaves(data: Path) -> Iterator[Row]:
    """The shipped bundle on the leaves given by reading, and on the fields as sums of leaves."""
    classifier = load_bundle(ModelSettings().classifier)
    manifest = classifier.manifest
    gold = {row["uid"]: row for row in _rows(data / "gold" / "category_dev.csv")}
    examples = [
        Example(code=g["code"], also=g["alt_code"] or None, text=row["text"])
        for row in _rows(data / "tipdm2020c" / "dev.csv")
        if (g := gold.get(row["uid"]))
    ]
    given = probabilities_of(classifier, examples)
    found = measure(
        examples, manifest.labels, manifest.parents, given, manifest.thresholds, manifest.cutoffs
    )
    yield f"120 leaves, {found.texts} texts: best code", f"{found.accuracy:.3f}", ""
    yield "— best or alternative code", f"{found.accuracy_or_second:.3f}", "0.75"
    yield "— among the first three", f"{found.top3:.3f}", "0.90"
    yield "— first level (20)", f"{found.first_level:.3f}", ""
    yield "— calibration error (against the best code)", f"{found.calibration_error:.3f}", "≤ 0.03"
    own = found.own
    yield (
        f"— decided alone at {manifest.target_precision:.0%} (right)",
        f"{own.coverage:.3f} ({own.precision or 0:.3f})",
        "",
    )
    size = sum((ModelSettings().classifier / part.file).stat().st_size for part in manifest.engines)
    yield "— size of the bundle", f"{size / 1e6:.1f} MB", "≤ 30 MB"


def speed(data: Path) -> Iterator[Row]:
    """Processor time of the classify step, and of all that ``intake try route`` does for a line."""
    texts = [row["text"] for row in _rows(data / "tipdm2020c" / "dev.csv")]
    texts = [text[:MESSAGE_CHARS] for text in texts if len(text) >= MESSAGE_CHARS]
    texts = (texts * (1 + TIMED // len(texts)))[:TIMED]
    classifier = load_bundle(ModelSettings().classifier)
    yield (
        f"classify, {MESSAGE_CHARS} characters, CPU",
        f"{_each(lambda text: classifier.classify('', text), texts):.0f} µs",
        "≤ 300 µs",
    )
    models = ModelSettings()
    with Trial(lambda homes: build_router(models, homes), "4310") as trial:
        lines = [json.dumps({"text": text}, ensure_ascii=False).encode() for text in texts]
        _ = trial.router
        together = [lines[start : start + TOGETHER] for start in range(0, len(lines), TOGETHER)]
        reading = _each(lambda some: trial.answers(some, trial.locate), together) / TOGETHER
        cost = _each(lambda some: trial.answers(some, trial.route), together) / TOGETHER
        alone = _each(lambda line: trial.answers([line], trial.route), lines)
    yield "— of try route: normalize, classify, locate, signals", f"{reading:.0f} µs", ""
    yield f"try route, {MESSAGE_CHARS} characters, CPU, in batches", f"{cost:.0f} µs", "≤ 1500 µs"
    yield "— line by line", f"{alone:.0f} µs", ""


def _each(do: Callable[[Any], object], items: Sequence[Any]) -> float:
    """Microseconds of processor time an item, after a tenth to warm up."""
    warm = max(1, len(items) // 10)
    for item in items[:warm]:
        do(item)
    start = time.process_time()
    for item in items[warm:]:
        do(item)
    return 1e6 * (time.process_time() - start) / (len(items) - warm)


@dataclass(frozen=True)
class _Placed:
    expected: str
    found: str


def places(data: Path) -> Iterator[Row]:
    """Where messages of the location set are, to the county and to the full depth expected."""
    answers = [
        _Placed(row["expected_area"], _located(row))
        for row in _rows(data / "gold" / "location_dev.csv")
    ]
    county = [a.found[:6] == a.expected[:6] for a in answers]
    yield f"place, {len(answers)} texts: right to the county", _share(county), ""
    yield "— right to the full depth", _share([a.found == a.expected for a in answers]), ""


def _located(row: dict[str, str]) -> str:
    home = row["channel_home"] or None
    found = locate(
        _gazetteer(home),
        title="",
        text=row["text"],
        form_area=row["form_area"] or None,
        home_area=home,
    )
    return found.area or ""


@lru_cache(maxsize=64)
def _gazetteer(home: str | None) -> Gazetteer:
    return Gazetteer.load([home] if home else [])


def _fields(data: Path, name: str) -> list[Example]:
    return read_examples([data / "tipdm2020c" / f"{name}.csv"], Columns())


def _rows(file: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10_000_000)
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _share(flags: Any) -> str:
    return f"{float(np.mean(flags)):.3f}"


if __name__ == "__main__":
    main()
