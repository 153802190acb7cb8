"""The parts that the web application works with."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from intake.areas.gazetteer import Gazetteer
from intake.casework.back_channel import BackChannel
from intake.casework.cases import Cases
from intake.casework.routing_desk import Desk
from intake.casework.supervision import Supervision
from intake.catalogue import Catalogue
from intake.catalogue.taxonomy import Taxonomy
from intake.catalogue.unit_names import UnitNames
from intake.decide.router import Router
from intake.settings import DeskSettings
from intake.store.engine import Store
from intake.store.vault import Vault


def new_token() -> str:
    """Make a secret that cannot be guessed (256 bits), fit for a cookie and a URL."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class DeskContext:
    """The parts that the pages and the interface work with.

    ``router`` returns the one in force. ``homes`` holds the home area of each source; the search for areas is
    limited to these (none: all known areas).
    Without a ``vault`` no identity can be redeemed. ``clock`` returns aware UTC, ``tokens``
    unguessable secrets.
    """

    store: Store
    desk: Desk
    back_channel: BackChannel
    cases: Cases
    router: Callable[[], Router]
    taxonomy: Taxonomy
    gazetteer: Gazetteer
    settings: DeskSettings
    clock: Callable[[], datetime]
    tokens: Callable[[], str] = new_token
    vault: Vault | None = None
    homes: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that is in force now."""
        return self.router().catalogue

    @property
    def names(self) -> UnitNames:
        """All names of the units of that catalogue."""
        return self.router().reader.names

    @property
    def supervision(self) -> Supervision:
        """Urging, and sending answers back."""
        return Supervision(self.store, self.clock, language=self.desk.language)

    @property
    def home_areas(self) -> tuple[str, ...]:
        """The home areas of the sources."""
        return tuple(sorted({home for home in self.homes.values() if home}))
