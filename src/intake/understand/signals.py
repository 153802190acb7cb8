"""Signals: properties of a text besides its category, found by words in a table that clerks edit.

A signal is found when at least one of its ``words`` and, where there are any, one of ``also`` is in the text,
and none of ``unless``. One pass over the text finds all words of all signals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from intake.catalogue.rows import SignalKind, SignalRow


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that was found, with its words in the text."""

    name: str
    kind: SignalKind
    words: tuple[str, ...]


class Signals:
    """All signals of a table, compiled."""

    def __init__(self, rows: Sequence[SignalRow]) -> None:
        self._rules = tuple(
            (row.signal, row.kind, frozenset(row.words), frozenset(row.also), frozenset(row.unless))
            for row in rows
        )
        self._notes = {row.signal: row.note for row in rows if row.note}
        self._words = sorted({w for _, _, *sets in self._rules for words in sets for w in words})
        self._matcher = AhoCorasick(self._words)
        # Only rules with a word in the text are checked; most texts hold few of all words.
        self._rules_of: dict[str, list[int]] = {word: [] for word in self._words}
        for number, (_, _, words, *_) in enumerate(self._rules):
            for word in words:
                self._rules_of[word].append(number)

    def note(self, signal: str) -> str:
        """Return what the table notes on a signal; empty where it notes nothing."""
        return self._notes.get(signal, "")

    def find(self, text: str) -> tuple[Signal, ...]:
        """Return every signal in the text, in the table's order, once each."""
        found = {
            self._words[index]
            for index, _, _ in self._matcher.find_matches_as_indexes(text, overlapping=True)
        }
        if not found:
            return ()
        signals: dict[tuple[str, SignalKind], Signal] = {}
        for number in sorted({number for word in found for number in self._rules_of[word]}):
            name, kind, words, also, unless = self._rules[number]
            if unless & found or (also and not also & found):
                continue
            said = tuple(sorted((words | also) & found))
            signals.setdefault((name, kind), Signal(name, kind, said))
        return tuple(signals.values())
