"""The catalogue's linter: finds rows that would send a request to a wrong unit.

A version with an error cannot be put in force. A warning deserves a look, a note is information. Each
names file, line, rows and the remedy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from intake.areas.gazetteer import Gazetteer
from intake.catalogue.gaps import Ground, gaps
from intake.catalogue.lint_clocks import check_deadlines, check_holidays, check_words
from intake.catalogue.lint_kinds import check_kinds, check_roles
from intake.catalogue.lint_names import check_circles, check_names
from intake.catalogue.lint_rules import check_overlap, check_paths, check_rules, check_townships
from intake.catalogue.lint_units import check_units
from intake.catalogue.lookup import Catalogue
from intake.catalogue.overlaps import overlaps
from intake.catalogue.remarks import ORDER, Remark
from intake.catalogue.table_files import SPECS, TableFault, Tables, read
from intake.catalogue.taxonomy import Taxonomy


def lint(
    files: Mapping[str, str],
    *,
    gazetteer: Gazetteer,
    taxonomy: Taxonomy,
    on: date,
    within: str = "",
) -> list[Remark]:
    """Return every remark on a catalogue's files, the gravest first."""
    tables, faults = read(files)
    found = [_fault(fault) for fault in faults]
    if tables is not None:
        catalogue = Catalogue(tables)
        found += _ids(tables)
        found += check_roles(catalogue, taxonomy)
        found += check_kinds(catalogue)
        found += check_units(tables, gazetteer, on)
        found += check_circles(catalogue)
        found += check_names(catalogue, gazetteer, on)
        found += check_rules(catalogue, gazetteer, taxonomy, on)
        found += (check_overlap(pair) for pair in overlaps(tables.rules, tables.signals.rows, on))
        found += check_townships(catalogue, taxonomy)
        found += check_paths(catalogue, gazetteer, on)
        found += check_deadlines(tables)
        found += check_holidays(tables, on)
        found += check_words(tables, taxonomy)
        found += gaps(Ground(catalogue, gazetteer, taxonomy, within), on)
    return sorted(found, key=lambda r: (ORDER.index(r.severity), r.file, r.line, r.code))


def _fault(fault: TableFault) -> Remark:
    said = f"column {fault.column}: {fault.said}" if fault.column else fault.said
    return Remark("error", "cell", fault.file, fault.line, (), said, "Correct the cell.")


def _ids(tables: Tables) -> Iterator[Remark]:
    for spec in SPECS:
        lines: dict[str, list[int]] = defaultdict(list)
        for line, row in tables[spec.name]:
            lines[spec.key_of(row)].append(line)
        for key, found in lines.items():
            # One signal may have several rows, one for each wording.
            if len(found) > 1 and spec.name != "signals":
                yield Remark(
                    "error", "same-id", spec.file, found[1], (key,),
                    f"{key} stands in the lines {', '.join(map(str, found))}; only one counts",
                    "Give each row an id of its own.",
                )  # fmt: skip


def fatal(remarks: Iterable[Remark]) -> bool:
    """Return whether the catalogue is unfit to be put in force."""
    return any(remark.severity == "error" for remark in remarks)
