"""Rule tables: words and patterns for reading Chinese text, one rule a row, in CSV beside the code.

A row has an ``id``, a ``kind`` (``letters``, ``words`` or ``pattern``), the ``rule`` itself, a ``label``
that the code reads, its meaning (``says``), an ``example`` that it matches, a ``counter_example`` that it does
not, and a ``note``. Rows whose ids begin alike (``ends.time``, ``ends.verb``) are one group, ``ends``. A
pattern refers to other rows and groups in braces, ``{ends}``. docs/rules.md explains how to add a rule.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, get_args

from intake.errors import ConfigurationError
from intake.model.rule_source import FORMS, REFERENCE, alternatives

RuleKind = Literal["letters", "words", "pattern"]
COLUMNS = ("id", "kind", "rule", "label", "says", "example", "counter_example", "note")
FOLDER = "rules"
"""The folder of a package's tables, beside its modules."""

_ID = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "sub", "split")
_LINE_END = re.compile(r"\r?\n")
_MARKED = re.compile("«(.*?)»", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule as the table has it."""

    id: str
    kind: RuleKind
    rule: str
    label: str
    says: str
    example: str
    counter_example: str
    note: str
    words: tuple[str, ...]
    """The words of the rule, in its order; a pattern has none."""


class RuleTable:
    """The rules of one file. Making one checks its form; patterns are compiled when first used."""

    def __init__(self, path: Path, rows: Iterable[RuleRow]) -> None:
        """Take the rows of a file; raise ConfigurationError that names file and row if they cannot be used."""
        self.path = path
        self.rows: dict[str, RuleRow] = {}
        self.patterns: dict[str, RulePattern] = {}
        self._groups: dict[str, list[RuleRow]] = {}
        for row in rows:
            if row.id in self.rows:
                raise _error(path, row.id, "stands twice")
            self.rows[row.id] = row
            parts = row.id.split(".")
            for size in range(1, len(parts) + 1):
                self._groups.setdefault(".".join(parts[:size]), []).append(row)
        order = list(self.rows)
        for at, row in enumerate(self.rows.values()):
            self._check_references(row, frozenset(order[:at]))

    @classmethod
    def read(cls, path: Path) -> RuleTable:
        """Read a table; raise ConfigurationError that names file and row if it cannot be used."""
        return cls(path, _rows(path))

    def group(self, name: str) -> list[RuleRow]:
        """Return the rows of a group, or the one row of that id, in the table's order."""
        try:
            return self._groups[name]
        except KeyError:
            raise _error(self.path, name, "is not in the table") from None

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words, or letters, of a row or group, in the table's order."""
        return tuple(word for row in self.group(name) for word in row.words)

    def word_set(self, name: str) -> frozenset[str]:
        """Return the words, or letters, of a row or group as a set to look up."""
        return frozenset(self.words(name))

    def labels(self, name: str) -> dict[str, str]:
        """Return each word of a group with its row's label; of two rows with a word, the later one's."""
        return {word: row.label for row in self.group(name) for word in row.words}

    def pattern(self, name: str) -> RulePattern:
        """Return the pattern of a row or group; nothing is compiled before its first use."""
        self.group(name)
        return self.patterns.setdefault(name, RulePattern(self, name))

    def source(self, name: str) -> str:
        """Return a row or group as the text of one regular expression, with references resolved.

        Letters become the content of a set, words alternatives, longest first. Where patterns are among
        them, the rows keep the table's order.
        """
        rows = self.group(name)
        if all(row.kind == "letters" for row in rows):
            return "".join(map(re.escape, self.words(name)))
        if all(row.kind != "pattern" for row in rows):
            return alternatives(self.words(name))
        return "|".join(
            REFERENCE.sub(self._put_in, row.rule)
            if row.kind == "pattern"
            else alternatives(row.words)
            for row in rows
        )

    def references(self, row: RuleRow) -> list[str]:
        """Return the rows and groups that a pattern refers to."""
        named = []
        for found in REFERENCE.finditer(row.rule if row.kind == "pattern" else ""):
            named += [found["id"], found["then"]] if found["form"] == "after" else [found["id"]]
        return named

    def _put_in(self, reference: re.Match[str]) -> str:
        name, form, then = reference["id"], reference["form"], reference["then"] or ""
        if form is not None:
            return FORMS[form](self.words(name), self.source(then) if form == "after" else then)
        if all(row.kind == "letters" for row in self.group(name)):
            return self.source(name)
        return f"(?:{self.source(name)})"

    def _check_references(self, row: RuleRow, above: frozenset[str]) -> None:
        """Raise unless every reference of a pattern is to a row above it, so that none refers to itself."""
        for found in REFERENCE.finditer(row.rule if row.kind == "pattern" else ""):
            if found["form"] not in (None, *FORMS):
                raise _error(self.path, row.id, f"has {found[0]}; forms are {', '.join(FORMS)}")
        for name in self.references(row):
            named = {other.id for other in self._groups.get(name, ())}
            if not named or not named <= above:
                raise _error(self.path, row.id, f"refers to {name}, which does not stand above it")


class RulePattern:
    """A pattern of a table that is compiled when first used, and from then on costs what ``re``'s costs.

    Its methods are those of ``re.Pattern``.
    """

    __slots__ = ("_name", "_table", *_METHODS)  # a call through a slot is the fastest there is

    search: Callable[..., re.Match[str] | None]
    match: Callable[..., re.Match[str] | None]
    fullmatch: Callable[..., re.Match[str] | None]
    finditer: Callable[..., Iterator[re.Match[str]]]
    findall: Callable[..., list[Any]]
    sub: Callable[..., str]
    split: Callable[..., list[str | Any]]

    def __init__(self, table: RuleTable, name: str) -> None:
        self._table = table
        self._name = name
        for method in _METHODS:
            setattr(self, method, partial(self._compile_and_call, method))

    @property
    def pattern(self) -> str:
        """The regular expression as it is compiled."""
        return self._table.source(self._name)

    def _compile_and_call(self, called: str, *args: Any, **kwargs: Any) -> Any:
        try:
            compiled = re.compile(self.pattern)
        except re.error as error:
            raise _error(self._table.path, self._name, f"is no pattern: {error}") from error
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, called)(*args, **kwargs)


def rules_beside(module_file: str, name: str) -> RuleTable:
    """Return the table ``rules/NAME.csv`` beside a module, given as its ``__file__``; read once."""
    return read_rules(Path(module_file).parent / FOLDER / f"{name}.csv")


def holds(table: RuleTable, row: RuleRow, example: str) -> bool:
    """Return whether a row matches an example: anywhere, or exactly the stretch marked «…»."""
    marked = _MARKED.search(example)
    text = example.replace("«", "").replace("»", "")
    if row.kind != "pattern":
        return marked[1] in row.words if marked else any(word in text for word in row.words)
    pattern = table.pattern(row.id)
    if marked is None:
        return pattern.search(text) is not None
    found = pattern.match(text, marked.start())
    return found is not None and found.end() == marked.end() - 2


@cache
def read_rules(path: Path) -> RuleTable:
    """Return the table of a file; read once."""
    table = RuleTable.read(path)
    _IN_USE.append(table)
    return table


def compile_now() -> None:
    """Compile the patterns of all tables in use: once, some 250 ms, not while a message waits."""
    for table in _IN_USE:
        for pattern in table.patterns.values():
            pattern.search("")


_IN_USE: list[RuleTable] = []
"""Every table that was read."""


def _rows(path: Path) -> Iterator[RuleRow]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise _error(path, "the first line", f"has to be {','.join(COLUMNS)}")
            for cells in reader:
                yield _row(path, cells)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error


def _row(path: Path, cells: dict[str, str]) -> RuleRow:
    name = cells["id"]
    if None in cells or None in cells.values():
        raise _error(path, name, "has more or fewer cells than there are columns")
    if not _ID.fullmatch(name):
        raise _error(path, name, "is no id: small letters, digits and _, groups apart by a dot")
    if cells["kind"] not in get_args(RuleKind):
        raise _error(
            path, name, f"has the kind {cells['kind']!r}; kinds are {', '.join(get_args(RuleKind))}"
        )
    if not cells["rule"].strip():
        raise _error(path, name, "has no rule")
    rule = _LINE_END.sub("" if cells["kind"] == "pattern" else " ", cells["rule"])
    words = {"pattern": (), "words": rule.split(), "letters": "".join(rule.split())}[cells["kind"]]
    return RuleRow(**{**cells, "rule": rule, "words": tuple(words)})  # type: ignore[arg-type]


def _error(path: Path, row: str, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"{path.parent.parent.name}/{path.parent.name}/{path.name}: {row} {problem}.",
        hint="docs/rules.md describes the columns.",
    )
