"""The pipeline on a throw-away store: everything happens as in earnest, and nothing stays.

What is tried takes the very way of an item: it is landed, claimed, prepared, settled with everything
that came before it in the same rehearsal, and written. Only then is it read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from intake.connect.channels import channel_named
from intake.connect.connector import Connector, Cursor, Page
from intake.decide.router import Router
from intake.model.channel import Channel
from intake.model.ids import request_id
from intake.model.request import Relation
from intake.model.standing import Standing
from intake.model.submission import RawItem, Submission
from intake.pipeline.processor import Processor
from intake.pipeline.settle import Settler
from intake.relate import Deduper
from intake.store import landing, requests
from intake.store.engine import Connection, Store, open_store
from intake.store.tables import metadata
from intake.store.vault import Vault

BATCH = 1_000
WINDOW_DAYS = 365


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """The result for a submission: its request's state and relation, or why it was quarantined."""

    request_id: str
    standing: Standing | None
    relation: Relation | None
    refused: str = ""


class Rehearsal(AbstractContextManager["Rehearsal"]):
    """Runs submissions through the pipeline. Not thread-safe.

    ``routers`` returns the router to decide with, asked once a batch. The store is gone when it is closed.
    """

    def __init__(
        self,
        routers: Callable[[], Router],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        window_days: int = WINDOW_DAYS,
        batch: int = BATCH,
        on_disk: bool = False,
    ) -> None:
        """``on_disk`` keeps the store in a temporary file instead of memory: for much."""
        self.homes: dict[str, str | None] = {}
        self._connectors: dict[str, Connector] = {}
        self._clock = clock
        self._folder = TemporaryDirectory(prefix="intake-") if on_disk else None
        place = f"/{self._folder.name}/rehearsal.db" if self._folder else ""
        self._store: Store = open_store(f"sqlite://{place}")
        with self._store.write() as connection:
            metadata.create_all(connection)
        settler = Settler(
            deduper=Deduper(window_days=window_days),
            vault=Vault(bytes(32)),
            homes=self.homes,
            clock=clock,
        )
        self._processor = Processor(
            store=self._store,
            connectors=self._connectors,
            routers=routers,
            settler=settler,
            clock=clock,
            batch=batch,
        )

    def run(
        self, submissions: Sequence[Submission], homes: Mapping[str, str | None]
    ) -> list[Rehearsed]:
        """Process submissions after all earlier ones; ``homes`` are the home areas of their sources.

        The answers are in the order of the submissions; two of one request have the same.
        """
        self.homes |= {own.source: homes.get(own.source) for own in submissions}
        for own in submissions:
            self._connectors.setdefault(own.source, _Written(channel_named(own.channel)))
        with self._store.write() as connection:
            for (source, channel), group in groupby(submissions, lambda s: (s.source, s.channel)):
                page = Page(tuple(map(self._raw, group)), cursor={})
                landing.land(connection, source, channel, page, self._clock())
        while self._processor.run_once().items:
            pass
        with self._store.read() as connection:
            return self._read(connection, submissions)

    def close(self) -> None:
        """Throw everything away."""
        self._store.close()
        if self._folder is not None:
            self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _raw(self, submission: Submission) -> RawItem:
        now, sent = self._clock(), submission.submitted_at
        return RawItem.of(
            submission.source,
            submission.external_id,
            submission.model_dump_json(exclude_defaults=True).encode(),
            fetched_at=max(now, sent) if sent else now,
        )

    @staticmethod
    def _read(connection: Connection, submissions: Sequence[Submission]) -> list[Rehearsed]:
        ids = [request_id(own.source, own.of or own.external_id) for own in submissions]
        standings = requests.standings(connection, set(ids))
        relations = requests.latest_relations(connection, standings)
        refused = (
            {
                (row.source, row.external_id): row.reason
                for row in landing.quarantined(connection, limit=len(submissions))
            }
            if len(standings) < len(set(ids))
            else {}
        )
        return [
            Rehearsed(
                identifier,
                standings.get(identifier),
                relations.get(identifier),
                refused.get((own.source, own.external_id), ""),
            )
            for identifier, own in zip(ids, submissions, strict=True)
        ]


class _Written:
    """The connector of what was a submission already: its raw item is the submission, as JSON."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def pull(self, cursor: Cursor) -> Page:
        """Nothing to pull."""
        return Page((), cursor)

    def acknowledge(self, page: Page) -> None:
        """Nothing to mark."""

    def parse(self, item: RawItem) -> list[Submission]:
        """Read the submission back."""
        return [Submission.model_validate_json(item.content)]

    def close(self) -> None:
        """Nothing is open."""
