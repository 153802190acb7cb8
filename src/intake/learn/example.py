"""A text with its category, and texts cut into grams once for all that is learned from them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from intake.learn.track import Track, untracked
from intake.understand.classify.features import Reading, grams, read
from intake.understand.classify.protocol import Bag, bag_of

# Near copies begin alike; keeping equal beginnings in one fold keeps a copy from being its own exam.
_GROUP_CHARS = 12

Indices = npt.NDArray[np.intp]


class Example(BaseModel):
    """A text and the label it belongs to; ``also`` is a second label that is as right.

    A label may be any text; codes of four digits have their first two as parent. ``origin`` is the
    source of the label (written, read, weak, corrected).
    """

    model_config = ConfigDict(frozen=True)

    code: str
    title: str = ""
    text: str
    origin: str = "written"
    also: str | None = None


@dataclass(frozen=True)
class Corpus:
    """Examples that hold something to read, with their bags of grams."""

    examples: Sequence[Example]
    bags: Sequence[Bag]

    def part(self, rows: Indices) -> Corpus:
        """Return the examples of these row numbers."""
        return Corpus([self.examples[i] for i in rows], [self.bags[i] for i in rows])


def cut(examples: Sequence[Example], reading: Reading, track: Track = untracked) -> Corpus:
    """Cut the examples' texts; those with nothing to read are left out."""
    kept, bags = [], []
    for example in track(examples, "cutting texts"):
        bag = bag_of(grams(example.title, example.text, reading))
        if len(bag.numbers):
            kept.append(example)
            bags.append(bag)
    return Corpus(kept, bags)


def fold_of(example: Example, folds: int) -> int:
    """Return the fold, 0 to ``folds`` - 1; it depends only on how the example's text begins."""
    beginning = read("", f"{example.title}{example.text}", _BEGINNING)[0][:_GROUP_CHARS]
    return int(hashlib.sha256(beginning.encode("utf-8", "replace")).hexdigest()[:8], 16) % folds


_BEGINNING = Reading(head=0, max_chars=120)
