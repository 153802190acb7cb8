"""``intake simulate``: the simulated city, serving until Ctrl-C."""

from __future__ import annotations

from pathlib import Path

import tomli_w
import typer

from intake.cli.startup import stopping
from intake.demo import City, CorpusMessage, corpus_from_csv, load_corpus, settings_for
from intake.errors import ConfigurationError


def simulate(
    corpus: Path | None,
    seed: int,
    http_port: int,
    imap_port: int,
    folder: Path | None,
    settings: Path | None,
    hours_per_minute: float,
) -> None:
    """``intake simulate``."""
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
    """Return the messages of a table, or those that come with the product; a table without any is refused."""
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
