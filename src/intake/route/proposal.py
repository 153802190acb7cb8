"""What a correction says about the catalogue: the handler that its row should name.

One unit of one place is turned back into the late-bound form of the tables where that is the same,
so that the change also holds for the next county.
"""

from __future__ import annotations

from datetime import date

from intake.route.catalogue import DEPTH, Catalogue, Unit


def handler_text(catalogue: Catalogue, unit: Unit, area: str | None, on: date) -> str:
    """Write a unit as a rule for ``area`` would name it: ``kind:CG@county``, else ``unit:ID``."""
    here = (area or "")[: DEPTH[unit.level]] if unit.level in DEPTH else ""
    if here and catalogue.unit_of_kind(unit.kind, here, on) == unit:
        return f"kind:{unit.kind}@{unit.level}"
    return f"unit:{unit.id}"
