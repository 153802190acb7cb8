"""The linter on rules and paths: what they name, which come in each other's way, who is burdened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from intake.areas.gazetteer import Gazetteer
from intake.catalogue.lint_clocks import undeclared_channels
from intake.catalogue.lookup import Catalogue
from intake.catalogue.overlaps import Overlap
from intake.catalogue.remarks import Remark, Severity, listed, on_row
from intake.catalogue.rows import ANY, REJECTIONS, Dated, Handler, Rule
from intake.catalogue.taxonomy import Taxonomy

RULES, PATHS = "rules.csv", "paths.csv"


def check_rules(
    catalogue: Catalogue, gazetteer: Gazetteer, taxonomy: Taxonomy, on: date
) -> Iterator[Remark]:
    """Find rules that name what is not there."""
    tables = catalogue.tables
    profiles = {row.profile for row in tables.deadlines.rows}
    tags = {row.signal for row in tables.signals.rows if row.kind == "tag"}
    for line, rule in tables.rules:
        remark = on_row(RULES, line, rule.id)
        if rule.area != ANY and gazetteer.get(rule.area) is None:
            yield remark("error", "no-area", f"area {rule.area} is not known",
                         "Use a code of the area table, without trailing zeros.")  # fmt: skip
        if rule.category != ANY and taxonomy.get(rule.category) is None:
            yield remark("error", "no-category", f"category {rule.category} is not in the taxonomy",
                         "Use one of its codes.")  # fmt: skip
        if rule.profile and rule.profile not in profiles:
            yield remark("error", "no-profile", f"there is no deadline profile {rule.profile}",
                         "Add it to deadlines.csv, or leave the cell empty.")  # fmt: skip
        if rule.condition and rule.condition.removeprefix("tag=") not in tags:
            yield remark("error", "no-tag", f"{rule.condition} never holds: no such tag",
                         "Add its words to signals.csv.")  # fmt: skip
        if rule.valid_to and rule.valid_to < on:
            yield remark("note", "expired", f"ended on {rule.valid_to}",
                         "Keep it to explain old decisions, or take it out.")  # fmt: skip
        for unit_id in rule.exclude_units:
            if unit_id not in catalogue.units:
                yield remark("error", "no-unit", f"excluded unit {unit_id} is not in the table",
                             "Correct its id.")  # fmt: skip
        for handler in (rule.handler, *rule.co_handlers):
            for severity, code, said in _named(catalogue, handler, rule, on):
                yield remark(
                    severity, code, said, "Name its successor, or correct the unit's days."
                )


def _named(
    catalogue: Catalogue, handler: Handler, row: Dated, on: date
) -> Iterator[tuple[Severity, str, str]]:
    """Check a handler's name: that the unit is there for as long as the row, or the kind at all."""
    if handler.form == "reject" and handler.name not in REJECTIONS:
        yield (
            "warning",
            "reject",
            f"REJECT:{handler.name} is no known reason ({', '.join(REJECTIONS)}); it is not held",
        )
    elif handler.form == "kind":
        if not any(unit.kind == handler.name for unit in catalogue.units.values()):
            yield "error", "no-unit", f"no unit is of kind {handler.name}"
    elif handler.form == "unit":
        unit = catalogue.units.get(handler.name)
        if unit is None:
            yield "error", "no-unit", f"unit {handler.name} is not in the table"
        elif not unit.meets(row):
            yield "error", "expired-unit", f"{unit.name} is never valid while this row is"
        elif unit.valid_to and unit.valid_to < (row.valid_to or date.max):
            already = unit.valid_to < on and row.valid_on(on)
            yield (
                "error" if already else "warning",
                "expired-unit",
                f"{unit.name} ends on {unit.valid_to}, before this row",
            )


def check_overlap(pair: Overlap) -> Remark:
    """Return a remark on a pair of rules: which one wins, why, and how to make it certain."""
    winner, loser = pair.winner.id, pair.loser.id
    ids = (winner, loser)
    if pair.kind == "equal-keys":
        return Remark(
            "error", pair.kind, RULES, pair.line, ids,
            f"{winner} and {loser} are for the same messages at the same time and differ in who "
            f"handles; only the ids decide, {winner} wins",
            "End one of them, or give one a priority.",
        )  # fmt: skip
    if pair.kind == "two-tags":
        return Remark(
            "warning", pair.kind, RULES, pair.line, ids,
            f"a message may have both {pair.winner.condition} and {pair.loser.condition}; only the "
            f"ids decide, {winner} wins over {loser}",
            "Give one a priority, or make the tags exclude each other (unless in signals.csv).",
        )  # fmt: skip
    return Remark(
        "warning", pair.kind, RULES, pair.line, ids,
        f"{winner} wins over {loser} by its {pair.by}, although {loser} is more specific by its "
        f"{pair.against}",
        "If that is meant, add the rule for where they meet or give one a priority; else correct.",
    )  # fmt: skip


def check_townships(catalogue: Catalogue, taxonomy: Taxonomy) -> Iterator[Remark]:
    """Find departments' matters that are sent down to a township alone."""
    for line, rule in catalogue.tables.rules:
        if not _of_town(catalogue, rule.handler):
            continue
        if any(_department(catalogue, handler) for handler in rule.co_handlers):
            continue
        leaves = [leaf for leaf in taxonomy.leaves if _covers(rule, leaf.code)]
        wrong = [leaf for leaf in leaves if not leaf.townships_too]
        if wrong:
            what = listed(f"{leaf.code} {leaf.name} ({leaf.departments})" for leaf in wrong)
            yield Remark(
                "error", "township", RULES, line, (rule.id,),
                f"a department's matter is sent down to the township alone: {what}",
                "Make the county's department lead or co-handler.",
            )  # fmt: skip


def _covers(rule: Rule, leaf: str) -> bool:
    return rule.category == ANY or leaf.startswith(rule.category)


def _of_town(catalogue: Catalogue, handler: Handler) -> bool:
    if handler.form == "unit":
        unit = catalogue.units.get(handler.name)
        return unit is not None and unit.level == "town"
    return handler.level == "town"


def _department(catalogue: Catalogue, handler: Handler) -> bool:
    if handler.form == "unit":
        unit = catalogue.units.get(handler.name)
        return unit is not None and catalogue.is_department(unit)
    return handler.level != "town" and not catalogue.kinds.is_government(handler.name)


def check_paths(catalogue: Catalogue, gazetteer: Gazetteer, on: date) -> Iterator[Remark]:
    """Find transmission paths that lead nowhere or two ways at once."""
    rows = catalogue.tables.paths
    yield from undeclared_channels(PATHS, ((line, path.id, path.channels) for line, path in rows))
    earlier: list[tuple[object, Dated]] = []
    for line, path in catalogue.tables.paths:
        remark = on_row(PATHS, line, path.id)
        if path.area != ANY and gazetteer.get(path.area) is None:
            yield remark("error", "no-area", f"area {path.area} is not known",
                         "Use a code of the area table, without trailing zeros.")  # fmt: skip
        for handler in path.via:
            for severity, code, said in _named(catalogue, handler, path, on):
                yield remark(
                    severity, code, said, "Name its successor, or correct the unit's days."
                )
        key = (path.area, frozenset(path.channels))
        if any(key == other and path.meets(row) for other, row in earlier):
            yield remark("error", "equal-keys", "another path is for the same messages",
                         "End one of them.")  # fmt: skip
        earlier.append((key, path))
