"""Options that several commands have, and the words that some options choose from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; without it ./intake.toml.", metavar="FILE"),
]
ActorOption = Annotated[
    str | None, typer.Option("--actor", help="Who decides; default: the user of this machine.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON object.")]


class Stage(StrEnum):
    """The stages that can be tried."""

    NORMALIZE = "normalize"
    LOCATE = "locate"
    CLASSIFY = "classify"
    DEDUPE = "dedupe"
    ROUTE = "route"


class EngineChoice(StrEnum):
    """The engines to fit."""

    BEST = "best"
    FASTTEXT = "fasttext"
    LINEAR = "linear"
