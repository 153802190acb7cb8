"""Detecting whether the process that holds leased messages still runs.

Each consuming connection holds a lock on a file of its own. The kernel drops the lock when the
process ends, in any way and in any PID namespace. A process id would not show that.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from pathlib import Path


class Owner:
    """The claim of one connection on its leased messages; their rows hold its ``name``."""

    def __init__(self, queue: Path) -> None:
        self.name = uuid.uuid4().hex
        self._path = _path(queue, self.name)
        self._path.parent.mkdir(exist_ok=True)
        self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def close(self) -> None:
        """Return up the claim."""
        self._path.unlink(missing_ok=True)
        os.close(self._file)


def is_gone(queue: Path, name: str) -> bool:
    """Return whether the owner has ended, and if so remove what it left behind."""
    path = _path(queue, name)
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(file)


def _path(queue: Path, name: str) -> Path:
    return queue.with_name(queue.name + "-owners") / name
