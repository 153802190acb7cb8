"""Finding the offices that a text complains about, and the conduct, by ``rules/accusations.csv``.

An office is accused when its conduct is blamed, when it is what a complaint is about, or when the citizen says
that it must not get the request. Being asked, thanked, asked about, or only a place is no accusation.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from ahocorasick_rs import AhoCorasick, MatchKind

from intake.catalogue.unit_names import OfficeName, UnitNames
from intake.model.clean_text import Span
from intake.model.rule_table import RuleRow, RuleTable, rules_beside

Conduct = Literal[
    "inaction", "shirking", "attitude", "bribery", "fabrication", "retaliation", "abuse",
    "complaint", "not_to",
]  # fmt: skip
"""The kinds of conduct; ``complaint`` names none, ``not_to`` only names who must not receive it."""

HEAD, TAIL = 28, 48
"""Characters before and behind an office within which its part in the sentence is read."""
NEAR = 14
"""Characters within which a common verb, or a wrong that anybody may do, is said of an office."""

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[，,:：]")
_COMMON = frozenset({"service.negative", "service.denied"})
_NEGATIVE = ("不", "没", "无", "未")
_ENFORCED = frozenset({"strong.abuse", "strong.bribery", "strong.fabrication", "anybody.wrong"})
"""Conduct that an office may also act against, when others do it."""
_FAR, _LOOSE_FAR = 36, 24
_LOOSE = frozenset(
    {
        "strong.frames",
        "strong.never",
        "strong.idiom_inaction",
        "strong.idiom_attitude",
        "strong.idiom_abuse",
    }
)
"""Rows wide enough that they count only close to the office."""
_QUOTED = frozenset({"strong.frames", "strong.never"})
_ONLY_ITS_OWN_CONDUCT = ("outside.school", "outside.hospital", "outside.hotline", "outside.court")
"""Offices that are the matter itself too often; of these only what they do as offices is an accusation."""


@dataclass(frozen=True, slots=True)
class Accusation:
    """An office that a text accuses, as written, with the conduct and the words for it."""

    office: OfficeName
    conduct: Conduct
    span: Span


@dataclass(frozen=True, slots=True)
class _Hit:
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


@dataclass(frozen=True, slots=True)
class _Part:
    """The part that an office has in its sentence."""

    place: bool
    asked: bool
    addressed: bool
    against: bool
    reported: bool
    looked_into: bool
    not_to: bool

    @property
    def is_object(self) -> bool:
        """Whether conduct behind the office may be another's."""
        return self.place or self.asked or self.addressed or self.against or self.not_to


class _Rules:
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
        self._strong = _together(table, [row for row in patterns if row.id not in _COMMON])
        self._common = [(table.pattern(row.id), row) for row in patterns if row.id in _COMMON]

    def conduct(
        self, text: str, start: int, end: int, *, words_only: bool = False
    ) -> Iterator[_Hit]:
        """Find the words of conduct in a stretch: the plain ones first, the widest frames last."""
        stretch = text[start:end]
        for number, first, last in self._matcher.find_matches_as_indexes(stretch):
            row = self._words[number][1]
            yield _Hit(start + first, start + last, row.label, row.id)  # type: ignore[arg-type]
        if words_only:
            return
        for found in self._strong[0].finditer(stretch):
            row = self._strong[1][found.lastgroup or ""]
            yield _Hit(start + found.start(), start + found.end(), row.label, row.id)  # type: ignore[arg-type]
        for pattern, row in self._common:
            for found in pattern.finditer(stretch):
                yield _Hit(start + found.start(), start + found.end(), row.label, row.id)  # type: ignore[arg-type]


def _together(
    table: RuleTable, rows: Sequence[RuleRow]
) -> tuple[re.Pattern[str], dict[str, RuleRow]]:
    """Compile rows as alternatives of one pattern; a match's last group names its row."""
    named = {f"r{number}": row for number, row in enumerate(rows)}
    source = "|".join(f"(?P<{name}>{table.source(row.id)})" for name, row in named.items())
    return re.compile(source), named


@cache
def _rules() -> _Rules:
    return _Rules(rules_beside(__file__, "accusations"))


def find_accusations(text: str, names: UnitNames) -> tuple[Accusation, ...]:
    """Find every office that a text accuses, in order, each word for it once."""
    offices = names.find(text)
    if not offices:
        return ()
    rules, found = _rules(), []
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    by_sentence: dict[int, list[OfficeName]] = {}
    for office in offices:
        by_sentence.setdefault(bisect_left(ends, office.start), []).append(office)
    for number, inside in by_sentence.items():
        start = ends[number - 1] + 1 if number else 0
        end = ends[number] if number < len(ends) else len(text)
        found += _Sentence(text, start, end, inside, rules).accusations()
    return tuple(found)


class _Sentence:
    """One sentence and the offices in it."""

    def __init__(
        self, text: str, start: int, end: int, offices: Sequence[OfficeName], rules: _Rules
    ) -> None:
        self._text, self._start, self._end = text, start, end
        self._offices, self._rules = offices, rules
        self._joined = [
            not one.is_like(other)
            and rules.joined.fullmatch(text, one.end, other.start) is not None
            for one, other in pairwise(offices)
        ] + [False]
        self._parts: list[_Part] = []
        for at, office in enumerate(offices):
            inherits = at > 0 and self._joined[at - 1]
            self._parts.append(self._parts[-1] if inherits else self._part(office))

    def accusations(self) -> list[Accusation]:
        """Return the accusations of the sentence."""
        said: list[Accusation | None] = [None] * len(self._offices)
        for at in reversed(range(len(self._offices))):
            said[at] = self._accused(at)
            follower = said[at + 1] if at + 1 < len(said) else None
            if said[at] is None and self._joined[at] and follower is not None:
                office = self._offices[at]
                said[at] = Accusation(
                    office, follower.conduct, self._span(office.start, follower.span.end)
                )
        return [accusation for accusation in said if accusation is not None]

    def _part(self, office: OfficeName) -> _Part:
        rules, text = self._rules, self._text
        head = text[max(self._start, office.start - HEAD) : office.start]
        breaks = list(_CLAUSE_END.finditer(head))
        clause = head[breaks[-1].end() :] if breaks else head
        asked = rules.asked.search(clause)
        before = asked is not None and rules.asked_before.search(clause, 0, asked.start())
        against = rules.against.search(clause)
        reported = rules.reported.search(clause)
        return _Part(
            place=rules.locative.match(text, office.end) is not None
            or rules.pretends.search(clause) is not None,
            asked=asked is not None and not before and not (against or reported),
            addressed=bool(before) or rules.addressed.search(clause) is not None,
            against=against is not None,
            reported=reported is not None,
            looked_into=rules.looked_into.search(clause) is not None,
            not_to=rules.not_to.search(clause) is not None,
        )

    def _accused(self, at: int) -> Accusation | None:
        office, part, rules, text = self._offices[at], self._parts[at], self._rules, self._text
        if part.not_to:
            return self._of(office, "not_to", office.end)
        if part.place:
            return None
        its_own = self._is_its_own(office)
        if part.against and not part.addressed and not its_own:
            problem = rules.its_problem.match(text, office.end)
            whole = rules.whole_object.match(text, office.end)
            if problem or whole:
                return self._of(office, "complaint", (problem or whole).end())  # type: ignore[union-attr]
        if (
            part.looked_into
            and not its_own
            and (whole := rules.whole_object.match(text, office.end))
        ):
            return self._of(office, "complaint", whole.end())
        if rules.against_it.search(text, self._start, office.start) and (
            sanction := rules.sanction.match(text, office.end)
        ):
            return self._of(office, "complaint", sanction.end())
        if part.reported and not its_own and (problem := rules.its_problem.match(text, office.end)):
            return self._of(office, "complaint", problem.end())
        if at + 1 < len(self._offices) and not part.asked:
            behind = self._offices[at + 1].start
            if rules.passes.fullmatch(text, office.end, behind):
                return self._of(office, "shirking", behind)
        described = self._described_before(office)
        if described is not None:
            return self._of(office, described.conduct, office.end)
        limit = self._limit(at)
        if part.asked and rules.stop_words.search(text, office.end, limit) is None:
            return None
        for hit in rules.conduct(text, office.end, limit, words_only=its_own):
            if self._is_said_of(hit, office, part):
                return self._of(office, hit.conduct, hit.end)
        return None

    def _limit(self, at: int) -> int:
        """Return the end of the text about an office: the next office that may be a subject."""
        end = min(self._end, self._offices[at].end + TAIL)
        for office, part, joined in zip(
            self._offices[at + 1 :], self._parts[at + 1 :], self._joined[at:], strict=False
        ):
            if not part.is_object and not joined:
                return min(end, office.start)
        return end

    def _described_before(self, office: OfficeName) -> _Hit | None:
        """Find conduct before the office, as an attribute (不作为的城管局)."""
        if self._text[office.start - 1 : office.start] != "的":
            return None
        at = office.start - 1
        hits = self._rules.conduct(self._text, max(self._start, at - 8), at)
        return next((hit for hit in hits if hit.end == at and hit.group == "strong"), None)

    def _is_said_of(self, hit: _Hit, office: OfficeName, part: _Part) -> bool:
        rules, text = self._rules, self._text
        gap = text[office.end : hit.start]
        if part.asked:
            strong = hit.group == "strong" and hit.row not in _LOOSE
            return strong and rules.stop.search(gap) is not None
        if self._is_the_matter_itself(office, hit, gap):
            return False
        word = text[hit.start : hit.end]
        if not word.startswith(_NEGATIVE) and rules.negated.search(gap[-4:]):
            stopped = rules.stop.search(gap)
            if stopped is None or hit.group != "strong":
                return False
        if self._is_thanked(hit) or rules.asks_behind.search(gap):
            return False
        if self._somebody_else(gap):
            return False
        if hit.row in _ENFORCED and rules.enforces.search(gap):
            return False
        if hit.row == "service.phone" and rules.question.search(text):
            return False  # who asks something and got nobody on the line accuses nobody
        if hit.group == "anybody":
            asks = rules.question.search(text, office.end, self._end)
            return len(gap) <= NEAR and not (part.addressed or asks or _CLAUSE_END.search(gap))
        if not hit.common:
            return self._is_close(hit, gap)
        clause_end = _CLAUSE_END.search(text, hit.end, self._end)
        until = min(len(text), self._end + 1)
        if clause_end and hit.row != "service.denied":
            until = clause_end.start()
        if rules.question.search(text, self._start, until):
            return False
        own_clause = not _CLAUSE_END.search(gap)
        if hit.row == "service.denied":
            return own_clause and len(gap) <= NEAR and self._is_subject(hit, office, part, gap)
        return len(gap) <= NEAR if own_clause else part.addressed and len(gap) <= 2 * NEAR

    def _is_subject(self, hit: _Hit, office: OfficeName, part: _Part, gap: str) -> bool:
        """Return whether an office begins its clause and what is denied behind is not a wrong of its own."""
        if part.is_object or self._rules.relative.match(gap) or self._rules.reports.search(gap):
            return False
        if any(
            other.group == "strong"
            for other in self._rules.conduct(self._text, hit.start + 1, hit.end + 6)
        ):
            return False  # 没有推诿 is praise
        head = self._text[max(self._start, office.start - HEAD) : office.start]
        return self._rules.lead_in.search(_CLAUSE_END.split(head)[-1]) is not None

    def _is_close(self, hit: _Hit, gap: str) -> bool:
        """Return whether the text between is so short that the conduct is the office's."""
        if hit.row not in _LOOSE:
            return len(gap) <= _FAR
        if hit.row in _QUOTED and self._rules.reports.search(gap):
            return False
        return len(gap) <= _LOOSE_FAR and len(_CLAUSE_END.findall(gap)) < 2

    def _is_its_own(self, office: OfficeName) -> bool:
        """Return whether an office is the matter itself too often: a school, a supplier not named in full."""
        word = office.word
        if word.group in _ONLY_ITS_OWN_CONDUCT and not word.by_area:
            return True
        return word.utility and not (office.areas or office.level or word.exact)

    def _is_the_matter_itself(self, office: OfficeName, hit: _Hit, gap: str) -> bool:
        """Return whether a shortfall is what the request is about: no water, by a company not named in full."""
        own = hit.group == "strong" and hit.row not in _LOOSE and hit.conduct != "abuse"
        return self._is_its_own(office) and (not own or len(gap) > NEAR)

    def _is_thanked(self, hit: _Hit) -> bool:
        praise = self._rules.praise.search(self._text, self._start, self._end)
        if praise is None:
            return False
        but = self._rules.but.search(self._text, praise.end(), hit.start)
        return but is None and praise.start() < hit.start + TAIL

    def _somebody_else(self, gap: str) -> bool:
        """Return whether somebody else is named between the office and the conduct, as the one who did it."""
        for actor in self._rules.actor.finditer(gap):
            clause = max((m.end() for m in _CLAUSE_END.finditer(gap, 0, actor.start())), default=0)
            if not self._rules.toward.search(gap, clause, actor.start()):
                return True
        return False

    def _of(self, office: OfficeName, conduct: Conduct, end: int) -> Accusation:
        return Accusation(office, conduct, self._span(office.start, end))

    def _span(self, start: int, end: int) -> Span:
        return Span(start=start, end=end, text=self._text[start:end])
