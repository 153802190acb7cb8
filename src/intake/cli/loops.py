"""The loops as separate processes: ``intake pull``, ``process``, ``publish``, ``desk``."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import typer

from intake.cli.serve import DeskServer
from intake.cli.startup import application, loop_thread, stopping
from intake.errors import NotFound, Retriable


def pull(config: Path | None, source: list[str] | None, once: bool) -> None:
    """``intake pull``."""
    with stopping() as stop, application(config) as app:
        pullers = [p for p in app.pullers() if not source or p.name in source]
        if source and len(pullers) != len(set(source)):
            raise NotFound("No such source is configured and enabled.", hint="See intake doctor.")
        failed: list[str] = []

        def work(index: int) -> None:
            puller = pullers[index]
            if not once:
                puller.run(stop, lambda _report: None)
                return
            try:
                puller.drain(stop, lambda _report: None)
            except Exception as error:  # noqa: BLE001 - reported below, the others go on
                said = str(error).removeprefix(f"{puller.name}: ") or type(error).__name__
                failed.append(f"{puller.name}: {said}")

        threads = [threading.Thread(target=work, args=(i,)) for i in range(len(pullers))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for line in failed:
            typer.secho(line, fg="red", err=True)
        if failed:
            raise typer.Exit(1)


def process(config: Path | None, once: bool) -> None:
    """``intake process``."""
    with stopping() as stop, application(config) as app:
        processor, supervision = app.processor(), app.supervision()
        if not once:
            failed: list[str] = []
            urging = loop_thread("urge", partial(supervision.run, stop), stop, failed)
            urging.start()
            try:
                processor.run(stop, lambda _report: None)
            finally:
                stop.set()
                urging.join()
            for line in failed:
                typer.secho(line, fg="red", err=True)
            if failed:
                raise typer.Exit(1)
            return
        items = 0
        while not stop.is_set() and (report := processor.run_once()).items:
            items += report.items
        typer.echo(f"{items} items processed")


def publish(config: Path | None, once: bool) -> None:
    """``intake publish``."""
    with stopping() as stop, application(config) as app:
        relay = app.relay()
        if not once:
            relay.run(stop)
            return
        sent = 0
        try:
            while not stop.is_set() and (n := relay.run_once()):
                sent += n
        except Retriable as error:
            typer.secho(str(error), fg="red", err=True)
            raise typer.Exit(1) from None
        finally:
            relay.close()
        typer.echo(f"{sent} events published")


def desk(config: Path | None) -> None:
    """``intake desk``."""
    with stopping() as stop, application(config) as app:
        server = DeskServer(app)
        server.start()
        typer.echo(f"Desk: {server.address}")
        stop.wait()
        server.stop()
