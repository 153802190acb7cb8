"""docs/normalize.md tells what the cases say."""

from __future__ import annotations

from . import document


def test_the_page_is_up_to_date() -> None:
    assert document.PAGE.read_text(encoding="utf-8") == document.page(), "run: make docs"
