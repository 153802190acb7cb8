"""``intake try STAGE``: "where would this go?", for JSON Lines on standard input."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import cast

from intake import log
from intake.bootstrap import Application
from intake.cli.commands.options import Stage
from intake.cli.startup import settings_from
from intake.errors import ConfigurationError
from intake.rehearse.trial import LONGEST_LINE, Trial

_CHUNK = 1 << 18
_TOGETHER = 200
"""Lines that are answered together, since a stage takes half as long for each of many."""


def try_stage(
    stage: Stage,
    config: Path | None,
    model: Path | None,
    home: str | None,
    show_personal: bool,
) -> None:
    """``intake try``."""
    settings = settings_from(config, required=False)
    log.configure(level="error")
    homes = {source.name: source.home_area for source in settings.source}
    if home is not None and not (home.isdigit() and len(home) in (2, 4, 6, 9, 12)):
        raise ConfigurationError(f"--home {home} is not an area code.", hint="Example: 3715")
    with (
        Application(settings) as app,
        Trial(
            lambda areas: app.router_for(areas, model),
            home,
            show_personal,
            homes,
            settings.dedupe.window_days,
        ) as trial,
    ):
        stages = {
            Stage.NORMALIZE: trial.normalize,
            Stage.LOCATE: trial.locate,
            Stage.CLASSIFY: trial.classify,
            Stage.DEDUPE: trial.dedupe,
            Stage.ROUTE: trial.route,
        }
        if stage is not Stage.NORMALIZE:
            _ = trial.router  # a fault of the model is reported once, before the first line
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
