"""From an engine's scores to an answer: leaf, parent or none; sure or not; one matter or several.

These decisions are made here only; their thresholds are in the bundle's manifest.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from intake.model.decision import CategoryScore, Classification
from intake.understand.classify.calibration import softmax, straightened
from intake.understand.classify.cutting import AT_ONCE, bags_of_runs
from intake.understand.classify.evidence import strongest
from intake.understand.classify.features import Grams, Read, Reading, cut, grams, read
from intake.understand.classify.manifest import BundleManifest
from intake.understand.classify.protocol import Bag, Engine, Probabilities, Scores, bag_of
from intake.understand.matter_type import guess_matter_type

TOP = 5
_MATTER_MIN_CHARS = 6


class BundleClassifier:
    """A loaded bundle; make it with :func:`~intake.understand.classify.load_bundle`."""

    def __init__(self, engines: Sequence[Engine], manifest: BundleManifest) -> None:
        self.manifest = manifest
        self.version = manifest.version
        self._engines = tuple(engines)
        self._scales = [
            part.weight / part.temperature / manifest.temperature for part in manifest.engines
        ]
        self._knots = np.array(manifest.knots, dtype=np.float64)
        groups = manifest.parents or manifest.labels
        self._parents = sorted(set(groups))
        # labels × parents, 1 where a label lies below a parent; without a hierarchy, the labels
        self._parent_of = np.array(
            [[g == parent for parent in self._parents] for g in groups], float
        )

    def classify(self, title: str, text: str) -> Classification:
        """Classify one clean text: its leaf; the parent if only that is sure; None if empty.

        ``auto`` is true only for a leaf at or above its threshold. Measured: CARD.md.
        """
        return self.classify_all([(title, text)])[0]

    def classify_all(self, texts: Sequence[tuple[str, str]]) -> list[Classification]:
        """Classify many (title, text), each as :meth:`classify` does."""
        found: list[Classification] = []
        for start in range(0, len(texts), AT_ONCE):
            found += self._classify_some(texts[start : start + AT_ONCE])
        return found

    def _classify_some(self, texts: Sequence[tuple[str, str]]) -> list[Classification]:
        reads = [read(title, text, self._reading) for title, text in texts]
        if self._reading.words:
            bags = [bag_of(cut(own, self._reading)) for own in reads]
        else:
            bags = bags_of_runs(reads, self._reading.longest)
        scores = np.array([self._mixed(bag) for bag in bags])
        probabilities = straightened(softmax(scores), self._knots)
        of_parents = probabilities @ self._parent_of
        best = np.argsort(-probabilities, axis=1)[:, :TOP].tolist()
        return [
            self._decided(text, *answer)
            if answer[0].seen
            else Classification(category=None, confidence=0.0, auto=False)
            for text, *answer in zip(texts, reads, probabilities, of_parents, best, strict=True)
        ]

    def _decided(
        self,
        text: tuple[str, str],
        own: Read,
        probabilities: Probabilities,
        of_parents: Probabilities,
        order: list[int],
    ) -> Classification:
        labels, limits = self.manifest.labels, self.manifest.thresholds
        confidences = probabilities[order].tolist()
        category, confidence = labels[order[0]], confidences[0]
        auto = confidence >= limits.of(category)
        if not auto and self.manifest.parents:
            parent = int(of_parents.argmax())
            if of_parents[parent] >= limits.parent:
                category, confidence = self._parents[parent], min(float(of_parents[parent]), 1.0)
        return Classification(
            category=category,
            confidence=confidence,
            auto=auto,
            top=tuple(
                CategoryScore(category=labels[i], confidence=p)
                for i, p in zip(order, confidences, strict=True)
            ),
            matter_type=guess_matter_type(*text),
            several=self._several(own.matters, of_parents),
        )

    def probabilities_of(self, bag: Bag) -> Probabilities:
        """Return every label's calibrated probability, in the manifest's order."""
        return straightened(softmax(self._mixed(bag)), self._knots)

    def _mixed(self, bag: Bag) -> Scores:
        # Each engine's temperature and weight only scale its scores: one softmax does for all.
        mixed = self._scales[0] * self._engines[0].scores(bag)
        for scale, engine in zip(self._scales[1:], self._engines[1:], strict=True):
            mixed += scale * engine.scores(bag)
        return mixed

    def explain(self, title: str, text: str, category: str) -> tuple[str, ...]:
        """Return up to five stretches of the text that indicate ``category``, strongest first.

        The engines are linear in their input, so each stretch's share of the score is exact.
        ``category`` may be a parent. It takes milliseconds: call it only for display.
        """
        columns = [
            i
            for i, label in enumerate(self.manifest.labels)
            if category in (label, *self.manifest.parents[i : i + 1])
        ]
        found = grams(title, text, self._reading)
        if not columns or not len(found.numbers):
            return ()
        return strongest(found, self._shares(found, columns), f"{title}。{text}")

    @property
    def _reading(self) -> Reading:
        return self.manifest.reading

    def _shares(self, found: Grams, columns: Sequence[int]) -> Scores:
        """Return how much each occurrence of a gram adds to the columns, compared with all others."""
        bag = bag_of(found)
        shares = np.zeros(len(bag.numbers))
        probabilities = self.probabilities_of(bag)[columns]
        weights = probabilities / probabilities.sum()
        for engine, scale in zip(self._engines, self._scales, strict=True):
            added = engine.contributions(bag)
            shares += scale * (added[:, columns] @ weights)
        place = np.searchsorted(bag.numbers, found.numbers)
        each = (shares / bag.counts)[place]
        each[found.starts < found.head] *= 2
        return np.asarray(each)

    def _several(self, matters: Sequence[int], of_parents: Probabilities) -> bool:
        """Return whether a text that counts its matters has a second first level standing beside the first."""
        counted = [end - start for start, end in pairwise(matters)]
        if sum(length >= _MATTER_MIN_CHARS for length in counted) < 2 or len(of_parents) < 2:
            return False
        return float(np.partition(of_parents, -2)[-2]) >= self.manifest.thresholds.several
