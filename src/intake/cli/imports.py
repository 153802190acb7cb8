"""``intake import``: a file of rows in one go."""

from __future__ import annotations

import threading
import tomllib
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from intake import log
from intake.bootstrap import Application
from intake.cli.progress import Board
from intake.cli.startup import application, stopping
from intake.errors import ConfigurationError, Retriable
from intake.operate.health import SourceCounters
from intake.pull.puller import PullReport
from intake.settings import Settings, SourceSettings
from intake.store.landing import waiting

CONNECTOR = "folder"
SUFFIXES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".xlsx", ".xlsm")
_OPTIONS = {"name": "--source", "home_area": "--home"}


def import_file(
    file: Path,
    source: str,
    config: Path | None,
    mapping: Path | None,
    home: str | None,
    publish: bool,
) -> None:
    """``intake import``."""
    if not file.is_file() or file.suffix.lower() not in SUFFIXES:
        raise ConfigurationError(
            f"{file.name} is not a file that can be imported.",
            hint=f"Give one of {', '.join(sorted(SUFFIXES))}; save an .xls as .xlsx first.",
        )
    with stopping() as stop, application(config, required=False) as app:
        log.configure(level="warning")  # the progress bars show the rest
        app.settings = _with_source(app.settings, source, file, mapping, home)
        console = Console(stderr=True)
        board = Board(app)
        before = _counters(board, source)
        with console.status("Loading the model and the tables …"):
            _ = app.router
        _land(app, source, stop, console)
        _process(app, stop, console)
        if publish:
            _publish(app, stop, console)
        console.print(board.draw())
        typer.echo(_summary(before, _counters(board, source), board.seconds))


def _counters(board: Board, source: str) -> SourceCounters:
    (own,) = (counters for counters in board.sources() if counters.name == source)
    return own


def _summary(before: SourceCounters, now: SourceCounters, seconds: float) -> str:
    """Return the counts of this import; the source may have had rows before."""
    if now.fetched == before.fetched:
        return f"Nothing to import: these rows were imported into {now.name} before, or there are none."
    rows, new, revised, known, left_out, quarantined = (
        getattr(now, counter) - getattr(before, counter)
        for counter in ("fetched", "new", "revision", "redelivery", "filtered", "quarantined")
    )
    said = (
        f"{rows} rows: {new} new, {revised} revised, {known} known, {left_out} left out, "
        f"{quarantined} in quarantine; {now.name} now has {now.routed} routed, {now.held} held; "
        f"{seconds:.1f} s"
    )
    if quarantined:
        said += "\nWhat is in quarantine, and why: intake replay --dry-run"
    return said


def _with_source(
    settings: Settings, name: str, file: Path, mapping: Path | None, home: str | None
) -> Settings:
    """Return the settings with this source reading this file; a configured source lends its options."""
    own = next((source for source in settings.source if source.name == name), None)
    if own is not None and own.connector != CONNECTOR:
        raise ConfigurationError(
            f"Source {name} is pulled by {own.connector}, a file cannot be imported into it.",
            hint="Give another --source name.",
        )
    options: dict[str, Any] = dict(own.options) if own else {}
    options |= _mapping(mapping)
    options |= {"path": str(file.resolve()), "settle_seconds": 0}
    try:
        made = SourceSettings(
            name=name,
            connector=CONNECTOR,
            home_area=home or (own.home_area if own else None),
            options=options,
        )
    except ValidationError as error:
        wrong = " and ".join(_OPTIONS[str(item["loc"][0])] for item in error.errors())
        raise ConfigurationError(
            f"{wrong} cannot be used.",
            hint="A name is of a-z, 0-9, dot, dash; a home area code has 2, 4, 6 or 9 digits.",
        ) from error
    others = tuple(source for source in settings.source if source.name != name)
    return settings.model_copy(update={"source": (*others, made)})


def _mapping(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"The mapping {path} cannot be read: {error}.") from error


def _progress(console: Console, what: str, total: int | None) -> Progress:
    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=not console.is_terminal,
    )
    progress.add_task(what, total=total)
    return progress


def _land(app: Application, name: str, stop: threading.Event, console: Console) -> None:
    (puller,) = (puller for puller in app.pullers() if puller.name == name)
    with _progress(console, "rows landed", None) as progress:

        def landed(report: PullReport) -> None:
            progress.advance(progress.task_ids[0], report.fetched)
            while puller.backlogged() and not stop.is_set():
                _process(app, stop, console)

        puller.drain(stop, landed)


def _process(app: Application, stop: threading.Event, console: Console) -> None:
    with app.store.read() as connection:
        total = waiting(connection)
    processor = app.processor()
    with _progress(console, "rows processed", total) as progress:
        while not stop.is_set() and (report := processor.run_once()).items:
            progress.advance(progress.task_ids[0], report.items)


def _publish(app: Application, stop: threading.Event, console: Console) -> None:
    relay = app.relay()
    try:
        with _progress(console, "events published", None) as progress:
            while not stop.is_set() and (sent := relay.run_once()):
                progress.advance(progress.task_ids[0], sent)
    except Retriable as error:
        console.print(
            f"{error} The events wait; publish them with: intake publish",
            style="yellow",
            markup=False,
        )
    finally:
        relay.close()
