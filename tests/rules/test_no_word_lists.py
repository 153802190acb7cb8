"""Word lists stay in rule tables: no module has more than a few Chinese characters in its string literals."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/intake"
MOST = 40
"""Characters that a module may have in all: a set of marks, a word that its logic turns on."""
WITHOUT_LIMIT = ("demo", "store/migrations")
"""Messages of an invented city; what a released migration reads in old rows."""
# What modules had more when this test was written: titles of columns and pages, maps from letter to letter.
# A number may only be lowered, and a line taken out.
STILL_MORE = {
    "catalogue/coverage.py": 42,
    "catalogue/coverage_picture.py": 66,
    "catalogue/rows.py": 848,  # the titles and words of the clerks' sheets
    "catalogue/workbook.py": 257,
    "normalize/characters.py": 75,
    "relate/matter.py": 42,
    "understand/place_forms.py": 41,
}
_CJK = re.compile("[\u3400-\u9fff]")


def characters(path: Path) -> int:
    """Count the Chinese characters in a module's string literals, docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return sum(
        len(_CJK.findall(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    )


def counted() -> dict[str, int]:
    """Return the modules with more than ``MOST``."""
    found = {
        path.relative_to(SOURCE).as_posix(): characters(path)
        for path in sorted(SOURCE.rglob("*.py"))
        if not path.relative_to(SOURCE).as_posix().startswith(WITHOUT_LIMIT)
    }
    return {name: number for name, number in found.items() if number > MOST}


def test_no_module_has_a_list_of_words() -> None:
    more = {
        name: number for name, number in counted().items() if number > STILL_MORE.get(name, MOST)
    }
    assert more == {}, "these have more words: put them into a rule table (docs/rules.md)"


def test_modules_that_had_more_are_taken_off_the_list() -> None:
    done = STILL_MORE.keys() - counted().keys()
    assert done == set(), "these have few now: take them out of STILL_MORE"


def test_counting_sees_literals_and_no_docstrings(tmp_path: Path) -> None:
    module = tmp_path / "some.py"
    module.write_text('"""路灯"""\nA = f"电话{1}手机"\nB = ("市", "路")\n"""街道"""\n', "utf-8")
    assert characters(module) == 6
