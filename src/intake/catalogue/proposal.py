"""What a correction says about the catalogue: the handler that its row should name, and the row.

One unit of one place is turned back into the late-bound form of the tables where that is the same,
so that the change also holds for the next county.
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
    """Give the row with the proposed handler; None where there is no such row, or it says so already."""
    row = next((row for row in catalogue.rules if row.id == rule), None)
    wanted = Handler.model_validate(handler)
    return None if row is None or row.handler == wanted else _row(row, handler=wanted)


def added_row(
    catalogue: Catalogue, category: str, handler: str, area: str | None, note: str
) -> Rule:
    """Give a new row for one category in the county, or city, that the corrections agree on."""
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
    """Give the tables with a row changed, or added if there is none of its id.

    Raises ``Refused`` if they would not be a catalogue any more.
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
