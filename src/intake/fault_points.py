"""Named points at which tests can end the program.

Without ``INTAKE_CRASH_AT`` a point costs one comparison. With it, reaching the point ends the process
at once, as ``kill -9`` would: no handlers, no flushing, no commit.
"""

from __future__ import annotations

import os
from typing import Final

POINTS: Final = (
    "pull.fetched",  # a page is in memory, nothing is written
    "pull.landed",  # rows written, not committed
    "pull.committed",  # committed, the source not yet acknowledged
    "process.claimed",
    "process.prepared",
    "process.written",  # all rows of the batch written, not committed
    "process.committed",
    "publish.confirmed",  # the broker has confirmed, nothing is marked
    "publish.marked",  # marked, not committed
)

_wanted, _, _nth = os.environ.get("INTAKE_CRASH_AT", "").partition(":")
_left = int(_nth or 1)


def reach(point: str) -> None:
    """End the process here if the environment names this point (``NAME`` or ``NAME:Nth time``)."""
    global _left
    if point != _wanted:
        return
    _left -= 1
    if _left <= 0:
        os._exit(137)
