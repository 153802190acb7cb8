"""``intake train`` and ``intake evaluate``: a classifier of one's own, and how good one is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from intake.cli.commands.options import EngineChoice
from intake.errors import ConfigurationError
from intake.learn.build import build_bundle
from intake.learn.confusion import draw_confusion
from intake.learn.example import Example
from intake.learn.example_tables import Columns, read_examples
from intake.learn.extra import can_fit, require
from intake.learn.fit import ENGINES, TrainingSettings
from intake.learn.fit_fasttext import FastTextSettings
from intake.learn.measure import Measurement, measure, probabilities_of
from intake.learn.report import write_report
from intake.learn.tune import tune
from intake.understand.classify import BundleManifest, load_bundle, read_manifest
from intake.understand.classify.features import Reading
from intake.understand.classify.manifest import Kind

PICTURE = "confusion.svg"
REPORT = "report.md"


def train(
    data: list[Path],
    out: Path,
    text: str,
    label: str,
    title: str | None,
    dev: Path | None,
    engine: EngineChoice,
    precision: float,
    words: bool,
    longest: int,
    mask_places: bool,
    models: int,
    budget: float,
    seed: int,
) -> None:
    """``intake train``."""
    columns = Columns(text=text, label=label, title=title)
    console = Console(stderr=True, markup=False, highlight=False)
    _refuse_other_files(out)
    examples = read_examples(data, columns, tell=console.print)
    reading = Reading(words=words, longest=longest, mask_places=mask_places)
    fasttext, engines = FastTextSettings(models=models), _engines(engine, console)
    settings = TrainingSettings(engines=engines, reading=reading, fasttext=fasttext, seed=seed)
    if budget:
        settings = tune(examples, settings, budget, tell=console.print)
    learned_from = {
        "examples": len(examples),
        "files": [file.name for file in data],
        "dev": dev.name if dev else None,
        "columns": columns.model_dump(),
    }
    with bars(console) as track:
        bundle = build_bundle(
            out,
            examples,
            judged={"table": 1.0},
            name=_name_of(out),
            created=datetime.now(UTC).replace(microsecond=0),
            settings=settings,
            data=learned_from,
            precision=precision,
            dev=read_examples([dev], columns, origin="dev", tell=console.print) if dev else (),
            tell=console.print,
            track=track,
        )
    metrics = json.dumps(bundle.manifest.metrics, ensure_ascii=False, indent=2)
    typer.echo(f"{bundle.version} in {out}\n{metrics}")


def evaluate(
    model: Path,
    data: list[Path],
    text: str | None,
    label: str | None,
    title: str | None,
    second: str | None,
    report: Path,
    as_json: bool,
) -> None:
    """``intake evaluate``."""
    console = Console(stderr=True, markup=False, highlight=False)
    known = Columns.model_validate(read_manifest(model).data.get("columns", {}))
    given = {"text": text, "label": label, "title": title, "also": second}
    columns = known.model_copy(update={key: value for key, value in given.items() if value})
    classifier = load_bundle(model)
    manifest = classifier.manifest
    examples = read_examples(data, columns, tell=console.print)
    _compare_labels(examples, manifest, console)
    with bars(console) as track:
        measured = measure(
            examples,
            manifest.labels,
            manifest.parents,
            probabilities_of(classifier, list(track(examples, "asking"))),
            manifest.thresholds,
            manifest.cutoffs,
        )
    source = ", ".join(file.name for file in data)
    _write(report, measured, classifier.version, source)
    if as_json:
        found = {"version": classifier.version, **measured.model_dump(mode="json")}
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        typer.echo((report / REPORT).read_text(encoding="utf-8"))
    console.print(f"{report / REPORT} and {report / PICTURE} are written.")


def _engines(choice: EngineChoice, console: Console) -> tuple[Kind, ...]:
    """Return the engines to fit; ``best`` means those that can be fitted here, and is printed."""
    if choice is not EngineChoice.BEST:
        kind: Kind = "fasttext" if choice is EngineChoice.FASTTEXT else "linear"
        require(kind)
        return (kind,)
    found = tuple(kind for kind in ENGINES if can_fit(kind))
    for kind in ENGINES:
        if not found:
            require(kind)
        if kind not in found:
            console.print(
                f"The {kind} engine is left out; install citizen-intake[train] to fit it."
            )
    return found


def _refuse_other_files(out: Path) -> None:
    """Never write a bundle over something that is none."""
    if out.exists() and not out.is_dir():
        raise ConfigurationError(f"{out} is a file.", hint="Name a folder for the bundle.")
    if out.is_dir() and any(out.iterdir()) and not (out / "bundle.json").exists():
        raise ConfigurationError(
            f"{out} holds files that are no bundle; nothing was written.",
            hint="Name another folder.",
        )


def _compare_labels(
    examples: Sequence[Example], manifest: BundleManifest, console: Console
) -> None:
    strange = sorted({example.code for example in examples} - set(manifest.labels))
    if len(strange) == len({example.code for example in examples}):
        raise ConfigurationError(
            f"The bundle knows none of the file's labels ({', '.join(strange[:5])} …).",
            hint=f"It knows {', '.join(manifest.labels[:5])} …; check --label.",
        )
    if strange:
        console.print(f"Labels that the bundle does not know count as wrong: {', '.join(strange)}")


def _write(report: Path, measured: Measurement, version: str, source: str) -> None:
    report.mkdir(parents=True, exist_ok=True)
    picture = draw_confusion(measured.confusion, f"{version} on {source}: {measured.texts} texts")
    (report / PICTURE).write_text(picture, encoding="utf-8")
    written = write_report(measured, version, source, PICTURE)
    (report / REPORT).write_text(written, encoding="utf-8")


def _name_of(out: Path) -> str:
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in out.resolve().name)
    return name or "bundle"


@contextmanager
def bars(console: Console) -> Iterator[Any]:
    """Return a function that goes through items under a bar on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:

        def track(items: Sequence[Any], what: str) -> Iterator[Any]:
            return iter(progress.track(items, total=len(items), description=what))

        yield track
