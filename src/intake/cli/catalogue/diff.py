"""``intake catalogue diff``: what differs, and which past requests would go elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from intake.catalogue import Catalogue, Tables
from intake.catalogue.difference import compare
from intake.cli.catalogue.sources import Workshop, day, start_of
from intake.rehearse.replay import Rerouted, replay
from intake.store import requests

SHOWN = 40


def diff(
    old: str, new: str, config: Path | None, again: bool, since: str | None, as_json: bool
) -> None:
    """``intake catalogue diff``."""
    with Workshop(config) as shop:
        before, after = shop.tables(old), shop.tables(new)
        found = compare(before, after)
        for difference in found:
            typer.echo(
                json.dumps(asdict(difference), ensure_ascii=False) if as_json else str(difference)
            )
        summary: dict[str, Any] = {
            "old": before.version,
            "new": after.version,
            "differences": dict(Counter(f"{d.table} {d.what}" for d in found)),
        }
        if again:
            summary |= _replay(shop, before, after, since, as_json)
    if as_json:
        typer.echo(json.dumps({"summary": summary}, ensure_ascii=False))
    else:
        counts = ", ".join(f"{n} {what}" for what, n in summary["differences"].items())
        typer.echo(f"{before.version} → {after.version}: {counts or 'no difference'}")


def _replay(
    shop: Workshop, before: Tables, after: Tables, since: str | None, as_json: bool
) -> dict[str, Any]:
    """Go through past requests; a table of who loses what to whom, or a line for each."""
    base, homes = shop.app.configured, {s.name: s.home_area for s in shop.app.settings.source}
    start = start_of(day(since, shop.today)) if since else None
    with shop.store.read() as connection:
        total = requests.count_decided(connection, start)
    moves: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], Rerouted] = {}
    seen = 0
    console = Console(stderr=True)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Deciding past requests", total=total)
        answers = replay(
            shop.store,
            base.under(before),
            base.under(after),
            homes=homes,
            since=start,
            window_days=shop.app.settings.dedupe.window_days,
        )
        for answer in answers:
            seen += 1
            progress.advance(task)
            if answer is None:
                continue
            move = _move(answer)
            moves[move] += 1
            examples.setdefault(move, answer)
            if as_json:
                typer.echo(json.dumps(asdict(answer), ensure_ascii=False, default=str))
    if not as_json:
        _table(moves, examples, Catalogue(before), Catalogue(after))
        typer.echo(f"{moves.total()} of {seen} past requests would go elsewhere")
    by_unit: dict[str, dict[str, int]] = {}
    for (loser, winner), n in moves.items():
        for unit, side in ((loser, "loses"), (winner, "gains")):
            counts = by_unit.setdefault(unit, {"loses": 0, "gains": 0})
            counts[side] += n if loser != winner else 0
    return {"requests": seen, "elsewhere": moves.total(), "units": by_unit}


def _move(answer: Rerouted) -> tuple[str, str]:
    before, after = answer.lead
    return before or "nobody", after or "nobody"


def _table(
    moves: Counter[tuple[str, str]],
    examples: dict[tuple[str, str], Rerouted],
    old: Catalogue,
    new: Catalogue,
) -> None:
    if not moves:
        return
    table = Table(title="Past requests that would go elsewhere, by lead")
    table.add_column("requests", justify="right")
    for column in ("from", "to", "rules"):
        table.add_column(column)
    table.add_column("for example", no_wrap=True)
    for (loser, winner), n in moves.most_common(SHOWN):
        example = examples[loser, winner]
        before, after = (rule or "–" for rule in example.rule)
        to = "(the same; co-handlers differ)" if loser == winner else _name(new, winner)
        table.add_row(str(n), _name(old, loser), to, f"{before} → {after}", example.request_id)
    if len(moves) > SHOWN:
        table.add_row("", f"and {len(moves) - SHOWN} more", "", "", "--json lists all")
    Console().print(table)


def _name(catalogue: Catalogue, unit: str) -> str:
    found = catalogue.units.get(unit)
    return f"{found.name} {unit}" if found else unit
