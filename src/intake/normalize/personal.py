"""Personal data out of the text: found, and left as typed placeholders such as ``[手机]``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from pydantic import TypeAdapter

from intake.model.clean_text import Placeholder
from intake.model.submission import Contact
from intake.normalize import accounts, doors, names, numbers
from intake.normalize.findings import KINDS, Found
from intake.normalize.traced import Traced

PLACEHOLDER = re.compile(rf"\[({'|'.join(kind.word for kind in KINDS.values())})\]")
_PLACEHOLDERS = TypeAdapter(tuple[Placeholder, ...])

_SHORT_NAME = 2
_UNMISTAKABLE = 6  # characters; shorter ones are doors and rooms, which have numbers of many things


class PersonalPiece(NamedTuple):
    """A piece of personal data and the text, after so many changes, in which it was found."""

    found: Found
    text: Traced
    steps: int

    def origin(self) -> tuple[int, int]:
        """Return its place in the original."""
        return self.text.origin(self.found.start, self.found.end, self.steps)


def take_out(parts: Sequence[Traced], known_names: Iterable[str] = ()) -> list[list[PersonalPiece]]:
    """Replace personal data by placeholders; return the pieces found in each part, in order.

    The parts are of one message. ``known_names`` and names that are found are taken out everywhere in it.
    Public numbers (12345, 110, 400-…), amounts, dates, document and meter
    numbers stay.
    """
    pieces = find([part.text for part in parts], known_names)
    taken: list[list[PersonalPiece]] = []
    begins = 0
    for part in parts:
        ends = begins + len(part.text)
        inside = [
            piece.at(piece.start - begins, piece.end - begins)
            for piece in pieces
            if begins <= piece.start and piece.end <= ends
        ]
        taken.append([PersonalPiece(piece, part, len(part.steps)) for piece in inside])
        part.edit([(piece.start, piece.end, f"[{KINDS[piece.kind].word}]") for piece in inside])
        begins = ends + 1
    return taken


def find(parts: Sequence[str], known_names: Iterable[str] = ()) -> Sequence[Found]:
    """Find personal data in the parts of a message, in order, with places in the parts set below each
    other; of two pieces that overlap, the surer.
    """
    return _find("\n".join(parts), frozenset(known_names))


@lru_cache(maxsize=1)  # looked for once more, word by word the same, to be taken out
def _find(text: str, known_names: frozenset[str]) -> Sequence[Found]:
    counted = numbers.find(text)
    pieces = [
        *accounts.emails(text),
        *counted,
        *accounts.find(text),
        *doors.find(text),
        *names.find(text),
    ]
    if counted:
        pieces += names.beside(text, [n for n in counted if n.kind in numbers.NUMBERS])
    called = {piece.value for piece in pieces if piece.kind == "name"}
    called.update(name for name in known_names if name in text)
    for name in sorted(filter(names.may_repeat, called), key=len, reverse=True):
        pieces += _occurrences(text, name, Found("name", 0, 0, name))
    if pieces:
        pieces += _repeated(text, pieces)
        return _apart(pieces)
    return pieces


def _repeated(text: str, pieces: Sequence[Found]) -> Iterator[Found]:
    """Find further occurrences of values that were recognised once, without regard to their context."""
    times = Counter(text[piece.start : piece.end] for piece in pieces)
    seen = {text[piece.start : piece.end]: piece for piece in pieces}
    seen.update((piece.value, piece) for piece in pieces if piece.value.isdigit())
    for written, piece in seen.items():
        if piece.kind == "name":
            if len(written) == _SHORT_NAME:
                yield from names.repeated(text, written)
        elif len(written) >= _UNMISTAKABLE and text.count(written) > times[written]:
            yield from _occurrences(text, written, piece)


def _occurrences(text: str, written: str, like: Found) -> Iterator[Found]:
    at = text.find(written)
    while at >= 0:
        end = at + len(written)
        if not (text[at - 1 : at].isdigit() or text[end : end + 1].isdigit()):
            yield like.at(at, end)
        at = text.find(written, end)


def _apart(pieces: Iterable[Found]) -> list[Found]:
    """Return pieces in order; of two that overlap, the one that was found first, by the surer rule."""
    kept: list[Found] = []
    order: list[int] = []
    ranked = [(piece.start, rank, piece) for rank, piece in enumerate(pieces)]
    ranked.sort()  # no two ranks are equal
    for start, rank, piece in ranked:
        while kept and start < kept[-1].end and rank < order[-1]:
            kept.pop(), order.pop()
        if not kept or start >= kept[-1].end:
            kept.append(piece)
            order.append(rank)
    return kept


def of_form(text: Traced, role: str, start: int, end: int) -> list[PersonalPiece]:
    """Return the personal data in the labelled line of a form; all of it goes to identity."""
    value, steps = text.text[start:end], len(text.steps)
    found: list[Found] = []
    if role in ("landline", "id_card"):
        label = "电话:" if role == "landline" else "身份证:"
        found = [
            piece.at(piece.start + start - len(label), piece.end + start - len(label))
            for piece in numbers.find(label + value)
        ]
    return [
        PersonalPiece(piece, text, steps) for piece in found or [Found(role, start, end, value)]
    ]


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Return the places of placeholders in the text."""
    if "[" not in text:
        return ()
    return _PLACEHOLDERS.validate_python(
        [
            {"start": match.start(), "end": match.end(), "kind": match[1]}
            for match in PLACEHOLDER.finditer(text)
        ]
    )


_SLOTS = {
    "name": "name",
    "mobile": "phone",
    "virtual_number": "phone",
    "landline": "phone",
    "email": "email",
    "id_card": "id_card",
    "address_door": "address",
}


def merge(given: Contact, found: Iterable[Found]) -> Contact:
    """Join the contact of the channel's form with the one in the text; the form's values win.

    Other people's data and second numbers go to ``other``, each with a word for its kind.
    """
    slots = {slot: getattr(given, slot) for slot in set(_SLOTS.values())}
    virtual = given.virtual_phone
    other = dict.fromkeys(given.other)
    for piece in found:
        slot = _SLOTS.get(piece.kind)
        if slot is not None and piece.own and slots[slot] is None:
            slots[slot] = piece.value
            virtual = virtual or piece.kind == "virtual_number"
        elif slot is None or slots[slot] != piece.value:
            other[f"{KINDS[piece.kind].word}:{piece.value}"] = None
    return Contact(**slots, other=tuple(other), virtual_phone=virtual)
