"""Versions of the dispatch catalogue: storing one, putting it in force, reading it back."""

from __future__ import annotations

from datetime import date, datetime

from intake.catalogue.table_files import Tables, packed, read, unpacked
from intake.errors import Refused
from intake.model.zone import CHINA
from intake.store import catalogue_versions
from intake.store.engine import Store

AT_START = "settings"


def keep(store: Store, tables: Tables, *, by: str, at: datetime, note: str) -> bool:
    """Store a version; return whether it is new. The same tables are always the same version."""
    with store.write() as connection:
        return catalogue_versions.store(
            connection, tables.version, packed(tables.files), by=by, at=at, note=note
        )


def activate(store: Store, name: str, *, active_from: date, by: str, at: datetime, why: str) -> str:
    """Put a stored version in force from today or a later day; return its full name.

    Raises ``Refused`` without a reason, and for a day that has passed: decisions of that day were made with
    another version.
    """
    today = at.astimezone(CHINA).date()
    if active_from < today:
        raise Refused(
            f"{active_from} has passed; a version cannot be put in force backwards.",
            hint=f"Give {today} or a later day.",
        )
    if not why.strip():
        raise Refused("An activation needs a reason.", hint="Say why: --why '…'.")
    with store.write() as connection:
        version = catalogue_versions.named(connection, name)
        catalogue_versions.activate(
            connection, version, active_from=active_from, by=by, at=at, why=why
        )
    return version


def fetch(store: Store, name: str) -> Tables:
    """Return the tables of a stored version by its name or the beginning of it.

    Raises ``NotFound`` if there is none, ``Refused`` if this program cannot read it.
    """
    with store.read() as connection:
        version = catalogue_versions.named(connection, name)
        content = catalogue_versions.content(connection, version)
    tables, faults = read(unpacked(content))
    if tables is None or faults:
        raise Refused(
            f"The stored {version} cannot be read by this program: {faults[0]}.",
            hint="It was stored by another release; correct the tables and store them again.",
        )
    return tables
