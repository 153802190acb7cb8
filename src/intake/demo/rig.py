"""Sources of a simulated city as rigs for the connector contract."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

from intake.connect.connector import Connector, SourceContext, load
from intake.connect.fetcher import Fetcher, FetchPolicy
from intake.demo.city import City, settings_for
from intake.demo.corpus_message import CorpusMessage
from intake.testing.connectors import Rig

QUICK = FetchPolicy(connect_timeout=2, read_timeout=0.4, total_timeout=2, attempts=1)
"""Patience for tests: a hanging source is given up soon."""


def connect(
    city: City, source: str, *, policy: FetchPolicy | None = QUICK, **options: Any
) -> Connector:
    """Connect to one source of a started city; ``options`` replace single ones."""
    table = next(table for table in settings_for(city)["source"] if table["name"] == source)
    kind = load(table["connector"])
    context = SourceContext(
        source, table["home_area"], Fetcher(source, policy=policy), lambda: datetime.now(UTC)
    )
    connector: Connector = kind(kind.Config(**{**table["options"], **options}), context)
    return connector


def city_rig(
    corpus: Iterable[CorpusMessage], source: str, hours: float = 72, **options: Any
) -> Callable[[], AbstractContextManager[Rig]]:
    """Return a maker of rigs of one source; its change is ``hours`` of the city's time."""
    messages = list(corpus)

    @contextmanager
    def make() -> Iterator[Rig]:
        with City(messages) as city:
            opened: list[Connector] = []

            def connector() -> Connector:
                opened.append(connect(city, source, **options))
                return opened[-1]

            def change() -> None:
                city.advance(hours)

            marks = (lambda: city.flags(source)) if source.endswith("mailbox") else None
            yield Rig(connector, change, marks)
            for each in opened:
                each.close()

    return make
