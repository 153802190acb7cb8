"""Health for ``doctor``, the summary and the desk's status page: counters, backlogs, remedies.

The counters of I2 balance per source:
``fetched = new + revision + redelivery + filtered + quarantined + waiting``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from intake.errors import IntakeError, Retriable
from intake.messages import Params
from intake.store import outbox as outbox_store
from intake.store import source_facts
from intake.store.engine import Connection, Store
from intake.store.landing import FILTERED
from intake.store.requests import states

STATE = ("channel", "failures", "error", "error_code", "error_params", "succeeded_at")
"""What is known of a source itself, beside its counters."""

Level = Literal["ok", "warning", "error"]
QUIET = timedelta(days=2)
LAGGING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class SourceCounters:
    """One source's counters since its first pull, and how it is doing."""

    name: str
    channel: str
    fetched: int = 0
    new: int = 0
    revision: int = 0
    redelivery: int = 0
    filtered: int = 0
    quarantined: int = 0
    waiting: int = 0
    held: int = 0
    routed: int = 0
    answered: int = 0
    recorded: int = 0
    withdrawn: int = 0
    failures: int = 0
    error: str | None = None
    error_code: str | None = None
    error_params: Params | None = None
    succeeded_at: datetime | None = None

    @property
    def accounted(self) -> int:
        """The sum of all outcomes of fetched items."""
        return (
            self.new + self.revision + self.redelivery + self.filtered
            + self.quarantined + self.waiting
        )  # fmt: skip

    @property
    def balanced(self) -> bool:
        """Whether every fetched item is accounted for (I2)."""
        return self.accounted == self.fetched


def sources(connection: Connection, names: Iterable[str] = ()) -> list[SourceCounters]:
    """Return the counters of all sources seen so far, and of ``names`` even if never pulled."""
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    for (source, kept), n in source_facts.kept_counters(connection).items():
        own = counts.setdefault(source, {})
        counter = "filtered" if kept.startswith(FILTERED) else kept
        own[counter] = own.get(counter, 0) + n
    for source, n in source_facts.waiting_by_source(connection).items():
        counts.setdefault(source, {})["waiting"] = n
    for (source, state), n in states(connection).items():
        counts.setdefault(source, {})[state] = n
    health = source_facts.pull_states(connection)
    for source in health:
        counts.setdefault(source, {})
    return [_counters(name, health.get(name), own) for name, own in counts.items()]


def _counters(name: str, state: Any, counts: dict[str, int]) -> SourceCounters:
    found: dict[str, Any] = {**counts, "channel": ""}
    if state is not None:
        for column in STATE:
            found[column] = getattr(state, column)
    return SourceCounters(name=name, **found)


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: what was looked at, how it is, and what to do."""

    what: str
    level: Level
    said: str
    do: str = ""


def checks(
    store: Store, names: Iterable[str], now: datetime, ping: Callable[[], None]
) -> list[Check]:
    """Look at sources, backlog, quarantine, outbox and broker."""
    with store.read() as connection:
        found = [check for source in sources(connection, names) for check in _source(source, now)]
        found += _outbox(connection, now)
        found.append(_recount(connection))
    return [*found, queue(ping)]


def queue(ping: Callable[[], None]) -> Check:
    """Check whether the queue answers."""
    try:
        ping()
    except Retriable as error:
        return Check("queue", "error", error.message, "Start the broker, or correct queue.url.")
    except IntakeError as error:
        return Check("queue", "error", error.message, error.hint)
    return Check("queue", "ok", "reachable")


def _source(source: SourceCounters, now: datetime) -> list[Check]:
    what = f"source {source.name}"
    found = []
    if source.error:
        found.append(
            Check(what, "error", f"{source.failures} failures in a row; the last: {source.error}",
                  "Mend the source or its options; pulling goes on by itself.")
        )  # fmt: skip
    elif source.succeeded_at is None and source.fetched == 0:
        found.append(Check(what, "warning", "never pulled", "Start: intake run or intake pull"))
    elif source.succeeded_at is not None and now - source.succeeded_at > QUIET:
        found.append(
            Check(what, "warning", f"not pulled since {source.succeeded_at:%Y-%m-%d %H:%M} UTC",
                  "Is intake pull running?")
        )  # fmt: skip
    else:
        found.append(Check(what, "ok", f"{source.fetched} fetched, {source.waiting} waiting"))
    if not source.balanced:
        found.append(
            Check(f"{what} counters", "error",
                  f"fetched {source.fetched}, accounted for {source.accounted}",
                  "Items were changed outside the product; restore or report it.")
        )  # fmt: skip
    if source.quarantined:
        found.append(
            Check(f"{what} quarantine", "warning", f"{source.quarantined} items wait",
                  "Look at them on the desk, then: intake replay")
        )  # fmt: skip
    return found


def _outbox(connection: Connection, now: datetime) -> list[Check]:
    waiting, oldest = outbox_store.backlog(connection)
    if not waiting or oldest is None:
        return [Check("outbox", "ok", "everything is published")]
    late = now - oldest > LAGGING
    return [
        Check("outbox", "error" if late else "warning",
              f"{waiting} events wait, the oldest since {oldest:%Y-%m-%d %H:%M:%S} UTC",
              "Is the broker up and intake publish running?")
    ]  # fmt: skip


def _recount(connection: Connection) -> Check:
    """Compare the counters with the rows that they count."""
    real = source_facts.rows_by_state(connection)
    kept = {
        key: n
        for key, n in source_facts.kept_counters(connection).items()
        if key[1] in ("new", "revision", "quarantined")
    }
    wrong = [key for key, n in kept.items() if n != real.get(key, 0)]
    if wrong:
        names = ", ".join(sorted({source for source, _ in wrong}))
        return Check("counters", "error", f"differ from the rows for {names}",
                     "Rows were changed outside the product; restore or report it.")  # fmt: skip
    return Check("counters", "ok", "agree with the rows")
