"""The catalogue's linter: everything that would send a request astray, before it does.

An error makes a version unfit to be put in force; a warning deserves a look; a note tells what will
happen. Each names file, line, rows and what to do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from intake.route.areas import Gazetteer
from intake.route.catalogue.gaps import Ground, gaps
from intake.route.catalogue.lookup import Catalogue
from intake.route.catalogue.overlaps import Overlap, overlaps
from intake.route.catalogue.remarks import ORDER, Remark, listed
from intake.route.catalogue.rows import ANY, Dated, Handler, Profile, Rule, Unit
from intake.route.catalogue.tables import LANES, SPECS, Fault, Tables, read
from intake.route.taxonomy import Taxonomy
from intake.route.workdays import STATUTORY, Workdays

RULES, UNITS = "rules.csv", "units.csv"
SOON = timedelta(days=60)


def lint(
    files: Mapping[str, str],
    *,
    gazetteer: Gazetteer,
    taxonomy: Taxonomy,
    on: date,
    within: str = "",
) -> list[Remark]:
    """Give every remark on a catalogue's files, the gravest first."""
    tables, faults = read(files)
    found = [_fault(fault) for fault in faults]
    if tables is not None:
        catalogue = Catalogue(tables)
        found += _ids(tables)
        found += _units(tables, gazetteer, on)
        found += _rules(catalogue, gazetteer, taxonomy, on)
        found += (_overlap(pair) for pair in overlaps(tables.rules, tables.signals.rows, on))
        found += _townships(catalogue, taxonomy)
        found += _paths(catalogue, gazetteer, on)
        found += _deadlines(tables)
        found += _holidays(tables, on)
        found += _words(tables, taxonomy)
        found += gaps(Ground(catalogue, gazetteer, taxonomy, within), on)
    return sorted(found, key=lambda r: (ORDER.index(r.severity), r.file, r.line, r.code))


def _fault(fault: Fault) -> Remark:
    said = f"column {fault.column}: {fault.said}" if fault.column else fault.said
    return Remark("error", "cell", fault.file, fault.line, (), said, "Correct the cell.")


def _ids(tables: Tables) -> Iterator[Remark]:
    for spec in SPECS:
        lines: dict[str, list[int]] = defaultdict(list)
        for line, row in tables[spec.name]:
            lines["/".join(str(getattr(row, part)) for part in spec.key)].append(line)
        for key, found in lines.items():
            # One signal may have several rows: each is a way to say it.
            if len(found) > 1 and spec.name != "signals":
                yield Remark(
                    "error", "same-id", spec.file, found[1], (key,),
                    f"{key} stands in the lines {', '.join(map(str, found))}; only one counts",
                    "Give each row an id of its own.",
                )  # fmt: skip


def _units(tables: Tables, gazetteer: Gazetteer, on: date) -> Iterator[Remark]:
    units = {unit.id: unit for unit in tables.units.rows}
    places: dict[tuple[str, str], list[tuple[int, Unit]]] = defaultdict(list)
    names: dict[str, list[tuple[int, Unit]]] = defaultdict(list)
    orphans: Counter[str] = Counter()
    for line, unit in tables.units:
        places[unit.kind, unit.area].append((line, unit))
        for name in dict.fromkeys((unit.name, *unit.aliases)):
            names[name].append((line, unit))
        level = gazetteer.level(unit.area)
        if level is None:
            yield _unit(line, unit, "error", "no-area", f"area {unit.area} is not known",
                        "Use a code of the area table, without trailing zeros.")  # fmt: skip
        elif level != unit.level:
            yield _unit(line, unit, "error", "level", f"level {unit.level}, but {unit.area} is a {level}",
                        "Correct level or area: late-bound handlers look by area.")  # fmt: skip
        if unit.parent and unit.parent not in units:
            yield _unit(line, unit, "error", "no-parent", f"superior {unit.parent} is not in the table",
                        "Add it, or name another superior.")  # fmt: skip
        elif unit.parent and unit.valid_on(on) and not units[unit.parent].valid_on(on):
            yield _unit(line, unit, "warning", "no-parent", f"superior {unit.parent} is not valid on {on}",
                        "Name its successor.")  # fmt: skip
        elif not unit.parent and unit.level in ("town", "county"):
            orphans[unit.kind] += 1
    yield from _doubles(places, names)
    if orphans:
        kinds = listed(f"{kind} ({n})" for kind, n in orphans.most_common())
        yield Remark(
            "note", "no-superior", UNITS, 0, (),
            f"{orphans.total()} county and town units have no superior: {kinds}; complaints about "
            "them are held for the desk", "Fill in the column parent.",
        )  # fmt: skip


def _unit(line: int, unit: Unit, severity: str, code: str, said: str, do: str) -> Remark:
    return Remark(severity, code, UNITS, line, (unit.id,), f"{unit.name}: {said}", do)  # type: ignore[arg-type]


def _doubles(
    places: Mapping[tuple[str, str], list[tuple[int, Unit]]],
    names: Mapping[str, list[tuple[int, Unit]]],
) -> Iterator[Remark]:
    for (kind, area), found in places.items():
        for line, unit in _meeting(found):
            yield _unit(line, unit, "error", "two-units",
                        f"another unit of kind {kind} serves {area} at the same time",
                        "End one of them, or give one another kind.")  # fmt: skip
    told = set()
    for name, all_found in names.items():
        for city in dict.fromkeys(unit.area[:4] for _, unit in all_found):
            found = [(line, unit) for line, unit in all_found if unit.area[:4] == city]
            for line, unit in _meeting(found):
                if unit.id not in told:
                    told.add(unit.id)
                    yield _unit(line, unit, "warning", "same-name",
                                f"{name} in the same city also means {found[0][1].id}",
                                "Make the names differ: put the county before them.")  # fmt: skip


def _meeting(found: list[tuple[int, Unit]]) -> Iterator[tuple[int, Unit]]:
    """Give the rows that are valid together with an earlier one."""
    for index, (line, unit) in enumerate(found):
        if any(unit.id != other.id and unit.meets(other) for _, other in found[:index]):
            yield line, unit


def _rules(
    catalogue: Catalogue, gazetteer: Gazetteer, taxonomy: Taxonomy, on: date
) -> Iterator[Remark]:
    tables = catalogue.tables
    profiles = {row.profile for row in tables.deadlines.rows}
    tags = {row.signal for row in tables.signals.rows if row.kind == "tag"}
    for line, rule in tables.rules:

        def remark(severity: str, code: str, said: str, do: str) -> Remark:
            return Remark(severity, code, RULES, line, (rule.id,), said, do)  # type: ignore[arg-type]  # noqa: B023

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
) -> Iterator[tuple[str, str, str]]:
    """Check a handler's name: that the unit is there for as long as the row, or the kind at all."""
    if handler.form == "kind":
        if not any(unit.kind == handler.name for unit in catalogue.units.values()):
            yield "error", "no-unit", f"no unit is of kind {handler.name}"
    elif handler.form == "unit":
        unit = catalogue.units.get(handler.name)
        if unit is None:
            yield "error", "no-unit", f"unit {handler.name} is not in the table"
        elif not unit.meets(row):
            yield "error", "expired-unit", f"{unit.name} is never valid while this row is"
        elif unit.valid_to and unit.valid_to < (row.valid_to or date.max):
            severity = "error" if unit.valid_to < on and row.valid_on(on) else "warning"
            yield severity, "expired-unit", f"{unit.name} ends on {unit.valid_to}, before this row"


def _overlap(pair: Overlap) -> Remark:
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


def _townships(catalogue: Catalogue, taxonomy: Taxonomy) -> Iterator[Remark]:
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
        return unit is not None and unit.level != "town" and unit.kind != "ZF"
    return handler.level != "town" and handler.name != "ZF"


def _paths(catalogue: Catalogue, gazetteer: Gazetteer, on: date) -> Iterator[Remark]:
    earlier: list[tuple[object, Dated]] = []
    for line, path in catalogue.tables.paths:

        def remark(severity: str, code: str, said: str, do: str) -> Remark:
            return Remark(severity, code, "paths.csv", line, (path.id,), said, do)  # type: ignore[arg-type]  # noqa: B023

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


def _deadlines(tables: Tables) -> Iterator[Remark]:
    file = "deadlines.csv"
    rows = tables.deadlines.rows
    if not any(_for_all(row) for row in rows):
        yield Remark("error", "no-fallback", file, 0, (), "no profile fits every request",
                     "Keep a row with * for area, channels, matter type and lanes.")  # fmt: skip
    seen: list[Profile] = []
    for line, row in tables.deadlines:
        for other in seen:
            if _same_requests(row, other):
                yield Remark(
                    "error", "equal-keys", file, line, (row.profile, other.profile),
                    f"{row.profile} and {other.profile} are for the same requests",
                    "Make area, channels, matter type or lanes differ.",
                )  # fmt: skip
        seen.append(row)
    if assumed := [row.profile for row in rows if row.certainty == "assumed"]:
        yield Remark("note", "assumed", file, 0, tuple(assumed),
                     f"{len(assumed)} profiles are assumptions: {listed(assumed)}",
                     "Replace them by what your city has laid down.")  # fmt: skip
    if unclear := [row.profile for row in rows if row.day_kind == "unspecified"]:
        yield Remark("note", "day-kind", file, 0, tuple(unclear),
                     f"{listed(unclear)}: not said which days are meant; calendar days are counted",
                     "Ask, then set day_kind to workday or calendar.")  # fmt: skip


def _for_all(row: Profile) -> bool:
    return row.area == row.matter_type == ANY and ANY in row.channels and ANY in row.lanes


def _same_requests(one: Profile, other: Profile) -> bool:
    """Say whether two profiles are equally specific and share a request."""
    return (
        one.specificity == other.specificity
        and one.area == other.area
        and one.matter_type == other.matter_type
        and bool(set(one.channels) & set(other.channels))
        and bool(set(one.lanes) & set(other.lanes))
    )


def _holidays(tables: Tables, on: date) -> Iterator[Remark]:
    file = "holidays.csv"
    for index, (line, row) in enumerate(tables.holidays):
        for other in tables.holidays.rows[:index]:
            same_days = row.date_from <= other.date_to and other.date_from <= row.date_to
            if same_days and row.area == other.area and row.kind != other.kind:
                yield Remark("error", "contradiction", file, line, (row.name, other.name),
                             f"{row.name} and {other.name} say different things of one day",
                             "Correct one of them.")  # fmt: skip
    calendar = Workdays(tables.holidays.rows)
    for year in sorted({row.date_to.year for row in tables.holidays.rows}):
        unnamed = calendar.unnamed(year)
        if not calendar.knows(year) and len(unnamed) < len(STATUTORY):
            yield Remark("warning", "calendar", file, 0, unnamed,
                         f"{year} lacks {'、'.join(unnamed)}; its deadlines stay provisional",
                         "Complete the year from the published arrangement.")  # fmt: skip
    if not calendar.knows((on + SOON).year):
        yield Remark("warning", "calendar", file, 0, (),
                     f"the arrangement of {(on + SOON).year} is not known; deadlines that reach into "
                     "it are provisional", "Add its holidays and make-up days when published.")  # fmt: skip


def _words(tables: Tables, taxonomy: Taxonomy) -> Iterator[Remark]:
    used = {rule.condition.removeprefix("tag=") for rule in tables.rules.rows if rule.condition}
    for line, row in tables.signals:
        if row.kind == "tag" and row.signal not in used:
            yield Remark("note", "unused-tag", "signals.csv", line, (row.signal,),
                         f"no rule has the condition tag={row.signal}", "Take it out, or use it.")  # fmt: skip
    for code in tables.lanes.livelihood:
        if taxonomy.get(code) is None:
            yield Remark("error", "no-category", LANES, 0, (code,),
                         f"livelihood names {code}, which is not in the taxonomy",
                         "Use one of its codes.")  # fmt: skip
    kinds = {unit.kind for unit in tables.units.rows}
    for kind in tables.lanes.escalation.inform_kinds:
        if kind not in kinds:
            yield Remark("error", "no-unit", LANES, 0, (kind,),
                         f"escalation informs kind {kind}, of which there is no unit",
                         "Correct escalation.inform_kinds.")  # fmt: skip


def fatal(remarks: Iterable[Remark]) -> bool:
    """Say whether the catalogue is unfit to be put in force."""
    return any(remark.severity == "error" for remark in remarks)
