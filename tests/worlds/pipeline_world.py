"""A small corpus of every channel, and the product's loops turned by hand."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from intake.bootstrap import Application
from intake.demo import CorpusMessage, load_corpus

PER_SOURCE = 9


def small_corpus(per_source: int = PER_SOURCE) -> list[CorpusMessage]:
    """A few messages of every source, those with later happenings first."""
    chosen: dict[str, list[CorpusMessage]] = {}
    for message in sorted(load_corpus(), key=lambda m: (not m.then, m.key)):
        own = chosen.setdefault(message.source, [])
        if len(own) < per_source:
            own.append(message)
    return [message for own in chosen.values() for message in own]


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
