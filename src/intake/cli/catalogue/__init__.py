"""``intake catalogue``: looking after the dispatch catalogue."""

from __future__ import annotations

import typer

from intake.cli.catalogue import check, diff, explain, versions

app = typer.Typer(
    help="The dispatch catalogue: check, explain, compare, exchange, put in force.",
    no_args_is_help=True,
)
app.command("lint")(check.lint)
app.command("coverage")(check.coverage)
app.command("explain")(explain.explain)
app.command("diff")(diff.diff)
app.command("export")(versions.export)
app.command("import")(versions.import_)
app.command("store")(versions.store)
app.command("activate")(versions.activate)
app.command("versions")(versions.list_)


def register(main: typer.Typer) -> None:
    """Add the commands."""
    main.add_typer(app, name="catalogue")
