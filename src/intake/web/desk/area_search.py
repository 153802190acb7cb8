"""Finding an area by its code or by words of its name, among the areas the desk works with."""

from __future__ import annotations

import re
from functools import cached_property

from intake.areas.gazetteer import Area, Gazetteer

_CODE = re.compile(r"\d+")


class AreaSearch:
    """Searches the areas in and around ``home``; the names are put together on first use."""

    def __init__(self, gazetteer: Gazetteer, home: tuple[str, ...]) -> None:
        self._gazetteer = gazetteer
        self._home = home

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        """Return (code, full name), higher areas first."""
        found: dict[str, str] = {}
        for root in self._home or ("",):
            for area in (*self._gazetteer.path(root), *self._gazetteer.descendants(root)):
                if not area.placeholder:
                    found[area.code] = self._gazetteer.full_name(area.code)
        return sorted(found.items(), key=lambda item: (len(item[0]), item[0]))

    def search(self, text: str, limit: int = 20) -> list[tuple[str, str]]:
        """Return (code, full name) of areas whose code starts with, or name holds, all the words."""
        words = text.split()
        if not words:
            return []
        hits = []
        for code, name in self._names:
            if all(code.startswith(w) if w.isdigit() else w in name for w in words):
                hits.append((code, name))
                if len(hits) == limit:
                    break
        return hits

    def resolve(self, text: str) -> Area | None:
        """Find the one area that is meant by ``code``, ``code name`` or a name; None if not clear."""
        if found := _CODE.match(text.strip()):
            return self._gazetteer.get(found[0])
        hits = self.search(text, limit=200)
        exact = [code for code, name in hits if self._last_name(code) == text.strip()]
        # The areas inside a place carry its name too; the place itself is the shortest code.
        top = exact or [code for code, _ in hits if not any(_inside(code, o) for o, _ in hits)]
        return self._gazetteer.get(top[0]) if len(top) == 1 else None

    def _last_name(self, code: str) -> str:
        area = self._gazetteer.get(code)
        return area.name if area else ""


def _inside(code: str, other: str) -> bool:
    return code != other and code.startswith(other)
