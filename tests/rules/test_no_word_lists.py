"""Word lists stay in rule tables: no module has more than a few Chinese characters in its string literals."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src/intake"
MOST = 40
"""Characters that a module may have in all: a set of marks, a word that its logic turns on."""
WITHOUT_LIMIT = ("demo",)  # messages of an invented city
# What modules had more when this test was written: sentences that people read, and the titles of columns.
# A number may only be lowered, and a line taken out.
STILL_MORE = {
    "casework/back_channel.py": 73,
    "catalogue/coverage.py": 42,
    "catalogue/coverage_picture.py": 65,
    "catalogue/rows.py": 835,
    "catalogue/workbook.py": 264,
    "decide/lanes.py": 106,
    "decide/reasons.py": 172,
    "decide/router.py": 133,
    "normalize/characters.py": 75,
    "pipeline/processor.py": 120,
    "relate/matter.py": 42,
    "relate/relations.py": 63,
    "relate/swaps.py": 42,
    "understand/place_forms.py": 41,
    "web/desk/proposal_page.py": 81,
    "web/desk/rendering.py": 43,
    "web/desk/views/case_views.py": 188,
    "web/desk/views/proposal_views.py": 80,
    "web/desk/views/request_views.py": 168,
    "web/desk/views/sign_in_views.py": 56,
    "web/desk/words.py": 339,
    "web/failures.py": 168,
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
        if path.relative_to(SOURCE).parts[0] not in WITHOUT_LIMIT
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
