"""The changes that an edit at the source made in title and text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Literal

from rapidfuzz.distance import Levenshtein

from intake.contract.event import TextChange
from intake.model.request import Request

BETWEEN = 2
"""Unchanged letters between two changes that join them into one: 白云 → 白鹭洲 is one change."""
MOST = 40
"""More changes than this are reported as one."""
LONGEST = 10_000
"""Letters. In longer texts everything from the first to the last change is one change."""

Stretch = tuple[int, int, int, int]
"""Start and end in the text before, start and end in the text after."""


def text_changes(before: Request, after: Request) -> tuple[TextChange, ...]:
    """Return what differs in title and text, in order; empty if only other fields do.

    Applied from the last to the first, the changes turn the words before into those after.
    """
    return (
        *_changes("title", before.title, after.title),
        *_changes("text", before.text, after.text),
    )


def _changes(field: Literal["title", "text"], a: str, b: str) -> list[TextChange]:
    if a == b:
        return []
    stretches = _stretches(a, b) if max(len(a), len(b)) <= LONGEST else []
    if not 0 < len(stretches) <= MOST:
        stretches = [_from_first_to_last(a, b)]
    return [
        TextChange(field=field, at=start, before=a[start:stop], after=b[left:right])
        for start, stop, left, right in stretches
    ]


def _stretches(a: str, b: str) -> list[Stretch]:
    found: list[Stretch] = []
    for op in Levenshtein.opcodes(a, b):
        if op.tag == "equal":
            continue
        start, left = op.src_start, op.dest_start
        if found and start - found[-1][1] <= BETWEEN:
            start, _, left, _ = found.pop()
        found.append((start, op.src_end, left, op.dest_end))
    return found


def _from_first_to_last(a: str, b: str) -> Stretch:
    first = _alike(a, b)
    last = _alike(reversed(a[first:]), reversed(b[first:]))
    return first, len(a) - last, first, len(b) - last


def _alike(a: Iterable[str], b: Iterable[str]) -> int:
    """Count the letters in which two texts begin alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
