"""first tables

Revision: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.Text(), nullable=False),
        sa.Column("from", sa.Text(), nullable=True),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_entity", ["entity", "entity_id"], unique=False)

    op.create_table(
        "back_message",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("doc", intake.store.types.Json(), nullable=False),
        sa.Column("received_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_back_message")),
    )
    with op.batch_alter_table("back_message", schema=None) as batch_op:
        batch_op.create_index("ix_back_message_request_id", ["request_id"], unique=False)

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
        sa.Column("exact", sa.LargeBinary(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("contact_key", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("received_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("doc", intake.store.types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_fingerprint")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fingerprint", schema=None) as batch_op:
        batch_op.create_index("ix_fingerprint_contact_key", ["contact_key"], unique=False)
        batch_op.create_index("ix_fingerprint_request_id", ["request_id"], unique=False)

    op.create_table(
        "identity",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("fields", intake.store.types.Json(), nullable=False),
        sa.Column("phone_key", sa.Text(), nullable=True),
        sa.Column("changed_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_identity")),
        sa.UniqueConstraint("request_id", name=op.f("uq_identity_request_id")),
    )
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.create_index("ix_identity_phone_key", ["phone_key"], unique=False)

    op.create_table(
        "outbox",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("routing_keys", intake.store.types.Json(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("sent_at", intake.store.types.UtcTime(timezone=True), nullable=True),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("position", name=op.f("uq_outbox_position")),
        sa.UniqueConstraint("request_id", "sequence", name=op.f("uq_outbox_request_id_sequence")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_unsent",
            ["id"],
            unique=False,
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.create_table(
        "raw_item",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("fetched_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_item")),
        sa.UniqueConstraint(
            "source", "external_id", "digest", name=op.f("uq_raw_item_source_external_id_digest")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("raw_item", schema=None) as batch_op:
        batch_op.create_index(
            "ix_raw_item_landed",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'landed'"),
            postgresql_where=sa.text("state = 'landed'"),
        )

    op.create_table(
        "request",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("raw_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("received_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("changed_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("lane", sa.Text(), nullable=True),
        sa.Column("hold", sa.Text(), nullable=True),
        sa.Column("finish_by", intake.store.types.UtcTime(timezone=True), nullable=True),
        sa.Column("doc", intake.store.types.Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request")),
    )
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.create_index("ix_request_case_id", ["case_id"], unique=False)
        batch_op.create_index("ix_request_lead", ["lead", "received_at"], unique=False)
        batch_op.create_index("ix_request_source", ["source", "state", "received_at"], unique=False)
        batch_op.create_index("ix_request_state", ["state", "received_at"], unique=False)

    op.create_table(
        "session",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("expires_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_table(
        "source_count",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("counter", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("source", "counter", name=op.f("pk_source_count")),
    )
    op.create_table(
        "source_state",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("cursor", intake.store.types.Json(), nullable=False),
        sa.Column("pulled_at", intake.store.types.UtcTime(timezone=True), nullable=True),
        sa.Column("succeeded_at", intake.store.types.UtcTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_state")),
    )
    op.create_table(
        "user",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("roles", intake.store.types.Json(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_user")),
    )
    op.create_table(
        "correction",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("from_decision", sa.Integer(), nullable=False),
        sa.Column("to_decision", sa.Integer(), nullable=False),
        sa.Column("wrong", intake.store.types.Json(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_correction_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.create_index("ix_correction_request_id", ["request_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("doc", intake.store.types.Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_decision_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "version", name=op.f("pk_decision")),
    )
    op.create_table(
        "quarantine",
        sa.Column("raw_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("quarantined_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_item.id"], name=op.f("fk_quarantine_raw_id")),
        sa.PrimaryKeyConstraint("raw_id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "relation",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", intake.store.types.Json(), nullable=False),
        sa.Column("related_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["request.id"], name=op.f("fk_relation_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "of", name=op.f("pk_relation")),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index("ix_relation_of", ["of"], unique=False)

    op.create_table(
        "submission",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("raw_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("received_at", intake.store.types.UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_item.id"], name=op.f("fk_submission_raw_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "source", "external_id", "digest", name=op.f("uq_submission_source_external_id_digest")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index("ix_submission_request_id", ["request_id"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_request_id")

    op.drop_table("submission")
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index("ix_relation_of")

    op.drop_table("relation")
    op.drop_table("quarantine")
    op.drop_table("decision")
    with op.batch_alter_table("correction", schema=None) as batch_op:
        batch_op.drop_index("ix_correction_request_id")

    op.drop_table("correction")
    op.drop_table("user")
    op.drop_table("source_state")
    op.drop_table("source_count")
    op.drop_table("session")
    with op.batch_alter_table("request", schema=None) as batch_op:
        batch_op.drop_index("ix_request_state")
        batch_op.drop_index("ix_request_source")
        batch_op.drop_index("ix_request_lead")
        batch_op.drop_index("ix_request_case_id")

    op.drop_table("request")
    with op.batch_alter_table("raw_item", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_raw_item_landed",
            sqlite_where=sa.text("state = 'landed'"),
            postgresql_where=sa.text("state = 'landed'"),
        )

    op.drop_table("raw_item")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_unsent",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        )

    op.drop_table("outbox")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_index("ix_identity_phone_key")

    op.drop_table("identity")
    with op.batch_alter_table("fingerprint", schema=None) as batch_op:
        batch_op.drop_index("ix_fingerprint_request_id")
        batch_op.drop_index("ix_fingerprint_contact_key")

    op.drop_table("fingerprint")
    with op.batch_alter_table("back_message", schema=None) as batch_op:
        batch_op.drop_index("ix_back_message_request_id")

    op.drop_table("back_message")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_entity")

    op.drop_table("audit")
