"""Commands of operation: ``init``, ``migrate``, ``replay``, ``user``, ``key``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from intake.cli.startup import ConfigOption, application, settings_from
from intake.errors import ConfigurationError, Refused
from intake.store import audit, landing, people
from intake.store.vault import read_key
from intake.web.context import new_token
from intake.web.security import hash_password, issue_link

users = typer.Typer(help="People who may sign in to the desk.", no_args_is_help=True)
keys = typer.Typer(help="The key that identities are encrypted with.", no_args_is_help=True)
SHORTEST_PASSWORD = 10
OPERATOR = "command line"
LISTED = 10_000
PasswordOption = Annotated[
    str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("init")(init)
    app.command("migrate")(migrate)
    app.command("replay")(replay)
    users.command("add")(user_add)
    users.command("list")(user_list)
    users.command("password")(user_password)
    users.command("disable")(user_disable)
    users.command("link")(user_link)
    app.add_typer(users, name="user")
    keys.command("new")(key_new)
    app.add_typer(keys, name="key")


def init(
    path: Annotated[Path, typer.Argument(help="File to write.")] = Path("intake.toml"),
) -> None:
    """Write a commented settings file to start from; never over an existing one."""
    text = (files("intake.cli") / "intake.example.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is already there and was left as it is.", hint="Give another name."
        ) from error
    typer.echo(f"Wrote {path}. Next: fill in one [[source]], then: intake doctor, intake run")


def migrate(config: ConfigOption = None) -> None:
    """Bring the database to this program's schema version."""
    with application(config) as app:
        typer.echo(f"{app.store.dialect}: schema is up to date")


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
    with application(config) as app:
        if dry_run:
            with app.store.read() as connection:
                rows = landing.quarantined(connection, source=source, limit=LISTED)
            for row in rows:
                if (item and row.id not in item) or (stage and row.stage != stage):
                    continue
                typer.echo(f"{row.id}  {row.source}  {row.external_id}  [{row.stage}] {row.reason}")
            return
        with app.store.write() as connection:
            replayed = landing.replay(connection, ids=item or None, source=source, stage=stage)
            entries = [
                audit.entry(
                    app.clock(), OPERATOR, "item.replayed", "raw_item", str(raw_id),
                    before="quarantined", after="landed", why="intake replay",
                )
                for raw_id in replayed
            ]  # fmt: skip
            audit.append(connection, entries)
        typer.echo(f"{len(replayed)} items will be processed again")


def user_add(
    name: Annotated[str, typer.Argument(help="Sign-in name.")],
    password: PasswordOption,
    config: ConfigOption = None,
    role: Annotated[
        list[str] | None, typer.Option(help="desk, lead (sees 高位办), admin; may be repeated.")
    ] = None,
) -> None:
    """Add somebody who may sign in."""
    roles = tuple(dict.fromkeys(role or ["desk"]))
    if unknown := set(roles) - {"desk", "lead", "admin"}:
        raise Refused(f"Unknown role {', '.join(unknown)}.", hint="Roles: desk, lead, admin.")
    _long_enough(password)
    with application(config) as app, app.store.write() as connection:
        people.add(connection, name, hash_password(password), roles, app.clock())
        row = audit.entry(
            app.clock(),
            OPERATOR,
            "user.added",
            "user",
            name,
            after=",".join(roles),
            why="intake user add",
        )
        audit.append(connection, [row])
    typer.echo(f"{name} may sign in ({', '.join(roles)})")


def user_list(config: ConfigOption = None) -> None:
    """List everybody who may sign in."""
    with application(config) as app, app.store.read() as connection:
        for user in people.everyone(connection):
            state = "disabled" if user.disabled else "active"
            typer.echo(f"{user.name}  {', '.join(user.roles)}  {state}")


def user_password(
    name: Annotated[str, typer.Argument()], password: PasswordOption, config: ConfigOption = None
) -> None:
    """Set a new password; the user's sessions end."""
    _long_enough(password)
    with application(config) as app, app.store.write() as connection:
        people.change(connection, name, password_hash=hash_password(password))
        row = audit.entry(app.clock(), OPERATOR, "user.password", "user", name, why="new password")
        audit.append(connection, [row])
    typer.echo(f"{name} has a new password")


def user_disable(name: Annotated[str, typer.Argument()], config: ConfigOption = None) -> None:
    """Stop somebody from signing in; the user's sessions end."""
    with application(config) as app, app.store.write() as connection:
        people.change(connection, name, disabled=True)
        row = audit.entry(app.clock(), OPERATOR, "user.disabled", "user", name, why="disabled")
        audit.append(connection, [row])
    typer.echo(f"{name} may no longer sign in")


def user_link(name: Annotated[str, typer.Argument()], config: ConfigOption = None) -> None:
    """Print a one-time sign-in link, good for 15 minutes."""
    with application(config) as app:
        desk = app.settings.desk
        token = issue_link(app.store, name, actor=OPERATOR, at=app.clock(), tokens=new_token)
        address = desk.public_url or f"http://{desk.host}:{desk.port}"
        typer.echo(f"{address.rstrip('/')}/link/{token}")


def key_new(
    config: ConfigOption = None,
) -> None:
    """Make the key file of identity.key_file; refuses where there is one."""
    settings = settings_from(config)
    path = settings.resolve(settings.identity.key_file)
    if path.exists():
        raise Refused(
            f"{path} is already there; what was sealed with it needs it.",
            hint="Keep it, and keep a copy apart from the database.",
        )
    read_key(path, create=True)
    typer.echo(f"Made {path}. Keep a copy apart from the database: without it no identity opens.")


def _long_enough(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Refused(
            f"The password has fewer than {SHORTEST_PASSWORD} characters.",
            hint="Choose a longer one.",
        )
