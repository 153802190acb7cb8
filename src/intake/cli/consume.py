"""``intake consume``: the reference consumer, for trying a queue and as an example to copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from intake.cli.startup import application, stopping
from intake.queue import consume, open_seen


def consume_unit(
    unit: str, config: Path | None, seen: str | None, as_json: bool, limit: int
) -> None:
    """``intake consume``."""
    with stopping() as stop, application(config) as app:
        default = app.settings.directory / "var" / f"seen-{unit}.db"
        memory = open_seen(seen or str(default), unit)
        left = limit

        def show(event: dict[str, Any]) -> None:
            nonlocal left
            typer.echo(json.dumps(event, ensure_ascii=False) if as_json else _line(event))
            left -= 1
            if left == 0:
                stop.set()

        typer.echo(f"Waiting for events of {unit}. Ctrl-C stops.", err=True)
        try:
            tally = consume(
                app.queue_url, unit, show, seen=memory, stop=stop, topology=app.topology
            )
        finally:
            memory.close()
        typer.echo(
            f"{tally.handled} events handled, {tally.repeated} repeats dropped, "
            f"{tally.rejected} sent to the dead-letter queue.",
            err=True,
        )


def _line(event: dict[str, Any]) -> str:
    data = event["data"]
    request = data["request"]
    what = event["type"].removeprefix("cn.intake.request.").removesuffix(".v1")
    text = request["title"] or request["text"][:40]
    decision = data.get("decision") or {}
    finish = (decision.get("deadlines") or {}).get("finish_by", "")
    return (
        f"{event['time'][:19]}  {what:<9} {request['id'][:8]} #{int(event['sequence'])}"
        f"  {decision.get('lane', '')}  {text}" + (f"  resolve by {finish[:10]}" if finish else "")
    )
