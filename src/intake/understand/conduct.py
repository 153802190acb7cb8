"""Words of conduct: what an office may be blamed for, and the frames around an office, compiled once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ahocorasick_rs import AhoCorasick, MatchKind

from intake.model.rule_table import RuleTable, rules_beside

Conduct = Literal[
    "inaction", "shirking", "attitude", "bribery", "fabrication", "retaliation", "abuse",
    "complaint", "not_to",
]  # fmt: skip
"""The kinds of conduct; ``complaint`` names none, ``not_to`` only names who must not receive it."""

_COMMON = frozenset({"service.negative", "service.denied"})


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of conduct in a text, and the row of the table that they are of."""

    start: int
    end: int
    conduct: Conduct
    row: str

    @property
    def group(self) -> str:
        """Strong, service or anybody."""
        return self.row.partition(".")[0]

    @property
    def common(self) -> bool:
        """Whether it is a weak frame: a common verb, or any conduct that is denied."""
        return self.row in _COMMON


class ConductRules:
    """The table, compiled once."""

    def __init__(self, table: RuleTable) -> None:
        self.asked = table.pattern("asked")
        self.asked_before = table.pattern("asked_before")
        self.addressed = table.pattern("addressed")
        self.against = table.pattern("against")
        self.reported = table.pattern("reported")
        self.looked_into = table.pattern("looked_into")
        self.sanction = table.pattern("sanction")
        self.against_it = table.pattern("against_it")
        self.pretends = table.pattern("pretends")
        self.its_problem = table.pattern("its_problem")
        self.whole_object = table.pattern("whole_object")
        self.not_to = table.pattern("not_to")
        self.other_than = table.pattern("other_than")
        self.stop = table.pattern("stop")
        self.stop_words = table.pattern("stop_words")
        self.negated = table.pattern("negated")
        self.praise = table.pattern("praise")
        self.but = table.pattern("but")
        self.question = table.pattern("question")
        self.locative = table.pattern("locative")
        self.actor = table.pattern("actor")
        self.enforces = table.pattern("enforces")
        self.asks_behind = table.pattern("asks_behind")
        self.reports = table.pattern("reports")
        self.lead_in = table.pattern("lead_in")
        self.relative = table.pattern("relative")
        self.toward = table.pattern("toward")
        self.joined = table.pattern("joined")
        self.passes = table.pattern("passes")
        rows = [row for name in ("strong", "service", "anybody") for row in table.group(name)]
        self._words = [(word, row) for row in rows for word in row.words]
        self._matcher = AhoCorasick(
            [word for word, _ in self._words], matchkind=MatchKind.LeftmostLongest
        )
        patterns = [row for row in rows if row.kind == "pattern"]
        needs = {row.id.partition(".")[2]: frozenset(row.words) for row in table.group("needs")}
        self._patterns = [
            (table.pattern(row.id), row, needs.get(row.id.partition(".")[2]))
            for row in sorted(patterns, key=lambda row: row.id in _COMMON)
        ]

    def conduct(
        self, text: str, start: int, end: int, *, words_only: bool = False
    ) -> Iterator[Hit]:
        """Find the words of conduct in a stretch: the plain ones first, the widest frames last."""
        stretch = text[start:end]
        for number, first, last in self._matcher.find_matches_as_indexes(stretch):
            row = self._words[number][1]
            yield Hit(start + first, start + last, row.label, row.id)  # type: ignore[arg-type]
        if words_only:
            return
        letters = frozenset(stretch)
        for pattern, row, needed in self._patterns:
            if needed is not None and letters.isdisjoint(needed):
                continue
            for found in pattern.finditer(stretch):
                yield Hit(start + found.start(), start + found.end(), row.label, row.id)  # type: ignore[arg-type]


@cache
def conduct_rules() -> ConductRules:
    return ConductRules(rules_beside(__file__, "accusations"))
