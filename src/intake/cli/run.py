"""``intake run``: the three loops and the desk in one process."""

from __future__ import annotations

import fcntl
import json
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import typer
from rich.console import Console
from rich.live import Live

from intake import log
from intake.bootstrap import Application, utc_now
from intake.cli.progress import Board
from intake.cli.serve import DeskServer
from intake.cli.simulate import messages_from
from intake.cli.startup import loop_thread, settings_from, stopping
from intake.demo import City, moved_to, settings_for
from intake.errors import ConfigurationError, IntakeError
from intake.pull.puller import Puller
from intake.settings import build

_log = log.get("run")
CITY_HOURS = 24.0
CITY_STEP_SECONDS = 15.0
DEMO_PULL_SECONDS = 5.0
LONGEST_STORY_HOURS = 24.0 * 120


def run(
    config: Path | None,
    demo: bool,
    once: bool,
    as_json: bool,
    corpus: Path | None,
    data: Path,
    desk_port: int | None,
) -> None:
    """``intake run``."""
    with ExitStack() as stack:
        stop = stack.enter_context(stopping())
        city = None
        if demo:
            messages = messages_from(corpus)
            city = City(moved_to(messages, utc_now()) if corpus is None else messages)
            stack.enter_context(city)
            app = _demo(city, data, desk_port, stack)
        else:
            app = Application(settings_from(config))
            if not app.settings.source:
                raise ConfigurationError(
                    "No source is configured.", hint="Add a [[source]] table to intake.toml."
                )
        stack.enter_context(app)
        quiet = "warning" if demo and not once else app.settings.log.level
        log.configure(level="error" if demo and once else quiet, style=app.settings.log.style)
        console = Console(stderr=as_json)
        board = Board(app)
        if app.vault and app.key_was_made:
            path = app.settings.resolve(app.settings.identity.key_file)
            console.print(
                f"A development key for identities was made: {path}. Keep it with the data."
            )
        if once:
            _once(app, stop, city, console, board)
            if as_json:
                typer.echo(json.dumps(board.summary(), ensure_ascii=False))
            failed = [source for source in board.sources() if source.error]
            if failed and len(failed) == len(app.pullers()):
                raise typer.Exit(1)  # every source failed: nothing was drained
        else:
            _keep_running(app, stop, city, console, board)


def _demo(city: City, data: Path, desk_port: int | None, stack: ExitStack) -> Application:
    marker = data / ".intake-demo"
    if data.exists() and any(data.iterdir()) and not marker.exists():
        raise ConfigurationError(
            f"{data} is not empty and was not made by --demo.", hint="Give another --data folder."
        )
    data.parent.mkdir(parents=True, exist_ok=True)
    lock = stack.enter_context(data.with_name(f".{data.name}.lock").open("w"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ConfigurationError(
            f"Another demo is running on {data}.", hint="Stop it, or give another --data folder."
        ) from error
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True)
    marker.touch()
    folder = data.resolve()
    table = {
        **settings_for(city),
        "store": {"url": f"sqlite:///{folder}/intake.db"},
        "queue": {"url": f"intake-sqlite:///{folder}/queue.db"},
        "identity": {"key_file": str(folder / "identity.key")},
        "pull": {"interval": DEMO_PULL_SECONDS},
        "desk": {"port": 8060 if desk_port is None else desk_port},
    }
    return Application(build(table, folder, "the demo"))


def _once(
    app: Application, stop: threading.Event, city: City | None, console: Console, board: Board
) -> None:
    """Drain everything there is; a source that fails is named and does not hold up the others."""
    with console.status("Loading the model and the tables …"):
        _ = app.router
    with Live(board.draw(), console=console, auto_refresh=False, transient=True) as live:
        shown = lambda: live.update(board.draw(), refresh=True)  # noqa: E731
        _drain(app, stop, shown)
        if city is not None:
            # What happens later in the city: follow-ups, ratings, replies, edits, withdrawals.
            city.advance(LONGEST_STORY_HOURS)
            _drain(app, stop, shown)
    console.print(board.draw(units=True))


def _drain(app: Application, stop: threading.Event, shown: Callable[[], None]) -> None:
    pullers = app.pullers()
    processor = app.processor()
    relay = app.relay()
    try:
        with ThreadPoolExecutor(max_workers=len(pullers) or 1) as pool:
            pulls = [pool.submit(_drain_source, puller, stop) for puller in pullers]
            while not stop.is_set():
                ended = all(pull.done() for pull in pulls)
                items = processor.run_once().items
                shown()
                if not items:
                    if ended:
                        break
                    stop.wait(0.05)
        while not stop.is_set() and relay.run_once():
            shown()
    finally:
        relay.close()


def _drain_source(puller: Puller, stop: threading.Event) -> None:
    try:
        puller.drain(stop, lambda _report: None)
    except Exception as error:  # noqa: BLE001 - written down by drain and shown in the summary
        said = error.message if isinstance(error, IntakeError) else type(error).__name__
        _log.warning("source.failed", source=puller.name, reason=said)


def _keep_running(
    app: Application, stop: threading.Event, city: City | None, console: Console, board: Board
) -> None:
    with console.status("Loading the model and the tables …"):
        _ = app.router
    server = DeskServer(app)
    processor, relay = app.processor(), app.relay()
    loops: dict[str, Callable[[], None]] = {
        **{
            f"pull {puller.name}": partial(puller.run, stop, lambda _report: None)
            for puller in app.pullers()
        },
        "process": partial(processor.run, stop, lambda _report: None),
        "publish": partial(relay.run, stop),
        "urge": partial(app.supervision().run, stop),
    }
    if city is not None:
        loops["city"] = partial(_city_time, city, stop)
    failed: list[str] = []
    threads = [loop_thread(name, work, stop, failed) for name, work in loops.items()]
    server.start()
    for thread in threads:
        thread.start()
    try:
        console.print(f"Desk: {server.address}")
        console.print(f"Sign in (once, for 15 minutes): {server.sign_in_link()}", soft_wrap=True)
        console.print("Ctrl-C stops.")
        _show(console, board, stop)
    finally:
        stop.set()
        server.stop()
        for thread in threads:
            thread.join(timeout=30)
        console.print(board.draw(units=True))
        for line in failed:
            console.print(f"[red]{line}[/]")
        after = "the demo starts afresh" if city else "it goes on from here"
        console.print(f"Stopped; everything accepted is on disk; next time {after}.")
    if failed:
        raise typer.Exit(1)


def _show(console: Console, board: Board, stop: threading.Event) -> None:
    """Live table on a terminal; elsewhere a line whenever the numbers move."""
    if console.is_terminal:
        with Live(board.draw(), console=console, auto_refresh=False) as live:
            while not stop.wait(1.0):
                live.update(board.draw(), refresh=True)
        return
    last = ""
    while not stop.wait(1.0):
        counters = board.sources()
        totals = {
            name: sum(getattr(source, name) for source in counters)
            for name in ("fetched", "new", "held", "routed", "quarantined")
        }
        line = ", ".join(f"{name} {n}" for name, n in totals.items())
        if line != last:
            console.print(f"{board.seconds:6.1f} s  {line}")
            last = line


def _city_time(city: City, stop: threading.Event) -> None:
    while not stop.wait(CITY_STEP_SECONDS):
        city.advance(CITY_HOURS)
