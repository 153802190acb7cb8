"""``intake learn``: run, rollback, status, proposals, close."""

from __future__ import annotations

from pathlib import Path

import typer
from rich.console import Console

from intake.bootstrap import Application
from intake.cli.startup import acting, application
from intake.cli.train import bars
from intake.learn.example import Example
from intake.learn.example_tables import Columns, read_examples
from intake.learn.refine import can_refine
from intake.learn.retrain import read_base, refined, report, retrained
from intake.learn.shelf import promote, roll_back
from intake.settings import MODELS
from intake.store import audit, corrections
from intake.understand.classify import load_bundle, promoted
from intake.understand.classify.bundle import in_force

BASE = MODELS / "classifier" / "base.csv.gz"
FOLLOW = "Running processes follow within seconds."


def run(config: Path | None, data: list[Path] | None, actor: str | None) -> None:
    """``intake learn run``."""
    console = Console(stderr=True, markup=False, highlight=False)
    with application(config) as app:
        shelf = _shelf(app)
        folder = in_force(app.settings.resolve(app.settings.models.classifier), shelf)
        with app.store.read() as connection:
            known = corrections.confirmed(connection)
        now = app.clock()
        out = shelf / f"learned-{now:%Y%m%dT%H%M%SZ}"
        with bars(console) as track:
            if data or not can_refine(folder):
                found = retrained(
                    out, _base(data), known, load_bundle(folder),
                    created=now, tell=console.print, track=track,
                )  # fmt: skip
            else:
                found = refined(out, folder, _base(None), known, created=now, track=track)
        text = report(found, was_promoted=found.better)
        (out / "report.md").write_text(text, encoding="utf-8")
        if found.better:
            _record(app, actor, "bundle.promoted", out.name, "audit.no_category_worse")
            promote(shelf, out.name)
    typer.echo(text)
    typer.echo(f"{out} is now active. {FOLLOW}" if found.better else f"{out} was not promoted.")


def rollback(config: Path | None, actor: str | None) -> None:
    """``intake learn rollback``."""
    with application(config) as app:
        aside, now = roll_back(_shelf(app))
        _record(app, actor, "bundle.rolled_back", now or "", "audit.rolled_back", before=aside)
    typer.echo(f"{aside} was put aside; active: {now or 'the bundle that the settings name'}.")
    typer.echo(FOLLOW)


def status(config: Path | None) -> None:
    """``intake learn status``."""
    with application(config) as app:
        for name in promoted(_shelf(app)) or ["the bundle that the settings name"]:
            typer.echo(name)
        with app.store.read() as connection:
            known = corrections.confirmed(connection)
            waiting = len(corrections.proposals(connection))
    corrected = sum(one.corrected for one in known)
    typer.echo(f"{len(known)} requests decided by people, {corrected} of another category")
    typer.echo(f"{waiting} open proposals for the catalogue")


def proposals(config: Path | None) -> None:
    """``intake learn proposals``."""
    with application(config) as app, app.store.read() as connection:
        listed = corrections.proposals(connection)
        if not listed:
            typer.echo("No correction asks for a change of the catalogue.")
        for one in listed:
            row = f"row {one.rule}" if one.rule else "a new row"
            typer.echo(f"{one.id}: {row}, category {one.category}: handler {one.handler}")
            for seen in one.evidence:
                typer.echo(f"    {seen.at:%Y-%m-%d} {seen.request_id} {seen.before} → {seen.after}")


def close(proposal: int, adopted: bool, config: Path | None, why: str, actor: str | None) -> None:
    """``intake learn close``."""
    with application(config) as app:
        app.desk().close_proposal(proposal, adopted=adopted, actor=acting(actor), why=why)
    typer.echo(f"Proposal {proposal} is closed.")


def _shelf(app: Application) -> Path:
    return app.settings.resolve(app.settings.models.learned)


def _base(data: list[Path] | None) -> list[Example]:
    if data:
        return read_examples(data, Columns(), origin="written")
    return read_base(BASE)


def _record(
    app: Application,
    actor: str | None,
    action: str,
    name: str,
    message: str,
    *,
    before: str | None = None,
) -> None:
    """Note which bundle is active now (empty: the one of the settings), and which was before."""
    who = acting(actor)
    with app.store.write() as connection:
        audit.append(
            connection,
            [
                audit.entry(
                    app.clock(),
                    who,
                    action,
                    "bundle",
                    before or name,
                    before=before,
                    after=name or None,
                    message=message,
                )
            ],
        )
