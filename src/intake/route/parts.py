"""The parts of a message that counts its matters, and what each is about on its own.

A message that says "一、…二、…", "…；…" or "另外…" is read part by part as well as whole: the whole
of it is about the matter that takes the most words, and the others drown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from intake.decision import Classification
from intake.route.catalogue import Finding, Unit
from intake.route.classify import Classifier, split_matters

SURE_OF_PART = 0.7
"""A part this sure of a unit speaks for a matter of its own. On held-out real messages 3.5 % are then
said to hold several (2.8 % by two sure fields alone), on pairs put together 30 % instead of 12 %."""
NOT_A_MATTER = ("20", "1802", "1805")
"""What a part says of the request itself: unclear, out of scope, how it was treated or answered."""
SHOWN_IN_WHOLE = 0.05
PARTS_READ = 6
PART_MIN_CHARS = 8

Find = Callable[[str], Finding | None]


@dataclass(frozen=True, slots=True)
class OtherMatter:
    """A matter beside the main one: its category, and the unit that would lead it."""

    category: str
    unit: Unit


def read_parts(
    classifier: Classifier, texts: Sequence[str], wholes: Sequence[Classification]
) -> list[tuple[Classification, ...]]:
    """Classify each counted part of each text on its own; empty for a text that counts none.

    Also for one that as a whole shows no second field: most of those count the sides of one matter.
    """
    parts = [
        _parts(text) if _shows_another_field(whole) else []
        for text, whole in zip(texts, wholes, strict=True)
    ]
    found = iter(classifier.classify_all([("", part) for own in parts for part in own]))
    return [tuple(islice(found, len(own))) for own in parts]


def _parts(text: str) -> list[str]:
    parts = [part for part in split_matters(text) if len(part) >= PART_MIN_CHARS]
    return parts[:PARTS_READ] if len(parts) > 1 else []


def _shows_another_field(whole: Classification) -> bool:
    field = whole.top[0].category[:2] if whole.top else ""
    others = sum(score.confidence for score in whole.top if score.category[:2] != field)
    return others >= SHOWN_IN_WHOLE


def other_matters(
    parts: Sequence[Classification], category: str, lead: Unit | None, find: Find
) -> tuple[OtherMatter, ...]:
    """Find matters that another unit leads and another field holds, each unit once.

    Categories of a part that lead to one unit add up: whether goods are false or unsafe, one bureau
    looks at them.
    """
    others: dict[str, OtherMatter] = {}
    for part in parts:
        found = {score.category: find(score.category) for score in part.top}
        for unit, confidence in _by_unit(part, found).items():
            best = next(c for c, f in found.items() if f and f.lead and f.lead.id == unit)
            if best.startswith((category[:2], *NOT_A_MATTER)):
                continue
            if confidence >= SURE_OF_PART:
                others.setdefault(unit, OtherMatter(best, _lead(found[best])))
    if lead is not None:
        others.pop(lead.id, None)
    return tuple(others.values())


def _by_unit(part: Classification, found: Mapping[str, Finding | None]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for score in part.top:
        finding = found[score.category]
        if finding is not None and finding.lead is not None:
            shares[finding.lead.id] = shares.get(finding.lead.id, 0.0) + score.confidence
    return shares


def _lead(finding: Finding | None) -> Unit:
    if finding is None or finding.lead is None:
        raise TypeError("only findings with a lead have a share")
    return finding.lead
