"""How ``intake`` starts: what it loads before a command is called, and Ctrl-C at any moment of it."""

from __future__ import annotations

import inspect
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
import typer
from cli_runner import Intake
from rich.cells import cell_len

from intake.cli.commands import app
from intake.cli.commands.training_and_learning import FASTTEXT_MODELS
from intake.learn.fit_fasttext import FastTextSettings

HEAVY = (
    "ahocorasick_rs", "alembic", "argon2", "bs4", "chinese_calendar", "cryptography", "fasttext",
    "httpx", "imapclient", "intake.bootstrap", "intake.log", "intake.settings", "jinja2", "kombu",
    "numpy", "opencc", "openpyxl", "psycopg", "rapidfuzz", "rjieba", "scipy", "selectolax", "sklearn",
    "sqlalchemy", "stamina", "starlette", "structlog", "uvicorn",
)  # fmt: skip
"""What takes time to import and that no help page needs."""

ASK = """
import atexit, json, sys
atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr))
from intake.cli import main
main()
"""
INTERRUPT = """
import importlib.abc, os, signal, sys

class AtImport(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {module!r}:
            print("reached", flush=True)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, AtImport())
from intake.cli import main
main()
"""
INTERRUPT_AT_WORK = """
import os, signal, sys

def at_open(event, arguments):
    if event == "open" and str(arguments[0]).endswith("intake.toml"):
        print("reached", flush=True)
        os.kill(os.getpid(), signal.SIGINT)

sys.addaudithook(at_open)
from intake.cli import main
main()
"""


def _started(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def _declared(group: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _declared(command, (*above, name))
        else:
            yield " ".join((*above, name)), command


COMMANDS = dict(_declared(typer.main.get_command(app)))


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("doctor", "--help"),
        ("catalogue", "explain", "--help"),
        ("rnu",),
    ],
    ids=" ".join,
)
def test_nothing_heavy_is_loaded_before_a_command_is_called(arguments: tuple[str, ...]) -> None:
    done = _started(ASK, *arguments)
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert "intake.cli.commands" in loaded
    assert loaded.isdisjoint(HEAVY), sorted(loaded & set(HEAVY))


def test_what_counts_as_heavy_is_what_a_command_loads() -> None:
    done = _started(ASK, "doctor")
    loaded = set(json.loads(done.stderr.splitlines()[-1]))
    assert {"sqlalchemy", "numpy", "kombu", "intake.bootstrap"} <= loaded


@pytest.mark.parametrize("name", COMMANDS)
def test_a_declaration_and_its_work_have_the_same_parameters(name: str) -> None:
    declared = inspect.unwrap(COMMANDS[name].callback)
    module, _, function = _target(COMMANDS[name]).partition(":")
    work = getattr(import_module(module), function)
    typed = get_type_hints(declared, include_extras=True)
    assert {key: _plain(hint) for key, hint in typed.items()} == get_type_hints(work)
    assert declared.__doc__


def _target(command: Any) -> str:
    found = command.callback
    while not hasattr(found, "target"):
        found = found.__wrapped__
    return str(found.target)


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def test_the_default_of_train_is_the_engines_own() -> None:
    assert FastTextSettings().models == FASTTEXT_MODELS


@pytest.mark.parametrize(
    "module", ["typer", "intake.cli.commands", "intake.bootstrap", "sqlalchemy"]
)
def test_ctrl_c_while_it_starts_leaves_no_traceback(module: str) -> None:
    done = _started(INTERRUPT.format(module=module), "doctor")
    assert done.stdout == "reached\n"
    assert done.stderr == ""
    assert done.returncode == -signal.SIGINT


def test_ctrl_c_while_a_command_works_leaves_no_traceback(tmp_path: Path) -> None:
    settings = tmp_path / "intake.toml"
    settings.write_text("")
    done = _started(INTERRUPT_AT_WORK, "doctor", "--config", str(settings))
    assert done.stdout == "reached\n"
    assert done.stderr == ""
    assert done.returncode == 130


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_readable_on_eighty_columns(name: str, intake: Intake) -> None:
    """No line is wider, and no word, name or choice is broken over two lines."""
    shown = intake(*name.split(), "--help", columns=80).out
    assert max(cell_len(line) for line in shown.splitlines()) <= 80
    words = set(re.split(r"[\s│]+", shown))
    for parameter in COMMANDS[name].params if name else ():
        assert set((parameter.help or "").replace("\\[", "[").split()) <= words
        assert set(parameter.opts + parameter.secondary_opts) - {parameter.name} <= words
        if parameter.metavar:
            assert parameter.metavar in words
    assert not re.search(r"<[^>\s]*\|[^>\s]*\s", shown), "choices broken over two lines"
