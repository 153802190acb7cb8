"""The linter on roles, and on the kinds of units and their common names."""

from __future__ import annotations

from collections.abc import Iterator

from intake.catalogue.lookup import Catalogue
from intake.catalogue.remarks import Remark, on_row
from intake.catalogue.rows import KindRole
from intake.catalogue.table_files import KINDS
from intake.catalogue.table_roles import lacks
from intake.catalogue.taxonomy import Taxonomy


def check_roles(catalogue: Catalogue, taxonomy: Taxonomy) -> Iterator[Remark]:
    """Find roles that nothing has."""
    for lack in lacks(taxonomy, catalogue.kinds):
        yield Remark("error", "no-role", lack.table, 0, (lack.role,), str(lack),
                     "Write it in the column role of the row that has it.")  # fmt: skip


def check_kinds(catalogue: Catalogue) -> Iterator[Remark]:
    """Find kinds without a row, kinds with two roles, and common names of two kinds."""
    tables = catalogue.tables
    if KINDS not in tables.files:
        return
    roles: dict[str, KindRole | None] = {}
    for line, row in tables.kinds:
        remark = on_row(KINDS, line, row.kind)
        if roles.setdefault(row.kind, row.role) != row.role:
            yield remark("error", "two-roles", f"{row.kind} has another role in an earlier row",
                         "Give all rows of a kind the same role.")  # fmt: skip
        for word in row.words:
            if (other := catalogue.kinds.names[word]) != (row.kind, row.level):
                yield remark("error", "same-words", f"{word} already means {other.kind}",
                             "Leave it in one of the rows.")  # fmt: skip
    unknown = {
        unit.kind: line for line, unit in reversed(list(tables.units)) if unit.kind not in roles
    }
    for kind, line in sorted(unknown.items()):
        yield Remark("warning", "no-kind", "units.csv", line, (kind,),
                     f"{kind} is not in {KINDS}: its units have no role and no common name",
                     "Add a row for it.")  # fmt: skip
