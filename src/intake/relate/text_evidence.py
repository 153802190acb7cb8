"""Comparing two texts: how alike they are, and which words were exchanged. Pure.

Petitions are copied from one place to the next: a text that is nine tenths equal but names another
estate is another matter. So the copy is aligned. A name or an identifying number in the place of
another one is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import Indel

from intake.messages import Message
from intake.relate.fingerprint import gram_keys, resemblance
from intake.relate.matter import MONEY, Matter, other_names, root
from intake.relate.swaps import MANY_CHANGES, ORDINALS, Change, changes_between, find_swap

# All 0 to 1; measured on synthetic edits and on real complaints.
COPY_RATIO = 0.72  # edited up to a quarter, and what of it was punctuation
COPY_KEPT = 0.72  # the same of the shorter text alone: a title or a sentence was added
COPY_CONTAINED = 0.60  # half of a text, or the parts in another order
COPY_WHOLE = 0.90
LEAST_TOLD = 0.35  # lower shares mean nothing and may come out as 0
SAME_LETTER = 0.97  # but for who is addressed
_ADDRESS = 10  # letters that an address may be longer
COPY_RESEMBLANCE = 0.50  # long texts, whose stored beginning may differ
SHORT = 20  # letters; in shorter texts a ratio means little
SHORT_RATIO = 0.85
BRIEF = 40
LONG = 120  # has grams enough that a copy shares some of the 16 smallest
# A share of grams is taken for impossible if the sketches show less than a third of it: wrong for 1 in
# 100 pairs of like length that just make a copy (of 16 hashes at most 2 in common, 7 expected).
_DOUBT = 3
ALIKE_LENGTH = 0.6
_SAMPLED = 60  # letters; shorter texts have too few runs that do not overlap
_SAMPLES = 24  # runs of letters that are looked for before a text is compared as a whole
_FOUND_IN_COPIES = 3  # of them, at least; with a quarter of all letters edited 8 are expected
_FOUND_OF_SHARE = 0.5  # of as many as the share that is asked for would make us expect
COUNTY, TOWN, VILLAGE = 6, 9, 12  # digits of an area code

# Numbers with these units distinguish things; a person's own claim may grow, though.
_UNITS = ("公交", "号线", "组", "标段", "中学", "小学", "社", "队", "亩", "栋")
_GARBLED = 12  # letters to each change, or fewer: a word that occurs only once proves nothing
_MEANT = 2  # times a name recurs in a text and is no typing error


@dataclass(frozen=True, slots=True)
class Portrait:
    """A subject as it is stored and compared: the beginning of its text, and what it names."""

    request_id: str
    case_id: str
    source: str
    channel: str
    title: str
    text: str
    exact: bytes
    sketch: frozenset[int]
    matter: Matter
    area: str | None
    contact_key: str | None
    person_key: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """How alike two texts are; ``copied`` means that one was made from the other."""

    identical: bool
    ratio: float
    contained: float
    copied: bool

    @property
    def score(self) -> float:
        return 1.0 if self.identical else max(self.ratio, self.contained)


_NOTHING = TextEvidence(False, 0.0, 0.0, False)


def compare_text(subject: Portrait, candidate: Portrait, *, copies_only: bool) -> TextEvidence:
    """Compare the texts of two portraits, cheapest test first.

    With ``copies_only`` shares that cannot make a copy may come out as 0, without being computed.
    """
    a, b = subject.text, candidate.text
    if subject.exact == candidate.exact:
        return TextEvidence(True, 1.0, 1.0, bool(a))
    if not a or not b:
        return _NOTHING
    shorter, longer = (len(a), len(b)) if len(a) < len(b) else (len(b), len(a))
    like_length = shorter >= ALIKE_LENGTH * longer
    alike = resemblance(subject.sketch, candidate.sketch)
    # The ratio of texts of unlike length is always under COPY_RATIO; and texts that share
    # none of their smallest grams are no copies.
    unlike = (
        copies_only and shorter >= SHORT and (not like_length or (not alike and shorter >= LONG))
    )
    # Two brief messages may share a sentence and no more: brief ones must be contained whole.
    needed = COPY_CONTAINED if shorter >= BRIEF else COPY_WHOLE
    told = needed if copies_only else LEAST_TOLD
    if unlike and not _may_contain(alike, shorter, longer, told):
        return _NOTHING
    sampled = _sampled(a, b)
    if sampled < _FOUND_IN_COPIES:
        return _NOTHING
    least = LEAST_TOLD if not copies_only or shorter < SHORT else COPY_RATIO * shorter / longer
    ratio = 0.0 if unlike else Indel.normalized_similarity(a, b, score_cutoff=least)
    if shorter < SHORT:
        return TextEvidence(False, ratio, 0.0, ratio >= SHORT_RATIO)
    kept = ratio * (shorter + longer) / 2 / shorter  # of the shorter text, in its order
    if ratio >= COPY_RATIO or (kept >= COPY_KEPT and like_length):
        return TextEvidence(False, ratio, 0.0, True)
    contained = 0.0
    told = needed if ratio >= LEAST_TOLD else told
    if sampled >= _FOUND_OF_SHARE * told * _SAMPLES and _may_contain(alike, shorter, longer, told):
        contained = _containment(a, b)
    copied = contained >= needed or alike >= COPY_RESEMBLANCE
    if copied and unlike:
        ratio = Indel.normalized_similarity(a, b)
    return TextEvidence(False, ratio, contained, copied)


def is_same_letter(subject: Portrait, candidate: Portrait) -> bool:
    """Return whether two texts are one letter, apart from title and addressee."""
    if subject.exact == candidate.exact:
        return True
    a, b = _body(subject), _body(candidate)
    if len(subject.text) == len(candidate.text):  # both cut off where no more is kept
        kept = min(len(a), len(b))
        a, b = a[:kept], b[:kept]
    if min(len(a), len(b)) < SHORT or abs(len(a) - len(b)) > _ADDRESS:
        return False
    return a == b or Indel.normalized_similarity(a, b, score_cutoff=SAME_LETTER) > 0


def _body(portrait: Portrait) -> str:
    return portrait.text.removeprefix(portrait.title)


def may_be_copy(a: str, b: str) -> bool:
    """Return whether two texts are worth comparing: the other has some short runs of letters of the one."""
    return _sampled(a, b) >= _FOUND_IN_COPIES


def _sampled(a: str, b: str) -> int:
    """Return how many of 24 runs of four letters of the shorter text are in the longer one.

    All of them count as found for a text that is too short.
    """
    shorter, longer = (a, b) if len(a) < len(b) else (b, a)
    step = len(shorter) // _SAMPLES
    if len(shorter) < _SAMPLED:
        return _SAMPLES
    starts = range(0, _SAMPLES * step, step)
    return [shorter[start : start + 4] in longer for start in starts].count(True)


def _may_contain(alike: float, shorter: int, longer: int, needed: float) -> bool:
    """Return whether one text can have the share ``needed`` of the other's grams, by their sketches.

    Texts of like length that share none of their smallest grams share few grams at all.
    """
    if not alike:
        return longer > 3 * shorter
    both = needed * shorter
    return _DOUBT * alike >= both / (shorter + longer - both)


def _containment(a: str, b: str) -> float:
    """Return the share of the shorter text's 4-grams that the longer one has."""
    ours, theirs = _grams(a), _grams(b)
    fewer = min(len(ours), len(theirs))
    both = np.sort(np.concatenate((ours, theirs)))  # a gram of both is now there twice
    return int(np.count_nonzero(both[1:] == both[:-1])) / fewer if fewer else 0.0


_grams = lru_cache(maxsize=64)(gram_keys)  # one text of a batch is compared with several


def conflict(
    subject: Portrait,
    candidate: Portrait,
    shared: tuple[str, ...],
    *,
    copied: bool,
    person: bool | None,
) -> Message | None:
    """Return what sets two requests apart: areas that exclude each other, a swapped name or number.

    ``shared`` are names that both have: they outweigh a town or village that was located otherwise.
    None if nothing does.
    """
    if subject.area and candidate.area:
        depth = min(len(subject.area), len(candidate.area), COUNTY if shared else VILLAGE)
        if subject.area[:depth] != candidate.area[:depth]:
            return Message("relation.other_area", {"one": subject.area, "other": candidate.area})
        if shared and subject.area[:TOWN] != candidate.area[:TOWN]:
            towns = [_towns(portrait) for portrait in (subject, candidate)]
            if all(towns) and set(towns[0]).isdisjoint(towns[1]):
                return Message("relation.other_town", {"one": towns[0][0], "other": towns[1][0]})
    if not copied or subject.exact == candidate.exact:
        return None
    changes = changes_between(subject.text, candidate.text)
    swapped = find_swap(subject.text, candidate.text, changes, same_person=bool(person))
    if swapped:
        return swapped
    careless = bool(person) or len(changes) > MANY_CHANGES
    garbled = len(changes) * _GARBLED > min(len(subject.text), len(candidate.text))
    name = _swapped_name(subject, candidate, changes, careless=careless, garbled=garbled)
    if name:
        return Message("relation.other_name", {"one": name[0], "other": name[1]})
    if garbled:
        return None
    return _swapped_number(subject, candidate, person=bool(person), careless=careless)


def _towns(portrait: Portrait) -> list[str]:
    return [name.partition(":")[2] for name in portrait.matter.names if name.startswith("town:")]


def _swapped_number(
    subject: Portrait, candidate: Portrait, *, person: bool, careless: bool
) -> Message | None:
    """Find a unit of which the two texts have no number in common."""
    ours, theirs = _by_kind(subject.matter.numbers), _by_kind(candidate.matter.numbers)
    for unit in (*_UNITS, *(() if person else MONEY)):
        a, b = ours.get(unit, set()), theirs.get(unit, set())
        if not a or not b or a & b:
            continue
        if careless and any(x in y or y in x for x in a for y in b):
            continue  # 16 for 6, in a text that is mistyped all over
        return Message("relation.other_number", {"unit": unit, "one": min(a), "other": min(b)})
    return None


def _swapped_name(
    subject: Portrait,
    candidate: Portrait,
    changes: Iterable[Change],
    *,
    careless: bool,
    garbled: bool,
) -> tuple[str, str] | None:
    """Find a place of the common text where each side has a name that the other nowhere has."""
    ours, theirs = _own_names(subject, candidate), _own_names(candidate, subject)
    if not ours or not theirs:
        return None
    for change in changes:
        if not (change.old and change.new):
            continue
        one = _name_at(change.left, ours, subject.text)
        other = _name_at(change.right, theirs, candidate.text)
        if not one or not other or sorted(one) == sorted(other):  # 禹泰 for 泰禹
            continue
        if garbled and not _recurs(one, other, subject, candidate):
            continue
        if not (careless and _mistyped(one, other, subject, candidate)):
            return one, other
    return None


def _mistyped(one: str, other: str, subject: Portrait, candidate: Portrait) -> bool:
    """Return whether two names may be one, typed badly: they share letters, and do not recur as they are.

    Letters that count or point (一/二, 东/西) are no typing errors.
    """
    a, b = root(one), root(other)
    differ = [(x, y) for x, y in zip(a, b, strict=False) if x != y]
    if len(a) == len(b) and any({x, y} <= ORDINALS for x, y in differ):
        return False
    if not Indel.similarity(a, b):
        return False
    return not _recurs(one, other, subject, candidate)


def _recurs(one: str, other: str, subject: Portrait, candidate: Portrait) -> bool:
    return min(subject.text.count(one), candidate.text.count(other)) >= _MEANT


def _name_at(stretch: slice, names: Iterable[str], text: str) -> str:
    """Return the name that ``stretch`` of a text cuts into, empty if none."""
    for name in names:
        value = name.partition(":")[2]
        start = text.find(value)
        while start >= 0:
            if start < stretch.stop and stretch.start < start + len(value):
                return value
            start = text.find(value, start + 1)
    return ""


def _own_names(portrait: Portrait, other: Portrait) -> list[str]:
    """Return the names that the other text does not have, not even under another ending."""
    whole = other.title + other.text
    return [
        name
        for name in other_names(portrait.matter.names, other.matter.names)
        if root(name.partition(":")[2])[-3:] not in whole
    ]


def _by_kind(entries: Iterable[str]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for entry in entries:
        kind, _, value = entry.partition(":")
        grouped.setdefault(kind, set()).add(value)
    return grouped
