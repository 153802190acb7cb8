"""The whole corpus, once, through the real connectors, store and queue; stories ask what came out."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from intake.bootstrap import Application
from intake.demo import City, CorpusMessage
from intake.model.decision import Decision
from intake.model.request import Relation
from intake.store import requests
from intake.store.requests import StoredRequest


@dataclass
class Played:
    """A product after the corpus went through it."""

    app: Application
    city: City
    messages: dict[str, CorpusMessage]

    @cached_property
    def ids(self) -> dict[str, str]:
        """Request id by message key."""
        wanted = {(m.source, self.city.external_ids[key]): key for key, m in self.messages.items()}
        found = self.query("SELECT source, external_id, id FROM request")
        return {wanted[source, ext]: id_ for source, ext, id_ in found if (source, ext) in wanted}

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the store."""
        with self.app.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql, values)]

    def request(self, key: str) -> StoredRequest:
        """The request that a message became."""
        with self.app.store.read() as connection:
            return requests.get(connection, self.ids[key])

    def decision(self, key: str) -> Decision:
        """The decision in force."""
        with self.app.store.read() as connection:
            return requests.current_decisions(connection, [self.ids[key]])[self.ids[key]]

    def relations(self, key: str) -> list[Relation]:
        """How it relates to earlier ones."""
        with self.app.store.read() as connection:
            return requests.relations(connection, self.ids[key])

    def case(self, key: str) -> str:
        """The case it belongs to."""
        return self.request(key).request.case_id

    def events(self, key: str) -> list[dict[str, Any]]:
        """Its events in order."""
        rows = self.query(
            "SELECT body FROM outbox WHERE request_id = ? ORDER BY sequence", self.ids[key]
        )
        return [json.loads(body) for (body,) in rows]

    def keys(self, **wanted: str) -> list[str]:
        """Keys of the messages with these attributes."""
        return [
            key
            for key, message in self.messages.items()
            if all(getattr(message, name) == value for name, value in wanted.items())
        ]


def run(app: Application) -> None:
    """Pull, process and publish all there is; sources one after the other, in the settings' order."""
    stop = threading.Event()
    for puller in app.pullers():
        puller.drain(stop, lambda _report: None)
    processor = app.processor()
    while processor.run_once().items:
        pass
    relay = app.relay()
    try:
        while relay.run_once():
            pass
    finally:
        relay.close()
