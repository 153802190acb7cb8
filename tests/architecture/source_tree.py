"""The product's own source, read as syntax: what the tests of this folder look at."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SOURCE_FOLDERS = ("src", "connectors", "models")
OWN_PACKAGES = frozenset({"intake", "intake_connectors", "intake_models"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, eq=False)
class SourceModule:
    """One file: its dotted name, where it is, its syntax tree and its number of lines."""

    name: str
    path: Path
    tree: ast.Module
    lines: int


@cache
def modules() -> tuple[SourceModule, ...]:
    """Read every Python file of the product, its connectors, and the scripts beside the models."""
    found = []
    for folder in SOURCE_FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            text = path.read_text(encoding="utf-8")
            name = ".".join(parts).removesuffix(".__init__")
            found.append(SourceModule(name, path, ast.parse(text), text.count("\n")))
    return tuple(found)


def packaged() -> list[SourceModule]:
    """Return the modules that are installed, without migrations: those are never changed."""
    return [
        module
        for module in modules()
        if module.name.partition(".")[0] in OWN_PACKAGES and ".migrations." not in module.name
    ]


def pyproject() -> dict[str, Any]:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def imports(module: SourceModule) -> Iterator[str]:
    """Yield the dotted name of each module that is imported, at the top or inside a function."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from (str(ast.literal_eval(arg)) for arg in node.args[:1] if _is_text(arg))


@cache
def third_party(module: SourceModule) -> frozenset[str]:
    """Return the top-level names of the foreign packages that a module imports."""
    beside = {path.stem for path in module.path.parent.glob("*.py")}
    known = sys.stdlib_module_names | OWN_PACKAGES
    if module.name.partition(".")[0] not in OWN_PACKAGES:
        known = known | beside  # a script imports the script beside it
    return frozenset(name.partition(".")[0] for name in imports(module)) - known


def lies_in(name: str, package: str) -> bool:
    """Tell whether a module is a package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def functions(module: SourceModule) -> Iterator[tuple[str, Function]]:
    """Yield every function and method with its name within the module, such as ``Desk.hold``."""

    def walk(node: ast.AST, prefix: str) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                yield prefix + child.name, child
            named = isinstance(child, Function | ast.ClassDef)
            yield from walk(child, f"{prefix}{child.name}." if named else prefix)  # type: ignore[attr-defined]

    yield from walk(module.tree, "")


def public_classes(module: SourceModule) -> list[ast.ClassDef]:
    """Return the classes at the top of a module whose names do not begin with an underscore."""
    return [
        node
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
