"""A module fits into a reader's head, a function onto a screen."""

from __future__ import annotations

from .source_tree import functions, modules

MODULE_LINES = 400
FUNCTION_LINES = 50
LONGER: dict[str, int] = {}
"""Functions that are too long, with their lines. The list may only shrink."""


def test_modules_have_400_lines_at_most() -> None:
    assert [(m.name, m.lines) for m in modules() if m.lines > MODULE_LINES] == []


def test_functions_have_fewer_than_50_lines() -> None:
    long = {
        f"{module.name}.{name}": lines
        for module in modules()
        if ".migrations." not in module.name  # a migration is never changed
        for name, node in functions(module)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) >= FUNCTION_LINES
    }
    assert {name: n for name, n in long.items() if n > LONGER.get(name, 0)} == {}
    assert set(LONGER) <= set(long), "no longer too long: take it off the list"
