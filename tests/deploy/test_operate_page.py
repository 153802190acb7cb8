"""docs/operate.md lists every log event with its keys, every check of the doctor, every stage."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.bootstrap import Application
from intake.cli.doctor import examine
from intake.settings import build

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
LEVELS = {"debug", "info", "warning", "error"}
CODE = [
    path
    for folder in ("src/intake", "connectors/intake_connectors")
    for path in sorted((ROOT / folder).rglob("*.py"))
]


def section(title: str) -> str:
    """The text below a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.M | re.S)
    assert found, f"docs/operate.md has no heading {title!r}"
    return found[1]


def rows(title: str) -> dict[str, set[str]]:
    """First column of a section's table → the names in its second."""
    found = re.findall(r"^\| `([^`]+)` \|([^|]*)\|", section(title), re.M)
    return {name: set(re.findall(r"`([^`]+)`", keys)) for name, keys in found}


def logged() -> dict[str, set[str]]:
    """Every event that the code logs → its keys, besides those of every line."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in CODE:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in calls(tree):
            keys = {keyword.arg for keyword in call.keywords if keyword.arg}
            if "exc_info" in keys:
                keys = keys - {"exc_info"} | {"error", "at"}
            for name in names(tree, call.args[0]):
                found[name] |= keys
    return dict(found)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            logger = node.func.value
            named = logger.attr if isinstance(logger, ast.Attribute) else getattr(logger, "id", "")
            if node.func.attr in LEVELS and named == "_log":
                yield node


def names(tree: ast.AST, event: ast.expr) -> Iterator[str]:
    """The event's name; where a variable holds it, every text that the module assigns to that."""
    if isinstance(event, ast.Constant):
        yield str(event.value)
        return
    assert isinstance(event, ast.Name), ast.dump(event)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
            continue
        if event.id in {getattr(target, "id", "") for target in node.targets}:
            yield str(node.value.value)


def test_every_log_event_is_listed_with_its_keys() -> None:
    found = logged()
    assert len(found) > 15
    assert rows("Log events") == found


@pytest.mark.parametrize("event", sorted(logged()))
def test_an_event_is_named_noun_and_participle(event: str) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", event)


def test_every_check_of_the_doctor_is_explained(tmp_path: Path) -> None:
    (tmp_path / "drop").mkdir()
    table = {
        "queue": {"url": f"intake-sqlite:///{tmp_path}/queue.db"},
        "store": {"url": f"sqlite:///{tmp_path}/intake.db"},
        "identity": {"key_file": str(tmp_path / "identity.key")},
        "source": [{"name": "files", "connector": "folder", "options": {"path": "drop"}}],
    }
    with Application(build(table, tmp_path, "the test")) as app:
        found = {check.what.replace("files", "NAME") for check in examine(app)}
    assert found <= rows("What doctor says").keys()


def test_every_stage_of_quarantine_is_explained() -> None:
    stages = set()
    for path in CODE:
        stages |= set(
            re.findall(r'Rejection(?:\.of)?\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
        )
        stages |= set(re.findall(r'_unexpected\("(\w+)"', path.read_text(encoding="utf-8")))
    assert {"parse", "settle"} <= stages
    assert stages | {"attach"} == rows("Quarantine and replay").keys()
