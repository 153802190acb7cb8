"""What the commands share: finding the settings, setting up, stopping on a signal."""

from __future__ import annotations

import getpass
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from intake import log
from intake.bootstrap import Application
from intake.errors import ConfigurationError
from intake.settings import Settings, load

DEFAULT = Path("intake.toml")

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="Settings file; without it ./intake.toml.", metavar="FILE"),
]

ActorOption = Annotated[
    str | None, typer.Option("--actor", help="Who decides; default: the user of this machine.")
]


def acting(given: str | None) -> str:
    """Name who decides, as the audit trail shows it."""
    return given or f"command line ({getpass.getuser()})"


def settings_from(config: Path | None, *, required: bool = True) -> Settings:
    """Read the settings, from ``config`` or ``./intake.toml``; say how to get one if there is none."""
    if config is None and DEFAULT.exists():
        config = DEFAULT
    if config is None and required:
        raise ConfigurationError(
            "There is no settings file here (./intake.toml) and none was given.",
            hint="Write one with: intake init — or look at the product first: intake run --demo",
        )
    return load(config)


def application(config: Path | None, *, required: bool = True) -> Application:
    """Set up logging and give the application of these settings."""
    settings = settings_from(config, required=required)
    log.configure(level=settings.log.level, style=settings.log.style)
    return Application(settings)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Give an event that Ctrl-C and SIGTERM set; a second Ctrl-C ends the process at once."""
    stop = threading.Event()

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
