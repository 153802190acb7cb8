"""Writing many rows at driver level.

SQLAlchemy Core spends more time on building parameters than SQLite on inserting; on the hot path the
statement is compiled once per table and the rows go straight to ``executemany``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]
_NONE = object()
Processor = Callable[[Any], Any] | None


def insert(
    connection: sa.Connection,
    table: sa.Table,
    rows: Sequence[Row],
    *,
    replace: bool = False,
    ignore: bool = False,
) -> int:
    """Insert rows that all have the same keys; return how many were written.

    ``replace`` upserts by primary key, ``ignore`` skips rows that break a unique constraint.
    """
    if not rows:
        return 0
    columns = tuple(rows[0])
    mode = "replace" if replace else "ignore" if ignore else "plain"
    sql, processors, positional = _insert(connection.dialect, table, columns, mode)
    result = connection.exec_driver_sql(sql, _parameters(rows, columns, processors, positional))
    return int(result.rowcount)


def update(connection: sa.Connection, table: sa.Table, key: str, rows: Sequence[Row]) -> None:
    """Set the other columns of each row where column ``key`` equals the row's value of it."""
    if not rows:
        return
    columns = (*(c for c in rows[0] if c != key), key)
    sql, processors, positional = _update(connection.dialect, table, columns)
    connection.exec_driver_sql(sql, _parameters(rows, columns, processors, positional))


def _parameters(
    rows: Sequence[Row],
    columns: tuple[str, ...],
    processors: tuple[Processor, ...],
    positional: bool,
) -> Any:
    # Column by column, not row by row: most columns go as they are, and times repeat within a batch.
    filled = [
        [row[column] for row in rows]
        if processor is None
        else _processed(processor, [row[column] for row in rows])
        for column, processor in zip(columns, processors, strict=True)
    ]
    if positional:
        return list(zip(*filled, strict=True))
    return [dict(zip(columns, values, strict=True)) for values in zip(*filled, strict=True)]


def _processed(processor: Callable[[Any], Any], values: Sequence[Any]) -> list[Any]:
    """Convert a column; a value that is the very one of the row before is converted once."""
    done, last, converted = [], _NONE, None
    try:
        for value in values:
            if value is not last:
                last, converted = value, processor(value)
            done.append(converted)
    except ValueError as error:
        # As Core does for a value that a column refuses; parameters are left out, they are personal.
        raise sa.exc.StatementError(str(error), None, None, error, hide_parameters=True) from error
    return done


Compiled = tuple[str, tuple[Processor, ...], bool]


@lru_cache(maxsize=256)
def _insert(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...], mode: str) -> Compiled:
    build = postgresql.insert if dialect.name == "postgresql" else sqlite.insert
    statement: Any = build(table).values({c: sa.bindparam(c) for c in columns})
    if mode == "ignore":
        statement = statement.on_conflict_do_nothing()
    if mode == "replace":
        keys = [c.name for c in table.primary_key]
        statement = statement.on_conflict_do_update(
            index_elements=keys,
            set_={c: statement.excluded[c] for c in columns if c not in keys},
        )
    return _finish(statement, dialect, table, columns)


@lru_cache(maxsize=256)
def _update(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...]) -> Compiled:
    *values, key = columns
    # A bound name equal to a column's would be taken for the column's new value.
    statement = (
        sa.update(table)
        .where(table.c[key] == sa.bindparam(f"key_{key}"))
        .values({c: sa.bindparam(c) for c in values})
    )
    return _finish(statement, dialect, table, columns, renamed={f"key_{key}": key})


def _finish(
    statement: Any,
    dialect: sa.Dialect,
    table: sa.Table,
    columns: tuple[str, ...],
    renamed: dict[str, str] | None = None,
) -> Compiled:
    compiled = statement.compile(dialect=dialect)
    sql = str(compiled)
    processors = tuple(
        table.c[c].type.dialect_impl(dialect).bind_processor(dialect) for c in columns
    )
    if compiled.positional:
        order = [(renamed or {}).get(n, n) for n in compiled.positiontup]
        if tuple(order) != columns:
            raise AssertionError(f"{table.name}: parameters come as {order}, not {columns}")
        return sql, processors, True
    for bound, column in (renamed or {}).items():
        sql = sql.replace(f"%({bound})s", f"%({column})s")
    return sql, processors, False
