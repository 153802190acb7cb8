"""docs/architecture.md tells what the code is."""

from __future__ import annotations

import re
from pathlib import Path

from . import drawing
from .source_tree import ROOT

FOLDERS = ("src", "connectors", "models", "tests", "bench", "docs", "deploy")
PROSE = (".py", ".md", ".toml", ".html", ".json", ".csv")
TEXT = drawing.PAGE.read_text(encoding="utf-8")


def _files() -> list[Path]:
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return [path for path in found if path.suffix in PROSE and path != Path(__file__)]


def test_the_drawing_is_up_to_date() -> None:
    assert drawing.PICTURE.read_text(encoding="utf-8") == drawing.picture(), "run: make docs"


def test_the_table_of_rooms_is_up_to_date() -> None:
    assert drawing.page(TEXT) == TEXT, "run: make docs"


def test_no_arrow_leads_upwards() -> None:
    assert drawing.upward() == []


def test_every_invariant_that_is_cited_is_told() -> None:
    told = set(re.findall(r"^- \*\*(I\d+)\b", TEXT, re.MULTILINE))
    assert told == {f"I{n}" for n in range(1, 11)}
    cited = {
        mark
        for path in _files()
        if path.suffix in (".py", ".md")
        for mark in re.findall(r"\(I\d+\)|(?<=of )I\d+\b", path.read_text(encoding="utf-8"))
    }
    assert {mark.strip("()") for mark in cited} <= told


def test_nothing_leads_to_a_page_that_is_not_here() -> None:
    stale = re.compile(r"\bDESIGN(\.md| §)|\b(FACTS|STYLE)\.md")
    found = [path for path in _files() if stale.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_a_schema_explains_itself_without_our_pages() -> None:
    for path in (ROOT / "docs" / "contract").glob("*.json"):
        assert not re.search(r"\(I\d+\)", path.read_text(encoding="utf-8")), path.name
