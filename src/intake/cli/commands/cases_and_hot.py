"""Commands about cases, and about matters that grow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.commands.deferred import runs
from intake.cli.commands.options import ActorOption, ConfigOption, JsonOption

app = typer.Typer()
cases = typer.Typer(help="Cases: show, merge, split, undo.", no_args_is_help=True)

WhyOption = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]
SeenOption = Annotated[
    list[str] | None,
    typer.Option(
        "--seen", metavar="CASE=VERSION",
        help="Refuse if somebody changed the case since this version; may be repeated.",
    ),
]  # fmt: skip


@app.command("hot")
@runs("intake.cli.hot:hot")
def hot(
    config: ConfigOption = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days count as now.")] = 7,
    until: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="End of now, 2026-09-30; default: this moment."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    to: Annotated[
        Path | None, typer.Option("--picture", metavar="FILE.svg", help="Also draw them.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Show what grows faster than its past: cases, and categories at a place."""


@cases.command("show")
@runs("intake.cli.case:show")
def show(
    which: Annotated[str, typer.Argument(metavar="CASE|REQUEST", help="Also a merged case's id.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a case: its requests, how they relate, its former ids, its version."""


@cases.command("merge")
@runs("intake.cli.case:merge")
def merge(
    cases: Annotated[list[str], typer.Argument(metavar="CASE|REQUEST...")],
    into: Annotated[
        str, typer.Option("--into", metavar="CASE|REQUEST", help="The case that stays.")
    ],
    why: WhyOption,
    config: ConfigOption = None,
    seen: SeenOption = None,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge cases into another; their ids go on to resolve."""


@cases.command("split")
@runs("intake.cli.case:split")
def split(
    request: Annotated[list[str], typer.Argument(metavar="REQUEST...")],
    why: WhyOption,
    config: ConfigOption = None,
    seen: SeenOption = None,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take requests out of their case into a new one."""


@cases.command("apart")
@runs("intake.cli.case:apart")
def apart(
    request: Annotated[str, typer.Argument(metavar="REQUEST")],
    other: Annotated[str, typer.Argument(metavar="REQUEST")],
    why: WhyOption,
    config: ConfigOption = None,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that two requests are not the same matter, so that they are not suggested again."""


@cases.command("undo")
@runs("intake.cli.case:undo")
def undo(
    change: Annotated[int, typer.Argument(help="Number of the change; see intake case history.")],
    why: WhyOption,
    config: ConfigOption = None,
    actor: ActorOption = None,
    as_json: JsonOption = False,
) -> None:
    """Undo a merge, a split or a mark."""


@cases.command("history")
@runs("intake.cli.case:history")
def history(
    which: Annotated[str | None, typer.Argument(metavar="CASE|REQUEST")] = None,
    config: ConfigOption = None,
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List what people did to a case, or to all cases, newest first."""
