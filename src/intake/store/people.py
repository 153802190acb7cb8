"""Users of the desk, their sessions and one-time sign-in links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from intake.errors import Conflict, NotFound
from intake.store import bulk
from intake.store.tables import session, user

Role = Literal["desk", "lead", "admin"]
SessionKind = Literal["session", "link"]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. ``lead`` sees 高位办 matters, ``admin`` also manages users."""

    name: str
    password_hash: str | None
    roles: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser (or an unused sign-in link); only the token's hash is stored."""

    token_hash: str
    user: str
    csrf: str
    expires_at: datetime


def add(
    connection: sa.Connection,
    name: str,
    password_hash: str | None,
    roles: tuple[str, ...],
    at: datetime,
) -> None:
    """Add a user; ``Conflict`` if the name is taken."""
    if find(connection, name) is not None:
        raise Conflict(f"There is already a user {name}.", hint="Choose another name.")
    row = {"name": name, "password_hash": password_hash, "roles": list(roles), "disabled": False}
    connection.execute(sa.insert(user).values(**row, created_at=at))


def find(connection: sa.Connection, name: str) -> User | None:
    """Find a user by name."""
    row = connection.execute(sa.select(user).where(user.c.name == name)).first()
    return User(row.name, row.password_hash, tuple(row.roles), row.disabled) if row else None


def everyone(connection: sa.Connection) -> list[User]:
    """List all users by name."""
    rows = connection.execute(sa.select(user).order_by(user.c.name))
    return [User(row.name, row.password_hash, tuple(row.roles), row.disabled) for row in rows]


def change(
    connection: sa.Connection,
    name: str,
    *,
    password_hash: str | None = None,
    disabled: bool | None = None,
) -> None:
    """Change a user's password or disable them; their sessions end at once. Raises ``NotFound``."""
    values = {"password_hash": password_hash, "disabled": disabled}
    values = {key: value for key, value in values.items() if value is not None}
    changed = connection.execute(sa.update(user).where(user.c.name == name).values(**values))
    if changed.rowcount == 0:
        raise NotFound(f"There is no user {name}.", hint="intake user list shows them.")
    connection.execute(sa.delete(session).where(session.c.user == name))


def open_session(
    connection: sa.Connection,
    token_hash: str,
    kind: SessionKind,
    user_name: str,
    csrf: str,
    expires_at: datetime,
) -> None:
    """Write a session or a one-time link."""
    row = {"token_hash": token_hash, "kind": kind, "user": user_name, "csrf": csrf}
    bulk.insert(connection, session, [{**row, "expires_at": expires_at}])


def find_session(
    connection: sa.Connection, token_hash: str, kind: SessionKind, at: datetime
) -> Session | None:
    """Find a session that has not ended."""
    row = connection.execute(
        sa.select(session).where(
            session.c.token_hash == token_hash, session.c.kind == kind, session.c.expires_at > at
        )
    ).first()
    return Session(row.token_hash, row.user, row.csrf, row.expires_at) if row else None


def end_late_sessions(connection: sa.Connection, at: datetime) -> None:
    """Delete the sessions and links whose time is over."""
    connection.execute(sa.delete(session).where(session.c.expires_at <= at))


def end_session(connection: sa.Connection, token_hash: str) -> bool:
    """End a session or use up a link; return whether it was there (a link works once)."""
    ended = connection.execute(sa.delete(session).where(session.c.token_hash == token_hash))
    return ended.rowcount == 1
