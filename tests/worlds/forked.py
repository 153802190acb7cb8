"""``intake`` as a process of its own, forked from one that has loaded modules and tables already.

A start takes seconds of a processor; tests that start it again and again, to kill it, are about what
comes after.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from unittest import mock

from intake import fault_points
from intake.cli import main

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["forked", "warm"])


def intake(
    arguments: Sequence[str], output: Path, environment: Mapping[str, str] | None = None
) -> BaseProcess:
    """Start ``intake`` with these arguments; what it says is added to ``output``."""
    with mock.patch.dict(os.environ, PYTHONPATH=str(Path(__file__).parent)):
        forkserver.ensure_running()  # does nothing if it runs; Python 3.11 gives it no sys.path
    process = _context.Process(
        target=_run, args=(arguments, output, {**os.environ, **(environment or {})}), daemon=True
    )
    process.start()
    return process


def _run(arguments: Sequence[str], output: Path, environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    importlib.reload(fault_points)  # reads the environment when it is imported
    with output.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.argv = ["intake", *arguments]
    main()
