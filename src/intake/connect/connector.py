"""The connector protocol (接入插件), and how connectors are found.

A connector is a class registered under the entry point group ``intake.connectors``, ours as well as a
stranger's. ``intake.testing.connectors`` is its contract as tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, JsonValue

from intake.connect.fetcher import Fetcher
from intake.errors import ConfigurationError
from intake.model.channel import Channel
from intake.model.submission import RawItem, Submission

GROUP = "intake.connectors"

Cursor = dict[str, JsonValue]
"""A connector's own note of how far it has read; JSON, opaque to everybody else. ``{}`` is the start."""


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a pull: items, and the cursor to store in the same commit as the items (I4).

    ``filtered`` counts, per rule, what the source offered and the connector left out on purpose
    (configured rules only); it is part of the sum of I2. ``more`` means that another call yields
    items at once. ``receipt`` is passed to ``acknowledge`` after the commit.
    """

    items: tuple[RawItem, ...]
    cursor: Cursor
    more: bool = False
    filtered: dict[str, int] = field(default_factory=dict)
    receipt: JsonValue = None


class SourceConfig(BaseModel):
    """Base of every connector's own options; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class SourceContext:
    """The surroundings of a connector: its source's name and area, fetching, clock and folder."""

    name: str
    home_area: str | None
    fetch: Fetcher
    clock: Callable[[], datetime]
    directory: Path = field(default_factory=Path)
    """The folder of the settings file; relative paths in options start there."""


@runtime_checkable
class Connector(Protocol):
    """Pulls one kind of channel and parses what it pulled. Used by one thread at a time.

    - ``pull`` may block (bounded by the fetcher's time-outs), may be called again with an old cursor
      after a crash, and must not change anything at the source. It returns items in the source's own
      order. It raises ``Retriable`` when the source is down, ``Fatal`` when a person has to act. One
      item that cannot be read is *not* an error: return its bytes, ``parse`` decides.
    - ``acknowledge`` is called after the page is committed, possibly more than once for one page, and
      is where a mark is set at the source (an IMAP flag). Most have nothing to do.
    - ``parse`` is a pure function of the raw item; it raises ``MalformedItem`` with words that a
      person understands. It returns at least one submission, the post first.
    """

    @property
    def channel(self) -> Channel: ...

    def pull(self, cursor: Cursor) -> Page: ...

    def acknowledge(self, page: Page) -> None: ...

    def parse(self, item: RawItem) -> list[Submission]: ...

    def close(self) -> None: ...


class ConnectorType(Protocol):
    """A connector's class, as its entry point names it: ``channel`` and ``Config`` are in its body.

    ``channel`` declares the channel that it brings, ``Config`` the options of a source.
    """

    @property
    def channel(self) -> Channel: ...

    @property
    def Config(self) -> type[SourceConfig]: ...  # noqa: N802 - the name of a class

    def __call__(self, config: Any, context: SourceContext) -> Connector: ...


def installed() -> dict[str, EntryPoint]:
    """Return the entry point of every installed connector, by name.

    Raises ``ConfigurationError`` if two packages provide connectors of one name.
    """
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=GROUP):
        other = found.get(point.name)
        if other is not None and other.value != point.value:
            raise ConfigurationError(
                f"Two installed packages provide a connector named {point.name!r} "
                f"({other.value} and {point.value}).",
                hint="Uninstall one of them.",
            )
        found[point.name] = point
    return found


def load(name: str) -> ConnectorType:
    """Load the connector class named ``name``.

    Raises ``ConfigurationError`` if none is installed, it cannot be imported, or a part of the protocol is
    missing.
    """
    points = installed()
    if name not in points:
        raise ConfigurationError(
            f"No connector named {name!r} is installed.",
            hint=f"Installed: {', '.join(sorted(points)) or 'none'}.",
        )
    try:
        loaded = points[name].load()
    except Exception as error:  # a stranger's module may raise anything while it is imported
        raise ConfigurationError(
            f"The connector {name!r} ({points[name].value}) cannot be imported: "
            f"{type(error).__name__}: {error}.",
            hint="Reinstall the package that provides it.",
        ) from error
    missing = [part for part in _promised() if not hasattr(loaded, part)]
    if missing:
        raise ConfigurationError(
            f"{points[name].value} is not a connector: it has no {', '.join(missing)}.",
            hint="See docs/connectors.md.",
        )
    if not isinstance(loaded.channel, Channel):
        raise ConfigurationError(
            f"{points[name].value} declares its channel as {type(loaded.channel).__name__}.",
            hint='Write channel = Channel("name", zh="名称", en="name").',
        )
    return loaded  # type: ignore[no-any-return]


def _promised() -> Iterable[str]:
    return ("channel", "Config", "pull", "acknowledge", "parse", "close")
