"""Documents that fail the build when they no longer tell the truth."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
import typer

from intake import settings
from intake.cli.commands import app
from intake.cli.document import documents

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", sorted(documents()))
def test_generated_documents_are_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == documents()[name], "run: make docs"


def test_the_example_settings_are_valid(tmp_path: Path) -> None:
    text = (ROOT / "src/intake/cli/intake.example.toml").read_text(encoding="utf-8")
    path = tmp_path / "intake.toml"
    path.write_text(text, encoding="utf-8")
    assert settings.load(path).source == ()
    everything = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    everything = re.sub(
        r"^(url|identities) = .*(postgresql|amqp|false).*\n", "", everything, flags=re.M
    )
    path.write_text(everything, encoding="utf-8")
    assert len(settings.load(path).source) == 5


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    missing = [name for name in group.commands if f"intake {name}" not in readme]  # type: ignore[attr-defined]
    assert missing == []


def test_both_readmes_have_the_same_commands() -> None:
    english, chinese = (
        re.findall(
            r"^(?:\$ |    )?((?:make|intake) [^\n#]*)", path.read_text(encoding="utf-8"), re.M
        )
        for path in (ROOT / "README.md", ROOT / "README.zh-CN.md")
    )
    assert [line.strip() for line in english] == [line.strip() for line in chinese]


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.name)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), f"{path.name} → {target}"


def test_no_lock_file_names_a_registry() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|--index-url|--find-links", text), name


def test_schemas_are_json() -> None:
    for path in (ROOT / "docs/contract").glob("*.json"):
        json.loads(path.read_text(encoding="utf-8"))


def test_the_page_of_scenarios_tells_what_the_tests_say() -> None:
    source = (ROOT / "tests/acceptance/test_stories.py").read_text(encoding="utf-8")
    played: dict[str, bool] = {}
    for node in ast.parse(source).body:
        found = re.match(r"test_s(\d+)_", node.name) if isinstance(node, ast.FunctionDef) else None
        if found and isinstance(node, ast.FunctionDef):
            passes = not any("xfail" in ast.unparse(mark) for mark in node.decorator_list)
            story = f"S{found[1]}"
            played[story] = played.get(story, True) and passes
    page = (ROOT / "docs/acceptance.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (S\d+) \|[^|]*\| (passes|not yet) \|", page, flags=re.MULTILINE))
    assert told == {story: "passes" if passes else "not yet" for story, passes in played.items()}
    assert len(told) == 22


def test_what_runs_is_locked_as_it_is_tested() -> None:
    """``make run`` and ``make test`` install from two lock files into one place."""
    run, test = (
        set(re.findall(r"^[\w.-]+==[\w.]+", (ROOT / name).read_text(encoding="utf-8"), re.M))
        for name in ("requirements.txt", "requirements-dev.txt")
    )
    assert len(run) > 30
    assert run <= test
