"""Stored versions of the dispatch catalogue, and from which day each is in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from intake.errors import NotFound, Refused
from intake.store import audit, bulk
from intake.store.tables import catalogue_activation, catalogue_version


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One version without its content; ``active_from`` are the days from which it was activated."""

    version: str
    stored_by: str
    stored_at: datetime
    note: str
    active_from: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Activation:
    """The day from which a version is in force, until a later activation."""

    version: str
    active_from: date
    activated_by: str
    activated_at: datetime
    why: str


def store(
    connection: sa.Connection, version: str, content: bytes, *, by: str, at: datetime, note: str
) -> bool:
    """Store a version for good; return whether it is new."""
    row = {
        "version": version, "content": content, "stored_by": by, "stored_at": at, "note": note
    }  # fmt: skip
    if not bulk.insert(connection, catalogue_version, [row], ignore=True):
        return False
    entry = audit.entry(
        at, by, "catalogue.stored", "catalogue", version, after="stored", why=note or "store"
    )
    audit.append(connection, [entry])
    return True


def activate(
    connection: sa.Connection, version: str, *, active_from: date, by: str, at: datetime, why: str
) -> None:
    """Put a stored version in force from a day on."""
    before = in_force(connection, active_from)
    row = {
        "version": version, "active_from": active_from, "activated_by": by, "activated_at": at,
        "why": why,
    }  # fmt: skip
    connection.execute(sa.insert(catalogue_activation).values(row))
    entry = audit.entry(
        at, by, "catalogue.activated", "catalogue", version,
        before=before, after=active_from.isoformat(), why=why,
    )  # fmt: skip
    audit.append(connection, [entry])


def in_force(connection: sa.Connection, on: date) -> str | None:
    """Return the version in force on a day; None before the first activation."""
    return connection.execute(
        sa.select(catalogue_activation.c.version)
        .where(catalogue_activation.c.active_from <= on)
        .order_by(catalogue_activation.c.active_from.desc(), catalogue_activation.c.id.desc())
        .limit(1)
    ).scalar()


def content(connection: sa.Connection, version: str) -> bytes:
    """Return a version's packed files. Raises ``NotFound``."""
    found = connection.execute(
        sa.select(catalogue_version.c.content).where(catalogue_version.c.version == version)
    ).scalar()
    if found is None:
        raise NotFound(
            f"No catalogue {version} is stored.", hint="intake catalogue versions lists them."
        )
    return bytes(found)


def named(connection: sa.Connection, name: str) -> str:
    """Return the full name of a version from its beginning (with or without ``catalogue@``).

    Raises ``NotFound`` if no version begins so, ``Refused`` if several do.
    """
    wanted = name if name.startswith("catalogue@") else f"catalogue@{name}"
    column = catalogue_version.c.version
    found = connection.execute(
        sa.select(column).where(column.startswith(wanted, autoescape=True)).limit(2)
    ).scalars()
    versions = list(found)
    if not versions:
        raise NotFound(
            f"No catalogue {name} is stored.", hint="intake catalogue versions lists them."
        )
    if len(versions) > 1:
        raise Refused(f"Several versions begin with {name}.", hint="Write more of the name.")
    return str(versions[0])


def versions(connection: sa.Connection) -> list[StoredVersion]:
    """List all versions, the oldest first."""
    days: dict[str, list[date]] = {}
    for activation in activations(connection):
        days.setdefault(activation.version, []).append(activation.active_from)
    columns = [column for column in catalogue_version.c if column.name != "content"]
    rows = connection.execute(
        sa.select(*columns).order_by(catalogue_version.c.stored_at, catalogue_version.c.version)
    )
    return [
        StoredVersion(
            row.version, row.stored_by, row.stored_at, row.note, tuple(days.get(row.version, ()))
        )
        for row in rows
    ]


def activations(connection: sa.Connection) -> list[Activation]:
    """List all activations in the order they were made."""
    rows = connection.execute(sa.select(catalogue_activation).order_by(catalogue_activation.c.id))
    return [
        Activation(row.version, row.active_from, row.activated_by, row.activated_at, row.why)
        for row in rows
    ]
