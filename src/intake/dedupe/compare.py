"""What two portraits have in common as texts, and what was swapped between them; pure.

Petitions are copied from one place to the next: a text that is nine tenths equal but names another
estate is another matter. So the copy is aligned, and a name or an identifying number that stands
where the other text has its own is a conflict.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rapidfuzz.distance import Indel, Levenshtein

from intake.dedupe.fingerprint import Keys, resemblance
from intake.dedupe.matter import MONEY, Matter, root, same_name
from intake.request import Channel

# All 0 to 1; measured on synthetic edits and on real complaints.
COPY_RATIO = 0.75  # edited up to a quarter
COPY_KEPT = 0.75  # the same of the shorter text alone: a title or a sentence was added
COPY_CONTAINED = 0.60  # half of a text, or the parts in another order
COPY_RESEMBLANCE = 0.50  # long texts, whose stored beginning may differ
SHORT = 20  # letters; below, a ratio says little
SHORT_RATIO = 0.85
ALIKE_LENGTH = 0.6
GRAM = 4
COUNTY = 6  # digits of an area code

# Numbers with these units tell one thing from another; a person's own claim may grow, though.
_UNITS = ("公交", "号线", "组", "标段", "中学", "小学", "社", "队", "亩", "栋")
_LONGEST_NAME = 12  # a longer stretch is another passage, not another name
_ORDINALS = frozenset("一二三四五六七八九十0123456789东南西北上下前后甲乙丙丁")


@dataclass(frozen=True, slots=True)
class Portrait:
    """A subject as it is stored and compared: the beginning of its text, and what it names."""

    request_id: str
    case_id: str
    source: str
    channel: Channel
    title: str
    text: str
    exact: bytes
    sketch: Keys
    matter: Matter
    area: str | None
    contact_key: str | None
    person_key: str | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """How alike two texts are; ``copied`` says that one was made from the other."""

    identical: bool
    ratio: float
    contained: float
    copied: bool

    @property
    def score(self) -> float:
        return 1.0 if self.identical else max(self.ratio, self.contained)


def compare_text(subject: Portrait, candidate: Portrait) -> TextEvidence:
    """Compare the texts of two portraits, cheapest test first."""
    a, b = subject.text, candidate.text
    if subject.exact == candidate.exact:
        return TextEvidence(True, 1.0, 1.0, bool(a))
    if not a or not b:
        return TextEvidence(False, 0.0, 0.0, False)
    ratio = Indel.normalized_similarity(a, b)
    shorter, longer = sorted((len(a), len(b)))
    if shorter < SHORT:
        return TextEvidence(False, ratio, 0.0, ratio >= SHORT_RATIO)
    contained = _containment(a, b)
    kept = ratio * (shorter + longer) / 2 / shorter  # of the shorter text, in its order
    copied = (
        ratio >= COPY_RATIO
        or (kept >= COPY_KEPT and shorter >= ALIKE_LENGTH * longer)
        or contained >= COPY_CONTAINED
        or resemblance(subject.sketch, candidate.sketch) >= COPY_RESEMBLANCE
    )
    return TextEvidence(False, ratio, contained, copied)


def _containment(a: str, b: str) -> float:
    """Give the share of the shorter text's 4-grams that the longer one has."""
    grams_a = {a[i : i + GRAM] for i in range(len(a) - GRAM + 1)}
    grams_b = {b[i : i + GRAM] for i in range(len(b) - GRAM + 1)}
    fewer = min(len(grams_a), len(grams_b))
    return len(grams_a & grams_b) / fewer if fewer else 0.0


def conflict(subject: Portrait, candidate: Portrait, *, copied: bool, person: bool | None) -> str:
    """Say what was swapped between two texts, or the areas that exclude each other; empty if nothing."""
    if subject.area and candidate.area:
        depth = min(len(subject.area), len(candidate.area), COUNTY)
        if subject.area[:depth] != candidate.area[:depth]:
            return f"区划不同:{subject.area}/{candidate.area}"
    if not copied or subject.exact == candidate.exact:
        return ""
    swapped = _swapped_name(subject, candidate)
    if swapped:
        return f"名称不同:{swapped}"
    units = (*_UNITS, *(() if person else MONEY))
    ours, theirs = _by_kind(subject.matter.numbers), _by_kind(candidate.matter.numbers)
    for unit in units:
        a, b = ours.get(unit, set()), theirs.get(unit, set())
        if a and b and a.isdisjoint(b):
            return f"{unit}不同:{min(a)}/{min(b)}"
    return ""


def _swapped_name(subject: Portrait, candidate: Portrait) -> str:
    """Find a place of the common text where each side has a name that the other nowhere has."""
    ours, theirs = _own_names(subject, candidate), _own_names(candidate, subject)
    if not ours or not theirs:
        return ""
    for left, right in _replaced(subject.text, candidate.text):
        one = _name_at(left, ours, subject.text)
        other = _name_at(right, theirs, candidate.text)
        if one and other:
            return f"{one}/{other}"
    return ""


def _replaced(a: str, b: str) -> Iterable[tuple[slice, slice]]:
    """Yield stretches that stand for each other in two aligned texts, other than typing errors.

    One letter for one letter is a typing error, unless it counts or points (一/二, 东/西).
    """
    for op in Levenshtein.opcodes(a, b):
        left, right = slice(op.src_start, op.src_end), slice(op.dest_start, op.dest_end)
        size = max(left.stop - left.start, right.stop - right.start)
        if op.tag != "replace" or size > _LONGEST_NAME:
            continue
        if size > 1 or (a[left] in _ORDINALS and b[right] in _ORDINALS):
            yield left, right


def _name_at(stretch: slice, names: Iterable[str], text: str) -> str:
    """Give the name that ``stretch`` of a text cuts into, empty if none."""
    for name in names:
        value = name.partition(":")[2]
        start = text.find(value)
        while start >= 0:
            if start < stretch.stop and stretch.start < start + len(value):
                return value
            start = text.find(value, start + 1)
    return ""


def _own_names(portrait: Portrait, other: Portrait) -> list[str]:
    """Give the names that the other text does not have, not even under another ending."""
    whole = other.title + other.text
    return [
        name
        for name in portrait.matter.names
        if root(name.partition(":")[2])[-3:] not in whole
        and not any(same_name(name, theirs) for theirs in other.matter.names)
    ]


def _by_kind(entries: Iterable[str]) -> dict[str, set[str]]:
    grouped: dict[str, set[str]] = {}
    for entry in entries:
        kind, _, value = entry.partition(":")
        grouped.setdefault(kind, set()).add(value)
    return grouped
