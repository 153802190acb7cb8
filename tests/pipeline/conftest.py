"""A small city with every channel, and the product on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from intake.bootstrap import Application
from intake.settings import build
from intake.store.vault import read_key
from intake.testing.city import City, CorpusMessage, load_corpus, settings_for

PER_SOURCE = 9


def small_corpus(per_source: int = PER_SOURCE) -> list[CorpusMessage]:
    """A few messages of every source, those with later happenings first."""
    chosen: dict[str, list[CorpusMessage]] = {}
    for message in sorted(load_corpus(), key=lambda m: (not m.then, m.key)):
        own = chosen.setdefault(message.source, [])
        if len(own) < per_source:
            own.append(message)
    return [message for own in chosen.values() for message in own]


@pytest.fixture
def city() -> Iterator[City]:
    with City(small_corpus()) as city:
        yield city


@dataclass
class Product:
    """The product's loops, turned by hand."""

    app: Application
    stop: threading.Event = field(default_factory=threading.Event)
    failed: dict[str, Exception] = field(default_factory=dict)

    def pull(self) -> None:
        """Pull every source until it has nothing more; failures are kept by source."""
        self.failed.clear()
        for puller in self.app.pullers():
            try:
                puller.drain(self.stop, lambda _report: None)
            except Exception as error:
                self.failed[puller.name] = error

    def process(self) -> None:
        """Process all that waits."""
        processor = self.app.processor()
        while processor.run_once().items:
            pass

    def publish(self) -> int:
        """Publish all that waits; gives how many events."""
        relay, sent = self.app.relay(), 0
        try:
            while n := relay.run_once():
                sent += n
        finally:
            relay.close()
        return sent

    def run(self) -> int:
        """Pull, process, publish."""
        self.pull()
        self.process()
        return self.publish()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the store."""
        with self.app.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


@pytest.fixture
def make_product(
    city: City, tmp_path: Path, new_database: Callable[[str], str]
) -> Iterator[Callable[..., Product]]:
    """Make products on the city, each with its own store and queue unless told otherwise."""
    made: list[Application] = []
    # Beside a database server no key is made on first run.
    read_key(tmp_path / "identity.key", create=True)

    def make(engine: str = "sqlite", **tables: Any) -> Product:
        number = len(made)
        sources = [
            {**source, "fetch": {"read_timeout": 0.5, "total_timeout": 2, "attempts": 1}}
            for source in settings_for(city)["source"]
        ]
        settings = {
            "source": sources,
            "store": {"url": new_database(engine)},
            "queue": {"url": f"intake-sqlite:///{tmp_path}/queue{number}.db"},
            "identity": {"key_file": str(tmp_path / "identity.key")},
            **tables,
        }
        app = Application(build(settings, tmp_path, "the test"))
        made.append(app)
        return Product(app)

    yield make
    for app in made:
        app.close()


@pytest.fixture
def product(make_product: Callable[..., Product], engine: str) -> Product:
    """The product on each engine in turn."""
    return make_product(engine)
