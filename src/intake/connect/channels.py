"""The declared channels: the product's own, and those of the installed connectors.

A connector is found by its entry point (``intake.connectors``), and its class declares its channel in
``channel``. A package is read when somebody asks for a channel that is not the product's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from intake import log
from intake.connect.connector import installed, load
from intake.errors import ConfigurationError
from intake.model.channel import SHIPPED, Channel

_log = log.get("connect")
_SHIPPED: Mapping[str, Channel] = MappingProxyType({str(channel): channel for channel in SHIPPED})


@cache
def declared() -> Mapping[str, Channel]:
    """Return every channel that is declared here, by name; the product's own first.

    Asked once a process. A connector that cannot be loaded declares nothing, which is logged: its own
    source says what is wrong, and everybody else's pages still open. The first declaration counts.
    """
    found = dict(_SHIPPED)
    for name in sorted(installed()):
        try:
            channel = load(name).channel
        except ConfigurationError as error:
            _log.warning("connector.unusable", connector=name, reason=error.message)
            continue
        found.setdefault(str(channel), channel)
    return MappingProxyType(found)


def is_declared(name: str) -> bool:
    """Return whether the product or an installed connector declares a channel of this name."""
    return name in _SHIPPED or name in declared()


def channel_named(name: str) -> Channel:
    """Return the channel of this name; where nobody declares it any more it is called by its name."""
    return _SHIPPED.get(name) or declared().get(name) or Channel(name)


def declared_channel(name: str) -> Channel:
    """Return the channel of this name; raise ``ConfigurationError`` where nobody declares it."""
    found = _SHIPPED.get(name) or declared().get(name)
    if found is None:
        raise ConfigurationError(
            f"No channel named {name!r} is declared.",
            hint=f"Declared: {', '.join(declared())}. A connector declares its own, see "
            "docs/connectors.md.",
        )
    return found
