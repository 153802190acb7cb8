"""What a decision may depend on is filled in and looked at, and each of the tables' words is used.

By names, not by what the program does: this finds what nobody uses at all.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
from intake.catalogue.roles import CATEGORY_ROLES, KIND_ROLES

import intake
from intake.catalogue.rows import KindRole, SignalKind
from intake.catalogue.taxonomy import CategoryRole
from intake.decide.dossier import Dossier, dossier_of
from intake.model.decision import Step

ONLY_TAGS = {"accusation"}
"""Signals that nothing acts on; they are written on the decision as tags."""
NEVER_SAID = {"relate"}
"""Published since v0.1.0, so consumers may know it; the relation itself says what repeats what."""


@pytest.mark.parametrize("field", [field.name for field in fields(Dossier)])
def test_every_field_of_a_dossier_is_filled_in_and_looked_at(field: str) -> None:
    made = ast.walk(ast.parse(inspect.getsource(dossier_of)))
    assert field in {node.arg for node in made if isinstance(node, ast.keyword)}
    assert field in {
        node.attr
        for node in _nodes("decide")
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "dossier"
    } | {"received_at"}  # by way of Dossier.day


def test_every_kind_of_signal_is_acted_on() -> None:
    assert set(get_args(SignalKind)) - _texts("decide") == ONLY_TAGS


def test_every_step_of_a_decision_is_said() -> None:
    assert set(get_args(Step)) - _texts("decide", "casework") == NEVER_SAID


def test_every_role_means_something_to_the_program() -> None:
    assert set(get_args(CategoryRole)) == set(CATEGORY_ROLES)
    assert set(get_args(CategoryRole)) <= _texts("decide", "understand")
    assert set(get_args(KindRole)) == set(KIND_ROLES)
    assert set(get_args(KindRole)) <= _texts("catalogue/kinds.py")


def _nodes(*places: str) -> list[ast.AST]:
    root = Path(intake.__file__).parent
    paths = [
        path
        for place in places
        for path in ((root / place).rglob("*.py") if (root / place).is_dir() else [root / place])
    ]
    return [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]


def _texts(*places: str) -> set[str]:
    constants = (node for node in _nodes(*places) if isinstance(node, ast.Constant))
    return {node.value for node in constants if isinstance(node.value, str)}
