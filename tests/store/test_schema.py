"""The migrations make exactly the tables that the program works with, on both engines."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from intake.errors import ConfigurationError, SchemaMismatch
from intake.store import schema
from intake.store.engine import Store, open_store
from intake.store.tables import metadata


def test_migrations_equal_tables(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_upgrade_may_run_twice(store: Store) -> None:
    schema.upgrade(store)
    schema.check(store)


def test_an_empty_database_is_refused_with_the_way_out(store_url: str) -> None:
    store = open_store(store_url)
    with pytest.raises(SchemaMismatch, match="intake migrate"):
        schema.check(store)
    store.close()


def test_an_unsupported_database_is_named() -> None:
    with pytest.raises(ConfigurationError, match="mysql"):
        open_store("mysql://x/y")
