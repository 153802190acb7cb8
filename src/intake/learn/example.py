"""A text with its category, and how examples are laid out for training."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from intake.route.classify import LABEL_PREFIX
from intake.route.text_features import features

# Near copies begin alike; keeping equal beginnings in one fold keeps a copy from being its own exam.
_GROUP_CHARS = 12


class Example(BaseModel):
    """A text and the leaf it belongs to; ``also`` is a second leaf that is as right.

    ``origin`` says how the label came about (written, read, weak, corrected).
    """

    model_config = ConfigDict(frozen=True)

    code: str
    title: str = ""
    text: str
    origin: str = "written"
    also: str | None = None


def fold_of(example: Example, folds: int) -> int:
    """Give the fold, 0 to ``folds`` - 1, that the example's beginning always falls into."""
    beginning = features(example.title, example.text)[: 2 * _GROUP_CHARS]
    return int(hashlib.sha256(beginning.encode()).hexdigest()[:8], 16) % folds


def training_lines(examples: Iterable[Example], support: int) -> list[str]:
    """Lay examples out in fastText's format, in an order that depends on their content alone.

    fastText has no class weights: a leaf with n < ``support`` lines is repeated sqrt(support / n)
    times, so that the rare are heard and yet do not shout.
    """
    written: list[tuple[str, str]] = []
    for example in examples:
        line = features(example.title, example.text)
        if line:
            written.append((example.code, line))
    count = Counter(code for code, _ in written)
    lines: list[str] = []
    for code, line in written:
        times = max(1, round((support / count[code]) ** 0.5))
        lines.extend(f"{LABEL_PREFIX}{code} {line}" for _ in range(times))
    return _shuffled(lines)


def _shuffled(lines: Sequence[str]) -> list[str]:
    keyed = [(hashlib.sha256(f"{i}{line}".encode()).digest(), line) for i, line in enumerate(lines)]
    return [line for _, line in sorted(keyed)]
