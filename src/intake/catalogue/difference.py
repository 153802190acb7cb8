"""The difference between two catalogues, row by row."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from intake.catalogue.table_files import LANES, SPECS, Spec, Tables, cells_of

What = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that differs; ``cells`` are column → (before, after), of a changed row the changed ones."""

    table: str
    row: str
    what: What
    cells: Mapping[str, tuple[str, str]]

    def __str__(self) -> str:
        if self.what != "changed":
            side = 0 if self.what == "removed" else 1
            said = ", ".join(f"{c}={pair[side]}" for c, pair in self.cells.items() if pair[side])
        else:
            said = ", ".join(
                f"{c}: {old or '∅'} → {new or '∅'}" for c, (old, new) in self.cells.items()
            )
        return f"{self.table} {self.row} {self.what}: {said}"


def compare(old: Tables, new: Tables) -> list[Difference]:
    """Return every difference, table by table, rows in the order of their ids."""
    found: list[Difference] = []
    for spec in SPECS:
        found += _rows(spec.name, _keyed(spec, old), _keyed(spec, new))
    lanes = ({LANES: _flat(tomllib.loads(tables.files[LANES]))} for tables in (old, new))
    return found + list(_rows("lanes", *lanes))


def _rows(
    table: str, old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]
) -> Iterator[Difference]:
    for key in sorted({*old, *new}):
        before, after = old.get(key), new.get(key)
        if before is None and after is not None:
            yield Difference(table, key, "added", {c: ("", v) for c, v in after.items()})
        elif before is not None and after is None:
            yield Difference(table, key, "removed", {c: (v, "") for c, v in before.items()})
        elif before is not None and after is not None and before != after:
            columns = dict.fromkeys((*before, *after))
            pairs = {c: (before.get(c, ""), after.get(c, "")) for c in columns}
            changed = {c: pair for c, pair in pairs.items() if pair[0] != pair[1]}
            yield Difference(table, key, "changed", changed)


def _keyed(spec: Spec, tables: Tables) -> dict[str, dict[str, str]]:
    """Return rows by key; rows with one key are numbered."""
    seen: Counter[str] = Counter()
    keyed = {}
    for row in tables[spec.name].rows:
        key = spec.key_of(row)
        seen[key] += 1
        keyed[key if seen[key] == 1 else f"{key}#{seen[key]}"] = cells_of(spec, row)
    return keyed


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = str(value)
    return found
