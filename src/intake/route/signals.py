"""Signals: what a text says besides its category, found by words in a table that clerks can edit.

A signal stands when at least one of its ``words`` and, where given, one of ``also`` is in the text and
none of ``unless`` is. One pass over the text finds all words of all signals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from intake.route.catalogue.rows import SignalKind, SignalRow


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that stands, with the words that made it."""

    name: str
    kind: SignalKind
    words: tuple[str, ...]


class Signals:
    """All signals of a table, compiled."""

    def __init__(self, rows: Iterable[SignalRow]) -> None:
        self._rules = tuple(
            (row.signal, row.kind, frozenset(row.words), frozenset(row.also), frozenset(row.unless))
            for row in rows
        )
        self._words = sorted({w for _, _, *sets in self._rules for words in sets for w in words})
        self._matcher = AhoCorasick(self._words)

    def find(self, text: str) -> tuple[Signal, ...]:
        """Give every signal that stands in the text, in the table's order, once each."""
        found = {
            self._words[index]
            for index, _, _ in self._matcher.find_matches_as_indexes(text, overlapping=True)
        }
        if not found:
            return ()
        signals: dict[tuple[str, SignalKind], Signal] = {}
        for name, kind, words, also, unless in self._rules:
            hits = words & found
            if not hits or unless & found or (also and not also & found):
                continue
            said = tuple(sorted(hits | (also & found)))
            signals.setdefault((name, kind), Signal(name, kind, said))
        return tuple(signals.values())
