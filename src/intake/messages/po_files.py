"""The catalogue of messages: PO files, read once when a language is first needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from intake.messages.formats import LOCALES
from intake.messages.message import Language

LOCALE = Path(__file__).parent / "locale"
DOMAINS = {"page": "desk", "error": "errors"}
"""Codes that begin so have a file of their own: a process that shows none does not read it."""
MAIN = "intake"


class UnknownMessageError(KeyError):
    """No message has this code."""


def domain_of(code: str) -> str:
    """Return the name of the file that holds a message."""
    return DOMAINS.get(code.partition(".")[0], MAIN)


@cache
def texts(language: Language, domain: str) -> Mapping[str, str]:
    """Return all messages of a file by code; some 15 ms the first time."""
    from babel.messages.pofile import read_po

    path = LOCALE / LOCALES[language] / "LC_MESSAGES" / f"{domain}.po"
    with path.open("rb") as file:
        found = read_po(file, abort_invalid=True)
    return {str(message.id): str(message.string) for message in found if message.id}
