"""The linter on deadlines, the calendar, signals and lanes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from intake.catalogue.remarks import Remark, listed
from intake.catalogue.rows import ANY, Profile
from intake.catalogue.table_files import LANES, Tables
from intake.catalogue.taxonomy import Taxonomy
from intake.catalogue.workdays import STATUTORY, Workdays
from intake.connect.channels import declared, is_declared

SOON = timedelta(days=60)


def check_deadlines(tables: Tables) -> Iterator[Remark]:
    """Find requests without a clear deadline, and deadlines that nobody has laid down."""
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
    yield from undeclared_channels(
        file, ((line, row.profile, row.channels) for line, row in tables.deadlines)
    )
    if assumed := [row.profile for row in rows if row.certainty == "assumed"]:
        yield Remark("note", "assumed", file, 0, tuple(assumed),
                     f"{len(assumed)} profiles are assumptions: {listed(assumed)}",
                     "Replace them by what your city has laid down.")  # fmt: skip
    if unclear := [row.profile for row in rows if row.day_kind == "unspecified"]:
        yield Remark("note", "day-kind", file, 0, tuple(unclear),
                     f"{listed(unclear)}: not said which days are meant; calendar days are counted",
                     "Ask, then set day_kind to workday or calendar.")  # fmt: skip


def undeclared_channels(
    file: str, rows: Iterable[tuple[int, str, Collection[str]]]
) -> Iterator[Remark]:
    """Find channels that no connector declares: a row that names only such ones fits no request."""
    for line, key, channels in rows:
        for name in channels:
            if name != ANY and not is_declared(name):
                yield Remark(
                    "error", "no-channel", file, line, (key,), f"no channel {name} is declared",
                    f"Use one of {', '.join(declared())}, or install the connector that brings it.",
                )  # fmt: skip


def _for_all(row: Profile) -> bool:
    return row.area == row.matter_type == ANY and ANY in row.channels and ANY in row.lanes


def _same_requests(one: Profile, other: Profile) -> bool:
    """Return whether two profiles are equally specific and share a request."""
    return (
        one.specificity == other.specificity
        and one.area == other.area
        and one.matter_type == other.matter_type
        and bool(set(one.channels) & set(other.channels))
        and bool(set(one.lanes) & set(other.lanes))
    )


def check_holidays(tables: Tables, on: date) -> Iterator[Remark]:
    """Find contradictions in the calendar, and its end."""
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


def check_words(tables: Tables, taxonomy: Taxonomy) -> Iterator[Remark]:
    """Find tags and lanes that mean nothing."""
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
