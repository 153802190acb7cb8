"""Putting messages into words: a look-up and a join, about two microseconds each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from string import Formatter

from intake.messages.formats import Format, formats
from intake.messages.message import Language, Message, Param, Params
from intake.messages.po_files import MAIN, UnknownMessageError, domain_of, texts

Piece = str | tuple[str, Format]
Names = Callable[[str, Language], str]
"""Returns the name of a code in a language; the code itself where it has none."""

TERM = "term."


class Renderer:
    """Writes messages in one language.

    A gap ``{lane:lane}`` is written with the term ``term.lane.<value>``; a value without a term is written
    as it is. ``names`` are further kinds of codes that a table of the city names: ``{about:category}``.
    """

    def __init__(self, language: Language, names: Mapping[str, Names] | None = None) -> None:
        self.language = language
        self._formats = formats(language)
        self._formats["given"] = lambda value: str(value) or self.term("given", "none")
        self._formats["workdays"] = self._span("workday", "workdays")
        self._formats["days"] = self._span("day", "days")
        for kind, name in (names or {}).items():
            self._formats[kind] = self._named(name)
        self._compiled: dict[str, tuple[Piece, ...]] = {}

    def render(self, code: str, params: Params) -> str:
        """Write a message; ``UnknownMessageError`` for a code, ``KeyError`` for a parameter that is missing."""
        pieces = self._compiled.get(code) or self._compile(code)
        return "".join(
            [piece if isinstance(piece, str) else piece[1](params[piece[0]]) for piece in pieces]
        )

    def say(self, code: str, **params: Param) -> str:
        """Write a message whose parameters are named in the call."""
        return self.render(code, params)

    def show(self, message: Message | None, stored: str) -> str:
        """Write a stored message; ``stored`` is the sentence of its day, for one that is no more."""
        if message is None:
            return stored
        try:
            return self.render(message.code, message.params)
        except (KeyError, TypeError, ValueError):
            return stored  # its code or a parameter belongs to another version of the program

    def term(self, kind: str, value: str) -> str:
        """Write the word for a value of a kind, such as a lane or a state; else the value itself."""
        return texts(self.language, MAIN).get(f"{TERM}{kind}.{value}", value)

    def has_term(self, kind: str, value: str) -> bool:
        """Return whether there is a word for a value of a kind."""
        return self.knows(f"{TERM}{kind}.{value}")

    def knows(self, code: str) -> bool:
        """Return whether there is such a message."""
        return code in texts(self.language, domain_of(code))

    def _compile(self, code: str) -> tuple[Piece, ...]:
        text = texts(self.language, domain_of(code)).get(code)
        if text is None:
            raise UnknownMessageError(code)
        pieces: list[Piece] = []
        for literal, field, kind, _ in Formatter().parse(text):
            if literal:
                pieces.append(literal)
            if field is not None:
                pieces.append((field, self._format(kind or "")))
        self._compiled[code] = tuple(pieces)
        return self._compiled[code]

    def _format(self, kind: str) -> Format:
        known = self._formats.get(kind)
        return known or self._listed(lambda value: self.term(kind, value))

    def _span(self, one: str, more: str) -> Format:
        """A number of days; 0 is the same day, an empty text that nothing is laid down."""

        def written(value: Param) -> str:
            if value == "":
                return self.term("span", "none")
            if not value:
                return self.term("span", "at_once")
            return self.term("span", one if value == 1 else more).replace("{n}", str(value))

        return written

    def _named(self, name: Names) -> Format:
        return self._listed(lambda value: name(value, self.language))

    def _listed(self, write: Callable[[str], str]) -> Format:
        join = self._formats[""]

        def written(value: Param) -> str:
            if isinstance(value, (tuple, list)):
                return join(tuple(write(one) for one in value))
            return write(str(value))

        return written


@cache
def renderer(language: Language) -> Renderer:
    """Return the renderer of a language that knows no city's tables."""
    return Renderer(language)
