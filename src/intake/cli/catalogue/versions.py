"""``intake catalogue export, import, store, activate, versions``."""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table

from intake.catalogue import versions as use
from intake.catalogue import workbook
from intake.catalogue.lint import lint
from intake.catalogue.table_files import LANES, TableFault, Tables
from intake.cli.catalogue.check import show
from intake.cli.catalogue.sources import Workshop, day, shipped_lanes
from intake.errors import ConfigurationError, Refused
from intake.store import catalogue_versions


def export(path: Path, config: Path | None, version: str | None) -> None:
    """``intake catalogue export``."""
    with Workshop(config) as shop:
        tables = shop.tables(version)
    if path.suffix.lower() == ".xlsx":
        workbook.export(tables, path)
    elif path.suffix:
        raise ConfigurationError(f"{path} is neither .xlsx nor a folder.", hint="Name one of them.")
    else:
        _write(path, tables.files)
    typer.echo(f"Wrote {tables.version} to {path}")


def import_(source: Path, folder: Path) -> None:
    """``intake catalogue import``."""
    files, faults = workbook.read(source)
    if faults:
        for fault in faults:
            typer.secho(_where(source, fault), err=True)
        raise Refused(
            f"{source} has {len(faults)} faults; nothing was written.",
            hint="Correct them and import again.",
        )
    if not (folder / LANES).exists():
        files[LANES] = shipped_lanes()
    _write(folder, files)
    typer.echo(f"Wrote {Tables.load(folder).version} to {folder}")
    typer.echo(f"Next: intake catalogue lint {folder}, then: intake catalogue store {folder}")


def _where(source: Path, fault: TableFault) -> str:
    row = f", row {fault.line}" if fault.line else ""
    column = f", column {fault.column}" if fault.column else ""
    return f"{source.name}, sheet {fault.file}{row}{column}: {fault.said}"


def _write(folder: Path, files: Mapping[str, str]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigurationError(
            f"{error.filename} cannot be written: {error.strerror}.", hint="Check path and rights."
        ) from error


def store(folder: str, config: Path | None, note: str, by: str | None) -> None:
    """``intake catalogue store``."""
    with Workshop(config) as shop:
        tables = shop.tables(folder)
        remarks = lint(
            tables.files, gazetteer=shop.gazetteer(), taxonomy=shop.taxonomy(), on=shop.today
        )
        if errors := [remark for remark in remarks if remark.severity == "error"]:
            show(errors)
            raise Refused(
                f"{tables.version} has {len(errors)} errors and was not stored.",
                hint=f"All remarks: intake catalogue lint {folder}",
            )
        new = use.keep(shop.store, tables, by=_person(by), at=shop.app.clock(), note=note)
    typer.echo(f"{tables.version} {'is stored' if new else 'was stored already'}")
    typer.echo(f"Next: intake catalogue activate {tables.version} --from DAY --why '…'")


def activate(
    version: str, why: str, config: Path | None, active_from: str | None, by: str | None
) -> None:
    """``intake catalogue activate``."""
    with Workshop(config) as shop:
        on = day(active_from, shop.today)
        found = use.activate(
            shop.store, version, active_from=on, by=_person(by), at=shop.app.clock(), why=why
        )
    typer.echo(f"{found} is in force from {on}")


def list_(config: Path | None, as_json: bool) -> None:
    """``intake catalogue versions``."""
    with Workshop(config) as shop, shop.store.read() as connection:
        found = catalogue_versions.versions(connection)
        current = catalogue_versions.in_force(connection, shop.today)
    if as_json:
        for row in found:
            line = {**asdict(row), "in_force": row.version == current}
            typer.echo(json.dumps(line, ensure_ascii=False, default=str))
        return
    table = Table()
    for column in ("version", "in force", "active from", "stored", "by", "note"):
        table.add_column(column, no_wrap=column == "version")
    for row in found:
        table.add_row(
            row.version,
            "yes" if row.version == current else "",
            ", ".join(map(str, row.active_from)),
            f"{row.stored_at:%Y-%m-%d %H:%M}",
            row.stored_by,
            row.note,
        )
    Console().print(table)
    if current is None:
        typer.echo("None was activated: the settings' folder is in force.")


def _person(by: str | None) -> str:
    return by or getpass.getuser()
