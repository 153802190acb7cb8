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
from intake.connect.channels import channel_named
from intake.errors import Refused
from intake.messages import ZH, Renderer, renderer
from intake.messages.formats import write_roughly
from intake.model.zone import CHINA
from intake.operate.hot_matters import PERIODS, HotMatter, find_hot
from intake.operate.hot_picture import blocks, picture
from intake.settings import command_language

_TITLE = 40  # characters of a request's first words


def hot(
    config: Path | None, days: int, until: str | None, limit: int, to: Path | None, as_json: bool
) -> None:
    """``intake hot``."""
    with application(config) as app:
        end = _end(until) if until else app.clock()
        with app.store.read() as connection:
            found = find_hot(connection, until=end, days=days, limit=limit)
        words = renderer(command_language())
        if to is not None:
            city = renderer(app.settings.process.language)
            title = city.say("hot.title", at=end.isoformat(), days=days, periods=PERIODS)
            drawn = picture(
                found, title=title, name=lambda matter: _names(app, matter, city), words=city
            )
            to.write_text(drawn, encoding="utf-8")
        if as_json:
            told = [_as_json(app, matter, words) for matter in found]
            typer.echo(json.dumps(told, ensure_ascii=False))
        elif found:
            _print(app, found, days, words)
        else:
            typer.echo(words.say("hot.nothing", days=days))
    if to is not None and not as_json:
        typer.echo(f"Wrote {to}")


def _end(given: str) -> datetime:
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as error:
        raise Refused(f"--until {given} is no date.", hint="Example: 2026-09-30") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def _print(app: Application, found: list[HotMatter], days: int, words: Renderer) -> None:
    # So few columns, and the matter widest, that eighty characters are enough.
    table = Table(show_lines=True, expand=True)
    table.add_column(words.say("hot.matter"), overflow="fold", ratio=1)
    heads = (
        words.say("hot.days", n=days), words.say("hot.expected"), words.say("hot.people"),
    )  # fmt: skip
    for column in heads:
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column(words.say("hot.when"), no_wrap=True)
    for matter in found:
        first, second = _names(app, matter, words)
        sample = f"\n{matter.samples[0][0]}" if matter.samples else ""
        channels = "\n".join(f"{_channel(one, words)} {n}" for one, n in matter.channels)
        table.add_row(
            Text(f"{first[:_TITLE]}\n{second}{sample}"), str(matter.now),
            _expected(matter, words), str(matter.people),
            Text(f"{_day(matter.first)} – {_day(matter.last)}\n{blocks(matter.counts)}\n{channels}"),
        )  # fmt: skip
    Console().print(table)


def _channel(name: str, words: Renderer) -> str:
    declared = channel_named(name)
    return declared.zh if words.language == ZH else declared.en


def _names(app: Application, matter: HotMatter, words: Renderer) -> tuple[str, str]:
    """Return a matter's name, and its places and channels, in two lines."""
    router = app.router
    about = router.taxonomy.name(matter.category, words.language)
    code = f"{matter.category} " if matter.category else ""
    where = router.gazetteer.full_name(matter.area or "") or words.say("hot.place_unknown")
    if matter.kind == "case":
        title = matter.samples[0][1] if matter.samples else ""
        number = (matter.case_id or "")[:8]
        return title or about, words.say("hot.case", id=number, about=code + about, place=where)
    places = " · ".join(
        f"{_short(app, area)} {n}" for area, n in matter.places if area != matter.area
    )
    counted = words.say("hot.cases", cases=matter.cases, people=matter.people)
    return f"{code}{about} · {where}", f"{counted} {places}".strip()


def _short(app: Application, area: str) -> str:
    path = app.router.gazetteer.path(area)
    return path[-1].name if path else area


def _expected(matter: HotMatter, words: Renderer) -> str:
    if matter.expected is None:
        return words.say("hot.no_past")
    chance = words.say("hot.chance", n=write_roughly(matter.once_in, words.language))
    return f"{matter.expected:g}\n{chance}"


def _day(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%m-%d}"


def _as_json(app: Application, matter: HotMatter, words: Renderer) -> dict[str, Any]:
    return {
        **asdict(matter),
        "name": _names(app, matter, words)[0],
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
