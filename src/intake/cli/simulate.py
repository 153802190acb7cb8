"""``intake simulate``: the simulated city, serving until Ctrl-C."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import tomli_w
import typer

from intake.cli.startup import stopping
from intake.demo import City, CorpusMessage, corpus_from_csv, load_corpus, settings_for
from intake.errors import ConfigurationError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate)


def simulate(
    corpus: Annotated[
        Path | None,
        typer.Option(exists=True, help="A CSV whose rows are served instead of our messages."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same city.")] = 1,
    http_port: Annotated[int, typer.Option(help="0 takes a free port.")] = 0,
    imap_port: Annotated[int, typer.Option(help="0 takes a free port.")] = 0,
    folder: Annotated[Path | None, typer.Option(help="Where the drop folder is.")] = None,
    settings: Annotated[
        Path | None,
        typer.Option(help="Write the [[source]] tables for this city to this file (not over one)."),
    ] = None,
    hours_per_minute: Annotated[
        float, typer.Option(help="How fast the city's time passes; edits and ratings come with it.")
    ] = 24.0,
) -> None:
    """Serve a small city on loopback: hotline, mailboxes, boards, outreach."""
    messages = messages_from(corpus)
    ports = {"http": http_port, "imap": imap_port}
    with stopping() as stop, City(messages, seed, ports=ports, folder=folder) as city:
        at = city.addresses
        typer.echo(f"HTTP {at.http}   IMAP {at.imap_host}:{at.imap_port}   folder {at.folder}")
        tables = tomli_w.dumps(settings_for(city))
        if settings is not None:
            _write_new(settings, tables)
            typer.echo(f"Settings are in {settings}; now: intake run --config {settings}")
        else:
            typer.echo(tables)
        typer.echo("Ctrl-C stops.")
        while not stop.wait(10.0):
            city.advance(hours_per_minute / 6)


def messages_from(corpus: Path | None) -> list[CorpusMessage]:
    """The messages of a table, or those that come with the product; a table without any is refused."""
    messages = load_corpus() if corpus is None else list(corpus_from_csv(corpus))
    if not messages:
        raise ConfigurationError(
            f"There is no row in {corpus}.", hint="Give a CSV with a column for the text."
        )
    return messages


def _write_new(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is already there and was left as it is.", hint="Give another --settings name."
        ) from error
