"""catalogue versions

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_version",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_by", sa.Text(), nullable=False),
        sa.Column("stored_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_catalogue_version")),
    )
    op.create_table(
        "catalogue_activation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("active_from", sa.Date(), nullable=False),
        sa.Column("activated_by", sa.Text(), nullable=False),
        sa.Column("activated_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version"],
            ["catalogue_version.version"],
            name=op.f("fk_catalogue_activation_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_activation")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("catalogue_activation")
    op.drop_table("catalogue_version")
