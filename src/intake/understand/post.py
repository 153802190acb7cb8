"""The input and the result of reading a message."""

from __future__ import annotations

from dataclasses import dataclass

from intake.catalogue.rows import SignalKind
from intake.model.clean_text import CleanText
from intake.model.decision import Classification, Location
from intake.model.submission import Submission
from intake.understand.accusations import Accusation
from intake.understand.signals import Signal


@dataclass(frozen=True, slots=True)
class Post:
    """A post with its clean text, and the home area of the source that it came from."""

    submission: Submission
    clean: CleanText
    home_area: str | None


@dataclass(frozen=True, slots=True)
class Understanding:
    """The reading of a message, before any decision; ``parts`` where it numbers its matters."""

    classification: Classification
    location: Location
    signals: tuple[Signal, ...]
    accusations: tuple[Accusation, ...]
    text: str
    parts: tuple[Classification, ...] = ()

    def last(self, kind: SignalKind) -> Signal | None:
        """Return the last signal of a kind, in the table's order; None where there is none."""
        return next((signal for signal in reversed(self.signals) if signal.kind == kind), None)
