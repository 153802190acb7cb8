"""The pull loop: one thread per source; a page of items and its cursor commit together (I4).

A source that fails does not touch the others: its failure is written down for ``doctor``, and it is
tried again later, less and less often. When too much waits to be processed, nobody pulls (I2).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from intake import fault_points, log
from intake.backoff import until_stopped
from intake.connect.connector import Connector
from intake.errors import Fatal, IntakeError, Retriable, StoreBusy
from intake.store import landing
from intake.store.engine import Store

_log = log.get("pull")
FIRST_WAIT = 5.0
LONGEST_WAIT = 900.0


@dataclass(frozen=True, slots=True)
class PullReport:
    """The counts of one page."""

    source: str
    fetched: int
    redelivered: int
    filtered: int
    more: bool


@dataclass(frozen=True, slots=True)
class Puller:
    """Pulls one source."""

    name: str
    connector: Connector
    store: Store
    clock: Callable[[], datetime]
    interval: float
    backlog_limit: int

    def run_once(self) -> PullReport:
        """Pull one page and commit it with its cursor; then let the source know."""
        with self.store.read() as connection:
            cursor = landing.cursor_of(connection, self.name)
        page = self.connector.pull(cursor)
        fault_points.reach("pull.fetched")
        with self.store.write() as connection:
            landed, redelivered = landing.land(
                connection, self.name, str(self.connector.channel), page, self.clock()
            )
            fault_points.reach("pull.landed")
        fault_points.reach("pull.committed")
        self.connector.acknowledge(page)
        if page.items:
            _log.info("page.landed", source=self.name, landed=landed, redelivered=redelivered)
        return PullReport(
            self.name, len(page.items), redelivered, sum(page.filtered.values()), page.more
        )

    def drain(self, stop: threading.Event, on_page: Callable[[PullReport], None]) -> None:
        """Pull until the source has nothing more at once; errors are written down and raised."""
        more = True
        while more and not stop.is_set():
            if self.backlogged():
                stop.wait(0.5)
                continue
            try:
                report = self.run_once()
            except StoreBusy:
                raise
            except IntakeError as error:
                self.failed(error)
                raise
            except Exception as error:
                self.failed(
                    IntakeError(f"The connector failed unexpectedly ({type(error).__name__}).",
                                hint="Report it to the connector's author.")
                )  # fmt: skip
                _log.error("connector.failed", source=self.name, exc_info=error)
                raise
            on_page(report)
            more = report.more

    def run(self, stop: threading.Event, on_page: Callable[[PullReport], None]) -> None:
        """Pull until ``stop`` is set, with a longer wait after each failure in a row."""
        first = min(self.interval, FIRST_WAIT)
        while not stop.is_set():
            # Written down by drain; other sources go on.
            for attempt in until_stopped(
                stop, Exception, self._tell, first=first, most=LONGEST_WAIT
            ):
                with attempt:
                    self.drain(stop, on_page)
            stop.wait(self.interval)

    def _tell(self, error: Exception, failures: int, wait: float) -> None:
        _log.warning(
            "source.failed", source=self.name, failures=failures, fatal=isinstance(error, Fatal),
            retry_in=wait,
            reason=error.message if isinstance(error, IntakeError) else type(error).__name__,
        )  # fmt: skip

    def backlogged(self) -> bool:
        """Return whether so much waits that pulling must pause; nothing is dropped."""
        with self.store.read() as connection:
            return landing.waiting(connection) >= self.backlog_limit

    def failed(self, error: IntakeError) -> None:
        """Write a failure down where ``doctor`` finds it, beside the source's name."""
        try:
            with self.store.write() as connection:
                landing.pull_failed(
                    connection, self.name, str(self.connector.channel), error, self.clock()
                )
        except Retriable as busy:
            _log.warning("store.unavailable", reason=busy.message)
