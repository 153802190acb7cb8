"""Deciding whether two requests are about one matter, and how they relate. Pure.

Evidence is of two kinds. *Copied text* (edited, cut, reordered) is evidence of one matter unless a name or
an identifying number was exchanged: petitions are copied from other places, too. *Different words* count
only when the same named thing has the same fault. In doubt the answer is a
suggestion (``related``), which joins nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from intake.messages import ZH, Language, Message
from intake.model.channel import ChannelName
from intake.model.request import Relation, RelationKind
from intake.model.rule_table import rules_beside
from intake.model.value import Value
from intake.relate.matter import (
    UNIQUE,
    Matter,
    focal_names,
    is_distinctive,
    kind_of,
    root,
    same_name,
    shared_names,
)
from intake.relate.text_evidence import (
    BRIEF,
    COUNTY,
    LEAST_TOLD,
    SHORT,
    Portrait,
    TextEvidence,
    compare_text,
    conflict,
    is_same_letter,
)

JOINING = frozenset({RelationKind.REDELIVERY, RelationKind.REPEAT, RelationKind.SHARED})
MODERATE = LEAST_TOLD  # share of text that is enough if the named thing is the same, too
MOSTLY = 0.5  # enough although only one names a fault
SAME_FAULTS = 0.4  # share of what is wrong, when the words are different
SOME_TEXT = 0.2  # for one person writing again about one thing
REDELIVERY_WITHIN = timedelta(days=15)
SENT_TWICE_WITHIN = timedelta(days=3)  # no answer is due before
REWORDED_WITHIN = timedelta(days=150)  # later, the same thing at the same place is a new matter
SUGGESTED, WEAK = 0.3, 0.5  # scores where no share of text expresses the certainty
_RULES = rules_beside(__file__, "relations")
_AGAIN = _RULES.pattern("again")
_APART = _RULES.pattern("apart")
_LONG_STEM = 5


class Subject(Value):
    """A request as it is compared with others.

    ``comparable`` is the text without greetings, pleas and signatures. ``contact_key`` is the blind
    index of the phone, ``person_key`` another stable (hashed) reference to the user; never the value.
    """

    request_id: str
    case_id: str
    source: str
    channel: ChannelName
    title: str
    comparable: str
    area: str | None = None
    contact_key: str | None = None
    person_key: str | None = None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class _Evidence:
    """The evidence for and against one matter; ``person`` is None when it is unknown."""

    ours: Portrait
    theirs: Portrait
    text: TextEvidence
    person: bool | None
    shared: tuple[str, ...]
    focal: bool
    faults: float
    apart: timedelta


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The verdict whether two requests are one matter; ``against`` is the difference, if there is one."""

    found: _Evidence
    joins: bool
    score: float
    against: Message | None

    @property
    def rank(self) -> tuple[bool, float, timedelta]:
        return self.joins, self.score, -self.found.apart


def nearest(
    subject: Portrait,
    candidates: Iterable[Portrait],
    window: timedelta,
    language: Language = ZH,
) -> tuple[Portrait, Relation] | None:
    """Return the earlier request that ``subject`` relates to most, and how; None if to none of them."""
    verdicts = (_compare(subject, candidate, window) for candidate in candidates)
    best = max(filter(None, verdicts), key=lambda verdict: verdict.rank, default=None)
    if best is None:
        return None
    found, against = best.found, (best.against,) if best.against else ()
    relation = Relation.found(
        found.theirs.request_id,
        _kind(found) if best.joins else RelationKind.RELATED,
        best.score,
        (*_why(found), *against),
        language,
    )
    return found.theirs, relation


def _compare(subject: Portrait, candidate: Portrait, window: timedelta) -> _Verdict | None:
    """Judge two requests; None if nothing relates them, or they are the same."""
    apart = abs(subject.received_at - candidate.received_at)
    if subject.request_id == candidate.request_id or apart > window:
        return None
    shared = shared_names(subject.matter.names, candidate.matter.names)
    faults = _fault_overlap(subject.matter, candidate.matter)
    focal = bool(shared) and _same_focus(subject, candidate, shared)
    person = _same_person(subject, candidate)
    # Where what the two name settles it, or is too little, a text counts only if it is a copy.
    like_text_counts = focal or (person and faults) or (shared and not faults)
    found = _Evidence(
        ours=subject,
        theirs=candidate,
        text=compare_text(subject, candidate, copies_only=not like_text_counts),
        person=person,
        shared=shared,
        focal=focal,
        faults=faults,
        apart=apart,
    )
    joins, score = _same_matter(found)
    if not score:
        return None
    against = conflict(subject, candidate, shared, copied=found.text.copied, person=person)
    if against:
        joins, score = False, min(score, WEAK)
    return _Verdict(found, joins, round(min(score, 1.0), 3), against)


def _same_person(subject: Portrait, candidate: Portrait) -> bool | None:
    """Return whether one person wrote both; None when that is unknown."""
    verdicts = []
    if subject.contact_key and candidate.contact_key:
        verdicts.append(subject.contact_key == candidate.contact_key)
    if subject.person_key and candidate.person_key:
        equal = subject.person_key == candidate.person_key
        # Other sources number their users differently: a difference there proves nothing.
        if equal or subject.source == candidate.source:
            verdicts.append(equal)
    return any(verdicts) if verdicts else None


def _same_matter(found: _Evidence) -> tuple[bool, float]:
    """Return whether the two are one matter, and how strong the evidence is (0: none at all)."""
    text, person, shared = found.text, found.person, found.shared
    if text.copied:
        # 路灯不亮 alone is everybody's text: so short, it needs a name or the same person.
        telling = min(len(found.ours.text), len(found.theirs.text)) >= SHORT or shared or person
        return bool(telling), text.score if telling else SUGGESTED
    if not shared and not found.faults:
        return False, 0.0
    joins, score = _same_in_other_words(found)
    if joins and not person and _says_apart(found):
        return False, SUGGESTED
    return joins, score


def _same_in_other_words(found: _Evidence) -> tuple[bool, float]:
    text, person, shared = found.text, found.person, found.shared
    focal, faults = found.focal, found.faults
    ours, theirs = found.ours.matter, found.theirs.matter
    known = _known_main_faults(ours, theirs)
    agreed = any(known) and any(fault in theirs.faults for fault in ours.faults)
    if not person and found.apart > REWORDED_WITHIN:
        return False, SUGGESTED if shared and faults else 0.0
    # Half of a brief text is the name and how people complain.
    mostly = text.score >= MOSTLY and min(len(found.ours.text), len(found.theirs.text)) >= BRIEF
    if text.score >= MODERATE and focal and (agreed or mostly):
        return True, text.score
    # One person's letters share phrases on any subject.
    if text.score >= MODERATE and person and faults and all(known):
        return True, text.score
    if focal and faults >= SAME_FAULTS and all(known) and found.apart <= REWORDED_WITHIN:
        return True, 0.5 + 0.4 * faults
    if focal and person and any(known) and (faults or text.contained >= SOME_TEXT):
        return True, WEAK
    return False, SUGGESTED if shared and (faults or text.score >= MODERATE) else 0.0


def _says_apart(found: _Evidence) -> bool:
    """Return whether one of the two itself distinguishes the matter from another: 和停暖是两码事."""
    return bool(_APART.search(found.ours.text) or _APART.search(found.theirs.text))


def _same_focus(ours: Portrait, theirs: Portrait, shared: tuple[str, ...]) -> bool:
    """Return whether both messages are about one of the ``shared`` things, and it is unique.

    An estate's, a crossing's or a bus line's is, within a city. Schools, bodies and villages have
    namesakes in the next county: they count within one county only, or if the name is long (or has
    letters and digits, 58车贷) and is in both titles.
    """
    same_county = bool(
        ours.area and theirs.area and len(ours.area) >= COUNTY <= len(theirs.area)
    )  # areas that differ are a conflict already
    for name in shared:
        if not (is_distinctive(name) and _is_focal(name, ours) and _is_focal(name, theirs)):
            continue
        kind, _, value = name.partition(":")
        stem = root(value)
        if kind in UNIQUE:
            return True
        if kind == "body" and _other_estates(ours, theirs):
            continue
        unique = len(stem) >= _LONG_STEM or stem.isascii()
        if same_county or (unique and value in ours.title and value in theirs.title):
            return True
    return False


def _other_estates(ours: Portrait, theirs: Portrait) -> bool:
    """Return whether each names an estate, none of them the same: one gas company, two matters."""
    a, b = (
        tuple(name for name in portrait.matter.names if kind_of(name) == "estate")
        for portrait in (ours, theirs)
    )
    return bool(a) and bool(b) and not shared_names(a, b)


def _is_focal(name: str, portrait: Portrait) -> bool:
    """Return whether a named thing is the subject of a message: in its title, or first in its text."""
    return any(same_name(name, n) for n in focal_names(portrait.matter.names, portrait.title))


@dataclass(frozen=True, slots=True)
class _Wrong:
    """The faults that a message names: all, their weight, and the first specific one."""

    specific: frozenset[str]
    general: frozenset[str]
    weight: float
    main: str


@lru_cache(maxsize=4_096)
def _wrong(faults: tuple[str, ...]) -> _Wrong:
    specific = [fault for fault in faults if fault[0] != "~"]
    general = frozenset(fault for fault in faults if fault[0] == "~")
    weight = _weight(len(specific), len(general))
    return _Wrong(frozenset(specific), general, weight, specific[0] if specific else "")


def _fault_overlap(ours: Matter, theirs: Matter) -> float:
    """Weigh shared concepts of what is wrong against those of the message that names fewer, 0 to 1.

    Zero without a specific one in common: 噪音 alone fits every matter of an estate.
    """
    one, other = _wrong(ours.faults), _wrong(theirs.faults)
    both = one.specific & other.specific
    if not both:
        return 0.0
    return _weight(len(both), len(one.general & other.general)) / min(one.weight, other.weight)


def _weight(specific: int, general: int) -> float:
    return 1.5 * specific + 0.25 * general


def _known_main_faults(ours: Matter, theirs: Matter) -> tuple[bool, bool]:
    """Return for each of the two whether its first fault is among the other's faults.

    电梯坏了,不是停电 is no 停电. A message without a specific fault contradicts nothing.
    """
    one, other = _wrong(ours.faults), _wrong(theirs.faults)
    return (
        not one.main or one.main in other.specific,
        not other.main or other.main in one.specific,
    )


def _kind(found: _Evidence) -> RelationKind:
    """Distinguish a redelivery, a repeat and a shared matter.

    The same letter is one delivery when it comes over two channels, or twice at once over one. A person who
    sends it again after some days still waits, so that is a repeat. 第三次反映 is one, too, where the person
    is unknown. Two people with one text are two people.
    """
    if found.person is False:
        return RelationKind.SHARED
    elsewhere = (found.ours.source, found.ours.channel) != (
        found.theirs.source,
        found.theirs.channel,
    )
    soon = REDELIVERY_WITHIN if elsewhere else SENT_TWICE_WITHIN
    if found.apart <= soon and (
        is_same_letter(found.ours, found.theirs)
        if found.person
        else elsewhere and found.text.identical
    ):
        return RelationKind.REDELIVERY
    again = found.person or found.text.identical or _AGAIN.search(found.ours.text)
    return RelationKind.REPEAT if again else RelationKind.SHARED


def _why(found: _Evidence) -> list[Message]:
    """Return the evidence of one matter, as messages."""
    ours, theirs, text = found.ours, found.theirs, found.text
    why = []
    if found.person is not None:
        same_phone = ours.contact_key and ours.contact_key == theirs.contact_key
        known = "relation.same_user" if found.person else "relation.other_person"
        why.append(Message("relation.same_phone" if same_phone else known))
    if text.identical:
        why.append(Message("relation.identical"))
    elif text.copied:
        why.append(Message("relation.copied", {"share": text.score}))
    for name in found.shared[:2]:
        kind, _, value = name.partition(":")
        why.append(Message("relation.same_thing", {"kind": kind, "name": value}))
    if found.person is None and _AGAIN.search(ours.text):
        why.append(Message("relation.said_before"))
    faults = [fault for fault in ours.matter.faults if fault in theirs.matter.faults]
    if faults and not text.copied:
        named = tuple(fault.removeprefix("~") for fault in faults[:3])
        why.append(Message("relation.same_faults", {"faults": named}))
    days = found.apart.days
    why.append(
        Message("relation.days_between", {"days": days}) if days else Message("relation.same_day")
    )
    return why
