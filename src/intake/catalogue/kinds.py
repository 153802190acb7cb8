"""Kinds of units (单位类型): their roles, and the common names by which citizens mean them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from intake.catalogue.rows import HandlerLevel, KindRole, UnitKind
from intake.messages import Language, renderer


class EverydayName(NamedTuple):
    """The kind and level that an everyday name means: 镇政府 is a government at a town."""

    kind: str
    level: HandlerLevel


class Kinds:
    """The kinds of a catalogue; immutable. ``names`` are the common names with what each means."""

    def __init__(self, rows: Iterable[UnitKind]) -> None:
        self._roles: dict[str, KindRole] = {}
        self._titles: dict[str, str] = {}
        names: dict[str, EverydayName] = {}
        for row in rows:
            self._titles.setdefault(row.kind, row.name)
            if row.role is not None:
                self._roles.setdefault(row.kind, row.role)
            if row.level is not None:
                for word in row.words:
                    names.setdefault(word, EverydayName(row.kind, row.level))
        self.names: Mapping[str, EverydayName] = MappingProxyType(names)

    @property
    def roles(self) -> frozenset[KindRole]:
        """The roles that some kind has."""
        return frozenset(self._roles.values())

    def called(self, kind: str, language: Language) -> str:
        """Return what a kind is called: a term of the program's, else the table's name for it."""
        words = renderer(language)
        return (
            words.term("kind", kind)
            if words.has_term("kind", kind)
            else self._titles.get(kind, kind)
        )

    def is_government(self, kind: str) -> bool:
        """Return whether units of a kind govern a place as a whole; such a unit is no department."""
        return self._roles.get(kind) == "government"

    def is_utility(self, kind: str) -> bool:
        """Return whether units of a kind supply people (water, gas, power); a lack of supply is theirs."""
        return self._roles.get(kind) == "utility"
