"""what was wrong with a corrected decision; proposed changes of the catalogue

Revision: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEW = ("from_category", "to_category", "from_area", "to_area", "from_lead", "to_lead", "rule")


def upgrade() -> None:
    for name in _NEW:
        op.add_column("correction", sa.Column(name, sa.Text(), nullable=True))
    op.add_column(
        "correction",
        sa.Column("inferred", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("correction", sa.Column("proposal_id", _ID, nullable=True))
    op.create_index("ix_correction_proposal_id", "correction", ["proposal_id"], unique=False)
    op.create_table(
        "proposal",
        sa.Column("id", _ID, autoincrement=True, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("closed_at", intake.store.types.UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint(
            "rule", "category", "handler", name=op.f("uq_proposal_rule_category_handler")
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("proposal")
    op.drop_index("ix_correction_proposal_id", table_name="correction")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        for name in (*_NEW, "inferred", "proposal_id"):
            batch_op.drop_column(name)
