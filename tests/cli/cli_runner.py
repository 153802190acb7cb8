"""Running the command line: in this process where quick, as a process of its own where it matters."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import structlog

from intake.cli import main

PROGRAM = (sys.executable, "-c", "from intake.cli import main; main()")
WIDE_COLUMNS = 250
WIDE = {"COLUMNS": str(WIDE_COLUMNS)}


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        """Both streams."""
        return self.out + self.err

    @property
    def last(self) -> str:
        """The last line on standard output."""
        return self.out.rstrip("\n").rpartition("\n")[2]


@dataclass(frozen=True)
class Intake:
    """``intake`` run in ``folder``; relative paths and ./intake.toml are there."""

    folder: Path

    def __call__(
        self, *arguments: str | Path, stdin: bytes = b"", columns: int = WIDE_COLUMNS
    ) -> Said:
        """Run a command in this process, through the same ``main`` as the program."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        code = 0
        with (
            contextlib.chdir(self.folder),
            mock.patch.object(sys, "argv", ["intake", *map(str, arguments)]),
            mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8")),
            mock.patch.dict(os.environ, COLUMNS=str(columns)),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            _own_logging(),
            _own_interrupts(),
        ):
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(bool(end.code))
        return Said(code, _text(out), _text(err))

    def ended(self, *arguments: str | Path, stdin: bytes = b"", seconds: float = 60) -> Said:
        """Run a command as a process of its own, to its end."""
        done = subprocess.run(
            [*PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            input=stdin,
            capture_output=True,
            timeout=seconds,
            check=False,
            env={**os.environ, **WIDE},
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    @contextlib.contextmanager
    def started(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        """Start a command that goes on; ended at the latest when this is left."""
        process = subprocess.Popen(
            [*PROGRAM, *map(str, arguments)],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **WIDE, "PYTHONUNBUFFERED": "1"},
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate(timeout=10)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        data = content.encode() if isinstance(content, str) else content
        path.write_bytes(data)
        return path


@contextlib.contextmanager
def _own_logging() -> Iterator[None]:
    """Commands set up logging for their process; this one has others to come."""
    try:
        yield
    finally:
        structlog.reset_defaults()


@contextlib.contextmanager
def _own_interrupts() -> Iterator[None]:
    """``main`` leaves Ctrl-C as it should be in a process that ends; this one goes on."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode()  # type: ignore[attr-defined,no-any-return]
