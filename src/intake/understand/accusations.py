"""Accusations: which units a text complains about, read from what stands near their common names.

A unit may be complained *about* or merely named, or asked to act.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from intake.catalogue import DEPTH, Catalogue, Unit
from intake.catalogue.kinds import CommonName, Kinds
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
        self.rules = _RULES.with_words("office", kinds.names)
        self._office = self.rules.pattern("office")
        self._accused = self.rules.pattern("accused")
        self._against = self.rules.pattern("against")
        self._not_to = self.rules.pattern("not_to")

    def first(self, text: str) -> Span | None:
        """Find the first stretch that accuses some unit, even one that cannot be named."""
        match, _ = next(self._mentions(text), (None, False))
        return _span(match) if match else None

    def units(self, text: str, area: str, catalogue: Catalogue, on: date) -> tuple[Accused, ...]:
        """Find the units complained about, each once; a common name means the unit at ``area``."""
        found: dict[str, Accused] = {}
        for match, outright in self._mentions(text):
            unit = self._meant(self._kinds.names[match["unit"]], area, catalogue, on)
            # Supply and its shortfall are the matter itself, not an accusation, when said of a utility.
            if unit is not None and (outright or not self._kinds.is_utility(unit.kind)):
                found.setdefault(unit.id, Accused(unit, _span(match)))
        return tuple(found.values())

    def _meant(self, named: CommonName, area: str, catalogue: Catalogue, on: date) -> Unit | None:
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

    def _mentions(self, text: str) -> Iterator[tuple[re.Match[str], bool]]:
        """Find what is said against offices, and whether it is an outright wish to keep one out."""
        if not self._office.search(text):
            return
        for match in self._accused.finditer(text):
            before = text[max(0, match.start() - 6) : match.start()]
            # "请城管局处理乱收费" asks the unit to act; it does not complain about it.
            if _ASKED.search(before) or _ASKED.search(match["gap"]):
                continue
            if match["conduct"] or not _OTHERS.search(match["gap"]):
                yield match, False
        for match in self._against.finditer(text):
            yield match, False
        if _NEGATION.search(text):
            for match in self._not_to.finditer(text):
                yield match, True


def _span(match: re.Match[str]) -> Span:
    return Span(start=match.start(), end=match.end(), text=match.group())
