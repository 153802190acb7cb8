"""Every third-party package has its homes, named once in pyproject; so has the environment."""

from __future__ import annotations

import ast
import re
from importlib.metadata import files
from itertools import chain

import pytest

from .source_tree import lies_in, modules, pyproject, third_party

HOMES: dict[str, list[str]] = pyproject()["tool"]["intake"]["homes"]
UNIMPORTED: list[str] = pyproject()["tool"]["intake"]["unimported"]
READS_ENVIRONMENT = (
    "intake.settings",
    # Armed before any settings are read, and in processes that read none. It is no setting: it lets
    # tests end the program at a named point.
    "intake.fault_points",
)


def test_every_third_party_import_is_at_home() -> None:
    strays = [
        f"{module.name} imports {package}"
        for module in modules()
        for package in third_party(module)
        if not any(lies_in(module.name, home) for home in HOMES.get(package, []))
    ]
    assert strays == [], "use what the package's home offers, or give it a home in pyproject"


@pytest.mark.parametrize("package", sorted(HOMES))
def test_every_home_is_lived_in(package: str) -> None:
    users = [module.name for module in modules() if package in third_party(module)]
    empty = [home for home in HOMES[package] if not any(lies_in(name, home) for name in users)]
    assert empty == [], f"nothing there imports {package}: take it off the list"


def test_every_dependency_is_imported_or_listed_as_not() -> None:
    project = pyproject()["project"]
    wanted = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    names = {re.split(r"[\[<>=!~ ]", name)[0] for name in wanted}
    assert {name for name in names if not _modules_of(name) & HOMES.keys()} == set(UNIMPORTED)


def test_only_settings_read_the_environment() -> None:
    readers = {
        module.name
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute | ast.Name)
        and ast.unparse(node) in ("os.environ", "os.environb", "os.getenv", "environ", "getenv")
    }
    assert readers == set(READS_ENVIRONMENT)


def _modules_of(distribution: str) -> set[str]:
    return {path.parts[0].removesuffix(".py") for path in files(distribution) or ()}
