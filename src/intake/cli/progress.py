"""The display while the loops run: one table of sources, one of units."""

from __future__ import annotations

import time
from dataclasses import asdict

from rich.console import Group
from rich.table import Table
from rich.text import Text

from intake.bootstrap import Application
from intake.operate.health import SourceCounters, sources
from intake.store.engine import Connection
from intake.store.outbox import backlog, events_per_unit

COLUMNS = {
    "fetched": "got",
    "new": "new",
    "revision": "edit",
    "redelivery": "seen",
    "filtered": "filt",
    "quarantined": "quar",
    "waiting": "wait",
    "held": "held",
    "routed": "sent",
    "recorded": "rec",
}
LEGEND = (
    "got: fetched; edit: revisions; seen: redelivered; filt: left out by rule; quar: in quarantine; wait: to be "
    "processed; sent: routed to units; rec: only recorded; rep: joined an earlier request's case"
)
SUMMARY = (
    "name", "channel", "fetched", "new", "revision", "redelivery", "filtered", "quarantined",
    "held", "routed",
)  # fmt: skip


class Board:
    """Reads the store and draws it; the numbers are the store's, not a second count."""

    def __init__(self, app: Application) -> None:
        self._app = app
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def sources(self) -> list[SourceCounters]:
        """Return the counters as of now, in the order of the settings."""
        names = [source.name for source in self._app.settings.source]
        with self._app.store.read() as connection:
            return sources(connection, names)

    def draw(self, *, units: bool = False) -> Group:
        """Draw the tables."""
        table = Table(
            title="Sources", title_justify="left", caption=LEGEND, caption_justify="left",
            box=None, padding=(0, 1, 0, 0), pad_edge=False,
        )  # fmt: skip
        table.add_column("source", no_wrap=True)
        for heading in (*COLUMNS.values(), "rep"):
            table.add_column(heading, justify="right", no_wrap=True)
        counters = self.sources()
        with self._app.store.read() as connection:
            repeats = repeats_per_source(connection)
            unsent, _ = backlog(connection)
            per_unit = events_per_unit(connection) if units else {}
        for source in counters:
            name = Text(source.name, style="red" if source.error else "")
            values = [str(getattr(source, column)) for column in COLUMNS]
            table.add_row(name, *values, str(repeats.get(source.name, 0)))
        totals = [str(sum(getattr(source, column) for source in counters)) for column in COLUMNS]
        table.add_section()
        table.add_row("all", *totals, str(sum(repeats.values())), style="bold")
        parts: list[Table | Text] = [
            table,
            *(Text(f"{s.name}: {s.error}", style="red") for s in counters if s.error),
        ]
        if units:
            parts.append(self._units(per_unit))
        parts.append(Text(f"{self.seconds:.0f} s, {unsent} events wait to be published"))
        return Group(*parts)

    def summary(self) -> dict[str, object]:
        """Return the machine-readable summary."""
        counters = self.sources()
        with self._app.store.read() as connection:
            units = events_per_unit(connection)
        return {
            "sources": [
                {key: value for key, value in asdict(source).items() if key in SUMMARY}
                | ({"error": source.error} if source.error else {})
                for source in counters
            ],
            "units": [{"unit": unit, "events": n} for unit, n in units.items()],
            "seconds": round(self.seconds, 3),
        }

    def _units(self, per_unit: dict[str, int]) -> Table:
        table = Table(title="Events per unit (first 25)", title_justify="left")
        table.add_column("unit")
        table.add_column("name")
        table.add_column("events", justify="right")
        known = self._app.router.catalogue.units
        for unit, n in sorted(per_unit.items(), key=lambda item: -item[1])[:25]:
            name = "routing desk" if unit == "desk" else known[unit].name if unit in known else ""
            table.add_row(unit, name, str(n))
        left = max(0, len(per_unit) - 25)
        table.caption = f"{len(per_unit)} units in all" + (f", {left} not shown" if left else "")
        return table


def repeats_per_source(connection: Connection) -> dict[str, int]:
    """Count the requests that joined an earlier request's case."""
    rows = connection.exec_driver_sql(
        "SELECT r.source, count(DISTINCT r.id) FROM request r "
        "JOIN relation l ON l.request_id = r.id WHERE l.kind <> 'related' GROUP BY r.source"
    )
    return {str(row[0]): int(row[1]) for row in rows}
