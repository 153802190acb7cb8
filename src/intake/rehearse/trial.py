"""Trying the stages on lines of text, without a source and without a database of one's own.

``normalize``, ``locate`` and ``classify`` need the message alone. ``dedupe`` and ``route`` depend on what
came before: there the lines go through the whole pipeline, on a throw-away store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from types import MappingProxyType, TracebackType
from typing import Any, Self

from intake.decide.router import Router
from intake.errors import IntakeError
from intake.model.clean_text import CleanText
from intake.model.decision import Classification
from intake.model.submission import Contact
from intake.normalize import Cleaning, Personal
from intake.normalize.matters import matters
from intake.pipeline.prepare import Prepared, prepare_parts
from intake.rehearse.lines import LONGEST_LINE, Asked, read_line
from intake.rehearse.rehearsal import WINDOW_DAYS, Rehearsal, Rehearsed

__all__ = ["LONGEST_LINE", "Asked", "Trial"]

StageOf = Callable[[Sequence[Asked]], list[dict[str, Any]]]


class Trial(AbstractContextManager["Trial"]):
    """Answers lines, in order; ``dedupe`` and ``route`` remember the lines before."""

    def __init__(
        self,
        router: Callable[[Iterable[str | None]], Router],
        home: str | None,
        show_personal: bool = False,
        homes: Mapping[str, str | None] = MappingProxyType({}),
        window_days: int = WINDOW_DAYS,
    ) -> None:
        """Decide with what ``router`` makes for home areas, asked when a stage first needs it.

        ``homes`` are the home areas of the configured sources, ``home`` that of lines of no such source
        that name none. Requests further apart than ``window_days`` are no longer one matter.
        """
        self._make_router = router
        self._home = home
        self._show_personal = show_personal
        self._count = 0
        self._names: dict[str, Any] = {}
        self._home_of: dict[str, str | None] = {}
        self._homes_of_sources = homes
        self._window_days = window_days
        self._known = frozenset(area for area in (home, *homes.values()) if area)
        self._router: Router | None = None

    @property
    def router(self) -> Router:
        """Model and tables, with the villages around all home areas named so far."""
        if self._router is None:
            self._router = self._make_router(self._known)
        return self._router

    @cached_property
    def _rehearsal(self) -> Rehearsal:
        return Rehearsal(lambda: self.router, window_days=self._window_days)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if "_rehearsal" in self.__dict__:
            self._rehearsal.close()

    def __enter__(self) -> Self:
        return self

    def answers(self, lines: Iterable[bytes], stage: StageOf) -> list[dict[str, Any]]:
        """Answer lines together: a bad one with an error object, a blank one with nothing."""
        read = [found for line in lines if (found := self._read(line)) is not None]
        told = iter(self._told([one for one in read if isinstance(one, Asked)], stage))
        return [next(told) if isinstance(one, Asked) else one for one in read]

    def _read(self, line: bytes) -> Asked | dict[str, Any] | None:
        self._count += 1
        return (
            read_line(line, self._count, self._home, self._homes_of_sources)
            if line.strip()
            else None
        )

    def _told(self, asked: Sequence[Asked], stage: StageOf) -> list[dict[str, Any]]:
        """Run the stage; where it refuses, on each line alone, to find out which one it is."""
        try:
            found = stage(asked) if asked else []
        except IntakeError as error:
            if len(asked) > 1:
                return [told for one in asked for told in self._told([one], stage)]
            found = [{"error": f"line {asked[0].number}: {error}"}]
        return [{"id": one.line.id, **told} for one, told in zip(asked, found, strict=True)]

    def normalize(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Clean text, where it is garbled, what was taken out and where it stood, its matters.

        Offsets are characters: of ``personal`` in the text as it was given, of all others in the
        clean text.
        """
        return [self._normalized(Cleaning(one.submission)) for one in asked]

    def _normalized(self, cleaning: Cleaning) -> dict[str, Any]:
        clean = cleaning.clean
        return {
            "text": clean.text,
            "title": clean.title,
            "comparable": clean.comparable,
            "garbled": [{"start": s.start, "end": s.end} for s in clean.garbled],
            "placeholders": [p.model_dump() for p in clean.placeholders],
            "personal": [
                _personal(piece, show=self._show_personal) for piece in cleaning.personal()
            ],
            "matters": [span.model_dump() for span in matters(clean.text)],
            "contact": _shown(clean.contact, show=self._show_personal),
            "fields": clean.fields if self._show_personal else sorted(clean.fields),
            "notes": list(clean.notes),
        }

    def locate(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Return each line's place."""
        return [
            part.understanding.location.model_dump(mode="json")
            for part in self._prepared(asked)
            if part.understanding is not None
        ]

    def classify(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Return each line's category, and the words that indicate it."""
        return [
            self._explained(part.clean, part.understanding.classification)
            for part in self._prepared(asked)
            if part.understanding is not None
        ]

    def _prepared(self, asked: Sequence[Asked]) -> list[Prepared]:
        homes = self._homes(asked)
        return prepare_parts([one.submission for one in asked], self.router.reader, homes)

    def _explained(self, clean: CleanText, found: Classification) -> dict[str, Any]:
        words = (
            self.router.classifier.explain(clean.title, clean.text, found.category)
            if found.category
            else ()
        )
        return found.model_copy(update={"evidence": words}).model_dump(mode="json")

    def dedupe(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Return the case that each line joins, and how it relates to an earlier line."""
        return [self._related(found) if found.standing else _refused(one, found)
                for one, found in zip(asked, self._rehearsed(asked), strict=True)]  # fmt: skip

    def _related(self, found: Rehearsed) -> dict[str, Any]:
        relation = found.relation
        return {
            "case": found.standing.request.case_id if found.standing else None,
            "relation": relation.kind.value if relation else None,
            "of": self._names.get(relation.of, relation.of) if relation else None,
            "score": relation.score if relation else 0.0,
            "why": list(relation.why) if relation else [],
        }

    def route(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Return the whole decision, as it would be made for each line after the lines before."""
        return [
            self._decided(one, found)
            for one, found in zip(asked, self._rehearsed(asked), strict=True)
        ]

    def _decided(self, one: Asked, found: Rehearsed) -> dict[str, Any]:
        decision = found.standing.decision if found.standing else None
        if found.standing is None or decision is None:
            return _refused(one, found)
        units = self.router.catalogue.units
        named = (decision.lead, *decision.co, *decision.informed, *decision.via)
        return {
            **decision.model_dump(mode="json"),
            "case": found.standing.request.case_id,
            "relation": found.relation.kind.value if found.relation else None,
            "names": {unit: units[unit].name for unit in named if unit in units},
        }

    def _rehearsed(self, asked: Sequence[Asked]) -> list[Rehearsed]:
        self._names |= {
            one.request_id: one.request_id if one.line.id is None else one.line.id for one in asked
        }
        homes = self._homes(asked)
        return self._rehearsal.run([one.submission for one in asked], homes)

    def _homes(self, asked: Sequence[Asked]) -> Mapping[str, str | None]:
        """Learn the home areas that lines name; raises ``ConfigurationError`` for one that is none."""
        named = self._known | {one.home_area for one in asked if one.home_area}
        if named != self._known:
            gazetteer = self.router.gazetteer.with_homes(named)
            self._router = self.router.with_reader(self.router.reader.with_gazetteer(gazetteer))
            self._known = named
        self._home_of |= {one.submission.source: one.home_area for one in asked}
        return self._home_of


def _refused(one: Asked, found: Rehearsed) -> dict[str, Any]:
    return {"error": f"line {one.number}: {found.refused}"}


def _shown(contact: Contact, *, show: bool) -> dict[str, Any]:
    known = {
        key: value
        for key, value in contact.model_dump().items()
        if value and key != "virtual_phone"
    }
    if show:
        return {**known, "virtual_phone": contact.virtual_phone}
    return dict.fromkeys(known, "***")


def _personal(piece: Personal, *, show: bool) -> dict[str, Any]:
    told = {
        "type": piece.type,
        "value": piece.value if show else "***",
        "start": piece.start,
        "end": piece.end,
    }
    return {**told, "in": "title"} if piece.in_title else told
