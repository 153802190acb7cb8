"""Commands that look after an installation: doctor, settings file, schema, quarantine, users, the key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.commands.deferred import runs
from intake.cli.commands.options import ConfigOption

app = typer.Typer()
users = typer.Typer(help="People who may sign in to the desk.", no_args_is_help=True)
keys = typer.Typer(help="The key that identities are encrypted with.", no_args_is_help=True)

PasswordOption = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
]


@app.command("doctor")
@runs("intake.cli.doctor:doctor")
def doctor(
    config: ConfigOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Examine this installation; exit code 1 if something is wrong."""


@app.command("init")
@runs("intake.cli.operate:init")
def init(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("intake.toml"),
) -> None:
    """Write a commented settings file to start from; never over an existing one."""


@app.command("migrate")
@runs("intake.cli.operate:migrate")
def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this program's schema version."""


@app.command("replay")
@runs("intake.cli.operate:replay")
def replay(
    config: ConfigOption = None,
    source: Annotated[str | None, typer.Option(help="Only this source.")] = None,
    stage: Annotated[str | None, typer.Option(help="Only items that failed at this stage.")] = None,
    item: Annotated[
        list[int] | None, typer.Option(help="Only this quarantined item; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List them, change nothing.")] = False,
) -> None:
    """Put quarantined items back to be processed (by intake run or intake process)."""


@users.command("add")
@runs("intake.cli.operate:user_add")
def user_add(
    name: Annotated[str, typer.Argument(help="Sign-in name.")],
    password: PasswordOption,
    config: ConfigOption = None,
    role: Annotated[
        list[str] | None, typer.Option(help="desk, lead (sees 高位办), admin; may be repeated.")
    ] = None,
) -> None:
    """Add somebody who may sign in."""


@users.command("list")
@runs("intake.cli.operate:user_list")
def user_list(config: ConfigOption = None) -> None:
    """List everybody who may sign in."""


@users.command("password")
@runs("intake.cli.operate:user_password")
def user_password(
    name: Annotated[str, typer.Argument()], password: PasswordOption, config: ConfigOption = None
) -> None:
    """Set a new password; the user's sessions end."""


@users.command("disable")
@runs("intake.cli.operate:user_disable")
def user_disable(name: Annotated[str, typer.Argument()], config: ConfigOption = None) -> None:
    """Stop somebody from signing in; the user's sessions end."""


@users.command("link")
@runs("intake.cli.operate:user_link")
def user_link(name: Annotated[str, typer.Argument()], config: ConfigOption = None) -> None:
    """Print a one-time sign-in link, good for 15 minutes."""


@keys.command("new")
@runs("intake.cli.operate:key_new")
def key_new(
    config: ConfigOption = None,
) -> None:
    """Make the key file of identity.key_file; refuses where there is one."""
