"""which deadlines were urged

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "urged",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("due_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("urged_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("request_id", "due_at", name=op.f("pk_urged")),
    )
    op.create_index("ix_request_finish_by", "request", ["state", "finish_by"])
