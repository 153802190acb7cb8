"""The city as a whole: its servers, its clock, its faults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self, get_args

from intake.demo.corpus_message import CorpusMessage, load_corpus
from intake.demo.drop import DropFolder
from intake.demo.http_server import Web
from intake.demo.imap_server import Mailboxes
from intake.demo.interface_rows import ENGLISH_FIELDS, TOKEN
from intake.demo.mails import FORM_HEADERS, FORM_SENDER, OFFICE_SENDER
from intake.demo.world import SOURCES, Fault, World
from intake.errors import ConfigurationError

FILES = "liaocheng-outreach-files"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The city's addresses: HTTP base address, mail host and port, drop folder."""

    http: str
    imap_host: str
    imap_port: int
    folder: Path


class City:
    """Serves a corpus over all channels; a context manager, or ``start`` and ``stop``.

    ``opened`` is when the city's clock begins: by default when the last message was submitted, so
    that all are there. ``ports`` may fix the ports of ``http`` and ``imap``; ``folder`` keeps the
    drop folder in a place of your choice.
    """

    def __init__(
        self,
        corpus: Iterable[CorpusMessage],
        seed: int = 1,
        faults: Mapping[str, Fault] | None = None,
        *,
        opened: datetime | None = None,
        ports: Mapping[str, int] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._world = World.of(corpus, opened)
        wanted = dict(ports or {})
        self._web = Web(self._world, seed, wanted.get("http", 0))
        self._mail = Mailboxes(self._world, seed, wanted.get("imap", 0))
        self._own_folder = TemporaryDirectory(prefix="intake-city-") if folder is None else None
        self._folder = folder or Path(self._own_folder.name if self._own_folder else "")
        self._drop = DropFolder(self._world, FILES, self._folder)
        self._addresses: Addresses | None = None
        for source, fault in (faults or {}).items():
            self.fault(source, fault)

    def start(self) -> Addresses:
        """Open all channels; returns where they are."""
        self._drop.fill()
        self._addresses = Addresses(
            self._web.start(), "127.0.0.1", self._mail.start(), self._folder
        )
        return self._addresses

    def stop(self) -> None:
        """Close all channels; a drop folder of our own making is removed."""
        self._web.stop()
        self._mail.stop()
        if self._own_folder is not None:
            self._own_folder.cleanup()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def addresses(self) -> Addresses:
        """The addresses of the started city; ``ConfigurationError`` before ``start``."""
        if self._addresses is None:
            raise ConfigurationError("The city has not been started.")
        return self._addresses

    @property
    def now(self) -> datetime:
        """The city's clock."""
        return self._world.now

    @property
    def external_ids(self) -> dict[str, str]:
        """The external id that each message has at its source, by the message's key."""
        return self._world.external_ids()

    def advance(self, hours: float) -> datetime:
        """Let time pass, so that what happens later appears; returns the city's time."""
        now = self._world.advance(hours)
        if self._addresses is not None:
            self._drop.update()
        return now

    def fault(self, source: str, fault: Fault | None) -> None:
        """Break a source in a given way, or repair it with None. Raises ``ConfigurationError``."""
        if source not in SOURCES or (fault is not None and fault not in get_args(Fault)):
            raise ConfigurationError(f"The city knows no source {source!r} or fault {fault!r}.")
        if source == FILES and fault is not None:
            raise ConfigurationError("A folder of files cannot be made to fail.")
        if fault is None:
            self._world.faults.pop(source, None)
        else:
            self._world.faults[source] = fault

    def rebuild_mailbox(self, source: str) -> None:
        """Return a mailbox a new UIDVALIDITY and its letters new UIDs, as a restored server does."""
        self._world.mailboxes[source] = self._world.mailboxes.get(source, 1) + 1

    def vanish(self, source: str, uid: int) -> None:
        """Let a letter be gone between being listed and being fetched."""
        self._world.vanished.setdefault(source, set()).add(uid)

    def flags(self, source: str) -> dict[int, set[str]]:
        """Return the flags set on the letters of a mailbox, by UID."""
        validity = self._mail.validity(source)
        return {
            uid: set(flags)
            for (user, at, uid), flags in self._mail.flags.items()
            if user == source and at == validity and flags
        }


def settings_for(city: City) -> dict[str, Any]:
    """Return the ``source`` tables for the product's settings: ``{"source": [...]}``."""
    return {
        "source": [
            {
                "name": name,
                "connector": profile.connector,
                "home_area": profile.home_area,
                "options": _options(name, city.addresses),
            }
            for name, profile in SOURCES.items()
        ]
    }


def _options(name: str, at: Addresses) -> dict[str, Any]:
    profile = SOURCES[name]
    if profile.connector in ("hotline", "outreach"):
        options: dict[str, Any] = {"base_url": f"{at.http}/{name}", "token": TOKEN}
        if profile.style == "english":
            return {**options, "fields": ENGLISH_FIELDS, "volatile": ["hits"]}
        return {**options, "volatile": ["阅读次数"]}
    if profile.connector == "board":
        # Edits and replies appear within seconds of the demo's time, so they are looked for each time.
        return {"base_url": f"{at.http}/{name}", "profile": profile.style, "recheck_hours": 0}
    if profile.connector == "mailbox":
        return {
            "host": at.imap_host,
            "port": at.imap_port,
            "user": name,
            "password": TOKEN,
            "tls": False,
            "form_senders": [FORM_SENDER],
            "form_headers": FORM_HEADERS,
            "office_senders": [OFFICE_SENDER],
        }
    return {"path": str(at.folder), "channel": "outreach", "settle_seconds": 0}


def serve(seed: int = 1, corpus: Iterable[CorpusMessage] | None = None) -> City:
    """Start a city with the corpus that comes with the product; the caller stops it."""
    city = City(load_corpus() if corpus is None else corpus, seed)
    city.start()
    return city
