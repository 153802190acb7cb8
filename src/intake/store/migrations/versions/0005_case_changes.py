"""case changes

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "case_change",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("changed_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("undoes", BIG_ID, nullable=True),
        sa.Column("undone_by", BIG_ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_change")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "case_changed",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("change_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["case_change.id"], name=op.f("fk_case_changed_change_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "change_id", name=op.f("pk_case_changed")),
    )
    op.create_index("ix_case_changed_change_id", "case_changed", ["change_id"])
    op.create_table(
        "case_move",
        sa.Column("change_id", BIG_ID, nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("from", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["case_change.id"], name=op.f("fk_case_move_change_id")
        ),
        sa.PrimaryKeyConstraint("change_id", "request_id", name=op.f("pk_case_move")),
    )
    op.create_index("ix_case_move_request_id", "case_move", ["request_id"])
    op.create_table(
        "case_alias",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("into", sa.Text(), nullable=False),
        sa.Column("change_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["case_change.id"], name=op.f("fk_case_alias_change_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_alias")),
    )
    op.create_index("ix_case_alias_into", "case_alias", ["into"])
    op.create_index("ix_case_alias_change_id", "case_alias", ["change_id"])
    op.create_table(
        "case_apart",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("change_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["change_id"], ["case_change.id"], name=op.f("fk_case_apart_change_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "of", name=op.f("pk_case_apart")),
    )
    op.create_index("ix_case_apart_of", "case_apart", ["of"])
    op.create_index("ix_case_apart_change_id", "case_apart", ["change_id"])
    op.drop_index("ix_request_case_id", table_name="request")
    op.create_index("ix_request_case_id", "request", ["case_id", "received_at"])
    op.create_index(
        "ix_request_received_at", "request", ["received_at", "category", "area", "case_id"]
    )
