"""Run migrations on the connection that ``intake.store.migrate`` hands over."""

from __future__ import annotations

from alembic import context

from intake.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
