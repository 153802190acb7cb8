"""What can be set is read, what can be said is said somewhere, what is stored is read again.

These tests go by names, not by what a program does: they find what nobody uses at all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
import sqlalchemy as sa

from intake.contract.event import EventKind
from intake.model.decision import HoldReason, Lane, Outcome
from intake.model.request import RelationKind, RequestState
from intake.settings import Settings
from intake.store import tables

from .source_tree import ROOT, SourceModule, packaged

ENUMS = {
    enum.__name__: enum
    for enum in (EventKind, HoldReason, Lane, Outcome, RelationKind, RequestState)
}
NEVER_PRODUCED: set[str] = set()
"""Members that are published and no longer produced, each with why it stays."""
ONLY_FOR_PEOPLE = {
    # Written, and read by a person with a database client after something went wrong.
    "proposal.closed_at",
    "proposal.closed_by",
    "source_state.pulled_at",
    "urged.urged_at",
}


def _elsewhere(name: str) -> list[SourceModule]:
    return [module for module in packaged() if module.name != name]


def _last_name(node: ast.AST) -> str:
    """Return the last identifier of ``a.b.c``, ``a.b[i]``, ``a.b.items()`` or ``x, a.b``."""
    match node:
        case ast.Subscript(value=inner) | ast.Starred(value=inner):
            return _last_name(inner)
        case ast.Call(func=ast.Attribute(attr="items" | "values", value=inner)):
            return _last_name(inner)
        case ast.Tuple(elts=[*_, inner]):
            return _last_name(inner)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


# ── Settings ────────────────────────────────────────────────────────────────────────────────────────


@cache
def _sections() -> dict[str, dict[str, set[str]]]:
    """Return for each class of settings its fields, and the names under which code holds one of it."""
    (module,) = (module for module in packaged() if module.name == "intake.settings")
    classes = {node.name: node for node in module.tree.body if isinstance(node, ast.ClassDef)}
    fields = {
        name: {
            line.target.id: ast.unparse(line.annotation)
            for line in node.body
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
        }
        for name, node in classes.items()
    }
    sections = {name: {"fields": set(own), "held_as": set()} for name, own in fields.items()}
    sections["Settings"]["held_as"].add("settings")
    for own in fields.values():
        for field, annotation in own.items():
            for name in set(re.findall(r"\w+", annotation)) & sections.keys():
                sections[name]["held_as"].add(field)
    for name, section in sections.items():
        for other in packaged():
            section["held_as"] |= set(_annotated(other.tree, name))
        for other in packaged() * 2:  # twice: a name may be taken from a name that was taken
            section["held_as"] |= set(_taken_from(other.tree, section["held_as"]))
    return sections


def _annotated(tree: ast.Module, name: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) == name:
            yield node.arg
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == name:
            yield _last_name(node.target)


def _taken_from(tree: ast.Module, names: set[str]) -> Iterator[str]:
    """Yield what is assigned from, or loops over, something that is called one of ``names``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _last_name(node.value) in names:
            yield from map(_last_name, node.targets)
        elif isinstance(node, ast.For | ast.comprehension) and _last_name(node.iter) in names:
            yield _last_name(node.target)


@pytest.mark.parametrize("section", sorted(_sections()))
def test_every_setting_is_read(section: str) -> None:
    fields, held_as = _sections()[section]["fields"], _sections()[section]["held_as"]
    read: set[str] = set()
    for module in packaged():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and _last_name(node.value) in held_as:
                whole = node.attr == "model_dump" and _last_name(node.value) != "settings"
                read |= fields if whole else {node.attr}
    assert fields - read == set(), f"nothing reads these settings of {section}"


def test_the_settings_looked_at_are_all_of_them() -> None:
    assert set(Settings.model_fields) == _sections()["Settings"]["fields"]


# ── What decisions and events can say ──────────────────────────────────────────────────────────────


def _produced() -> set[str]:
    """Return the members that code names other than to compare with them or to look something up."""
    found = set()
    for module in packaged():
        asked = {
            id(child)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Compare | ast.Dict)
            for part in (node.keys if isinstance(node, ast.Dict) else [node])
            if part is not None
            for child in ast.walk(part)
        }
        found |= {
            ast.unparse(node)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Attribute) and id(node) not in asked
        }
    return found


def test_every_reason_lane_state_and_event_is_produced() -> None:
    members = {f"{name}.{member.name}" for name, enum in ENUMS.items() for member in enum}
    assert members - _produced() == NEVER_PRODUCED


# ── Columns ────────────────────────────────────────────────────────────────────────────────────────


def _columns() -> list[sa.Column[object]]:
    return [column for table in tables.metadata.tables.values() for column in table.columns]


def test_every_column_is_read() -> None:
    templates = "".join(p.read_text("utf-8") for p in (ROOT / "src").rglob("*.html"))
    read = set(re.findall(r"\.(\w+)", templates))
    for module in _elsewhere("intake.store.tables"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute):
                read.add(node.attr)
            elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
                read.add(str(node.slice.value))
    assert {str(column) for column in _columns() if column.name not in read} == ONLY_FOR_PEOPLE


def test_every_column_is_written() -> None:
    written: set[str] = set()
    for module in _elsewhere("intake.store.tables"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.keyword):
                written.add(node.arg or "")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                is_sql = re.search(r"\b(UPDATE|INSERT)\b", node.value)
                written.update(re.findall(r"\w+", node.value) if is_sql else [node.value])
    made_by_the_database = {str(c) for c in _columns() if c.autoincrement is True}
    left = {str(column) for column in _columns() if column.name not in written}
    assert left - made_by_the_database == set()
