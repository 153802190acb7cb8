"""What a text is about: a fastText model over hanzi and their pairs, calibrated, that knows when to abstain.

A bundle is a directory with a model file, ``bundle.json`` (:class:`BundleManifest`) and a card. The
decisions taken with the model's probabilities (leaf, parent or none; sure or not; one matter or
several) are in :meth:`FastTextClassifier.classify` and nowhere else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import fasttext
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from intake.decision import CategoryScore, Classification
from intake.errors import ConfigurationError
from intake.route.matter_type import guess_matter_type
from intake.route.text_features import TOKENIZER, Mask, mask_places, words
from intake.route.vocabulary import Rows, Vocabulary

MANIFEST = "bundle.json"
LABEL_PREFIX = "__label__"
TOP = 5
EVIDENCE = 5

# A text that counts its matters ("一、…二、…", "…；…", "另外…") is read part by part as well.
# Every way begins with a character of one set, so that the engine skips from one to the next.
_NEXT_MATTER = re.compile(
    r"[一二三四五六七八九\d（(；;①-⑨第另此还再同顺](?:(?<=[一二三四五六七八九])、|(?<=[一二三四五六])是"
    r"|(?<=[（(])[一二三四五六七八九\d][）)]|(?<=\d)(?<!\d\d)[、.．](?!\d)|(?<=[；;①-⑨])"
    r"|(?<=第)[一二三四五六](?:[个件]?事|[个件]?问题|[个件点条])?(?:[，,：:、]|是)"
    r"|(?<=[另此])外|(?<=还)有(?=就是|[一个件]|[，,])|(?<=再)(?:就是|一个|有一件)"
    r"|(?<=同)时(?=反映|希望|请)|(?<=顺)便)"
)
_MATTERS_READ = 6
_MATTER_MIN_CHARS = 8
# Single hanzi bear nothing; from five on, a window is a clause and repeats the shorter ones.
_WINDOW_SIZES = (4, 3, 2)
_EVIDENCE_CHARS = 240

Probabilities = npt.NDArray[np.float64]


class Classifier(Protocol):
    """Says what a text is about. Pure and fast: no input or output, the same answer every time.

    ``version`` is ``<name>@<12 hex digits of the model file's SHA-256>`` and goes into every
    decision.
    """

    version: str

    def classify(self, title: str, text: str) -> Classification:
        """Classify one clean text; never raises for its content."""
        ...

    def explain(self, title: str, text: str, category: str) -> tuple[str, ...]:
        """Give the stretches of the text that speak for ``category``, strongest first; slow."""
        ...


class Thresholds(BaseModel):
    """From which calibrated probability on to act without a person; see the bundle's card.

    ``auto`` holds for every leaf that ``per_category`` does not name; ``parent`` for naming the
    first level when no leaf is sure; ``several`` for a second matter in a part of the text.
    """

    model_config = ConfigDict(frozen=True)

    auto: float = Field(ge=0, le=1)
    parent: float = Field(ge=0, le=1)
    several: float = Field(ge=0, le=1)
    per_category: dict[str, float] = Field(default_factory=dict)


class BundleManifest(BaseModel):
    """What ``bundle.json`` holds; ``data`` and ``metrics`` are for people, the rest is checked."""

    model_config = ConfigDict(frozen=True)

    name: str
    created: str
    engine: str
    model_file: str
    sha256: str
    tokenizer: str
    labels: tuple[str, ...]
    temperature: float = Field(gt=0)
    target_precision: float
    thresholds: Thresholds
    data: dict[str, Any]
    metrics: dict[str, Any]

    @property
    def version(self) -> str:
        """Name the bundle and its model file's content."""
        return f"{self.name}@{self.sha256[:12]}"


def softmax(scores: Probabilities, temperature: float) -> Probabilities:
    """Turn scores (last axis: labels) into probabilities that sum to 1, flatter when it is hot."""
    scaled = (scores - scores.max(axis=-1, keepdims=True)) / temperature
    powers = np.exp(scaled)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float64)


class Scorer:
    """A fastText model file as plain arithmetic: the text's mean vector times the output matrix.

    fastText's own ``predict`` rounds probabilities to a table, wants a string for every token and
    makes one for every label; this is exact, and takes half of its time.
    """

    def __init__(self, file: Path) -> None:
        """Load a model file; raises ValueError if it is none, or a quantized one."""
        model: Any = fasttext.load_model(str(file))
        own = [label.removeprefix(LABEL_PREFIX) for label in model.get_labels()]
        self.labels = tuple(sorted(own))
        vectors = model.get_input_matrix()
        self._input = np.concatenate((np.zeros_like(vectors[:1]), vectors))  # rows count from 1
        self._output = model.get_output_matrix()[[own.index(code) for code in self.labels]]
        self._vocabulary = Vocabulary(model.get_words())

    def scores(self, line: str) -> Probabilities:
        """Give each label's log-probability against all others, for a line of ``features``."""
        return self._of_rows(self._vocabulary.rows_of(line))

    def scores_of(self, words: Sequence[str]) -> Probabilities:
        """Give the same for the :func:`~intake.route.text_features.words` of a text, in a fraction of the time."""
        return self._of_rows(self._vocabulary.rows(words))

    def _of_rows(self, rows: Rows) -> Probabilities:
        # A product with the weights takes half the time of ``mean``.
        weights = np.full(len(rows), 1 / max(len(rows), 1), dtype=np.float32)
        evidence = self._output @ (weights @ self._input.take(rows, axis=0))
        return np.asarray(-np.logaddexp(0.0, -evidence), dtype=np.float64)


class FastTextClassifier:
    """A loaded bundle; make it with :func:`load_bundle`."""

    def __init__(self, scorer: Scorer, manifest: BundleManifest, mask: Mask = mask_places) -> None:
        self.manifest = manifest
        self.version = manifest.version
        self._scorer = scorer
        self._mask = mask
        parents = sorted({code[:2] for code in manifest.labels})
        self._parents = parents
        # labels × parents, 1 where a label lies below a parent
        self._parent_of = np.array(
            [[code.startswith(parent) for parent in parents] for code in manifest.labels],
            dtype=float,
        )

    def classify(self, title: str, text: str) -> Classification:
        """Classify one clean text: its leaf; the parent if only that is sure; None if empty.

        ``auto`` is true only for a leaf at or above its threshold. Measured: CARD.md.
        """
        matter_type = guess_matter_type(title, text)
        read = words(title, text, self._mask)
        if not read:
            return Classification(category=None, confidence=0.0, auto=False)
        probabilities = self._probabilities([read])[0]
        order = np.argsort(-probabilities)[:TOP]
        labels, limits = self.manifest.labels, self.manifest.thresholds
        best = int(order[0])
        category, confidence = labels[best], float(probabilities[best])
        auto = confidence >= limits.per_category.get(category, limits.auto)
        if not auto:
            of_parents = probabilities @ self._parent_of
            parent = int(of_parents.argmax())
            if of_parents[parent] >= limits.parent:
                category, confidence = self._parents[parent], min(float(of_parents[parent]), 1.0)
        return Classification(
            category=category,
            confidence=confidence,
            auto=auto,
            top=tuple(
                CategoryScore(category=labels[i], confidence=float(probabilities[i])) for i in order
            ),
            matter_type=matter_type,
            several=self._several(text),
        )

    def explain(self, title: str, text: str, category: str) -> tuple[str, ...]:
        """Give up to five stretches of the text that speak for ``category``, strongest first.

        Each stretch is judged alone; the model averages over its input, so what a stretch says
        alone is its part in the whole. Milliseconds, not microseconds: only call to show.
        """
        columns = [i for i, code in enumerate(self.manifest.labels) if code.startswith(category)]
        written = f"{title}。{text}"[:_EVIDENCE_CHARS]
        scored: dict[str, float] = {}
        for size in _WINDOW_SIZES:
            for start in range(len(written) - size + 1):
                window = written[start : start + size]
                if window in scored or not _is_hanzi(window):
                    continue
                read = words("", window, self._mask)
                if sum(map(len, read)) == size:
                    scored[window] = float(self._probabilities([read])[0, columns].sum())
        floor = 3.0 * len(columns) / len(self.manifest.labels)
        chosen: list[str] = []
        for window in sorted(scored, key=lambda w: (-scored[w], -len(w), w)):
            if scored[window] < floor or len(chosen) == EVIDENCE:
                break
            if not any(_overlap(window, other) for other in chosen):
                chosen.append(window)
        return tuple(chosen)

    def _probabilities(self, texts: Iterable[Sequence[str]]) -> Probabilities:
        """Give the calibrated probabilities: a row for each text, labels in the manifest's order."""
        scores = np.array([self._scorer.scores_of(read) for read in texts])
        return softmax(scores, self.manifest.temperature)

    def _several(self, text: str) -> bool:
        """Say whether two counted parts of the text are surely of different first levels."""
        parts = [part for part in split_matters(text) if len(part) >= _MATTER_MIN_CHARS]
        if len(parts) < 2:
            return False
        read = [found for p in parts[:_MATTERS_READ] if (found := words("", p, self._mask))]
        if len(read) < 2:
            return False
        of_parents = self._probabilities(read) @ self._parent_of
        sure = of_parents.max(axis=1) >= self.manifest.thresholds.several
        return len(set(of_parents.argmax(axis=1)[sure])) > 1


def split_matters(text: str) -> list[str]:
    """Cut a text where it begins to count another matter; one part for a text that counts none."""
    return _NEXT_MATTER.split(text)


def load_bundle(path: Path, mask: Mask = mask_places) -> FastTextClassifier:
    """Load the bundle in directory ``path``, after checking that it is whole and fits this program.

    Raises :class:`ConfigurationError` when files are missing, damaged, or made for another engine
    or tokenizer.
    """
    manifest = _read_manifest(path)
    file = path / manifest.model_file
    if not file.is_file():
        raise ConfigurationError(
            f"Classifier bundle {path}: {manifest.model_file} is missing.",
            hint="Restore the directory, or build it again with models/recipe/build.py.",
        )
    if hashlib.sha256(file.read_bytes()).hexdigest() != manifest.sha256:
        raise ConfigurationError(
            f"Classifier bundle {path}: {manifest.model_file} is not the file that {MANIFEST} names"
            " (SHA-256 differs).",
            hint="It is damaged or was replaced by hand; restore the whole directory.",
        )
    try:
        scorer = Scorer(file)
    except ValueError as error:
        raise ConfigurationError(
            f"Classifier bundle {path}: fastText cannot read {manifest.model_file}."
        ) from error
    if scorer.labels != manifest.labels:
        raise ConfigurationError(
            f"Classifier bundle {path}: the model's labels differ from those in {MANIFEST}."
        )
    return FastTextClassifier(scorer, manifest, mask)


def _read_manifest(path: Path) -> BundleManifest:
    try:
        manifest = BundleManifest.model_validate_json((path / MANIFEST).read_bytes())
    except FileNotFoundError as error:
        raise ConfigurationError(
            f"No classifier bundle in {path}: {MANIFEST} is missing.",
            hint="Set the classifier's path to a directory made by models/recipe/build.py.",
        ) from error
    except ValidationError as error:
        raise ConfigurationError(
            f"Classifier bundle {path}: {MANIFEST} cannot be read: "
            f"{error.error_count()} fields are wrong or missing."
        ) from error
    if manifest.engine != "fasttext" or manifest.tokenizer != TOKENIZER:
        raise ConfigurationError(
            f"Classifier bundle {path} is for {manifest.engine} with {manifest.tokenizer}; "
            f"this program has fasttext with {TOKENIZER}.",
            hint="Build the bundle again with this version's models/recipe/build.py.",
        )
    return manifest


def _is_hanzi(window: str) -> bool:
    return all("\u4e00" <= c <= "\u9fff" for c in window)


def _overlap(one: str, other: str) -> bool:
    """Say whether two stretches share two characters in a row, so that one tells little new."""
    return any(one[i : i + 2] in other for i in range(len(one) - 1))
