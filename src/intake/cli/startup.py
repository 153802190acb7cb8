"""Starting a command: finding the settings, setting up, stopping on a signal."""

from __future__ import annotations

import getpass
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from intake import log
from intake.bootstrap import Application
from intake.errors import ConfigurationError, IntakeError
from intake.settings import Settings, load

DEFAULT = Path("intake.toml")
_log = log.get("run")


def acting(given: str | None) -> str:
    """Name who decides, as the audit trail shows it."""
    return given or f"command line ({getpass.getuser()})"


def settings_from(config: Path | None, *, required: bool = True) -> Settings:
    """Return the settings of ``config`` or ``./intake.toml``. Raises ``ConfigurationError``."""
    if config is None and DEFAULT.exists():
        config = DEFAULT
    if config is None and required:
        raise ConfigurationError(
            "There is no settings file here (./intake.toml) and none was given.",
            hint="Write one with: intake init — or look at the product first: intake run --demo",
        )
    return load(config)


def application(config: Path | None, *, required: bool = True) -> Application:
    """Set up logging and return the application of these settings."""
    settings = settings_from(config, required=required)
    log.configure(level=settings.log.level, style=settings.log.style)
    return Application(settings)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Return an event that Ctrl-C and SIGTERM set; a second Ctrl-C ends the process at once."""
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


def loop_thread(
    name: str, work: Callable[[], None], stop: threading.Event, failed: list[str]
) -> threading.Thread:
    """Return a thread that runs a loop.

    When the loop fails, it stops the others, so that they do not run on alone, and adds a sentence to ``failed``.
    """

    def guarded() -> None:
        try:
            work()
        except IntakeError as error:
            failed.append(f"{name}: {error}")
        except Exception as error:  # noqa: BLE001 - it is reported, and the process ends
            _log.error("loop.failed", loop=name, exc_info=error)
            failed.append(f"{name}: {type(error).__name__}, see the log")
        else:
            return
        stop.set()

    return threading.Thread(target=guarded, name=name)
