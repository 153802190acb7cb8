"""``intake try STAGE``: "where would this go?", for JSON Lines on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from intake import log
from intake.bootstrap import build_router
from intake.errors import ConfigurationError
from intake.settings import ModelSettings
from intake.trial import LONGEST_LINE, Trial


class Stage(StrEnum):
    """The stages that can be tried."""

    NORMALIZE = "normalize"
    LOCATE = "locate"
    CLASSIFY = "classify"
    DEDUPE = "dedupe"
    ROUTE = "route"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("try")(try_stage)


def try_stage(
    stage: Annotated[Stage, typer.Argument(help="Which stage to try.")],
    model: Annotated[
        Path | None, typer.Option(help="Classifier bundle other than the shipped one.")
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="Home area of the source, where a line names none.")
    ] = None,
    show_personal: Annotated[
        bool,
        typer.Option("--show-personal", help="normalize: show the personal data found, not stars."),
    ] = False,
) -> None:
    """Read one JSON object a line with at least "text"; write one JSON object a line, in order."""
    log.configure(level="error")
    models = ModelSettings() if model is None else ModelSettings(classifier=model)
    if home is not None and not (home.isdigit() and len(home) in (2, 4, 6, 9)):
        raise ConfigurationError(f"--home {home} is not an area code.", hint="Example: 3715")
    with Trial(lambda homes: build_router(models, homes), home, show_personal) as trial:
        stages = {
            Stage.NORMALIZE: trial.normalize,
            Stage.LOCATE: trial.locate,
            Stage.CLASSIFY: trial.classify,
            Stage.DEDUPE: trial.dedupe,
            Stage.ROUTE: trial.route,
        }
        if stage is not Stage.NORMALIZE:
            _ = trial.router  # what is wrong with the model is said once, before the first line
        for line in _lines(sys.stdin.buffer):
            answer = trial.answer(line, stages[stage])
            if answer is not None:
                text = json.dumps(answer, ensure_ascii=False) + "\n"
                # Half a surrogate pair has no UTF-8; its backslash form is what JSON writes for it.
                sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
                sys.stdout.buffer.flush()


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of ``stream``; of a line that is too long only so much that it shows."""
    while line := stream.readline(LONGEST_LINE + 1):
        end = line
        while len(end) > LONGEST_LINE and not end.endswith(b"\n"):
            end = stream.readline(LONGEST_LINE + 1)
        yield line
