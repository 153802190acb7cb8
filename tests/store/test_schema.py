"""The migrations make exactly the tables that the program works with, on both engines."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from intake.errors import ConfigurationError, SchemaMismatch
from intake.store import audit, migrate
from intake.store.engine import Store, open_store
from intake.store.tables import fingerprint, metadata


def test_migrations_equal_tables(store: Store) -> None:
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_upgrade_may_run_twice(store: Store) -> None:
    migrate.upgrade(store)
    assert migrate.check(store)


def test_an_empty_database_has_no_tables_of_ours(bare_url: str) -> None:
    store = open_store(bare_url)
    assert not migrate.check(store)
    store.close()


def test_another_version_is_refused_with_the_way_out(bare_url: str) -> None:
    store = open_store(bare_url)
    migrate.upgrade(store)
    with store.write() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    with pytest.raises(SchemaMismatch, match="intake migrate"):
        migrate.check(store)
    store.close()


def test_an_unsupported_database_is_named() -> None:
    with pytest.raises(ConfigurationError, match="mysql"):
        open_store("mysql://x/y")


def test_fingerprints_of_before_keep_their_positions_and_words(bare_url: str) -> None:
    """Migration 0004 takes the documents apart; the next row comes after the last one."""
    store = open_store(bare_url)
    config = migrate.configuration()
    old = (
        "INSERT INTO fingerprint (seq, request_id, case_id, exact, sketch, area, received_at, doc)"
        " VALUES (7, 'r', 'c', :bytes, :bytes, '3715', '2026-03-02T00:00:00+00:00', :doc)"
    )
    doc = {
        "source": "s", "channel": "board", "title": "路灯", "text": "不亮", "person": None,
        "names": ["road:新河路", "estate:锦湖"], "numbers": [], "faults": ["路灯"],
    }  # fmt: skip
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(sa.text(old), {"bytes": b"\0" * 8, "doc": json.dumps(doc)})
    migrate.upgrade(store)
    with store.write() as connection:
        row = connection.execute(sa.select(fingerprint)).one()
        assert (row.seq, row.title, row.text, row.channel) == (7, "路灯", "不亮", "board")
        assert (row.names, row.numbers, row.faults) == ("road:新河路\nestate:锦湖", "", "路灯")
        again = dict(row._mapping) | {"request_id": "r2"}
        del again["seq"]
        connection.execute(sa.insert(fingerprint).values(again))
        seqs = connection.execute(sa.select(fingerprint.c.seq).order_by(fingerprint.c.seq))
        assert [seq for (seq,) in seqs] == [7, 8]
    store.close()


def test_audit_rows_of_before_are_taken_apart(bare_url: str) -> None:
    """Migration 0007: one value in from and to, a person's words in why, the rest as a message."""
    before = [
        ("request.decided", None, "held", "unclear"),
        ("request.decided", "routed", "routed", "rule R0018"),
        ("request.decided", None, "recorded", "rule None"),
        ("request.revised", "revision 3", "revision 4", "来源处的内容有修改"),
        ("request.reassigned", "held U371525-SL", "routed U371525-ZJ", "属住建职责"),
        ("request.accepted", "held", "routed U371525-ZJ", "同意系统建议"),
        ("request.returned", "routed U371525-ZJ", "held", "住建局退单:不属本单位"),
        ("request.merged", "7821fa6f", "537afea3", "同一处漏水"),
        ("request.held", "routed U371525-ZJ", "held U371525-ZJ", "unclear"),
    ]
    store = open_store(bare_url)
    config = migrate.configuration()
    with store.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for action, old, new, why in before:
            connection.execute(
                sa.text(
                    'INSERT INTO audit (at, actor, action, entity, entity_id, "from", "to", why)'
                    " VALUES ('2026-03-02T00:00:00+00:00', 'machine', :action, 'request', 'r',"
                    " :old, :new, :why)"
                ),
                {"action": action, "old": old, "new": new, "why": why},
            )
    migrate.upgrade(store)
    with store.read() as connection:
        rows = audit.trail(connection, "request", "r")
    zj, sl = "U371525-ZJ", "U371525-SL"
    assert [
        (row._mapping["from"], row._mapping["to"], row.why, row.message, row.params) for row in rows
    ] == [
        (None, "held", "", "audit.held", {"hold": "unclear"}),
        ("routed", "routed", "", "audit.by_rule", {"rule": "R0018"}),
        (None, "recorded", "", "audit.not_dispatched", None),
        ("3", "4", "", "audit.edited_at_source", None),
        ("held", "routed", "属住建职责", None, {"from_unit": sl, "to_unit": zj}),
        ("held", "routed", "", "audit.accepted", {"to_unit": zj}),
        ("routed", "held", "住建局退单:不属本单位", None, {"from_unit": zj}),
        ("7821fa6f", "537afea3", "同一处漏水", None, None),
        ("routed", "held", "unclear", None, {"from_unit": zj, "to_unit": zj}),
    ]
    store.close()
