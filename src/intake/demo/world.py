"""The city's state at a time: pure views of messages, without servers."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from intake.demo.corpus_message import CorpusMessage, Happening, latest
from intake.model.zone import CHINA

Fault = Literal["500", "hang", "garbage", "login_page", "slow"]


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """One source of the city: its connector, home area, and style of data."""

    connector: str
    home_area: str
    style: str
    id_prefix: str


SOURCES = {
    "liaocheng-12345": SourceProfile("hotline", "3715", "chinese", "LC"),
    "jilin-96118": SourceProfile("hotline", "22", "english", "JL"),
    "jilin-mailbox": SourceProfile("mailbox", "22", "utf-8", "jl"),
    "chenzhou-mailbox": SourceProfile("mailbox", "4310", "gb2312", "cz"),
    "chenzhou-board": SourceProfile("board", "4310", "rednet", "61"),
    "lvliang-board": SourceProfile("board", "1411", "leaderboard", "17"),
    "liaocheng-outreach": SourceProfile("outreach", "3715", "chinese", "ZF"),
    "liaocheng-outreach-files": SourceProfile("folder", "3715", "files", "XC"),
}


@dataclass(frozen=True, slots=True)
class Happened:
    """A happening that has come to pass: when, and its number among those of its message."""

    at: datetime
    number: int
    what: Happening


@dataclass(frozen=True, slots=True)
class View:
    """A message at its source as of now: with its last edit and all later changes."""

    message: CorpusMessage
    number: int
    external_id: str
    title: str
    body: str
    html: str | None
    happened: tuple[Happened, ...]
    edited_at: datetime | None = None

    @property
    def updated_at(self) -> datetime:
        """When it last changed."""
        return max([self.message.submitted_at, *(entry.at for entry in self.happened)])

    @property
    def withdrawn(self) -> bool:
        """Whether the citizen took it back."""
        return any(entry.what.kind == "withdrawal" for entry in self.happened)

    def of_kind(self, *kinds: str) -> list[Happened]:
        """Return the happenings of these kinds, in order."""
        return [entry for entry in self.happened if entry.what.kind in kinds]


@dataclass(slots=True)
class World:
    """The messages, the city's clock, and the faults in force; safe to use from several threads.

    A happening comes to pass ``after_hours`` after its message was submitted or the city opened,
    whichever is later, so that a first pull never sees the end of every story.
    """

    messages: list[CorpusMessage]
    opened: datetime
    now: datetime
    faults: dict[str, Fault] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)
    mailboxes: dict[str, int] = field(default_factory=dict)
    """UIDVALIDITY of a mailbox that was rebuilt; all others have 1."""
    vanished: dict[str, set[int]] = field(default_factory=dict)
    """UIDs that a mailbox still lists and that are gone when fetched."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbered: dict[str, list[tuple[int, CorpusMessage]]] = field(default_factory=dict)
    _by_id: dict[str, dict[str, tuple[int, CorpusMessage]]] = field(default_factory=dict)

    @classmethod
    def of(cls, corpus: Iterable[CorpusMessage], opened: datetime | None) -> World:
        """Number the messages of each source by time; opens when the last was submitted."""
        messages = sorted(corpus, key=lambda message: (message.submitted_at, message.key))
        start = opened or (latest(messages) if messages else datetime(2026, 3, 1, tzinfo=CHINA))
        world = cls(messages, start, start)
        for name in SOURCES:
            own = [message for message in messages if message.source == name]
            world._numbered[name] = list(enumerate(own, 1))
        return world

    def advance(self, hours: float) -> datetime:
        """Let time pass."""
        with self._lock:
            self.now += timedelta(hours=hours)
            return self.now

    def count_read(self, what: str) -> int:
        """Move a view counter, as boards do on each read."""
        with self._lock:
            self.reads[what] = self.reads.get(what, 0) + 1
            return self.reads[what]

    def views(self, source: str) -> list[View]:
        """Return the messages of a source that are there by now, oldest first."""
        return [
            self._view(source, number, message)
            for number, message in self._numbered[source]
            if message.submitted_at <= self.now
        ]

    def view_of(self, source: str, external_id: str) -> View | None:
        """One message by its external id, if it is there by now."""
        if source not in self._by_id:
            self._by_id[source] = {
                external_id_of(source, number, message): (number, message)
                for number, message in self._numbered[source]
            }
        found = self._by_id[source].get(external_id)
        if found is None or found[1].submitted_at > self.now:
            return None
        return self._view(source, *found)

    def _view(self, source: str, number: int, message: CorpusMessage) -> View:
        shown = max(message.submitted_at, self.opened)
        happened = tuple(
            Happened(at, position, what)
            for position, what in enumerate(message.then, 1)
            if (at := shown + timedelta(hours=what.after_hours)) <= self.now
        )
        title, body, html, edited = message.title, message.body, message.html, None
        for entry in happened:
            if entry.what.kind == "edit":
                title = entry.what.title or title
                body, html, edited = entry.what.body, None, entry.at
        external_id = external_id_of(source, number, message)
        return View(message, number, external_id, title, body, html, happened, edited)

    def external_ids(self) -> dict[str, str]:
        """Return the external id that a connector will find for each message, by the message's key."""
        return {
            message.key: external_id_of(source, number, message)
            for source, numbered in self._numbered.items()
            for number, message in numbered
        }


def external_id_of(source: str, number: int, message: CorpusMessage) -> str:
    """Return the number that the source itself assigns; stable for one corpus."""
    profile = SOURCES[source]
    day = message.submitted_at.astimezone(CHINA)
    if profile.connector == "mailbox":
        return f"{day:%Y%m%d}.{number}@mail.{profile.id_prefix}.example"
    if profile.connector == "board":
        return f"{profile.id_prefix}{number:05d}"
    return f"{profile.id_prefix}{day:%Y%m%d}{number:06d}"
