"""Accusations: which units a text complains about, read from what stands near their common names.

A unit may be complained *about* or merely named, or asked to act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from intake.catalogue import DEPTH, Catalogue, Unit
from intake.catalogue.kinds import EverydayName, Kinds
from intake.model.clean_text import Span
from intake.model.rule_table import rules_beside

_RULES = rules_beside(__file__, "accusations")
_OTHERS = _RULES.pattern("others")
_NEGATION = _RULES.pattern("negation")
_ASKED = _RULES.pattern("asked")


@dataclass(frozen=True, slots=True)
class Accused:
    """A unit that a text complains about, and the words that say so."""

    unit: Unit
    span: Span


class AccusationReader:
    """Reads accusations by the common names of a catalogue's kinds; immutable."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        # The longest first: 城管局 is not 城管 with something after it.
        names = "|".join(map(re.escape, sorted(kinds.names, key=len, reverse=True))) or "(?!)"
        unit = rf"(?P<unit>{names})"
        self._unit = re.compile(names)
        conduct, wrong, gap = map(_RULES.source, ("conduct", "wrong", "gap"))
        self._accused = re.compile(
            f"{unit}(?P<gap>{gap})(?:(?P<conduct>{conduct})|(?P<wrong>{wrong}))"
        )
        against, no_request = map(_RULES.source, ("against", "no_request"))
        self._against = re.compile(f"{against}{unit}{no_request}")
        self._not_to = re.compile(f"{_RULES.source('not_to')}{unit}")

    def first(self, text: str) -> Span | None:
        """Find the first stretch that accuses some unit, even one that cannot be named."""
        match = next(self._mentions(text), None)
        return _span(match) if match else None

    def units(self, text: str, area: str, catalogue: Catalogue, on: date) -> tuple[Accused, ...]:
        """Find the units complained about, each once; a common name means the unit at ``area``."""
        found: dict[str, Accused] = {}
        for match in self._mentions(text):
            unit = self._meant(self._kinds.names[match["unit"]], area, catalogue, on)
            # Supply and its shortfall are the matter itself, not an accusation, when said of a utility.
            if unit is not None and (
                not self._kinds.is_utility(unit.kind) or match.re is self._not_to
            ):
                found.setdefault(unit.id, Accused(unit, _span(match)))
        return tuple(found.values())

    def _meant(self, named: EverydayName, area: str, catalogue: Catalogue, on: date) -> Unit | None:
        """Find the unit that a common name means at a place, or the one above it."""
        depth = DEPTH[named.level]
        if len(area) < min(depth, DEPTH["county"]):
            return None
        for length in (depth, DEPTH["county"], DEPTH["city"]):
            # 镇政府 without a known town is not the county's government.
            if length > len(area) or (length != depth and self._kinds.is_government(named.kind)):
                continue
            if (unit := catalogue.unit_of_kind(named.kind, area[:length], on)) is not None:
                return unit
        return None

    def _mentions(self, text: str) -> Iterator[re.Match[str]]:
        if not self._unit.search(text):
            return
        for match in self._accused.finditer(text):
            before = text[max(0, match.start() - 6) : match.start()]
            # "请城管局处理乱收费" asks the unit to act; it does not complain about it.
            if _ASKED.search(before) or _ASKED.search(match["gap"]):
                continue
            if match["conduct"] or not _OTHERS.search(match["gap"]):
                yield match
        yield from self._against.finditer(text)
        if _NEGATION.search(text):
            yield from self._not_to.finditer(text)


def _span(match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end(), text=match.group())
