"""Commands that train, measure and replace the classifier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from intake.cli.commands.deferred import runs
from intake.cli.commands.options import ActorOption, ConfigOption, EngineChoice

app = typer.Typer()
learn = typer.Typer(help="Learn from what people corrected.", no_args_is_help=True)

FASTTEXT_MODELS = 3

DataOption = Annotated[
    list[Path] | None,
    typer.Option(
        help="Train anew from CSV files with columns text and label, beside the decisions."
    ),
]


@app.command("train")
@runs("intake.cli.train:train")
def train(
    data: Annotated[list[Path], typer.Option(help="CSV with a header; may be given again.")],
    out: Annotated[Path, typer.Option(help="Folder for the bundle.")],
    text: Annotated[str, typer.Option(help="Column of the text.")] = "text",
    label: Annotated[str, typer.Option(help="Column of the label; any set of labels.")] = "label",
    title: Annotated[str | None, typer.Option(help="Column of the title, if apart.")] = None,
    dev: Annotated[
        Path | None,
        typer.Option(help="CSV for calibration and thresholds; without it, cross-validation."),
    ] = None,
    engine: Annotated[
        EngineChoice,
        typer.Option(
            metavar="NAME", help="fasttext, linear, or best: the better or their mixture."
        ),
    ] = EngineChoice.BEST,
    precision: Annotated[
        float, typer.Option(min=0.5, max=0.999, help="Promised where it decides alone.")
    ] = 0.97,
    words: Annotated[bool, typer.Option(help="Read words and pairs of words too.")] = True,
    longest: Annotated[int, typer.Option(min=1, max=6, help="Longest run of characters.")] = 2,
    mask_places: Annotated[
        bool, typer.Option(help="Take names of places out: the model cannot learn place → label.")
    ] = False,
    models: Annotated[
        int, typer.Option(min=1, max=10, help="fastText models to average.")
    ] = FASTTEXT_MODELS,
    budget: Annotated[
        float, typer.Option(min=0, help="Seconds to look for better settings first.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="Same seed, same bundle.")] = 7,
) -> None:
    """Train a classifier on labelled texts and write it as a bundle."""


@app.command("evaluate")
@runs("intake.cli.train:evaluate")
def evaluate(
    model: Annotated[Path, typer.Option(help="Folder of the bundle.")],
    data: Annotated[list[Path], typer.Option(help="CSV with known labels; may be given again.")],
    text: Annotated[str | None, typer.Option(help="Column; default as in training.")] = None,
    label: Annotated[str | None, typer.Option(help="Column; default as in training.")] = None,
    title: Annotated[str | None, typer.Option(help="Column; default as in training.")] = None,
    second: Annotated[str | None, typer.Option(help="Column of a label that is as right.")] = None,
    report: Annotated[Path, typer.Option(help="Folder for report.md and confusion.svg.")] = Path(
        "evaluation"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure a bundle on labelled texts that it has not seen."""


@learn.command("run")
@runs("intake.cli.learn:run")
def run(config: ConfigOption = None, data: DataOption = None, actor: ActorOption = None) -> None:
    """Learn what people decided; promote if no category gets worse on the latest decisions.

    Moves the bundle in force; with --data, or where that one is no single linear engine, trains anew.
    """


@learn.command("rollback")
@runs("intake.cli.learn:rollback")
def rollback(config: ConfigOption = None, actor: ActorOption = None) -> None:
    """Put the bundle that was active before back in force."""


@learn.command("status")
@runs("intake.cli.learn:status")
def status(config: ConfigOption = None) -> None:
    """Show the promoted bundles, the active one last, and how much there is to learn from."""


@learn.command("proposals")
@runs("intake.cli.learn:proposals")
def proposals(config: ConfigOption = None) -> None:
    """List the changes of the catalogue that corrections ask for, the best supported first."""


@learn.command("close")
@runs("intake.cli.learn:close")
def close(
    proposal: Annotated[int, typer.Argument(min=1)],
    adopted: Annotated[
        bool, typer.Option("--adopted/--dismissed", help="The row was changed, or will not be.")
    ],
    config: ConfigOption = None,
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept.")] = "",
    actor: ActorOption = None,
) -> None:
    """Close a proposal."""
