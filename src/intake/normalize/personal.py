"""Personal data out of the text: found in one pass, verified, and left as typed placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.normalize.findings import Candidate, Found
from intake.normalize.names import NAME, before_number, may_repeat, signature
from intake.normalize.numbers import KINDS
from intake.request import Contact, Placeholder

_ALL = {kind.name: kind for kind in (*KINDS, NAME)}
_WORDS = {name: kind.word for name, kind in _ALL.items()} | {"virtual": "虚拟号", "email": "邮箱"}
_CANDIDATE = re.compile(
    f"[{''.join(kind.first for kind in _ALL.values())}](?:"
    + "|".join(f"(?<=[{kind.first}])(?P<{kind.name}>{kind.pattern})" for kind in _ALL.values())
    + ")"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,18}"
    r"(?![A-Za-z0-9])"
)
_CONTEXT = 24  # characters before a candidate that are read to verify it
PLACEHOLDER = re.compile(rf"\[({'|'.join(dict.fromkeys(_WORDS.values()))})\]")


def take_out(text: str) -> tuple[str, list[Found]]:
    """Replace personal data by placeholders such as ``[手机]``; give the text and what was found.

    Public numbers (12345, 110, 400-…), amounts, dates, document and meter numbers stay.
    """
    found: list[Found] = []
    if "@" in text:
        text = _EMAIL.sub(lambda match: _put(found, Found("email", match[0])), text)
    parts: list[str] = []
    done = 0
    for match in _CANDIDATE.finditer(text):
        start = _value_start(match)
        piece = _verified(match, start)
        if piece is None:
            continue
        kept = text[done:start]
        if piece.kind in {"mobile", "virtual", "landline", "id_card"}:
            kept = _without_name(kept, piece, found)
        parts += (kept, _put(found, piece))
        done = match.end()
    text = "".join(parts) + text[done:] if parts else text
    return _without_signature(text, found), found


def take_out_known(text: str, names: Iterable[str]) -> str:
    """Replace names that the form or a frame in the text gave, wherever the writer repeats them."""
    for name in sorted(filter(may_repeat, names), key=len, reverse=True):
        text = text.replace(name, f"[{NAME.word}]")
    return text


def of_form(values: Iterable[tuple[str, str]]) -> list[Found]:
    """Give what the labelled lines of a form say about the citizen: (role, value) as found."""
    pieces: list[Found] = []
    for role, value in values:
        if role == "phone":
            pieces += take_out(f"电话:{value}")[1] or [Found("landline", value)]
        else:
            pieces.append(Found("door" if role == "address" else role, value))
    return pieces


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Give where placeholders stand in the text."""
    if "[" not in text:
        return ()
    return tuple(
        Placeholder(start=match.start(), end=match.end(), kind=match[1])
        for match in PLACEHOLDER.finditer(text)
    )


_SLOTS = {
    "name": "name",
    "mobile": "phone",
    "virtual": "phone",
    "landline": "phone",
    "email": "email",
    "id_card": "id_card",
    "door": "address",
}


def merge(given: Contact, found: Iterable[Found]) -> Contact:
    """Join what the channel's form says with what the text holds; the form's word wins.

    What belongs to others, and second numbers, go to ``other`` with a word for what they are.
    """
    slots = {slot: getattr(given, slot) for slot in set(_SLOTS.values())}
    virtual = given.virtual_phone
    other = dict.fromkeys(given.other)
    for piece in found:
        slot = _SLOTS.get(piece.kind)
        if slot is not None and piece.own and slots[slot] is None:
            slots[slot] = piece.value
            virtual = virtual or piece.kind == "virtual"
        elif slot is None or slots[slot] != piece.value:
            other[f"{_WORDS[piece.kind]}:{piece.value}"] = None
    return Contact(**slots, other=tuple(other), virtual_phone=virtual)


def _put(found: list[Found], piece: Found) -> str:
    found.append(piece)
    return f"[{_WORDS[piece.kind]}]"


def _value_start(match: re.Match[str]) -> int:
    value = f"{match.lastgroup}_value"
    return match.start(value) if value in match.re.groupindex else match.start()


def _verified(match: re.Match[str], start: int) -> Found | None:
    text, end = match.string, match.end()
    candidate = Candidate(
        written=text[start:end],
        before=text[max(0, start - _CONTEXT) : start],
        after=text[end : end + 4],
        frame=text[match.start() : start],
    )
    return _ALL[match.lastgroup or ""].accept(candidate)


def _without_name(kept: str, number: Found, found: list[Found]) -> str:
    """Take out the name right before a number: 王小明 13800000000."""
    tail = kept[-_CONTEXT:]
    named = before_number(tail)
    if named is None:
        return kept
    at, name = len(kept) - len(tail) + named[0], named[1]
    return kept[:at] + _put(found, Found("name", name, number.own)) + kept[at + len(name) :]


def _without_signature(text: str, found: list[Found]) -> str:
    signed = signature(text)
    if signed is None:
        return text
    start, end = signed
    return text[:start] + _put(found, Found("name", text[start:end])) + text[end:]
