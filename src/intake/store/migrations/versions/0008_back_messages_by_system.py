"""a message's id is its system's own: two systems may both count 1, 2, 3

Rows of before belong to no named system; whichever sends one of them again is recognised by it.

Revision: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("back_message") as table:
        table.add_column(sa.Column("system", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("back_message") as table:
        table.drop_constraint("pk_back_message", type_="primary")
        table.create_primary_key("pk_back_message", ["system", "id"])
        table.alter_column("system", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("back_message") as table:
        table.drop_constraint("pk_back_message", type_="primary")
        table.create_primary_key("pk_back_message", ["id"])
        table.drop_column("system")
