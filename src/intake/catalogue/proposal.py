"""A correction as a change of the catalogue: the handler that a row should name, and that row.

The unit of a place is written in the tables' general form (``kind:CG@county``) where that means the
same unit, so that the change also holds for the next county.
"""

from __future__ import annotations

from datetime import date

from intake.catalogue import ANY, DEPTH, Catalogue, Handler, Rule, Tables, Unit
from intake.catalogue.table_files import SPEC, read, written
from intake.errors import Refused

RULES = SPEC["rules"]
COUNTY = 6


def handler_text(catalogue: Catalogue, unit: Unit, area: str | None, on: date) -> str:
    """Write a unit as a rule for ``area`` would name it: ``kind:CG@county``, else ``unit:ID``."""
    here = (area or "")[: DEPTH[unit.level]] if unit.level in DEPTH else ""
    if here and catalogue.unit_of_kind(unit.kind, here, on) == unit:
        return f"kind:{unit.kind}@{unit.level}"
    return f"unit:{unit.id}"


def changed_row(catalogue: Catalogue, rule: str, handler: str) -> Rule | None:
    """Return the row with the proposed handler; None where there is no such row or no difference."""
    row = next((row for row in catalogue.rules if row.id == rule), None)
    wanted = Handler.model_validate(handler)
    return None if row is None or row.handler == wanted else _row(row, handler=wanted)


def added_row(
    catalogue: Catalogue, category: str, handler: str, area: str | None, note: str
) -> Rule:
    """Return a new row for one category in the county or city that all corrections share."""
    taken = {row.id for row in catalogue.rules}
    number = next(n for n in range(1, len(taken) + 2) if f"D{n:03}" not in taken)
    return Rule(
        id=f"D{number:03}",
        area=(area or ANY)[:COUNTY],
        category=category,
        handler=Handler.model_validate(handler),
        note=note,
    )


def with_row(tables: Tables, row: Rule) -> Tables:
    """Return the tables with one row changed, or added if no row has its id.

    Raises ``Refused`` if the changed tables have faults.
    """
    rows = [row if old.id == row.id else old for old in tables.rules.rows]
    if row not in rows:
        rows.append(row)
    found, faults = read({**tables.files, RULES.file: written(RULES, rows)})
    if found is None or faults:
        raise Refused(f"这一行不能写进目录：{faults[0]}。", hint="请在派单目录的表格中修改。")
    return found


def _row(row: Rule, **changes: object) -> Rule:
    return Rule.model_validate({**row.model_dump(), **changes})
