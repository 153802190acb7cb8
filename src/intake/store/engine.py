"""Opening the store: SQLite (embedded default) or PostgreSQL, the same tables on both.

"Accepted" means committed: SQLite runs in WAL mode with ``synchronous=FULL``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import make_url

from intake.errors import ConfigurationError, StoreBusy

Connection = sa.Connection
"""A transaction of the store. Callers pass it on; only this package builds statements."""

SETTLE_LOCK = 0x1A7A_5E77
"""PostgreSQL advisory lock: batches relate and commit one after the other (docs/adr/0002)."""

_PAGE_BYTES = 8192
"""Of a new database. An event fits into one page, and a batch touches half as many pages of each index:
a fourth less work for a batch than with SQLite's 4096."""

_WAL_PAGES = 5_000
"""Size of the WAL, 40 MB, at which a commit copies it into the database and starts it anew. A page
that changed in many commits is copied once: at SQLite's 1,000 commits took a third longer."""


@dataclass(frozen=True, slots=True)
class Store:
    """A database with the product's tables."""

    engine: sa.Engine

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads."""
        with _mapped(), self.engine.connect() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that writes; committed at the end, rolled back on any error.

        On SQLite it takes the write lock at once, so that it cannot fail half way for another writer.
        Raises ``StoreBusy`` when the database is locked, full or out of reach.
        """
        with _mapped(), self.engine.connect() as connection:
            connection = connection.execution_options(intake_write=True)
            with connection.begin():
                yield connection

    def ping(self) -> None:
        """Return if the database answers; raise ``StoreBusy`` if it does not."""
        with self.read() as connection:
            connection.execute(sa.select(1))

    def close(self) -> None:
        """Return all connections."""
        self.engine.dispose()


def printable_url(url: str) -> str:
    """Return a database URL with its password masked, written the same way every time."""
    return make_url(url).render_as_string()


def is_there(url: str) -> bool:
    """Return whether there may be a database at ``url``; False where an embedded one has no file yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return True
    return Path(parsed.database).exists()


def open_store(url: str) -> Store:
    """Open the database at ``url``; it need not have its tables yet (see ``migrate.upgrade``).

    Raises ``ConfigurationError`` for a text that is no URL, or names another kind of database.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise ConfigurationError(
            "store.url is not a database URL.",
            hint="Example: sqlite:///var/intake.db or postgresql+psycopg://user:password@host/db",
        ) from error
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite(parsed))
    if parsed.get_backend_name() == "postgresql":
        return Store(
            sa.create_engine(
                parsed, pool_size=10, pool_pre_ping=True, connect_args={"connect_timeout": 10}
            )
        )
    raise ConfigurationError(
        f"store.url names {parsed.get_backend_name()}, which is not supported.",
        hint="Use SQLite or PostgreSQL.",
    )


def _sqlite(url: sa.URL) -> sa.Engine:
    memory = url.database in (None, "", ":memory:")
    if not memory:
        Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
    options: dict[str, Any] = {"poolclass": sa.pool.StaticPool} if memory else {"pool_size": 10}
    engine = sa.create_engine(
        url, connect_args={"check_same_thread": False, "timeout": 30.0}, **options
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions are ours, see _begin
        for pragma in (
            f"page_size={_PAGE_BYTES}",
            "journal_mode=WAL",
            "synchronous=FULL",
            f"wal_autocheckpoint={_WAL_PAGES}",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-65536",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("intake_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


@contextmanager
def _mapped() -> Iterator[None]:
    """Map the drivers' "not now" errors, once, here."""
    try:
        yield
    except (exc.OperationalError, exc.TimeoutError) as error:
        cause = str(getattr(error, "orig", error)).splitlines()[0]
        hint = "It is tried again; see intake doctor."
        if "full" in cause:
            hint = "Free disk space; nothing accepted so far is lost."
        raise StoreBusy(f"The database did not do it: {cause}.", hint=hint) from error


def settle_lock(connection: sa.Connection) -> None:
    """Let one batch at a time relate and commit. SQLite's write lock already does that."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SETTLE_LOCK)))
