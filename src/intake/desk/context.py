"""What the desk is given when it is put together."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from intake.cases import Cases
from intake.correct import Desk
from intake.route.areas import Gazetteer
from intake.route.catalogue import Catalogue
from intake.route.taxonomy import Taxonomy
from intake.settings import DeskSettings
from intake.store.engine import Store
from intake.store.vault import Vault


def new_token() -> str:
    """Make a secret that cannot be guessed (256 bits), fit for a cookie and a URL."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class DeskContext:
    """Everything the pages and the interface work with.

    ``home_areas`` limits the search for areas to where the sources are (none: all known areas).
    Without a ``vault`` no identity can be redeemed. ``clock`` gives aware UTC, ``tokens``
    unguessable secrets.
    """

    store: Store
    desk: Desk
    cases: Cases
    in_force: Callable[[], Catalogue]
    taxonomy: Taxonomy
    gazetteer: Gazetteer
    settings: DeskSettings
    clock: Callable[[], datetime]
    tokens: Callable[[], str] = new_token
    vault: Vault | None = None
    home_areas: tuple[str, ...] = ()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue that is in force now."""
        return self.in_force()
