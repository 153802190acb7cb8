"""Pairs of rules that apply to one and the same message, and whether their order is certain.

A pair is harmless when one rule is at least as specific in every respect (an exception beside its
default), when a priority decides, or when both name the same units. In other pairs the order of the respects
decides (area before category before condition before type), which few people have in mind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal

from intake.catalogue.rows import ANY, Rule, SignalRow
from intake.catalogue.table_files import Table

RESPECTS = ("area", "category", "condition", "matter type")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rules for the same messages; ``winner`` is what the look-up takes, ``by`` which respect."""

    kind: Literal["equal-keys", "two-tags", "crossing"]
    winner: Rule
    loser: Rule
    line: int
    by: str
    against: str = ""


def overlaps(rules: Table[Rule], signals: Iterable[SignalRow], on: date) -> Iterator[Overlap]:
    """Find the pairs whose order is not plain, among the rules that have not ended before a day."""
    apart = _exclusive_tags(signals)
    lines = {rule.id: line for line, rule in rules}
    current = [rule for rule in rules.rows if rule.valid_to is None or rule.valid_to >= on]
    known = {_key(rule) for rule in current}
    for one, other in _pairs(current):
        found = _order(one, other, lines)
        if found is None or frozenset((one.condition, other.condition)) in apart:
            continue
        if found.kind == "crossing" and _intersection(one, other) in known:
            continue  # a third rule decides where the two meet
        yield found


def _pairs(rules: Iterable[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Return each pair of rules whose categories meet, once; they meet only within a field."""
    fields: dict[str, list[Rule]] = defaultdict(list)
    everywhere = []
    for rule in rules:
        if rule.category == ANY:
            everywhere.append(rule)
        else:
            fields[rule.category[:2]].append(rule)
    yield from combinations(everywhere, 2)
    for group in fields.values():
        yield from combinations(group, 2)
        yield from ((rule, wide) for rule in group for wide in everywhere)


def _order(one: Rule, other: Rule, lines: dict[str, int]) -> Overlap | None:
    if one.priority != other.priority or not _meet(one, other) or _same_answer(one, other):
        return None
    winner, loser = sorted((one, other), key=lambda r: (r.specificity, r.id), reverse=True)
    line = max(lines[one.id], lines[other.id])
    ahead, behind = _respects(winner, loser), _respects(loser, winner)
    if not ahead and not behind:
        same = one.condition == other.condition
        return Overlap("equal-keys" if same else "two-tags", winner, loser, line, "id")
    if behind:
        return Overlap("crossing", winner, loser, line, ahead[0], behind[0])
    return None


def _respects(one: Rule, other: Rule) -> list[str]:
    """Name the respects in which a rule is more specific than another."""
    ours, theirs = _depths(one), _depths(other)
    return [name for name, a, b in zip(RESPECTS, ours, theirs, strict=True) if a > b]


def _depths(rule: Rule) -> tuple[int, int, int, int]:
    _, area, alone, category, condition, matter_type = rule.specificity
    return 2 * area + alone, category, condition, matter_type


def _meet(one: Rule, other: Rule) -> bool:
    return (
        one.meets(other)
        and _areas_meet(one, other)
        and (ANY in (one.category, other.category) or _nested(one.category, other.category))
        and (ANY in (one.matter_type, other.matter_type) or one.matter_type == other.matter_type)
    )


def _areas_meet(one: Rule, other: Rule) -> bool:
    if ANY in (one.area, other.area):
        return True
    if one.scope == other.scope == "self":
        return one.area == other.area
    if one.scope == "self":
        return one.area.startswith(other.area)
    if other.scope == "self":
        return other.area.startswith(one.area)
    return _nested(one.area, other.area)


def _nested(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _same_answer(one: Rule, other: Rule) -> bool:
    return (one.handler, set(one.co_handlers), one.exclude_units, one.profile) == (
        other.handler, set(other.co_handlers), other.exclude_units, other.profile
    )  # fmt: skip


def _key(rule: Rule) -> tuple[str, ...]:
    return (rule.area, rule.category, rule.condition, rule.matter_type)


def _intersection(one: Rule, other: Rule) -> tuple[str, ...]:
    """Return the key of the rule for exactly those messages to which both apply."""

    def finer(a: str, b: str, wide: str) -> str:
        return a if b == wide or (a != wide and len(a) >= len(b)) else b

    return (
        finer(one.area, other.area, ANY),
        finer(one.category, other.category, ANY),
        finer(one.condition, other.condition, ""),
        finer(one.matter_type, other.matter_type, ANY),
    )


def _exclusive_tags(signals: Iterable[SignalRow]) -> set[frozenset[str]]:
    """Return the pairs of conditions that exclude each other: words of one are ``unless`` of the other."""
    tags = [row for row in signals if row.kind == "tag"]
    return {
        frozenset((f"tag={one.signal}", f"tag={other.signal}"))
        for one in tags
        for other in tags
        if one is not other
        and (set(one.words) <= set(other.unless) or set(one.also or ("",)) <= set(other.unless))
    }
