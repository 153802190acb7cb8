"""``intake hot``: matters that grow faster than their own past, as a table and as a picture."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.bootstrap import Application
from intake.cli.startup import application
from intake.errors import Refused
from intake.model.zone import CHINA
from intake.operate.hot_matters import PERIODS, HotMatter, find_hot
from intake.operate.hot_picture import blocks, picture

_TITLE = 40  # characters of a request's first words


def hot(
    config: Path | None, days: int, until: str | None, limit: int, to: Path | None, as_json: bool
) -> None:
    """``intake hot``."""
    with application(config) as app:
        end = _end(until) if until else app.clock()
        with app.store.read() as connection:
            found = find_hot(connection, until=end, days=days, limit=limit)
        title = f"热点 · 截至 {end.astimezone(CHINA):%Y-%m-%d %H:%M} 的 {days} 天，对比此前 {PERIODS} 段"
        if to is not None:
            drawn = picture(found, title=title, name=lambda matter: _names(app, matter))
            to.write_text(drawn, encoding="utf-8")
        if as_json:
            told = [_as_json(app, matter) for matter in found]
            typer.echo(json.dumps(told, ensure_ascii=False))
        elif found:
            _print(app, found, days)
        else:
            typer.echo(f"Nothing stands out in these {days} days.")
    if to is not None and not as_json:
        typer.echo(f"Wrote {to}")


def _end(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise Refused(f"--until {given} is no date.", hint="Example: 2026-09-30") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _print(app: Application, found: list[HotMatter], days: int) -> None:
    # So few columns, and the matter widest, that eighty characters are enough.
    table = Table(show_lines=True, expand=True)
    table.add_column("matter", overflow="fold", ratio=1)
    for column in (f"{days} days", "expected", "people"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("when, channels", no_wrap=True)
    for matter in found:
        first, second = _names(app, matter)
        sample = f"\n{matter.samples[0][0]}" if matter.samples else ""
        channels = "\n".join(f"{channel} {n}" for channel, n in matter.channels)
        table.add_row(
            Text(f"{first[:_TITLE]}\n{second}{sample}"), str(matter.now),
            f"{_expected(matter)}\n{_once_in(matter)}".strip(), str(matter.people),
            Text(f"{_day(matter.first)} – {_day(matter.last)}\n{blocks(matter.counts)}\n{channels}"),
        )  # fmt: skip
    Console().print(table)


def _names(app: Application, matter: HotMatter) -> tuple[str, str]:
    """Return a matter's name, and its places and channels, in two lines."""
    router = app.router
    about = router.taxonomy.name(matter.category)
    code = f"{matter.category} " if matter.category else ""
    where = router.gazetteer.full_name(matter.area or "") or "地点不明"
    if matter.kind == "case":
        title = matter.samples[0][1] if matter.samples else ""
        return f"{title or about}", f"案 {(matter.case_id or '')[:8]} · {code}{about} · {where}"
    places = "、".join(
        f"{_short(app, area)} {n}" for area, n in matter.places if area != matter.area
    )
    return f"{code}{about} · {where}", f"{matter.cases} 案 {matter.people} 人 {places}".strip()


def _short(app: Application, area: str) -> str:
    path = app.router.gazetteer.path(area)
    return path[-1].name if path else area


def _expected(matter: HotMatter) -> str:
    return "no past" if matter.expected is None else f"{matter.expected:g}"


def _once_in(matter: HotMatter) -> str:
    return "" if matter.expected is None else f"1 in {matter.once_in:.0e}".replace("e+", "e")


def _day(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%m-%d}"


def _as_json(app: Application, matter: HotMatter) -> dict[str, Any]:
    return {
        **asdict(matter),
        "name": _names(app, matter)[0],
        "first": matter.first.isoformat(),
        "last": matter.last.isoformat(),
        "now": matter.now,
        "once_in": matter.once_in,
        "places": [
            {"area": area, "name": app.router.gazetteer.full_name(area), "requests": n}
            for area, n in matter.places
        ],
        "channels": dict(matter.channels),
        "samples": [one for one, _ in matter.samples],
    }
