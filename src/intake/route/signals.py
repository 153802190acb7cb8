"""Signals: what a text says besides its category, found by words in a table that clerks can edit.

A signal stands when at least one of its ``words`` and, where given, one of ``also`` is in the text and
none of ``unless`` is. One pass over the text finds all words of all signals.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from ahocorasick_rs import AhoCorasick

from intake.errors import ConfigurationError

Kind = Literal[
    "tag", "emergency", "sensitive", "hazard", "legal", "discipline", "accusation", "several"
]


@dataclass(frozen=True, slots=True)
class SignalRule:
    """One row of the table."""

    name: str
    kind: Kind
    words: frozenset[str]
    also: frozenset[str]
    unless: frozenset[str]


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that stands, with the words that made it."""

    name: str
    kind: Kind
    words: tuple[str, ...]


class Signals:
    """All signal rules, compiled."""

    def __init__(self, rules: Iterable[SignalRule]) -> None:
        self._rules = tuple(rules)
        self._words = sorted({w for r in self._rules for w in (*r.words, *r.also, *r.unless)})
        self._matcher = AhoCorasick(self._words)
        # A rule can only stand where one of its words was found; most texts hold few of all words.
        self._rules_of: dict[str, list[int]] = {word: [] for word in self._words}
        for number, rule in enumerate(self._rules):
            for word in rule.words:
                self._rules_of[word].append(number)

    @classmethod
    def load(cls, path: Path) -> Signals:
        """Read the table; an unknown kind or a row without words is an error with its line."""
        rules = []
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
        reader = csv.DictReader(text.splitlines())
        for row in reader:
            sets = {key: _words(row[key]) for key in ("words", "also", "unless")}
            if row["kind"] not in get_args(Kind) or not sets["words"]:
                raise ConfigurationError(
                    f"{path}, line {reader.line_num}: kind {row['kind']!r} or its words are wrong.",
                    hint=f"Kinds: {', '.join(get_args(Kind))}.",
                )
            rules.append(
                SignalRule(row["signal"], row["kind"], **sets)  # type: ignore[arg-type]
            )
        return cls(rules)

    def find(self, text: str) -> tuple[Signal, ...]:
        """Give every signal that stands in the text, in the table's order, once each."""
        found = {
            self._words[index]
            for index, _, _ in self._matcher.find_matches_as_indexes(text, overlapping=True)
        }
        if not found:
            return ()
        signals: dict[tuple[str, Kind], Signal] = {}
        for number in sorted({number for word in found for number in self._rules_of[word]}):
            rule = self._rules[number]
            if rule.unless & found or (rule.also and not rule.also & found):
                continue
            words = tuple(sorted((rule.words | rule.also) & found))
            signals.setdefault((rule.name, rule.kind), Signal(rule.name, rule.kind, words))
        return tuple(signals.values())


def _words(cell: str | None) -> frozenset[str]:
    return frozenset(word for word in (cell or "").split("|") if word)
