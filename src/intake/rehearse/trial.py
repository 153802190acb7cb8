"""Trying the stages on lines of text, without a source and without a database of one's own.

The same functions run as in the pipeline; what they need of earlier requests is kept in memory for
the length of the trial.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from intake.connect.channels import declared
from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.errors import IntakeError
from intake.model.channel import Channel, ChannelName
from intake.model.clean_text import CleanText
from intake.model.decision import Classification
from intake.model.ids import case_id, request_id
from intake.model.request import Relation
from intake.model.submission import Contact, MatterType, Submission
from intake.model.zone import CHINA
from intake.normalize import Cleaning, Personal, normalize
from intake.normalize.matters import matters
from intake.relate import Deduper, Subject
from intake.store.case_facts import CaseFacts
from intake.store.engine import Store, open_store
from intake.store.tables import metadata
from intake.store.vault import Vault
from intake.understand.post import Post, Understanding

SOURCE = "trial"
LONGEST_LINE = 4_000_000
"""Bytes; a scanned letter pasted into html stays below, an unending line does not fill memory."""
_YEARS = range(1970, 2200)  # beyond these no deadline can be reckoned


class TrialLine(BaseModel):
    """One line of input; unknown keys are ignored, so that real exports can be piped in."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    text: str = Field(coerce_numbers_to_str=False)
    id: Any = None
    title: str | None = None
    html: bool | str | None = None
    channel: ChannelName | None = None
    form_area: str | None = None
    home_area: str | None = None
    received_at: datetime | None = None
    contact: str | None = Field(None, description="Phone, or any handle of the person.")
    submitter_unit: str | None = None
    matter_type: MatterType | None = None

    @field_validator("channel")
    @classmethod
    def _declared(cls, name: str | None) -> str | None:
        if name is not None and name not in declared():
            raise ValueError(f"no such channel is declared; one of {', '.join(declared())}")
        return name

    @field_validator("received_at")
    @classmethod
    def _aware_and_plausible(cls, at: datetime | None) -> datetime | None:
        if at is None:
            return None
        if at.year not in _YEARS:
            raise ValueError(f"year {at.year} is not from {_YEARS[0]} to {_YEARS[-1]}")
        return at if at.tzinfo is not None else at.replace(tzinfo=CHINA)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.text.strip() or (self.title or "").strip()):
            raise ValueError("there is no text")
        return self


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that could be read, by its number, as the submission that it stands for."""

    number: int
    line: TrialLine
    submission: Submission

    @property
    def request_id(self) -> str:
        return request_id(SOURCE, self.submission.external_id)


StageOf = Callable[[Sequence[Asked]], list[dict[str, Any]]]


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

    def answers(self, lines: Iterable[bytes], stage: StageOf) -> list[dict[str, Any]]:
        """Answer lines, together: a bad one gets an object that says what is wrong, a blank one nothing."""
        read = [found for line in lines if (found := self._read(line)) is not None]
        told = iter(self._told([one for one in read if isinstance(one, Asked)], stage))
        return [next(told) if isinstance(one, Asked) else one for one in read]

    def _read(self, line: bytes) -> Asked | dict[str, Any] | None:
        self._count += 1
        if not line.strip():
            return None
        identifier: Any = None
        try:
            found = _parsed(line)
            identifier = found.get("id") if isinstance(found, dict) else None
            read = TrialLine.model_validate(found)
        except _LineError as error:
            said = str(error)
        except ValidationError as error:
            said = "; ".join(
                f"{'.'.join(map(str, item['loc'])) or 'line'}: {item['msg'].removeprefix('Value error, ')}"
                for item in error.errors(include_input=False, include_url=False)
            )
        else:
            return Asked(self._count, read, self._submission(read))
        return {"id": identifier, "error": f"line {self._count}: {said}"}

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
        """Where the matter is."""
        return [read.location.model_dump(mode="json") for _, read in self._understood(asked)]

    def classify(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """What the matter is about, and the words that spoke for it."""
        return [
            self._explained(clean, read.classification) for clean, read in self._understood(asked)
        ]

    def _explained(self, clean: CleanText, found: Classification) -> dict[str, Any]:
        words = (
            self.router.classifier.explain(clean.title, clean.text, found.category)
            if found.category
            else ()
        )
        return found.model_copy(update={"evidence": words}).model_dump(mode="json")

    def dedupe(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """Which case each line joins and how it relates to an earlier line."""
        return [
            {
                "case": case,
                "relation": relation.kind.value if relation else None,
                "of": self._names.get(relation.of, relation.of) if relation else None,
                "score": relation.score if relation else 0.0,
                "why": list(relation.why) if relation else [],
            }
            for case, relation in self._related(asked, self._understood(asked))
        ]

    def route(self, asked: Sequence[Asked]) -> list[dict[str, Any]]:
        """The whole decision, as it would be made for each line after the lines before."""
        understood = self._understood(asked)
        related = self._related(asked, understood)
        return [
            self._decided(one, clean, read, *joined)
            for one, (clean, read), joined in zip(asked, understood, related, strict=True)
        ]

    def _decided(
        self,
        one: Asked,
        clean: CleanText,
        understood: Understanding,
        case: str,
        relation: Relation | None,
    ) -> dict[str, Any]:
        submission, home = one.submission, one.line.home_area or self._home
        facts = self._cases.setdefault(case, CaseFacts())
        facts.add(self._vault.blind(one.line.contact or clean.contact.phone) or one.request_id)
        decision = self._at(home).decide(
            Dossier(
                channel=submission.channel,
                received_at=submission.submitted_at or datetime.now(UTC),
                understanding=understood,
                matter_type=submission.matter_type or understood.classification.matter_type,
                home_area=home,
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

    def _understood(self, asked: Sequence[Asked]) -> list[tuple[CleanText, Understanding]]:
        cleans = [normalize(one.submission) for one in asked]
        homes = [one.line.home_area or self._home for one in asked]
        read: dict[int, Understanding] = {}
        for home in dict.fromkeys(homes):
            places = [place for place, own in enumerate(homes) if own == home]
            messages = [Post(asked[place].submission, cleans[place], home) for place in places]
            read |= zip(places, self._at(home).reader.read(messages), strict=True)
        return [(clean, read[place]) for place, clean in enumerate(cleans)]

    def _at(self, home: str | None) -> Router:
        """The router that knows the villages around a home area."""
        if home not in self._routers:
            known = self.router.gazetteer
            gazetteer = known.with_homes((home,)) if home else known
            self._routers[home] = self.router.with_reader(
                self.router.reader.with_gazetteer(gazetteer)
            )
        return self._routers[home]

    def _related(
        self, asked: Sequence[Asked], understood: Sequence[tuple[CleanText, Understanding]]
    ) -> list[tuple[str, Relation | None]]:
        subjects = [
            self._subject(one, clean, read.location.area)
            for one, (clean, read) in zip(asked, understood, strict=True)
        ]
        self._names |= {
            one.request_id: one.request_id if one.line.id is None else one.line.id for one in asked
        }
        with self._store.write() as connection:
            self._deduper.refresh(connection)
            found = self._deduper.relate(connection, subjects)
            final = [
                subject.model_copy(update={"case_id": case})
                for subject, (case, _) in zip(subjects, found, strict=True)
            ]
            self._deduper.remember(connection, final)
        return found

    def _subject(self, one: Asked, clean: CleanText, area: str | None) -> Subject:
        channel, at = one.submission.channel, one.submission.submitted_at
        return Subject(
            request_id=one.request_id,
            case_id=case_id(one.request_id),
            source=f"{SOURCE}-{channel}",
            channel=channel,
            title=clean.title,
            comparable=clean.comparable,
            area=area,
            contact_key=self._vault.blind(one.line.contact or clean.contact.phone),
            person_key=self._vault.blind(clean.contact.email or clean.contact.id_card),
            received_at=at or datetime.now(UTC),
        )

    def _submission(self, line: TrialLine) -> Submission:
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
