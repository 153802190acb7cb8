"""Trying the stages on lines of text, without a source and without a database of one's own.

The same functions run as in the pipeline; what they need of earlier requests is kept in memory for
the length of the trial.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from intake.dedupe import Deduper, Subject
from intake.errors import IntakeError
from intake.normalize import Cleaning, Personal, matters, normalize
from intake.request import (
    Channel,
    CleanText,
    Contact,
    MatterType,
    Relation,
    Submission,
    case_id,
    request_id,
)
from intake.route.dossier import Dossier, Message, Understanding
from intake.route.router import Router
from intake.store.cases import CaseFacts
from intake.store.engine import Store, open_store
from intake.store.tables import metadata
from intake.store.vault import Vault
from intake.text import SHANGHAI

SOURCE = "trial"
LONGEST_LINE = 4_000_000
"""Bytes; a scanned letter pasted into html stays below, an unending line does not fill memory."""
_YEARS = range(1970, 2200)  # beyond these no deadline can be reckoned


class Line(BaseModel):
    """One line of input; unknown keys are ignored, so that real exports can be piped in."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    text: str = Field(coerce_numbers_to_str=False)
    id: Any = None
    title: str | None = None
    html: bool | str | None = None
    channel: Channel | None = None
    form_area: str | None = None
    home_area: str | None = None
    received_at: datetime | None = None
    contact: str | None = Field(None, description="Phone, or any handle of the person.")
    submitter_unit: str | None = None
    matter_type: MatterType | None = None

    @field_validator("received_at")
    @classmethod
    def _aware_and_plausible(cls, at: datetime | None) -> datetime | None:
        if at is None:
            return None
        if at.year not in _YEARS:
            raise ValueError(f"year {at.year} is not from {_YEARS[0]} to {_YEARS[-1]}")
        return at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.text.strip() or (self.title or "").strip()):
            raise ValueError("there is no text")
        return self


class Trial(AbstractContextManager["Trial"]):
    """Answers lines, in order; ``dedupe`` and ``route`` remember the lines before."""

    def __init__(
        self,
        router: Callable[[Iterable[str | None]], Router],
        home: str | None,
        show_personal: bool = False,
    ) -> None:
        self._make_router = router
        self._home = home
        self._show_personal = show_personal
        self._vault = Vault(b"\0" * 32)
        self._deduper = Deduper()
        self._count = 0
        self._cases: dict[str, CaseFacts] = {}
        self._names: dict[str, Any] = {}
        self._routers: dict[str | None, Router] = {}

    @cached_property
    def router(self) -> Router:
        """Model and tables, loaded when a stage needs them."""
        return self._make_router([self._home])

    @cached_property
    def _store(self) -> Store:
        store = open_store("sqlite://")
        with store.write() as connection:
            metadata.create_all(connection)
        return store

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if "_store" in self.__dict__:
            self._store.close()

    def __enter__(self) -> Self:
        return self

    def answer(
        self, line: bytes, stage: Callable[[Line, Submission], dict[str, Any]]
    ) -> dict[str, Any] | None:
        """Answer one line; a bad line gets an object that says what is wrong, a blank one None."""
        self._count += 1
        if not line.strip():
            return None
        identifier: Any = None
        try:
            found = _parsed(line)
            identifier = found.get("id") if isinstance(found, dict) else None
            read = Line.model_validate(found)
            return {"id": identifier, **stage(read, self._submission(read))}
        except _LineError as error:
            said = str(error)
        except ValidationError as error:
            said = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or 'line'}: {item['msg'].removeprefix('Value error, ')}"
                for item in error.errors(include_input=False, include_url=False)
            )
        except IntakeError as error:
            said = str(error)
        return {"id": identifier, "error": f"line {self._count}: {said}"}

    def normalize(self, _line: Line, submission: Submission) -> dict[str, Any]:
        """Clean text, where it is garbled, what was taken out and where it stood, its matters.

        Offsets are characters: of ``personal`` in the text as it was given, of all others in the
        clean text.
        """
        cleaning = Cleaning(submission)
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

    def locate(self, line: Line, submission: Submission) -> dict[str, Any]:
        """Where the matter is."""
        found = self._understood(line, submission)[1].location
        return found.model_dump(mode="json")

    def classify(self, line: Line, submission: Submission) -> dict[str, Any]:
        """What the matter is about, and the words that spoke for it."""
        clean, understood = self._understood(line, submission)
        found = understood.classification
        words = (
            self.router.classifier.explain(clean.title, clean.text, found.category)
            if found.category
            else ()
        )
        return found.model_copy(update={"evidence": words}).model_dump(mode="json")

    def dedupe(self, line: Line, submission: Submission) -> dict[str, Any]:
        """Which case the line joins and how it relates to an earlier line."""
        clean, understood = self._understood(line, submission)
        own = request_id(SOURCE, submission.external_id)
        case, relation = self._related(own, submission, clean, understood.location.area, line)
        return {
            "case": case,
            "relation": relation.kind.value if relation else None,
            "of": self._names.get(relation.of, relation.of) if relation else None,
            "score": relation.score if relation else 0.0,
            "why": list(relation.why) if relation else [],
        }

    def route(self, line: Line, submission: Submission) -> dict[str, Any]:
        """The whole decision, as it would be made for this line after the lines before."""
        clean, understood = self._understood(line, submission)
        own = request_id(SOURCE, submission.external_id)
        case, relation = self._related(own, submission, clean, understood.location.area, line)
        facts = self._cases.setdefault(case, CaseFacts())
        facts.add(self._vault.blind(line.contact or clean.contact.phone) or own)
        decision = self._at(line.home_area or self._home).decide(
            Dossier(
                channel=submission.channel,
                received_at=submission.submitted_at or datetime.now(UTC),
                understanding=understood,
                matter_type=submission.matter_type or understood.classification.matter_type,
                home_area=line.home_area or self._home,
                submitter_unit=submission.submitter_unit,
                answered_on_the_spot=False,
                requests=facts.requests,
                people=facts.people,
                repeats=facts.repeats,
            ),
            version=1,
            at=datetime.now(UTC),
        )
        units = self.router.catalogue.units
        named = (decision.lead, *decision.co, *decision.informed, *decision.via)
        return {
            **decision.model_dump(mode="json"),
            "case": case,
            "relation": relation.kind.value if relation else None,
            "names": {unit: units[unit].name for unit in named if unit in units},
        }

    def _understood(self, line: Line, submission: Submission) -> tuple[CleanText, Understanding]:
        clean = normalize(submission)
        home = line.home_area or self._home
        (understood,) = self._at(home).understand([Message(submission, clean, home)])
        return clean, understood

    def _at(self, home: str | None) -> Router:
        """The router that knows the villages around a home area."""
        if home not in self._routers:
            known = self.router.gazetteer
            gazetteer = known.with_homes((home,)) if home else known
            self._routers[home] = replace(self.router, gazetteer=gazetteer)
        return self._routers[home]

    def _related(
        self, own: str, submission: Submission, clean: CleanText, area: str | None, line: Line
    ) -> tuple[str, Relation | None]:
        subject = Subject(
            request_id=own,
            case_id=case_id(own),
            source=f"{SOURCE}-{submission.channel}",
            channel=submission.channel,
            title=clean.title,
            comparable=clean.comparable,
            area=area,
            contact_key=self._vault.blind(line.contact or clean.contact.phone),
            person_key=self._vault.blind(clean.contact.email or clean.contact.id_card),
            received_at=submission.submitted_at or datetime.now(UTC),
        )
        self._names[own] = line.id if line.id is not None else own
        with self._store.write() as connection:
            self._deduper.refresh(connection)
            case, relation = self._deduper.relate(connection, [subject])[0]
            self._deduper.remember(connection, [subject.model_copy(update={"case_id": case})])
        return case, relation

    def _submission(self, line: Line) -> Submission:
        markup = line.html if isinstance(line.html, str) else None
        return Submission(
            source=SOURCE,
            channel=line.channel or Channel.IMPORT,
            external_id=str(self._count),
            title=line.title or "",
            body=markup or line.text,
            html=bool(line.html),
            submitted_at=line.received_at,
            form_area=line.form_area,
            submitter_unit=line.submitter_unit,
            matter_type=line.matter_type,
        )


class _LineError(ValueError):
    """A line that is no JSON value."""


def _parsed(line: bytes) -> Any:
    if len(line) > LONGEST_LINE:
        raise _LineError(f"longer than {LONGEST_LINE} bytes")
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:  # ValueError: not UTF-8, not JSON, endless number
        raise _LineError(f"not JSON: {error}") from error


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
