"""Finding the offices that a text complains about, and the conduct, by ``rules/accusations.csv``.

An office is accused when its conduct is blamed, when it is what a complaint is about, or when the citizen says
that it must not get the request. Being asked, thanked, asked about, or only a place is no accusation.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.catalogue.office_names import OfficeName
from intake.catalogue.unit_names import UnitNames
from intake.model.clean_text import Span
from intake.understand.conduct import Conduct, ConductRules, Hit, conduct_rules

HEAD, TAIL = 28, 42
"""Characters before and behind an office within which its part in the sentence is read."""
NEAR = 14
"""Characters within which a common verb, or a wrong that anybody may do, is said of an office."""

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[，,:：]")
_REFUSALS = ("不", "别", "勿")
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


_PLAIN = _Part(False, False, False, False, False, False, False)
_PLACE = _Part(True, False, False, False, False, False, False)


def find_accusations(text: str, names: UnitNames) -> tuple[Accusation, ...]:
    """Find every office that a text accuses, in order, each word for it once."""
    offices = names.find(text)
    if not offices:
        return ()
    rules, found = conduct_rules(), []
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
        self, text: str, start: int, end: int, offices: Sequence[OfficeName], rules: ConductRules
    ) -> None:
        self._text, self._start, self._end = text, start, end
        self._offices, self._rules = offices, rules
        self._joined = [
            not one.is_like(other)
            and rules.joined.fullmatch(text, one.end, other.start) is not None
            for one, other in pairwise(offices)
        ] + [False]
        self._parts: dict[int, _Part] = {}

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

    def _part(self, at: int) -> _Part:
        """Return the part of an office; of two in one breath the second has that of the first."""
        if at not in self._parts:
            inherits = at > 0 and self._joined[at - 1]
            self._parts[at] = self._part(at - 1) if inherits else self._read_part(self._offices[at])
        return self._parts[at]

    def _read_part(self, office: OfficeName) -> _Part:
        rules, text = self._rules, self._text
        place = rules.locative.match(text, office.end) is not None
        head = text[max(self._start, office.start - HEAD) : office.start]
        breaks = list(_CLAUSE_END.finditer(head))
        clause = head[breaks[-1].end() :] if breaks else head
        if not clause:
            return _PLACE if place else _PLAIN
        asked = rules.asked.search(clause)
        before = asked is not None and rules.asked_before.search(clause, 0, asked.start())
        against = rules.against.search(clause)
        reported = rules.reported.search(clause)
        return _Part(
            place=place or rules.pretends.search(clause) is not None,
            asked=asked is not None and not before and not (against or reported),
            addressed=bool(before) or rules.addressed.search(clause) is not None,
            against=against is not None,
            reported=reported is not None,
            looked_into=rules.looked_into.search(clause) is not None,
            not_to=rules.not_to.search(clause) is not None,
        )

    def _accused(self, at: int) -> Accusation | None:
        office, rules, text = self._offices[at], self._rules, self._text
        its_own = self._is_its_own(office)
        if its_own and not self._may_be_accused(office):
            return None
        part = self._part(at)
        if part.not_to or rules.other_than.match(text, office.end):
            return self._of(office, "not_to", office.end)
        if part.place:
            return None
        complaint = None if its_own else self._complained_about(office, part)
        if complaint is not None:
            return complaint
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

    def _may_be_accused(self, office: OfficeName) -> bool:
        """Return whether anything near an office of which most of what is said is the matter itself accuses it."""
        head = self._text[max(self._start, office.start - HEAD) : office.start]
        near = min(self._end, office.end + 2 * NEAR)
        hits = self._rules.conduct(self._text, office.end, near, words_only=True)
        return next(hits, None) is not None or any(word in head for word in _REFUSALS)

    def _complained_about(self, office: OfficeName, part: _Part) -> Accusation | None:
        """Read an office as the object of a complaint (我要投诉城管局, 反映城管局的问题)."""
        rules, text = self._rules, self._text
        problem = rules.its_problem.match(text, office.end)
        whole = rules.whole_object.match(text, office.end)
        found: re.Match[str] | None = None
        if part.against and not part.addressed:
            found = problem or whole
        elif part.looked_into:
            found = whole
        if found is None and rules.against_it.search(text, self._start, office.start):
            found = rules.sanction.match(text, office.end)
        if found is None and part.reported:
            found = problem
        return self._of(office, "complaint", found.end()) if found else None

    def _limit(self, at: int) -> int:
        """Return the end of the text about an office: the next office that may be a subject."""
        end = min(self._end, self._offices[at].end + TAIL)
        for number in range(at + 1, len(self._offices)):
            office = self._offices[number]
            if office.start >= end:
                break
            if not self._joined[number - 1] and not self._part(number).is_object:
                return office.start
        return end

    def _described_before(self, office: OfficeName) -> Hit | None:
        """Find conduct before the office, as an attribute (不作为的城管局)."""
        if self._text[office.start - 1 : office.start] != "的":
            return None
        at = office.start - 1
        hits = self._rules.conduct(self._text, max(self._start, at - 8), at)
        return next((hit for hit in hits if hit.end == at and hit.group == "strong"), None)

    def _is_said_of(self, hit: Hit, office: OfficeName, part: _Part) -> bool:
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
            return self._is_close(hit, part, gap)
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

    def _is_subject(self, hit: Hit, office: OfficeName, part: _Part, gap: str) -> bool:
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

    def _is_close(self, hit: Hit, part: _Part, gap: str) -> bool:
        """Return whether the text between is so short that the conduct is the office's."""
        if hit.row not in _LOOSE:
            return len(gap) <= _FAR
        if hit.row in _QUOTED and not part.addressed and self._rules.reports.search(gap):
            return False
        return len(gap) <= _LOOSE_FAR and len(_CLAUSE_END.findall(gap)) < 2

    def _is_its_own(self, office: OfficeName) -> bool:
        """Return whether an office is the matter itself too often: a school, a supplier not named in full."""
        word = office.word
        if word.group in _ONLY_ITS_OWN_CONDUCT and not word.by_area:
            return True
        return word.utility and not (office.areas or office.level or word.exact)

    def _is_the_matter_itself(self, office: OfficeName, hit: Hit, gap: str) -> bool:
        """Return whether a shortfall is what the request is about: no water, by a company not named in full."""
        own = hit.group == "strong" and hit.row not in _LOOSE and hit.conduct != "abuse"
        return self._is_its_own(office) and (not own or len(gap) > NEAR)

    def _is_thanked(self, hit: Hit) -> bool:
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
