"""A citizen's text after normalization."""

from __future__ import annotations

from pydantic import Field

from intake.model.submission import Contact
from intake.model.value import Value


class Span(Value):
    """A stretch of text: character offsets ``start`` (in) and ``end`` (out), and the text itself."""

    start: int
    end: int
    text: str


class Placeholder(Value):
    """The place of removed personal data in the clean text; the value itself is in identity."""

    start: int
    end: int
    kind: str


class CleanText(Value):
    """The result of normalize: text to read, to compare and to route by.

    ``text`` is for display and events; ``comparable`` leaves out greetings, pleas, signatures and
    placeholders. ``garbled`` marks parts that could not be repaired, with offsets into ``text``.
    ``contact`` is the personal data that was taken out: PERSONAL DATA.
    """

    title: str
    text: str
    comparable: str
    garbled: tuple[Span, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    contact: Contact = Contact()
    fields: dict[str, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def readable(self) -> str:
        """The text with blanks for what is garbled, so that offsets hold: what evidence is taken from."""
        text = self.text
        for span in self.garbled:
            text = f"{text[: span.start]}{' ' * (span.end - span.start)}{text[span.end :]}"
        return text
