"""The tables. One definition for SQLite and PostgreSQL; Alembic migrations are checked against it.

Times are UTC; SQLite keeps them as ISO text that sorts. Documents (``doc``) are values of
``intake.model`` as JSON; columns beside them exist only for searching and joining.
"""

from __future__ import annotations

import sqlalchemy as sa

from intake.store.types import Json, UtcTime

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

source_state = sa.Table(
    "source_state",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("cursor", Json, nullable=False),
    sa.Column("pulled_at", UtcTime),
    sa.Column("succeeded_at", UtcTime),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("error_code", sa.Text),
    sa.Column("error_params", Json),
)

source_count = sa.Table(
    "source_count",
    metadata,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("counter", sa.Text, primary_key=True),
    sa.Column("n", BigId, nullable=False),
)

raw_item = sa.Table(
    "raw_item",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("content_type", sa.Text, nullable=False),
    sa.Column("ref", sa.Text, nullable=False),
    sa.Column("fetched_at", UtcTime, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.UniqueConstraint("source", "external_id", "digest"),
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_raw_item_landed",
    raw_item.c.id,
    sqlite_where=raw_item.c.state == "landed",
    postgresql_where=raw_item.c.state == "landed",
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("raw_id", BigId, sa.ForeignKey("raw_item.id"), primary_key=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("quarantined_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("code", sa.Text),
    sa.Column("params", Json),
)

submission = sa.Table(
    "submission",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("raw_id", BigId, sa.ForeignKey("raw_item.id"), nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.UniqueConstraint("source", "external_id", "digest"),
    sa.Index("ix_submission_request_id", "request_id"),
    sqlite_autoincrement=True,
)

# The id follows from source and external id (I1), so that its key also keeps these two unique.
request = sa.Table(
    "request",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("raw_id", BigId, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("decision", sa.Integer, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("category", sa.Text),
    sa.Column("area", sa.Text),
    sa.Column("lead", sa.Text),
    sa.Column("lane", sa.Text),
    sa.Column("hold", sa.Text),
    sa.Column("finish_by", UtcTime),
    sa.Column("doc", Json, nullable=False),
    sa.Index("ix_request_case_id", "case_id", "received_at"),
    sa.Index("ix_request_state", "state", "received_at"),
    sa.Index("ix_request_lead", "lead", "received_at"),
    sa.Index("ix_request_finish_by", "state", "finish_by"),
    sa.Index("ix_request_source", "source", "state", "received_at"),
    # What hot matters count, without looking at the rows themselves.
    sa.Index("ix_request_received_at", "received_at", "category", "area", "case_id"),
)

relation = sa.Table(
    "relation",
    metadata,
    sa.Column("request_id", sa.Text, sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("of", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("why", Json, nullable=False),
    sa.Column("related_at", UtcTime, nullable=False),
    sa.Index("ix_relation_of", "of"),
)

case_change = sa.Table(
    "case_change",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("undoes", BigId),
    sa.Column("undone_by", BigId),
    sqlite_autoincrement=True,
)

case_changed = sa.Table(
    "case_changed",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("change_id", BigId, sa.ForeignKey("case_change.id"), primary_key=True),
    sa.Index("ix_case_changed_change_id", "change_id"),
)

case_move = sa.Table(
    "case_move",
    metadata,
    sa.Column("change_id", BigId, sa.ForeignKey("case_change.id"), primary_key=True),
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("from", sa.Text, nullable=False),
    sa.Column("to", sa.Text, nullable=False),
    sa.Index("ix_case_move_request_id", "request_id"),
)

case_alias = sa.Table(
    "case_alias",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("into", sa.Text, nullable=False),
    sa.Column("change_id", BigId, sa.ForeignKey("case_change.id"), nullable=False),
    sa.Index("ix_case_alias_into", "into"),
    sa.Index("ix_case_alias_change_id", "change_id"),
)

case_apart = sa.Table(
    "case_apart",
    metadata,
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("of", sa.Text, primary_key=True),
    sa.Column("change_id", BigId, sa.ForeignKey("case_change.id"), nullable=False),
    sa.Index("ix_case_apart_of", "of"),
    sa.Index("ix_case_apart_change_id", "change_id"),
)

fingerprint = sa.Table(
    "fingerprint",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=True),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("exact", sa.LargeBinary, nullable=False),
    sa.Column("sketch", sa.LargeBinary, nullable=False),
    sa.Column("names", sa.Text, nullable=False),
    sa.Column("numbers", sa.Text, nullable=False),
    sa.Column("faults", sa.Text, nullable=False),
    sa.Column("area", sa.Text),
    sa.Column("contact_key", sa.Text),
    sa.Column("person_key", sa.Text),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Index("ix_fingerprint_request_id", "request_id"),
    sqlite_autoincrement=True,
)

urged = sa.Table(
    "urged",
    metadata,
    sa.Column("request_id", sa.Text, primary_key=True),
    sa.Column("due_at", UtcTime, primary_key=True),
    sa.Column("urged_at", UtcTime, nullable=False),
)

identity = sa.Table(
    "identity",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True),
    sa.Column("request_id", sa.Text, nullable=False, unique=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("fields", Json, nullable=False),
    sa.Column("phone_key", sa.Text),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Index("ix_identity_phone_key", "phone_key"),
)

decision = sa.Table(
    "decision",
    metadata,
    sa.Column("request_id", sa.Text, sa.ForeignKey("request.id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("lead", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("decided_by", sa.Text, nullable=False),
    sa.Column("decided_at", UtcTime, nullable=False),
    sa.Column("doc", Json, nullable=False),
)

correction = sa.Table(
    "correction",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("request_id", sa.Text, sa.ForeignKey("request.id"), nullable=False),
    sa.Column("from_decision", sa.Integer, nullable=False),
    sa.Column("to_decision", sa.Integer, nullable=False),
    sa.Column("from_category", sa.Text),
    sa.Column("to_category", sa.Text),
    sa.Column("from_area", sa.Text),
    sa.Column("to_area", sa.Text),
    sa.Column("from_lead", sa.Text),
    sa.Column("to_lead", sa.Text),
    sa.Column("rule", sa.Text),
    sa.Column("wrong", Json, nullable=False),
    sa.Column("inferred", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("proposal_id", BigId),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("corrected_by", sa.Text, nullable=False),
    sa.Column("corrected_at", UtcTime, nullable=False),
    sa.Index("ix_correction_request_id", "request_id"),
    sa.Index("ix_correction_proposal_id", "proposal_id"),
    sqlite_autoincrement=True,
)

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("handler", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("opened_at", UtcTime, nullable=False),
    sa.Column("closed_at", UtcTime),
    sa.Column("closed_by", sa.Text),
    sa.UniqueConstraint("rule", "category", "handler"),
    sqlite_autoincrement=True,
)

back_message = sa.Table(
    "back_message",
    metadata,
    # The id is the system's own; "" in rows of before systems were told apart.
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("doc", Json, nullable=False),
    sa.Column("received_at", UtcTime, nullable=False),
    sa.Index("ix_back_message_request_id", "request_id"),
)

# The event's id follows from request and sequence, which are unique together.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("request_id", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("routing_keys", Json, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("sent_at", UtcTime),
    sa.Column("position", BigId, unique=True),
    sa.UniqueConstraint("request_id", "sequence"),
    sqlite_autoincrement=True,
)
sa.Index(
    "ix_outbox_unsent",
    outbox.c.id,
    sqlite_where=outbox.c.sent_at.is_(None),
    postgresql_where=outbox.c.sent_at.is_(None),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("entity_id", sa.Text, nullable=False),
    sa.Column("from", sa.Text),
    sa.Column("to", sa.Text),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("message", sa.Text),
    sa.Column("params", Json),
    sa.Index("ix_audit_entity", "entity", "entity_id"),
    sqlite_autoincrement=True,
)

catalogue_version = sa.Table(
    "catalogue_version",
    metadata,
    sa.Column("version", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("stored_by", sa.Text, nullable=False),
    sa.Column("stored_at", UtcTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

catalogue_activation = sa.Table(
    "catalogue_activation",
    metadata,
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("version", sa.Text, sa.ForeignKey("catalogue_version.version"), nullable=False),
    sa.Column("active_from", sa.Date, nullable=False),
    sa.Column("activated_by", sa.Text, nullable=False),
    sa.Column("activated_at", UtcTime, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

user = sa.Table(
    "user",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("password_hash", sa.Text),
    sa.Column("roles", Json, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
)

session = sa.Table(
    "session",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("csrf", sa.Text, nullable=False),
    sa.Column("expires_at", UtcTime, nullable=False),
)
