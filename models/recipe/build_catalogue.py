"""Build the example catalogue's units: the hand-kept ones plus patterns for the other places.

    python models/recipe/build_catalogue.py UNITS.csv

Reads the hand-kept units, adds for every county of the home cities the units that the other counties
of that city have, and for every town its government, marks them ``pattern``, returns a city's bureaus
its government as superior, and writes ``models/intake_models/catalogue/units.csv``. The other tables
are kept by hand there. A deployment replaces all of them by its own.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from intake.areas.gazetteer import Gazetteer
from intake.catalogue.table_files import SPEC, row_of, written

HOME_CITIES = ("2201", "3715", "4310", "1411")
OUT = Path(__file__).parents[1] / "intake_models" / "catalogue"
UNITS = SPEC["units"]
# Of these there are two of a kind in one city; a late-bound handler must mean one unit.
OWN_KIND = {"U4310-DC2": "ZFDC", "U4310-HOT": "WX"}
RUN_BY_CITY = ("local", "city_dispatched")


def read_units(path: Path) -> dict[str, dict[str, str]]:
    """Read the hand-kept units under the column names the product uses."""
    units = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            unit = {
                "id": row["unit_id"],
                "name": row["name_zh"].replace("国网冠供电公司", "国网冠县供电公司"),
                "kind": OWN_KIND.get(row["unit_id"], row["kind"]),
                "level": "province" if row["level"] == "prov" else row["level"],
                "area": row["area_code"],
                "parent": row["parent_unit"],
                "tie": row["tie"],
                "aliases": row["aliases"],
                "valid_from": row["valid_from"] or "2019-01-01",
                "valid_to": row["valid_to"],
                "source": row["source"],
            }
            units[unit["id"]] = unit
    return units


def add_counties(units: dict[str, dict[str, str]], gazetteer: Gazetteer) -> None:
    """Return every county of the home cities the kinds of unit that its sister counties have."""
    for city in HOME_CITIES:
        models = [u for u in units.values() if u["level"] == "county" and u["area"][:4] == city]
        for county in gazetteer.children(city):
            if county.placeholder:
                continue
            for model in models:
                unit_id = f"U{county.code}-{model['kind']}"
                if unit_id in units or not model["source"].startswith("pattern"):
                    continue
                model_name = gazetteer.get(model["area"])
                if model_name is None:
                    raise SystemExit(f"{model['id']}: no such area")
                name = _renamed(model["name"], model_name.name, county.name)
                if name is None:
                    continue
                units[unit_id] = {
                    **model, "id": unit_id, "name": name, "area": county.code, "source": "pattern",
                    "aliases": "|".join(
                        a for a in (
                            _renamed(alias, model_name.name, county.name)
                            for alias in model["aliases"].split("|") if alias
                        ) if a
                    ),
                }  # fmt: skip


def _renamed(name: str, old: str, new: str) -> str | None:
    """Put another county's name into a unit's name; None where the name does not contain it."""
    if old in name:
        return name.replace(old, new)
    short, new_short = old.rstrip("市县区"), new.rstrip("市县区")
    if len(short) > 1 and len(new_short) > 1 and short in name:
        return name.replace(short, new_short)
    return None


def add_governments(units: dict[str, dict[str, str]], gazetteer: Gazetteer) -> None:
    """Return every county a government to answer to, and every town one to handle its matters."""
    for city in HOME_CITIES:
        for county in gazetteer.children(city):
            if county.placeholder:
                continue
            parent = f"U{county.code}-ZF"
            units.setdefault(
                parent,
                _government(
                    parent, f"{county.name}人民政府办公室", "county", county.code, f"U{city}-ZF"
                ),
            )
            for town in gazetteer.children(county.code):
                if town.placeholder or not town.name.endswith(("镇", "乡", "街道")):
                    continue
                unit_id = f"U{town.code}-ZF"
                street = town.name.endswith("街道")
                name = f"{town.name}办事处" if street else f"{town.name}人民政府"
                unit = units.setdefault(
                    unit_id, _government(unit_id, name, "town", town.code, parent)
                )
                unit["aliases"] = f"{town.name}办" if street else f"{town.name}政府"


def _government(unit_id: str, name: str, level: str, area: str, parent: str) -> dict[str, str]:
    values = (unit_id, name, "ZF", level, area, parent, "local", "", "2019-01-01", "", "pattern")
    return dict(zip(UNITS.columns, values, strict=True))


def add_superiors(units: dict[str, dict[str, str]]) -> None:
    """Return every bureau that a city runs itself the city's government as superior."""
    for unit in units.values():
        government = f"U{unit['area']}-ZF"
        if unit["parent"] not in units:
            unit["parent"] = ""
        own = unit["level"] == "city" and unit["tie"] in RUN_BY_CITY and unit["id"] != government
        if own and not unit["parent"] and government in units:
            unit["parent"] = government


def join_twins(units: dict[str, dict[str, str]]) -> None:
    """Keep one row of a bureau that is listed twice because it does two bureaus' work (教育和体育局)."""
    kept: dict[tuple[str, str], str] = {}
    for unit_id in sorted(units):
        unit = units[unit_id]
        if kept.setdefault((unit["name"], unit["area"]), unit_id) != unit_id:
            del units[unit_id]


def main(units_path: str) -> None:
    """Build the table."""
    gazetteer = Gazetteer.load()
    units = read_units(Path(units_path))
    add_counties(units, gazetteer)
    add_governments(units, gazetteer)
    join_twins(units)
    add_superiors(units)
    rows = []
    for unit in sorted(units.values(), key=lambda u: u["id"]):
        row, wrong = row_of(UNITS, unit)
        if row is None:
            raise SystemExit(f"{unit['id']}: {wrong}")
        rows.append(row)
    (OUT / UNITS.file).write_text(written(UNITS, rows), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
