"""What the search for personal data is made of: kinds to look for, candidates, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data: its kind, its value, and whether it is the writer's own."""

    kind: str
    value: str
    own: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a pattern matched: the data as written, what stands before and after, its label."""

    written: str
    before: str
    after: str
    frame: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data and how it is told from what merely looks like it.

    ``first`` is a character set; ``pattern`` goes on behind that character. One alternation of all
    kinds then starts with a set, so that the engine skips to candidates. A group named
    ``<name>_value`` within the pattern is the data; without one, all of it is. ``accept`` verifies.
    """

    name: str
    word: str
    first: str
    pattern: str
    accept: Callable[[Candidate], Found | None]
