"""Databases for tests: bare ones, and ones that have their tables and no rows.

Making a PostgreSQL database, bringing it to the present schema and dropping it takes seconds where a
disk is slow; emptying one takes milliseconds. So a process makes few, and the next test gets the one
that the last test has given back.
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

import sqlalchemy as sa

from intake.store import migrate
from intake.store.engine import open_store
from intake.store.tables import metadata


class Databases:
    """Databases on one PostgreSQL server, and SQLite files; what was made on the server is dropped by ``close``."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server = sa.make_url(server)
        self._admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        self._template = folder / "with-tables.db"
        self._made: set[str] = set()
        self._free: list[str] = []

    def bare(self, engine: str, folder: Path) -> str:
        """Make a database without tables and give its URL. Raises ``sqlalchemy.exc.OperationalError``."""
        if engine == "sqlite":
            return f"sqlite:///{_file(folder)}"
        name = f"intake_test_{uuid.uuid4().hex[:12]}"
        self._execute(f"CREATE DATABASE {name}")
        # What a test kills is a client, never the server: nothing waits for the disk.
        self._execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        url = self._server.set(database=name).render_as_string(hide_password=False)
        self._made.add(url)
        return url

    def with_tables(self, engine: str, folder: Path) -> str:
        """Give the URL of a database that has its tables and no rows. Raises as ``bare``.

        A test that changes tables, or the version they are at, takes a bare one instead.
        """
        if engine == "sqlite":
            if not self._template.exists():
                _upgrade(f"sqlite:///{self._template}")
            return f"sqlite:///{shutil.copy(self._template, _file(folder))}"
        if self._free:
            return self._free.pop()
        url = self.bare(engine, folder)
        _upgrade(url)
        return url

    def give_back(self, url: str) -> None:
        """Empty a database that ``with_tables`` gave, for the next test."""
        if not url.startswith("sqlite"):
            empty(url)
            self._free.append(url)

    def drop(self, url: str) -> None:
        """Drop a database on the server."""
        if url in self._made:
            self._execute(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)")
            self._made.discard(url)

    def close(self) -> None:
        """Drop what was made on the server."""
        for url in list(self._made):
            self.drop(url)
        self._admin.dispose()

    def _execute(self, sql: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(sql)


def _file(folder: Path) -> Path:
    return folder / f"{uuid.uuid4().hex[:8]}.db"


def _upgrade(url: str) -> None:
    store = open_store(url)
    try:
        migrate.upgrade(store)
    finally:
        store.close()


def empty(url: str) -> None:
    """Delete all rows and count from one again, whatever the test has left open."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
        sequences = connection.exec_driver_sql("SELECT sequencename FROM pg_sequences").scalars()
        for sequence in sequences.all():
            connection.exec_driver_sql(f"ALTER SEQUENCE {sequence} RESTART")
