"""Reading each of the matters that a message seems to hold by itself.

Such a message is read as a whole and part by part. Read as a whole, it has the category of its longest
matter, and the others would be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from intake.catalogue import RuleFinding, Unit
from intake.catalogue.taxonomy import CategoryRole, Taxonomy
from intake.model.decision import Classification
from intake.normalize.matters import matters
from intake.understand.classify import Classifier

SURE_OF_PART = 0.5
"""From this confidence on, a part is a matter of its own."""
SURE_OF_SIBLING = 0.7
"""The same within the field of the main matter: water and power are two matters, seldom two sides of one."""
NOT_A_MATTER: frozenset[CategoryRole] = frozenset(
    {"no_matter", "out_of_scope", "emergency", "conduct", "follow_up"}
)
"""Signals about the request itself: unclear, out of scope, how it was treated or answered."""
PARTS_READ = 6

Find = Callable[[str], RuleFinding | None]


@dataclass(frozen=True, slots=True)
class OtherMatter:
    """A matter beside the main one: its category, and the unit that would lead it."""

    category: str
    unit: Unit


def read_parts(classifier: Classifier, texts: Sequence[str]) -> list[tuple[Classification, ...]]:
    """Classify each matter of each text on its own; empty for a text that seems to hold one."""
    parts = [[span.text for span in matters(text)[:PARTS_READ]] for text in texts]
    found = iter(classifier.classify_all([("", part) for own in parts for part in own]))
    return [tuple(islice(found, len(own))) for own in parts]


def other_matters(
    parts: Sequence[Classification],
    category: str,
    lead: Unit | None,
    find: Find,
    taxonomy: Taxonomy,
) -> tuple[OtherMatter, ...]:
    """Find matters that another unit leads, each unit once.

    Categories of a part that lead to one unit add up: whether goods are false or unsafe, one bureau
    looks at them.
    """
    others: dict[str, OtherMatter] = {}
    for part in parts:
        found = {score.category: find(score.category) for score in part.top}
        for unit, confidence in _by_unit(part, found).items():
            best = next(c for c, f in found.items() if f and f.lead and f.lead.id == unit)
            if taxonomy.role(best) in NOT_A_MATTER:
                continue
            if confidence >= (SURE_OF_SIBLING if best[:2] == category[:2] else SURE_OF_PART):
                others.setdefault(unit, OtherMatter(best, _lead(found[best])))
    if lead is not None:
        others.pop(lead.id, None)
    return tuple(others.values())


def _by_unit(part: Classification, found: Mapping[str, RuleFinding | None]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for score in part.top:
        finding = found[score.category]
        if finding is not None and finding.lead is not None:
            shares[finding.lead.id] = shares.get(finding.lead.id, 0.0) + score.confidence
    return shares


def _lead(finding: RuleFinding | None) -> Unit:
    if finding is None or finding.lead is None:
        raise TypeError("only findings with a lead have a share")
    return finding.lead
