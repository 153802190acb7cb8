"""The database schema and its version, through Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from intake.errors import SchemaMismatch
from intake.store.engine import Store

SCHEMA_LOCK = 0x1A7A_5C4E


def upgrade(store: Store) -> None:
    """Create the tables or bring them to this program's version; several processes may call it at once.

    Raises ``SchemaMismatch`` for a database of a newer program.
    """
    with store.write() as connection:
        if store.dialect == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({SCHEMA_LOCK})")
        config = configuration()
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise SchemaMismatch(
                "The database is at a schema version that this program does not know.",
                hint="It was used by a newer release; run that one, or restore an older backup.",
            ) from error


def check(store: Store) -> bool:
    """Return whether the database has our tables; raises ``SchemaMismatch`` if of another version."""
    with store.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        return False
    wanted = ScriptDirectory.from_config(configuration()).get_current_head()
    if found != wanted:
        raise SchemaMismatch(
            f"The database is at schema version {found}, this program needs {wanted}.",
            hint="Run: intake migrate",
        )
    return True


def configuration() -> Config:
    """Return what Alembic needs to find our migrations."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
