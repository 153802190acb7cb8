"""Every command as it is typed: its options, its help, and (``@runs``) the function that does the work.

Nothing here imports what a command works with; a test fails if it does.
"""

from __future__ import annotations

import typer

from intake import __version__
from intake.cli.commands import (
    areas_and_catalogue,
    cases_and_hot,
    running,
    training_and_learning,
    upkeep,
)

app = typer.Typer(
    name="intake",
    help="Citizens' requests from every channel: pulled, related, routed, published.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for part in (running.app, upkeep.app, cases_and_hot.app, training_and_learning.app):
    app.add_typer(part)
app.add_typer(upkeep.users, name="user")
app.add_typer(upkeep.keys, name="key")
app.add_typer(areas_and_catalogue.areas, name="areas")
app.add_typer(cases_and_hot.cases, name="case")
app.add_typer(areas_and_catalogue.catalogue, name="catalogue")
app.add_typer(training_and_learning.learn, name="learn")


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
