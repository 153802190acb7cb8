"""Names: one name for one thing, and none that says nothing."""

from __future__ import annotations

import re
from collections import defaultdict

import pytest

from .source_tree import packaged, public_classes

FORBIDDEN = frozenset(
    ("noun", "told", "wrong", "door", "what", "utils", "helpers", "common", "misc", "manager")
)
"""As a whole name."""
FORBIDDEN_WORDS = frozenset(("util", "utils", "helper", "helpers", "misc", "manager"))
"""Anywhere in a name."""
SHARED_MODULES = {
    # A file of commands is named as its package: `intake catalogue …` is intake.cli.catalogue.
    "areas": {"intake.areas", "intake.cli.areas"},
    "catalogue": {"intake.catalogue", "intake.cli.catalogue"},
    "learn": {"intake.learn", "intake.cli.learn"},
    "operate": {"intake.operate", "intake.cli.operate"},
    "versions": {"intake.catalogue.versions", "intake.cli.catalogue.versions"},
}
SHARED_CLASSES: dict[str, set[str]] = {}
"""Names of public classes that stand twice, each the same role in sibling packages."""


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def test_no_two_modules_share_a_name() -> None:
    places = defaultdict(set)
    for module in packaged():
        places[module.name.rpartition(".")[2]].add(module.name)
    assert {name: where for name, where in places.items() if len(where) > 1} == SHARED_MODULES


def test_no_two_public_classes_share_a_name() -> None:
    places = defaultdict(set)
    for module in packaged():
        for node in public_classes(module):
            places[node.name].add(module.name)
    assert {name: where for name, where in places.items() if len(where) > 1} == SHARED_CLASSES


@pytest.mark.parametrize("kind", ["module", "class"])
def test_no_name_that_says_nothing(kind: str) -> None:
    names = {
        "module": [module.name.rpartition(".")[2] for module in packaged()],
        "class": [node.name for module in packaged() for node in public_classes(module)],
    }[kind]
    assert [
        name for name in names if name.lower() in FORBIDDEN or _words(name) & FORBIDDEN_WORDS
    ] == []
