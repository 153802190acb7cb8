"""Progress of long work: messages, and how far a loop has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Tell = Callable[[str], None]


class Track(Protocol):
    """Goes through ``items`` and shows how far it has come, under the name ``what``."""

    def __call__(self, items: Sequence[Item], what: str) -> Iterator[Item]:
        """Yield the items."""
        ...


def say_nothing(news: str) -> None:
    """Keep the news to itself."""
    del news


def untracked(items: Sequence[Item], what: str) -> Iterator[Item]:
    """Show nothing."""
    del what
    yield from items
