"""Commands that run the product, try it, and carry items in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.commands.deferred import runs
from intake.cli.commands.options import ConfigOption, Stage

app = typer.Typer()

OnceOption = Annotated[bool, typer.Option("--once", help="Do what there is to do, then exit.")]


@app.command("run")
@runs("intake.cli.run:run")
def run(
    config: ConfigOption = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Run on a small simulated city, fresh each time.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Pull, process and publish all there is, then exit.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --once: the last line is a JSON summary.")
    ] = False,
    corpus: Annotated[
        Path | None,
        typer.Option(exists=True, help="With --demo: a CSV whose rows the city serves instead."),
    ] = None,
    data: Annotated[
        Path, typer.Option(help="With --demo: folder for its data; emptied at the start.")
    ] = Path("var/demo"),
    desk_port: Annotated[
        int | None, typer.Option(help="Port of the desk; 0 takes a free one.")
    ] = None,
) -> None:
    """Run everything in one process: pull, process, publish, and the desk."""


@app.command("pull")
@runs("intake.cli.loops:pull")
def pull(
    config: ConfigOption = None,
    source: Annotated[
        list[str] | None, typer.Option(help="Pull only this source; may be repeated.")
    ] = None,
    once: OnceOption = False,
) -> None:
    """Pull the sources; one process per source at a time."""


@app.command("process")
@runs("intake.cli.loops:process")
def process(config: ConfigOption = None, once: OnceOption = False) -> None:
    """Turn landed items into requests and decisions, and urge units that are late.

    Any number of these on PostgreSQL.
    """


@app.command("publish")
@runs("intake.cli.loops:publish")
def publish(config: ConfigOption = None, once: OnceOption = False) -> None:
    """Publish the outbox; one relay is active, others wait."""


@app.command("desk")
@runs("intake.cli.loops:desk")
def desk(config: ConfigOption = None) -> None:
    """Serve the desk and the interface for downstream systems."""


@app.command("simulate")
@runs("intake.cli.simulate:simulate")
def simulate(
    corpus: Annotated[
        Path | None,
        typer.Option(exists=True, help="A CSV whose rows are served instead of our messages."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same city.")] = 1,
    http_port: Annotated[int, typer.Option(help="0 takes a free port.")] = 0,
    imap_port: Annotated[int, typer.Option(help="0 takes a free port.")] = 0,
    folder: Annotated[Path | None, typer.Option(help="Where the drop folder is.")] = None,
    settings: Annotated[
        Path | None,
        typer.Option(
            help=r"Write the [\[source]] tables for this city to this file (not over one)."
        ),
    ] = None,
    hours_per_minute: Annotated[
        float, typer.Option(help="How fast the city's time passes; edits and ratings come with it.")
    ] = 24.0,
) -> None:
    """Serve a small city on loopback: hotline, mailboxes, boards, outreach."""


@app.command("import")
@runs("intake.cli.imports:import_file")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV, JSON Lines or XLSX.", exists=True)],
    source: Annotated[str, typer.Option(help="Name of the source the rows belong to, for ever.")],
    config: ConfigOption = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help=r'TOML: \[fields] body = "column", …; channel, zone. Else recognised.'),
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="Home area code, if the source is not configured.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish/--no-publish", help="Also publish the events.")
    ] = True,
) -> None:
    """Land and process all rows of a file; what was imported before is recognised."""


@app.command("try")
@runs("intake.cli.try_stage:try_stage")
def try_stage(
    stage: Annotated[
        Stage,
        typer.Argument(show_choices=False, help="normalize, locate, classify, dedupe or route."),
    ],
    config: ConfigOption = None,
    model: Annotated[
        Path | None, typer.Option(help="Classifier bundle other than the configured one.")
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="Home area of the source, where a line names none.")
    ] = None,
    show_personal: Annotated[
        bool,
        typer.Option("--show-personal", help="normalize: show the personal data found, not stars."),
    ] = False,
) -> None:
    """Read one JSON object a line with at least "text"; write one JSON object a line, in order.

    Decides with the tables and the model of the settings file, if there is one, on a throw-away store.
    """


@app.command("consume")
@runs("intake.cli.consume:consume_unit")
def consume_unit(
    unit: Annotated[str, typer.Option(help="Unit id, or desk for what waits for people.")],
    config: ConfigOption = None,
    seen: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|URL",
            help="What remembers event ids: a file (default in var/), or a Redis that several workers"
            " share, such as redis://127.0.0.1:6379/0.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print whole events, one a line.")
    ] = False,
    limit: Annotated[int, typer.Option(help="Stop after so many events; 0 goes on.")] = 0,
) -> None:
    """Print a unit's events as they arrive; drops repeats by id, acknowledges what it printed."""
