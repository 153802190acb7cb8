"""Evaluating a classifier on texts with known categories, and comparing a new one with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from intake.learn.example import Example
from intake.model.decision import Classification
from intake.understand.classify import Classifier


class Tally(BaseModel):
    """Counts for one category of truth."""

    texts: int = 0
    right: int = 0


class Evaluation(BaseModel):
    """The results of a classifier on a set of texts; shares are of all texts, 0 to 1.

    ``leaf`` is the best leaf against the code, ``leaf_or_also`` against the code or the second one,
    ``top3`` whether either is among the first three; ``coverage`` is the share answered without a
    person and ``auto_precision`` the share of those that is right (by code or second code).
    """

    model_config = ConfigDict(frozen=True)

    version: str
    texts: int
    leaf: float
    leaf_or_also: float
    top3: float
    first_level: float
    coverage: float
    auto_precision: float
    by_category: dict[str, Tally]


def evaluate(classifier: Classifier, examples: Iterable[Example]) -> Evaluation:
    """Run ``classifier`` over ``examples`` and count."""
    counts: dict[str, int] = defaultdict(int)
    tallies: dict[str, Tally] = defaultdict(Tally)
    for example in examples:
        answer = classifier.classify(example.title, example.text)
        found = _hits(answer, example)
        for name, hit in found.items():
            counts[name] += hit
        tally = tallies[example.code]
        tally.texts += 1
        tally.right += found["leaf_or_also"]
    texts = counts["texts"]
    share = {name: round(count / texts, 4) if texts else 0.0 for name, count in counts.items()}
    accepted = counts["coverage"]
    return Evaluation(
        version=classifier.version,
        texts=texts,
        leaf=share.get("leaf", 0.0),
        leaf_or_also=share.get("leaf_or_also", 0.0),
        top3=share.get("top3", 0.0),
        first_level=share.get("first_level", 0.0),
        coverage=share.get("coverage", 0.0),
        auto_precision=round(counts["auto_right"] / accepted, 4) if accepted else 0.0,
        by_category=dict(sorted(tallies.items())),
    )


def worse_categories(before: Evaluation, after: Evaluation, *, enough: int = 10) -> list[str]:
    """Name the categories that ``after`` gets right less often, where there is enough evidence.

    Both must have been measured on the same texts. Promotion is refused unless this is empty.
    """
    worse = []
    for code, old in before.by_category.items():
        new = after.by_category.get(code, Tally())
        if old.texts >= enough and new.right < old.right:
            worse.append(code)
    return worse


def _hits(answer: Classification, example: Example) -> dict[str, bool]:
    wanted = {example.code, example.also}
    leaves = [score.category for score in answer.top]
    best = leaves[0] if leaves else ""
    return {
        "texts": True,
        "leaf": best == example.code,
        "leaf_or_also": best in wanted,
        "top3": any(leaf in wanted for leaf in leaves[:3]),
        "first_level": best[:2] == example.code[:2],
        "coverage": answer.auto,
        "auto_right": answer.auto and best in wanted,
    }
