"""The process loop: claim → parse → normalize → understand → relate → decide → commit.

This is the product's order on one screen. The first stages need only the message itself and run
before the lock; what must see all earlier requests runs in ``settle``, under it.
"""

from __future__ import annotations

import gc
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from intake import fault_points, log
from intake.connect.connector import Connector
from intake.decide.router import Router
from intake.errors import MalformedItem, Retriable, Skippable
from intake.model.submission import Submission
from intake.pipeline.prepare import ATTACH, PreparedItem, prepare
from intake.pipeline.settle import Settler
from intake.store import landing
from intake.store.engine import Connection, Store
from intake.store.landing import LandedItem, Rejection

ParsedItem = tuple[LandedItem, list[Submission]]

_log = log.get("process")
LONGEST_TEXT = 200_000
"""Characters; a novel pasted into a form must not hold up a city."""


@dataclass(slots=True)
class BatchReport:
    """The counts of one batch: outcomes by (source, outcome)."""

    items: int = 0
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Processor:
    """Turns landed items into requests, decisions and events. One per process.

    ``routers`` returns the router whose catalogue is in force; a batch is decided with one router.
    """

    store: Store
    connectors: Mapping[str, Connector]
    routers: Callable[[], Router]
    settler: Settler
    clock: Callable[[], datetime]
    batch: int = 200

    def run_once(self) -> BatchReport:
        """Process one batch; a report of no items means that nothing was waiting."""
        with _no_collection():
            report = self._batch()  # what it needed is gone when the collector comes back
        self.settler.deduper.tidy()
        return report

    def run(self, stop: threading.Event, on_batch: Callable[[BatchReport], None]) -> None:
        """Process until ``stop`` is set; wait when nothing is landed, and when the store is busy."""
        while not stop.is_set():
            try:
                report = self.run_once()
            except Retriable as error:
                _log.warning("store.unavailable", reason=error.message)
                stop.wait(1.0)
                continue
            if report.items:
                on_batch(report)
            else:
                stop.wait(0.2)

    def prepare(
        self, items: Sequence[LandedItem], router: Router
    ) -> tuple[list[PreparedItem], list[tuple[LandedItem, Rejection]]]:
        """Run the stages that need nothing but the item; a failing item is rejected, alone."""
        parsed: list[ParsedItem] = []
        rejected: list[tuple[LandedItem, Rejection]] = []
        for landed in items:
            try:
                parsed.append((landed, self._parse(landed)))
            except Skippable as error:
                rejected.append((landed, Rejection.of("parse", error)))
            except Exception as error:  # noqa: BLE001 - isolation: the batch goes on, the item waits
                rejected.append((landed, _unexpected("prepare", error)))
        try:
            return self._read(parsed, router), rejected
        except Exception as error:  # noqa: BLE001 - any item may be the one; try each alone
            _log.warning("batch.failed", error=error, items=len(parsed))
        ready: list[PreparedItem] = []
        for one in parsed:
            try:
                ready += self._read([one], router)
            except Exception as error:  # noqa: BLE001 - this is the item; it waits in quarantine
                rejected.append((one[0], _unexpected("prepare", error)))
        return ready, rejected

    def _batch(self) -> BatchReport:
        report, router = BatchReport(), self.routers()
        with landing.claim(self.store, self.batch) as claim:
            if not claim.items:
                return report
            fault_points.reach("process.claimed")
            ready, rejected = self.prepare(claim.items, router)
            fault_points.reach("process.prepared")
            try:
                self._commit(claim, router, ready, rejected, report)
            except Retriable:
                raise
            except Exception as error:  # noqa: BLE001 - any item may be the one; try each alone
                _log.warning("batch.failed", error=error, items=len(claim.items))
                report.outcomes.clear()
                self._one_by_one(claim, router, ready, rejected, report)
        fault_points.reach("process.committed")
        report.items = len(claim.items)
        return report

    def _parse(self, landed: LandedItem) -> list[Submission]:
        source = landed.item.source
        connector = self.connectors.get(source)
        if connector is None:
            raise Skippable.of("error.unknown_source", source=source)
        submissions = list(connector.parse(landed.item))
        for submission in submissions:
            if len(submission.body) > LONGEST_TEXT:
                length = len(submission.body)
                raise Skippable.of("error.text_too_long", n=length, limit=LONGEST_TEXT)
        return submissions

    def _read(self, parsed: Sequence[ParsedItem], router: Router) -> list[PreparedItem]:
        return prepare(parsed, router.reader, self.settler.homes)

    def _commit(
        self,
        claim: landing.Claim,
        router: Router,
        ready: Sequence[PreparedItem],
        rejected: Sequence[tuple[LandedItem, Rejection]],
        report: BatchReport,
    ) -> None:
        with claim.settle() as connection:
            settled = self.settler.settle(connection, ready, router)
            outcomes = [
                *settled.outcomes,
                *((landed, "quarantined") for landed, _ in rejected),
            ]
            landing.reject(connection, [*rejected, *settled.rejected], self.clock())
            landing.finish(connection, outcomes)
            self._wake_orphans(connection, settled.posts)
            fault_points.reach("process.written")
        report.outcomes.update((landed.item.source, outcome) for landed, outcome in outcomes)

    def _one_by_one(
        self,
        claim: landing.Claim,
        router: Router,
        ready: Sequence[PreparedItem],
        rejected: Sequence[tuple[LandedItem, Rejection]],
        report: BatchReport,
    ) -> None:
        for item in ready:
            try:
                self._commit(claim, router, [item], [], report)
            except Retriable:
                raise
            except Exception as error:  # noqa: BLE001 - this is the item; it waits in quarantine
                self._commit(
                    claim, router, [], [(item.landed, _unexpected("settle", error))], report
                )
        for one in rejected:
            self._commit(claim, router, [], [one], report)

    def _wake_orphans(self, connection: Connection, posts: Sequence[str]) -> None:
        """Replay what waited for a post that has now arrived."""
        if posts:
            waiting = landing.waiting_for(connection, ATTACH, posts)
            if waiting:
                landing.replay(connection, ids=waiting)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the cyclic collector out of a batch; it runs between batches.

    A batch is some hundred thousand objects without cycles; searching them for cycles again and
    again took a fifth of the time. They are freed with the batch, so memory is bounded by one batch.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _unexpected(stage: str, error: Exception) -> Rejection:
    _log.error("item.failed", stage=stage, exc_info=error)
    told = MalformedItem.of("error.program", kind=type(error).__name__)
    return Rejection.of(stage, told, detail=_where(error))


def _where(error: Exception) -> str:
    """Name the exception and the innermost place it came from; never its message (it may quote)."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""
    return f"{type(error).__name__}{place}"
