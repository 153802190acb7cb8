"""``intake areas``: a city's own area tables: make its list of villages, look names up, check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

from intake.areas.area_files import HOW_TO_GET, SUFFIX, village_files, villages_of, write_areas
from intake.areas.area_tables import COLUMNS, KINDS
from intake.areas.gazetteer import Area, Gazetteer
from intake.cli.startup import settings_from
from intake.errors import ConfigurationError, NotFound
from intake.understand.place_forms import fold, forms_of

LISTED = 30


def build(city: str, package: Path | None, to: Path | None, config: Path | None) -> None:
    """``intake areas build``."""
    area = Gazetteer.load().get(city)
    if area is None or area.level != "city":
        raise ConfigurationError(
            f"{city} is not the code of a city.", hint="Look it up: intake areas show NAME"
        )
    if package is None:
        raise ConfigurationError("The package to read is not given.", hint=HOW_TO_GET)
    folder = to or _own(config)
    if folder is None:
        raise ConfigurationError(
            "There is no folder for the list of villages.",
            hint="Give --to FOLDER, and name the folder in the settings: areas in [models].",
        )
    rows = villages_of(package, city)
    path = folder / "villages" / f"{city}{SUFFIX}"
    write_areas(path, rows)
    typer.echo(f"Wrote {path}: {len(rows)} villages and communities of {area.name}.")
    if to is not None and to != _own(config):
        typer.echo(f'Next, in the settings: [models] areas = "{to}"')


def show(what: str, config: Path | None) -> None:
    """``intake areas show``."""
    gazetteer = _gazetteer(config, [what[:4]] if what.isdigit() and len(what) > 4 else [])
    if what.isdigit():
        area = gazetteer.get(what)
        if area is None:
            raise NotFound(f"No area has the code {what}.", hint="Codes have 2 to 12 digits.")
        _print(gazetteer, area)
        below = gazetteer.children(what)
        for child in below[:LISTED]:
            typer.echo(f"  {child.code:<12} {child.name}")
        if len(below) > LISTED:
            typer.echo(f"  … {len(below) - LISTED} more")
        return
    found = list(_named(gazetteer, fold(what)))
    if not found:
        raise NotFound(
            f"No area is called {what}.",
            hint="Villages are known in the home areas of the sources only.",
        )
    for area in found[:LISTED]:
        _print(gazetteer, area)
    if len(found) > LISTED:
        typer.echo(f"… {len(found) - LISTED} more: give a longer name")


def check(config: Path | None) -> None:
    """``intake areas check``."""
    folder = _own(config)
    if folder is None:
        typer.echo("The settings name no area tables of your own (areas in [models]).")
        return
    gazetteer = _gazetteer(config, village_files(folder) if folder.is_dir() else ())
    shipped = Counter(alias.kind for alias in Gazetteer.load().aliases)
    own = Counter(alias.kind for alias in gazetteer.aliases) - shipped
    for file_name in COLUMNS:
        typer.echo(f"{file_name:<15} {own[KINDS[file_name]]:>6} rows")
    for city in village_files(folder):
        typer.echo(f"villages of {city} {gazetteer.full_name(city)}")
    for alias in gazetteer.aliases[sum(shipped.values()) :]:
        for area in _called(gazetteer, alias.name, alias.codes[0][:4]):
            if area.code not in alias.codes:
                typer.echo(
                    f"note: {alias.name} is also the official name of {area.code}"
                    f" {gazetteer.full_name(area.code)}; the official name wins"
                )
    typer.echo("The tables can be used.")


def _own(config: Path | None) -> Path | None:
    settings = settings_from(config, required=False)
    return settings.resolve(settings.models.areas) if settings.models.areas else None


def _gazetteer(config: Path | None, homes: Iterable[str]) -> Gazetteer:
    settings = settings_from(config, required=False)
    wanted = {source.home_area for source in settings.source if source.home_area}
    return Gazetteer.load(wanted | set(homes), _own(config))


def _named(gazetteer: Gazetteer, name: str) -> Iterator[Area]:
    """Areas with this name, then those whose name holds it."""
    everything = list(gazetteer.descendants(""))
    exact = {area.code for area in everything if name in {fold(form) for form, _ in forms_of(area)}}
    exact |= {code for alias in gazetteer.aliases if alias.name == name for code in alias.codes}
    yield from (area for area in everything if area.code in exact)
    yield from (area for area in everything if name in area.name and area.code not in exact)


def _called(gazetteer: Gazetteer, name: str, city: str) -> Iterator[Area]:
    return (area for area in gazetteer.descendants(city) if area.name == name)


def _print(gazetteer: Gazetteer, area: Area) -> None:
    typer.echo(f"{area.code:<12} {area.level:<8} {gazetteer.full_name(area.code)}")
    for alias in gazetteer.aliases:
        if area.code in alias.codes:
            until = f", until {alias.until}" if alias.until else ""
            note = f" ({alias.note})" if alias.note else ""
            typer.echo(f"    {alias.kind}: {alias.name}{until}{note}")
