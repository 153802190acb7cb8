"""Commands of operation: ``init``, ``migrate``, ``replay``, ``user``, ``key``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import typer

from intake.cli.startup import application, settings_from
from intake.errors import ConfigurationError, Refused
from intake.store import audit, landing, people
from intake.store.vault import read_key
from intake.web.context import new_token
from intake.web.security import hash_password, issue_link

SHORTEST_PASSWORD = 10
OPERATOR = "command line"
LISTED = 10_000


def init(path: Path) -> None:
    """``intake init``."""
    text = (files("intake.cli") / "intake.example.toml").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is already there and was left as it is.", hint="Give another name."
        ) from error
    typer.echo(f"Wrote {path}. Next: fill in one [[source]], then: intake doctor, intake run")


def migrate(config: Path | None) -> None:
    """``intake migrate``."""
    with application(config) as app:
        typer.echo(f"{app.store.dialect}: schema is up to date")


def replay(
    config: Path | None,
    source: str | None,
    stage: str | None,
    item: list[int] | None,
    dry_run: bool,
) -> None:
    """``intake replay``."""
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
                    before="quarantined", after="landed", message="audit.replayed_by_command",
                )
                for raw_id in replayed
            ]  # fmt: skip
            audit.append(connection, entries)
        typer.echo(f"{len(replayed)} items will be processed again")


def user_add(name: str, password: str, config: Path | None, role: list[str] | None) -> None:
    """``intake user add``."""
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
        )
        audit.append(connection, [row])
    typer.echo(f"{name} may sign in ({', '.join(roles)})")


def user_list(config: Path | None) -> None:
    """``intake user list``."""
    with application(config) as app, app.store.read() as connection:
        for user in people.everyone(connection):
            state = "disabled" if user.disabled else "active"
            typer.echo(f"{user.name}  {', '.join(user.roles)}  {state}")


def user_password(name: str, password: str, config: Path | None) -> None:
    """``intake user password``."""
    _long_enough(password)
    with application(config) as app, app.store.write() as connection:
        people.change(connection, name, password_hash=hash_password(password))
        row = audit.entry(app.clock(), OPERATOR, "user.password", "user", name)
        audit.append(connection, [row])
    typer.echo(f"{name} has a new password")


def user_disable(name: str, config: Path | None) -> None:
    """``intake user disable``."""
    with application(config) as app, app.store.write() as connection:
        people.change(connection, name, disabled=True)
        row = audit.entry(app.clock(), OPERATOR, "user.disabled", "user", name)
        audit.append(connection, [row])
    typer.echo(f"{name} may no longer sign in")


def user_link(name: str, config: Path | None) -> None:
    """``intake user link``."""
    with application(config) as app:
        desk = app.settings.desk
        token = issue_link(app.store, name, actor=OPERATOR, at=app.clock(), tokens=new_token)
        address = desk.public_url or f"http://{desk.host}:{desk.port}"
        typer.echo(f"{address.rstrip('/')}/link/{token}")


def key_new(config: Path | None) -> None:
    """``intake key new``."""
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
