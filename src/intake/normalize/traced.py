"""Text under way: every change to it is an edit, so that there is a way back to the original."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher

from intake.model.rule_table import RulePattern

Edit = tuple[int, int, str]
"""Start and end in the text before, and the new text there; in order, without overlap."""
Step = Sequence[Edit] | Callable[[], Sequence[Edit]]

_EXACT = 20_000  # characters up to which a comparison of two texts is worth its quadratic time


class Traced:
    """A text and the edits that led to it. Edits cost what a replacement costs; only asking for
    :meth:`origin` works out where things stood.
    """

    __slots__ = ("_tables", "steps", "text")

    def __init__(self, text: str, steps: Sequence[Step] = ()) -> None:
        self.text = text
        self.steps = list(steps)
        self._tables: list[_Table] = []

    def edit(self, edits: Sequence[Edit]) -> None:
        """Apply edits, given in order."""
        if not edits:
            return
        text, done = self.text, 0
        parts: list[str] = []
        for start, end, new in edits:
            parts += (text[done:start], new)
            done = end
        self.text = "".join(parts) + text[done:]
        self.steps.append(edits)

    def sub(
        self, pattern: re.Pattern[str] | RulePattern, new: str | Callable[[re.Match[str]], str]
    ) -> None:
        """Replace matches by a fixed text, or by what a function makes of each."""
        if isinstance(new, str):
            edits = [(*found.span(), new) for found in pattern.finditer(self.text)]
        else:
            edits = [(*found.span(), new(found)) for found in pattern.finditer(self.text)]
            edits = [edit for edit in edits if self.text[edit[0] : edit[1]] != edit[2]]
        self.edit(edits)

    def keep(self, start: int, end: int) -> None:
        """Cut off the text before ``start`` and from ``end`` on, and blanks at both ends."""
        text = self.text[start:end]
        start += len(text) - len(text.lstrip())
        end = max(start, end - (len(text) - len(text.rstrip())))
        if start or end < len(self.text):
            self.edit([(0, start, ""), (end, len(self.text), "")])

    def strip(self) -> None:
        """Cut blanks off at both ends."""
        if len(self.text.strip()) < len(self.text):
            self.keep(0, len(self.text))

    def excerpt(self, start: int, end: int) -> Traced:
        """Return a part of the text as a text of its own, with its own way back."""
        part = Traced(self.text, self.steps)
        part.keep(start, end)
        return part

    def rewrite(self, text: str, edits: Callable[[], Sequence[Edit]] | None = None) -> None:
        """Replace the text by ``text``; ``edits`` lead to it, or they are found by comparing the two texts."""
        before = self.text
        if text != before:
            self.text = text
            if edits is not None or len(text) != len(before):
                self.steps.append(edits or (lambda: differences(before, text)))

    def origin(self, start: int, end: int, steps: int | None = None) -> tuple[int, int]:
        """Return where a stretch of the text stood in the original; the smallest stretch that holds it.

        ``steps`` counts a stretch in the text as it was after that many changes.
        """
        for step in self.steps[len(self._tables) :]:
            self._tables.append(_Table(step() if callable(step) else step))
        for table in reversed(self._tables[:steps]):
            start, end = table.back(start, end)
        return start, end


class _Table:
    """The places of one step's edits in the text after it."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.before = edits
        self.starts: list[int] = []
        self.ends: list[int] = []
        moved = 0
        for start, end, new in edits:
            self.starts.append(start + moved)
            moved += len(new) - (end - start)
            self.ends.append(end + moved)

    def back(self, start: int, end: int) -> tuple[int, int]:
        first, _ = self._character(start)
        if start == end:
            return first, first
        return first, self._character(end - 1)[1]

    def _character(self, at: int) -> tuple[int, int]:
        """Return the stretch before the step that the character ``at`` after it comes from."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return at, at + 1
        start, end, _ = self.before[index]
        if at < self.ends[index]:
            return start, end
        return end + at - self.ends[index], end + at - self.ends[index] + 1


def differences(before: str, after: str) -> list[Edit]:
    """Compare two texts; long ones only from both ends towards the middle."""
    if max(len(before), len(after)) <= _EXACT:
        matcher = SequenceMatcher(None, before, after, autojunk=False)
        return [
            (i, j, after[m:n])
            for what, i, j, m, n in matcher.get_opcodes()
            if what == "delete" or what == "insert" or j - i != n - m
        ]
    same, shorter = 0, min(len(before), len(after))
    while same < shorter and before[same] == after[same]:
        same += 1
    tail = 0
    while tail < shorter - same and before[-tail - 1] == after[-tail - 1]:
        tail += 1
    return [(same, len(before) - tail, after[same : len(after) - tail])]
