"""``intake try STAGE``: "where would this go?", for JSON Lines on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from enum import StrEnum
from io import BufferedIOBase
from pathlib import Path
from typing import Annotated, cast

import typer

from intake import log
from intake.bootstrap import Application
from intake.cli.startup import ConfigOption, settings_from
from intake.errors import ConfigurationError
from intake.rehearse.trial import LONGEST_LINE, Trial

_CHUNK = 1 << 18
_TOGETHER = 200
"""Lines that are answered together, since a stage takes half as long for each of many."""


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
    config: ConfigOption = None,
    model: Annotated[
        Path | None, typer.Option(help="Classifier bundle other than the configured one.")
    ] = None,
    home: Annotated[
        str | None, typer.Option(help="Home area of the source, where a line names none.")
    ] = None,
    show_personal: Annotated[
        bool,
        typer.Option("--show-personal", help="normalize: show the personal data found, not stars."),
    ] = False,
) -> None:
    """Read one JSON object a line with at least "text"; write one JSON object a line, in order.

    Decides with the tables and the model of the settings file, if there is one, on a throw-away store.
    """
    settings = settings_from(config, required=False)
    log.configure(level="error")
    sources = {source.home_area for source in settings.source}
    if home is not None and not (home.isdigit() and len(home) in (2, 4, 6, 9)):
        raise ConfigurationError(f"--home {home} is not an area code.", hint="Example: 3715")
    with (
        Application(settings) as app,
        Trial(lambda homes: app.router_for(homes, model), home, show_personal, sources) as trial,
    ):
        stages = {
            Stage.NORMALIZE: trial.normalize,
            Stage.LOCATE: trial.locate,
            Stage.CLASSIFY: trial.classify,
            Stage.DEDUPE: trial.dedupe,
            Stage.ROUTE: trial.route,
        }
        if stage is not Stage.NORMALIZE:
            _ = trial.router  # what is wrong with the model is said once, before the first line
        for lines in _batches(cast("BufferedIOBase", sys.stdin.buffer)):
            for answer in trial.answers(lines, stages[stage]):
                text = json.dumps(answer, ensure_ascii=False) + "\n"
                # Half a surrogate pair has no UTF-8; its backslash form is what JSON writes for it.
                sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
            sys.stdout.buffer.flush()


def _batches(stream: BufferedIOBase) -> Iterator[list[bytes]]:
    """Yield the lines that are there, without waiting for more: one, when a person types them.

    Of a line that is too long only so much is kept that it shows.
    """
    rest = b""
    while chunk := stream.read1(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        rest = rest[: LONGEST_LINE + 1]
        for start in range(0, len(lines), _TOGETHER):
            yield lines[start : start + _TOGETHER]
    if rest:
        yield [rest]
