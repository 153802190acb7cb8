"""The command line: ``intake``. Each command calls ``bootstrap`` and the use cases."""

from __future__ import annotations

import os
import sys

import typer

from intake import __version__
from intake.cli import (
    areas,
    case,
    catalogue,
    consume,
    doctor,
    hot,
    imports,
    learn,
    operate,
    roles,
    run,
    simulate,
    train,
    try_stage,
)
from intake.errors import IntakeError

app = typer.Typer(
    name="intake",
    help="Citizens' requests from every channel: pulled, related, routed, published.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
run.register(app)
roles.register(app)
simulate.register(app)
imports.register(app)
try_stage.register(app)
consume.register(app)
doctor.register(app)
operate.register(app)
areas.register(app)
case.register(app)
hot.register(app)
catalogue.register(app)
train.register(app)
learn.register(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"citizen-intake {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    del version


def main() -> None:
    """Run the command line; an error that was foreseen is a sentence, not a trace."""
    os.umask(0o077)  # what is written here may hold what citizens said
    try:
        app()
    except IntakeError as error:
        typer.secho(f"intake: {error.message}", fg="red", err=True)
        if error.hint:
            typer.echo(f"        {error.hint}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
