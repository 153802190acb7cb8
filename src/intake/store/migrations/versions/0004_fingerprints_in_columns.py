"""fingerprints in columns, which are read in half the time of a document

Revision: 0004
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PAGE = 2_000
_SHARED = ("seq", "request_id", "case_id", "exact", "sketch", "area", "contact_key", "received_at")
_ADDED = ("source", "channel", "title", "text", "names", "numbers", "faults", "person_key")


def upgrade() -> None:
    op.rename_table("fingerprint", "fingerprint_before")
    with op.batch_alter_table("fingerprint_before", schema=None) as batch_op:
        batch_op.drop_index("ix_fingerprint_request_id")
        batch_op.drop_index("ix_fingerprint_contact_key")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX pk_fingerprint RENAME TO pk_fingerprint_before")
        op.execute("ALTER SEQUENCE fingerprint_seq_seq RENAME TO fingerprint_before_seq_seq")
    op.create_table(
        "fingerprint",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("exact", sa.LargeBinary(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("contact_key", sa.Text(), nullable=True),
        sa.Column("person_key", sa.Text(), nullable=True),
        sa.Column("received_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fingerprint")),
        sqlite_autoincrement=True,
    )
    _copy()
    with op.batch_alter_table("fingerprint", schema=None) as batch_op:
        batch_op.create_index("ix_fingerprint_request_id", ["request_id"], unique=False)
    op.drop_table("fingerprint_before")


def _copy() -> None:
    connection, last = op.get_bind(), 0
    columns = ", ".join((*_SHARED, *_ADDED))
    values = ", ".join(f":{name}" for name in (*_SHARED, *_ADDED))
    insert = sa.text(f"INSERT INTO fingerprint ({columns}) VALUES ({values})")
    page = sa.text(
        f"SELECT {', '.join(_SHARED)}, doc FROM fingerprint_before"
        " WHERE seq > :last ORDER BY seq LIMIT :page"
    )
    while rows := connection.execute(page, {"last": last, "page": _PAGE}).mappings().all():
        connection.execute(insert, [_row(dict(row)) for row in rows])
        last = rows[-1]["seq"]
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("SELECT setval('fingerprint_seq_seq', greatest(:last, 1), :last > 0)"),
            {"last": last},
        )


def _row(row: dict[str, Any]) -> dict[str, Any]:
    doc = json.loads(row.pop("doc"))
    lines = {name: "\n".join(doc[name]) for name in ("names", "numbers", "faults")}
    kept = {name: doc[name] for name in ("source", "channel", "title", "text")}
    return {**row, **kept, **lines, "person_key": doc["person"]}


def downgrade() -> None:
    raise NotImplementedError("restore a backup made before the upgrade")
