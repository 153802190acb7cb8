"""``intake doctor``: what is configured, reachable, lagging, quarantined, and what to do."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.bootstrap import Application
from intake.catalogue import ANY
from intake.catalogue.table_roles import lacks
from intake.cli.startup import application
from intake.connect.channels import is_declared
from intake.errors import IntakeError, Retriable
from intake.model.zone import CHINA
from intake.operate.health import Check, checks, queue
from intake.queue.connection import ping
from intake.store import catalogue_versions

STYLE = {"ok": "green", "warning": "yellow", "error": "red"}
KEEP_KEY = "Keep a copy apart from the database: without it no identity opens."
NO_SOURCE = "Add a [[source]] table to the settings file; intake run --demo needs none."
DECLARE = "Correct the name, or install the connector that brings the channel."
SET_ROLE = "Write the role in the table's column role; intake catalogue lint names each."
START_STORE = "Start the database, or correct store.url."


def doctor(config: Path | None, as_json: bool) -> None:
    """``intake doctor``."""
    with application(config) as app:
        found = examine(app)
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in found], ensure_ascii=False))
    else:
        table = Table(show_lines=False)
        for column in ("what", "state", "found", "what to do"):
            table.add_column(column, overflow="fold")
        for check in found:
            state = Text(check.level, STYLE[check.level])
            # Text, not markup: a finding may hold square brackets.
            table.add_row(Text(check.what), state, Text(check.said), Text(check.do))
        Console().print(table)
    if any(check.level == "error" for check in found):
        raise typer.Exit(1)


def examine(app: Application) -> list[Check]:
    """Check the parts one by one; one that fails does not hide the others."""
    found: list[Check] = []
    try:
        versions = app.configured.versions
        found.append(
            Check(
                "tables and model",
                "ok",
                f"{versions.model}, {versions.catalogue}, {versions.areas}",
            )
        )
    except IntakeError as error:
        found.append(Check("tables and model", "error", error.message, error.hint))
    try:
        _ = app.vault
        found.append(
            Check("identity key", "warning", "made just now, for development", KEEP_KEY)
            if app.key_was_made
            else Check("identity key", "ok", "readable")
        )
    except IntakeError as error:
        found.append(Check("identity key", "error", error.message, error.hint))
    if not app.settings.source:
        found.append(Check("sources", "warning", "none configured", NO_SOURCE))
    for source in app.settings.source:
        if not source.enabled:
            found.append(Check(f"source {source.name}", "warning", "configured, not enabled"))
    try:
        _ = app.connectors
    except IntakeError as error:
        found.append(Check("connectors", "error", error.message, error.hint))
    ask = partial(ping, app.queue_url)
    try:
        names = [source.name for source in app.settings.source if source.enabled]
        found += checks(app.store, names, app.clock(), ask)
        found.append(Check("store", "ok", f"{app.store.dialect}, schema up to date"))
        found += [catalogue(app), channels(app)]
    except IntakeError as error:
        hint = START_STORE if isinstance(error, Retriable) else error.hint
        found += [Check("store", "error", error.message, hint), queue(ask)]
    return found


def catalogue(app: Application) -> Check:
    """Return a check that names the catalogue in force and the next one."""
    today = app.clock().astimezone(CHINA).date()
    with app.store.read() as connection:
        activations = catalogue_versions.activations(connection)
    planned = [a for a in activations if a.active_from > today]
    said = f"{app.router.catalogue.version} in force"
    if not activations or len(planned) == len(activations):
        said += " (the settings' folder)"
    if planned:
        following = min(planned, key=lambda a: a.active_from)
        said += f", {following.version} from {following.active_from}"
    if missing := list(lacks(app.router.taxonomy, app.router.catalogue.kinds)):
        return Check("catalogue", "warning", f"{said}; {'; '.join(map(str, missing))}", SET_ROLE)
    return Check("catalogue", "ok", said)


def channels(app: Application) -> Check:
    """Return whether the catalogue names channels that nobody declares: such rows fit no request."""
    tables = app.router.catalogue.tables
    named = {name for row in tables.deadlines.rows for name in row.channels}
    named |= {name for row in tables.paths.rows for name in row.channels}
    if unknown := sorted(name for name in named - {ANY} if not is_declared(name)):
        return Check("channels", "warning", f"nobody declares {', '.join(unknown)}", DECLARE)
    return Check("channels", "ok", "the catalogue names declared ones")
