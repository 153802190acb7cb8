"""``intake catalogue lint`` and ``coverage``."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.catalogue import Catalogue
from intake.catalogue.coverage import OWN, STATUSES, Coverage
from intake.catalogue.coverage import coverage as measure
from intake.catalogue.coverage_picture import svg
from intake.catalogue.gaps import Ground
from intake.catalogue.lint import lint as examine
from intake.catalogue.remarks import ORDER, Remark
from intake.cli.catalogue.sources import (
    Workshop,
    area_code,
    day,
)
from intake.errors import ConfigurationError

STYLE = {"error": "red", "warning": "yellow", "note": "dim"}


def lint(
    what: str | None,
    config: Path | None,
    area: str | None,
    date: str | None,
    strict: bool,
    as_json: bool,
) -> None:
    """``intake catalogue lint``."""
    with Workshop(config) as shop:
        on = day(date, shop.today)
        files, faults = shop.files(what, on)
        gazetteer = shop.gazetteer()
        within = area_code(gazetteer, area) if area else ""
        found = [
            Remark(
                "error", "cell", f.file, f.line, (), f"{f.column}: {f.said}", "Correct the cell."
            )
            for f in faults
        ]
        found += examine(files, gazetteer=gazetteer, taxonomy=shop.taxonomy(), on=on, within=within)
    counts = Counter(remark.severity for remark in found)
    if as_json:
        typer.echo(
            json.dumps(
                {"remarks": [asdict(remark) for remark in found], "counts": counts},
                ensure_ascii=False,
            )
        )
    else:
        show(found)
        total = ", ".join(f"{counts[severity]} {severity}s" for severity in ORDER)
        typer.echo(f"{total} on {on}")
    if counts["error"] or (strict and counts["warning"]):
        raise typer.Exit(1)


def show(found: list[Remark]) -> None:
    """Print remarks, each with what to do."""
    console = Console(soft_wrap=True, highlight=False)
    for remark in found:
        ids = f" [{', '.join(remark.ids)}]" if remark.ids else ""
        console.print(
            Text.assemble(
                (f"{remark.severity:8}", STYLE[remark.severity]),
                (f"{remark.where}{ids} ", "bold"),
                f"{remark.said}. ({remark.code})",
            )
        )
        console.print(Text(f"        {remark.do}", "dim"))


def coverage(
    what: str | None,
    config: Path | None,
    area: str | None,
    date: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """``intake catalogue coverage``."""
    if out is not None and out.suffix.lower() != ".svg":
        raise ConfigurationError(f"{out} is not an .svg file.", hint="Example: --out coverage.svg")
    with Workshop(config) as shop:
        gazetteer = shop.gazetteer()
        within = area_code(gazetteer, area) if area else ""
        on = day(date, shop.today)
        catalogue = Catalogue(shop.tables(what, on))
        found = measure(Ground(catalogue, gazetteer, shop.taxonomy(), within), on)
    if as_json:
        cells = [
            {"area": code, "category": category, **asdict(cell)}
            for (code, category), cell in found.cells.items()
        ]
        body = {"version": found.version, "on": str(found.on), "cells": cells}
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _table(found)
    if out is not None:
        out.write_text(svg(found), encoding="utf-8")
        typer.echo(
            f"Wrote {out}: open it in a browser, the cells tell who and by which rule.", err=True
        )


def _table(found: Coverage) -> None:
    table = Table(title=f"{found.version} on {found.on}, {len(found.categories)} categories")
    table.add_column("area")
    table.add_column("own unit", justify="right")
    for status in STATUSES:
        if status not in OWN:
            table.add_column(status, justify="right")
    table.add_column("raised or missing")
    for code, name, city in found.areas:
        counts = found.counts(code)
        odd = [
            f"{category} {cell.said}"
            for (area, category), cell in found.cells.items()
            if area == code and cell.status in ("raised", "gap")
        ]
        table.add_row(
            f"{city}{name} {code}",
            str(sum(counts[status] for status in OWN)),
            *(str(counts[s] or "") for s in STATUSES if s not in OWN),
            Text("; ".join(odd[:2]) + (f" … {len(odd)} in all" if len(odd) > 2 else "")),
        )
    Console().print(table)
