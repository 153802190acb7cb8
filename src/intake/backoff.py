"""Retrying until success or until the program stops, with longer waits after each failure in a row.

stamina computes the waits and repeats. But it sleeps, and a loop must be able to stop while it waits. So the
waiting is done here.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator

import stamina
from stamina import instrumentation

START = 0.5
MOST = 30.0

Told = Callable[[Exception, int, float], None]
"""Is told of each failure: the error, how many there were in a row, the seconds until the next try."""

# The caller logs the failure under a name of ours; stamina would log it a second time.
instrumentation.set_on_retry_hooks(())


def until_stopped(
    stop: threading.Event,
    on: type[Exception],
    told: Told,
    *,
    attempts: int | None = None,
    first: float | None = None,
    most: float = MOST,
) -> Iterator[stamina.Attempt]:
    """Yield attempts, each to be entered with ``with``, until one succeeds.

    Errors of the type ``on`` are told and tried again after ``first`` (``START``) seconds, then twice as
    long each time, ``most`` at most; others pass through. When ``stop`` is set the attempts end, without an
    error. After so many ``attempts`` the last error is raised.
    """

    def again(error: Exception) -> bool | float:
        if not isinstance(error, on):
            return False
        last = stop.is_set() or now.num == attempts
        # Jittered, so that processes which failed together do not come back together.
        wait = 0.0 if last else round(now.next_wait * random.uniform(0.75, 1.25), 3)  # noqa: S311
        told(error, now.num, wait)
        return False if last or stop.wait(wait) else 0.0

    try:
        for now in stamina.retry_context(
            on=again, attempts=None, timeout=None, wait_jitter=0,
            wait_initial=START if first is None else first, wait_max=most,
        ):  # fmt: skip
            yield now
    except on:
        if not stop.is_set():
            raise
