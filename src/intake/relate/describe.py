"""A request as the index and the comparison see it, and as a stored row."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from intake.relate.fingerprint import SKETCH_SIZE, exact_key, sketches, term_key
from intake.relate.matter import (
    Matter,
    end_of,
    focal_names,
    kind_of,
    may_be_distinctive,
    plain,
    read_matter,
)
from intake.relate.relations import Subject
from intake.relate.text_evidence import Portrait
from intake.store.fingerprints import FingerprintRow

MAX_TEXT = 4_000
"""Letters kept for comparing; the sketch covers the whole text."""
SKETCH = struct.Struct(f"<{SKETCH_SIZE}Q")
"""The layout of the sketch, with which the column begins; the keys of the row's terms follow it."""
NO_KEY = 0
"""Fills up the sketch of a short text."""
_MAX_TERMS = 24


@dataclass(frozen=True, slots=True)
class Described:
    """A subject's portrait, the keys under which it is found, and those it asks for besides its sketch."""

    subject: Subject
    portrait: Portrait
    sketch: list[int]
    terms: list[int]
    asked: list[int]


@dataclass(frozen=True, slots=True)
class _Reading:
    """The values that follow from the text alone."""

    title: str
    text: str
    exact: bytes
    matter: Matter


def _read(title: str, comparable: str) -> _Reading:
    title, body = plain(title), plain(comparable)
    text = body if body.startswith(title) else title + body
    return _Reading(title, text, exact_key(text), read_matter(title, body[:MAX_TEXT]))


def describe(subjects: Sequence[Subject]) -> list[Described]:
    """Describe subjects, a batch at a time: most of the cost is in the calls."""
    readings = [_read(subject.title, subject.comparable) for subject in subjects]
    found = sketches([reading.text for reading in readings])
    described = []
    for subject, reading, sketch in zip(subjects, readings, found, strict=True):
        grams = sketch.tolist()
        portrait = Portrait(
            request_id=subject.request_id,
            case_id=subject.case_id,
            source=subject.source,
            channel=subject.channel,
            title=reading.title,
            text=reading.text[:MAX_TEXT],
            exact=reading.exact,
            sketch=frozenset(grams),
            matter=reading.matter,
            area=subject.area,
            contact_key=subject.contact_key,
            person_key=subject.person_key,
            received_at=subject.received_at,
        )
        described.append(Described(subject, portrait, grams, *_terms(subject, reading)))
    return described


def _terms(subject: Subject, reading: _Reading) -> tuple[list[int], list[int]]:
    """Return the keys of a person, or of a thing and its fault: (keys it is found under, keys it asks for).

    Only things that the message is about have keys: two messages that merely mention a thing are not one
    matter. Two are one matter if the first fault of each is among the other's faults. So each asks for its own
    first fault among all of the others', and for the others' first among all its own. Letters of one person
    are one matter only if they share a thing or a fault.
    """
    about = focal_names(reading.matter.names, reading.title)
    things = list(
        dict.fromkeys((kind_of(name), end_of(name)) for name in about if may_be_distinctive(name))
    )
    faults = [fault for fault in reading.matter.faults if not fault.startswith("~")]
    people = [key for key in (subject.contact_key, subject.person_key) if key]
    of_person = [("person", person, *thing) for person, thing in product(people, things)]
    found = [
        *of_person,
        *(("person", *pair) for pair in product(people, faults)),
        *(("first", *thing, fault) for thing, fault in product(things, faults[:1])),
        *(("matter", *thing, fault) for thing, fault in product(things, faults)),
    ]
    asked = [
        *of_person,
        *(("person", *pair) for pair in product(people, faults[:1])),
        *(("matter", *thing, fault) for thing, fault in product(things, faults[:1])),
        *(("first", *thing, fault) for thing, fault in product(things, faults)),
    ]
    return _keys(found), _keys(asked)


def _keys(terms: Sequence[tuple[str, ...]]) -> list[int]:
    return [term_key(*term) for term in terms[:_MAX_TERMS]]


def row_of(described: Described, case_id: str) -> FingerprintRow:
    """Return the row that is stored of a subject in its final case."""
    portrait = described.portrait
    padding = [NO_KEY] * (SKETCH_SIZE - len(described.sketch))
    keys = (*described.sketch, *padding, *described.terms)
    return FingerprintRow(
        request_id=portrait.request_id,
        case_id=case_id,
        source=portrait.source,
        channel=portrait.channel,
        title=portrait.title,
        text=portrait.text,
        exact=portrait.exact,
        sketch=struct.pack(f"<{len(keys)}Q", *keys),
        names="\n".join(portrait.matter.names),
        numbers="\n".join(portrait.matter.numbers),
        faults="\n".join(portrait.matter.faults),
        area=portrait.area,
        contact_key=portrait.contact_key,
        person_key=portrait.person_key,
        received_at=portrait.received_at,
    )


def restore(row: FingerprintRow) -> Portrait:
    """Make the portrait of a stored row again."""
    names, numbers, faults = (
        tuple(lines.split("\n")) if lines else () for lines in (row.names, row.numbers, row.faults)
    )
    return Portrait(
        request_id=row.request_id,
        case_id=row.case_id,
        source=row.source,
        channel=row.channel,
        title=row.title,
        text=row.text,
        exact=row.exact,
        sketch=frozenset(SKETCH.unpack_from(row.sketch)) - {NO_KEY},
        matter=Matter(names, numbers, faults),
        area=row.area,
        contact_key=row.contact_key,
        person_key=row.person_key,
        received_at=row.received_at,
    )
