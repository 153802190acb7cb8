"""Reading sealed identities; :mod:`intake.store.vault` opens them, the ledger writes them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from intake.store.engine import Connection
from intake.store.tables import identity


def find(connection: Connection, ref: str) -> Any | None:
    """Find a sealed identity by its reference: a row with ``request_id``, ``key_id`` and ``fields``."""
    return connection.execute(sa.select(identity).where(identity.c.ref == ref)).first()
