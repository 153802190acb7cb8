"""A docstring names what a caller must expect: the errors that the function raises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from intake import errors

from .source_tree import Function, SourceModule, functions, lies_in, packaged

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.IntakeError)
}
PRINTED = "intake.cli"
"""Commands: nobody calls them, and ``main`` prints whatever of our errors they raise."""
FORBIDDEN_BEGINNINGS = re.compile(r"(Give|Gives|Say|Says)\b")
"""A function returns, raises, stores; it does not give or say."""


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what is in a function's body, without the functions and classes defined in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, Function | ast.ClassDef | ast.Lambda):
            yield child
            yield from _own(child)


def _raised(node: Function, module: SourceModule) -> set[str]:
    """Return our errors that a function raises itself: ``raise X(…)`` or ``raise X.of(…)``."""
    ours = {
        alias.name
        for line in module.tree.body
        if isinstance(line, ast.ImportFrom) and line.module == "intake.errors"
        for alias in line.names
    }
    calls = [line.exc for line in _own(node) if isinstance(line, ast.Raise)]
    names = [ast.unparse(call.func) for call in calls if isinstance(call, ast.Call)]
    return {name.partition(".")[0] for name in names} & ours & ERRORS


def _is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split(".")) or name.endswith(".__init__")


def test_a_public_function_names_the_errors_it_raises() -> None:
    silent = [
        f"{module.name}.{name}: {', '.join(sorted(missing))}"
        for module in packaged()
        if not lies_in(module.name, PRINTED)
        for name, node in functions(module)
        if _is_public(name)
        if (
            missing := {
                e for e in _raised(node, module) if e not in (ast.get_docstring(node) or "")
            }
        )
    ]
    assert silent == []


def test_docstrings_say_return_not_give() -> None:
    wrong = [
        f"{module.name}.{name}"
        for module in packaged()
        for name, node in functions(module)
        if FORBIDDEN_BEGINNINGS.match(ast.get_docstring(node) or "")
    ]
    assert wrong == []
