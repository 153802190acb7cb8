"""what the program says as a code and parameters: audit, quarantine, failures of sources

Rows of before are taken apart, so that they can be shown in any language like new ones: the audit's
``from`` and ``to`` hold one value each, ``why`` holds what a person wrote.

Revision: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import intake.store.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NEW = (
    ("audit", "message", sa.Text()),
    ("audit", "params", intake.store.types.Json()),
    ("quarantine", "code", sa.Text()),
    ("quarantine", "params", intake.store.types.Json()),
    ("source_state", "error_code", sa.Text()),
    ("source_state", "error_params", intake.store.types.Json()),
)
_HOLDS = (
    "unclear", "no_rule", "place_ambiguous", "several_matters", "accusation", "superior_unknown",
    "sensitive", "emergency", "legal_route", "returned", "hop_limit", "desk",
)  # fmt: skip
_SAID = {
    ("request.revised", "来源处的内容有修改"): "audit.edited_at_source",
    ("request.amended", "来源处有新的内容"): "audit.added_at_source",
    ("request.withdrawn", "来件人撤回"): "audit.withdrawn",
    ("request.accepted", "同意系统建议"): "audit.accepted",
    ("request.held", "工作人员置为待办"): "audit.taken_back",
    ("request.received", "单位签收"): "audit.received",
    ("request.replied", "单位已答复来件人"): "audit.replied",
    ("request.co_returned", "协办单位退回"): "audit.co_returned",
    ("request.co_answered", "协办单位已办"): "audit.co_answered",
    ("request.resolved", "单位已办结"): "audit.resolved",
    ("request.unresolvable", "单位说明无法办理"): "audit.unresolvable",
    ("request.urged", "请尽快办理"): "audit.urged",
    ("request.urged", "已超过办结期限"): "audit.overdue",
    ("item.replayed", "重放"): "audit.replayed",
    ("item.replayed", "在隔离区页面要求重新处理"): "audit.replayed_on_page",
    ("quarantine.opened", "raw bytes were looked at"): "audit.raw_opened",
    ("quarantine.downloaded", "raw bytes were looked at"): "audit.raw_opened",
    ("identity.disclosed", "reference redeemed over the interface"): "audit.identity_redeemed",
}
"""Sentences of before that the program wrote itself, with the message that they are now."""


def upgrade() -> None:
    for table, column, kind in _NEW:
        op.add_column(table, sa.Column(column, kind, nullable=True))
    connection = op.get_bind()

    def run(statement: str, **values: str) -> None:
        connection.execute(sa.text(statement), values)

    for (action, why), message in _SAID.items():
        run(
            "UPDATE audit SET message = :message, why = '' WHERE action = :action AND why = :why",
            message=message, action=action, why=why,
        )  # fmt: skip
    decided = "WHERE action = 'request.decided' AND"
    run(f"UPDATE audit SET message = 'audit.not_dispatched', why = '' {decided} why = 'rule None'")
    run(
        "UPDATE audit SET message = 'audit.by_rule', params = "
        f"{_json('rule', 'substr(why, 6)')}, why = '' {decided} why LIKE 'rule %'"
    )
    for hold in _HOLDS:
        run(
            "UPDATE audit SET message = 'audit.held', params = :params, why = '' "
            f"{decided} why = :hold",
            params=f'{{"hold":"{hold}"}}', hold=hold,
        )  # fmt: skip
    run(
        'UPDATE audit SET "from" = substr("from", 10), "to" = substr("to", 10) '
        "WHERE action = 'request.revised' AND \"from\" LIKE 'revision %'"
    )
    _units_apart(connection)


def downgrade() -> None:
    for table, column, _ in reversed(_NEW):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)


def _units_apart(connection: sa.Connection) -> None:
    """``held U371525-SL`` becomes ``held``, and the unit a parameter."""
    find = "strpos" if connection.dialect.name == "postgresql" else "instr"
    for side in ("from", "to"):
        unit = f'substr("{side}", {find}("{side}", \' \') + 1)'
        # Both sides are in one document: what the first side wrote is opened again.
        both = f"substr(params, 1, length(params) - 1) || ',' || {_field(side + '_unit', unit)} || '}}'"
        alone = _json(f"{side}_unit", unit)
        connection.execute(
            sa.text(
                f"UPDATE audit SET params = CASE WHEN params IS NULL THEN {alone} ELSE {both} END, "
                f'"{side}" = substr("{side}", 1, {find}("{side}", \' \') - 1) '
                f"WHERE action LIKE 'request.%' AND \"{side}\" LIKE '% %' "
                f'AND "{side}" NOT LIKE \'%"%\''
            )
        )


def _field(name: str, value: str) -> str:
    """SQL that writes one member of a JSON object; the values are ids without quotes."""
    return f"'\"{name}\":\"' || {value} || '\"'"


def _json(name: str, value: str) -> str:
    return f"'{{' || {_field(name, value)} || '}}'"
