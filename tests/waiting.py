"""Waiting in tests: for something that can be seen, with a bound; never for a time."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing

from intake.queue.consumer import consume
from intake.queue.topology import Topology


def wait_until(true: Callable[[], bool], what: str, seconds: float = 90.0) -> None:
    """Look again and again until something is true; fail with ``what`` after so many seconds."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)  # noqa: TID251 - the pause between two looks
        pause = min(2 * pause, 0.1)


class StopWhenWaiting(threading.Event):
    """Is set by whoever begins to wait for it: a loop with nothing to do, or before it tries again."""

    def wait(self, timeout: float | None = None) -> bool:
        """Be set."""
        del timeout
        self.set()
        return True


def messages_left(queue_url: str, unit: str) -> int:
    """Count what is in a unit's embedded queue, also what a consumer has taken and not acknowledged."""
    with closing(sqlite3.connect(queue_url.removeprefix("intake-sqlite:///"))) as db:
        name = Topology().unit(unit).name
        return int(
            db.execute("SELECT count(*) FROM message WHERE queue = ?", (name,)).fetchone()[0]
        )


def emptied(queue_url: str, unit: str) -> list[str]:
    """Take everything out of a unit's embedded queue; the ids of the events, repeats dropped."""
    got: list[str] = []
    stop = threading.Event()
    consumer = threading.Thread(
        target=consume,
        args=(queue_url, unit, lambda event: got.append(event["id"])),
        kwargs={"seen": set(), "stop": stop},
    )
    consumer.start()
    try:
        wait_until(lambda: messages_left(queue_url, unit) == 0, f"the queue of {unit} is empty", 20)
    finally:
        stop.set()
        consumer.join(10)
    return got
