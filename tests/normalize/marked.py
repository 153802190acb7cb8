"""Snippets with marked personal data: «kind|value»; a line without marks is a trap."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from intake.model.channel import Channel
from intake.model.submission import Submission
from intake.normalize import Cleaning
from intake.normalize.findings import KINDS

_MARK = re.compile("«([^|]+)\\|([^»]+)»")
TYPES = {kind.word: kind.type for kind in KINDS.values()}


@dataclass(frozen=True, slots=True)
class Snippet:
    """A text and the personal data in it: (word, start, end)."""

    text: str
    marks: tuple[tuple[str, int, int], ...]


@dataclass(slots=True)
class Score:
    """Hits, what was missed and what was taken wrongly, by type."""

    hits: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)

    def of(self, *types: str) -> tuple[float, float]:
        """Give precision and recall over some types; over all when none is named."""
        hits = sum(count for kind, count in self.hits.items() if not types or kind in types)
        wrong = sum(1 for kind, _ in self.wrong if not types or kind in types)
        missed = sum(1 for kind, _ in self.missed if not types or kind in types)
        return hits / max(1, hits + wrong), hits / max(1, hits + missed)


def read(name: str) -> list[Snippet]:
    """Read the snippets of one file in cases/."""
    path = Path(__file__).parent / "cases" / name
    lines = path.read_text("utf-8").splitlines()
    return [_snippet(line) for line in lines if line and not line.startswith("#")]


def _snippet(line: str) -> Snippet:
    text, marks, done = "", [], 0
    line = line.replace("\\n", "\n")
    for mark in _MARK.finditer(line):
        text += line[done : mark.start()]
        marks.append((mark[1], len(text), len(text) + len(mark[2])))
        text += mark[2]
        done = mark.end()
    return Snippet(text + line[done:], tuple(marks))


def submission(body: str, **rest: object) -> Submission:
    """Make a submission of a text."""
    return Submission.model_validate(
        {"source": "s", "channel": Channel.BOARD, "external_id": "1", "body": body, **rest}
    )


def score(snippets: Iterable[Snippet]) -> Score:
    """Compare what is found with the marks: the same type at overlapping places is a hit."""
    result = Score()
    for snippet in snippets:
        found = [(p.type, p.start, p.end) for p in Cleaning(submission(snippet.text)).personal()]
        expected = [(TYPES[word], start, end) for word, start, end in snippet.marks]
        for kind, start, end in expected:
            hit = next((f for f in found if f[0] == kind and f[1] < end and start < f[2]), None)
            if hit is None:
                result.missed.append((kind, snippet.text))
            else:
                found.remove(hit)
                result.hits[kind] += 1
        result.wrong += ((kind, snippet.text) for kind, _, _ in found)
    return result
