"""Codes are the city's own: with other codes and the same roles, every decision is the same."""

from __future__ import annotations

import ast
import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from catalogue_world import tables_of

import intake
from intake.bootstrap import build_router
from intake.catalogue import Tables
from intake.catalogue.taxonomy import Taxonomy
from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.demo import CorpusMessage, load_corpus
from intake.demo.world import SOURCES
from intake.model.channel import Channel
from intake.model.decision import Classification, Decision, HoldReason
from intake.model.submission import MatterType, Submission
from intake.normalize import normalize
from intake.settings import MODELS, ModelSettings
from intake.understand.post import Post, Understanding

TAXONOMY = MODELS / "taxonomy" / "taxonomy.csv"
AT = datetime(2026, 6, 1, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def codes() -> Mapping[str, str]:
    """Other codes for the same categories: fields change places, and so do the leaves of each."""
    old = [row["code"] for row in _rows(TAXONOMY.read_text(encoding="utf-8"))]
    fields = [code for code in old if len(code) == 2]
    new = dict(zip(fields, [*fields[7:], *fields[:7]], strict=True))
    for field in fields:
        leaves = [code for code in old if code != field and code.startswith(field)]
        for leaf, other in zip(leaves, [*leaves[1:], leaves[0]], strict=True):
            new[leaf] = new[field] + other[2:]
    assert len(set(new.values())) == len(new)
    assert all(code != other for code, other in new.items())
    return new


def test_other_codes_with_the_same_roles_decide_the_same(
    codes: Mapping[str, str], tmp_path: Path
) -> None:
    before = router()
    after = replace(
        before.under(_renamed_tables(before.catalogue.tables, codes)),
        taxonomy=_renamed_taxonomy(codes, tmp_path, roles=True),
    )
    decided = [(_decide(before, d), _decide(after, _renamed(d, codes))) for d in dossiers()]
    assert [_told(now) for _, now in decided] == [_told(then, codes) for then, _ in decided]
    assert len({then.hold for then, _ in decided}) > 5


def test_without_the_roles_they_do_not(codes: Mapping[str, str], tmp_path: Path) -> None:
    """Else the test above would say nothing."""
    before = router()
    after = replace(
        before.under(_renamed_tables(before.catalogue.tables, codes)),
        taxonomy=_renamed_taxonomy(codes, tmp_path, roles=False),
    )
    changed = {
        _decide(before, d).hold
        for d in dossiers()
        if _told(_decide(before, d), codes) != _told(_decide(after, _renamed(d, codes)))
    }
    assert {HoldReason.LEGAL_ROUTE, HoldReason.UNCLEAR} <= changed


def test_a_table_without_the_column_has_the_shipped_roles(tmp_path: Path) -> None:
    rows = _rows(TAXONOMY.read_text(encoding="utf-8"))
    path = tmp_path / "taxonomy.csv"
    path.write_text(_written(rows, [c for c in rows[0] if c != "role"]), encoding="utf-8")
    old, new = Taxonomy.load(path), Taxonomy.load(TAXONOMY)
    assert not old.states_roles
    assert new.states_roles
    assert new.roles
    assert {row["code"]: old.role(row["code"]) for row in rows} == {
        row["code"]: new.role(row["code"]) for row in rows
    }


def test_no_code_and_no_kind_stands_in_the_program() -> None:
    """Outside the demonstration city, what is peculiar to one taxonomy or catalogue is in its tables."""
    root = Path(intake.__file__).parent
    paths = [path for path in root.rglob("*.py") if "demo" not in path.relative_to(root).parts]
    found = {
        f"{path.relative_to(root)}:{line} {text!r}"
        for path in paths
        for line, text in _literals(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == set()


@cache
def router() -> Router:
    """The shipped tables and model."""
    return build_router(ModelSettings(), {profile.home_area for profile in SOURCES.values()})


@cache
def dossiers() -> tuple[Dossier, ...]:
    """The demonstration city's messages, read once."""
    messages = load_corpus()
    posts = [_post(message) for message in messages]
    read = router().reader.read(posts)
    return tuple(_dossier(*found) for found in zip(messages, posts, read, strict=True))


def _post(message: CorpusMessage) -> Post:
    submission = Submission(
        source=message.source,
        channel=Channel(message.channel),
        external_id=message.key,
        title=message.title,
        body=message.body,
        form_area=message.form_area,
        submitter_unit=message.submitter_unit,
    )
    return Post(submission, normalize(submission), SOURCES[message.source].home_area)


def _dossier(message: CorpusMessage, post: Post, read: Understanding) -> Dossier:
    return Dossier(
        channel=post.submission.channel,
        received_at=message.submitted_at,
        understanding=read,
        matter_type=MatterType(message.matter_type) if message.matter_type else None,
        home_area=post.home_area,
        submitter_unit=message.submitter_unit,
        answered_on_the_spot=False,
    )


def _decide(router: Router, dossier: Dossier) -> Decision:
    return router.decide(dossier, version=1, at=AT)


def _renamed(dossier: Dossier, codes: Mapping[str, str]) -> Dossier:
    """What a classifier would say that was trained on the other codes."""
    read = dossier.understanding
    parts = tuple(_reclassified(part, codes) for part in read.parts)
    other = replace(read, classification=_reclassified(read.classification, codes), parts=parts)
    return replace(dossier, understanding=other)


def _reclassified(found: Classification, codes: Mapping[str, str]) -> Classification:
    top = tuple(score.model_copy(update={"category": codes[score.category]}) for score in found.top)
    category = codes[found.category] if found.category else None
    return found.model_copy(update={"category": category, "top": top})


def _told(decision: Decision, codes: Mapping[str, str] | None = None) -> dict[str, object]:
    """All of a decision but its versions, in the other codes where these are given.

    Sentences are left out: their codes and parameters say the same.
    """

    def other(told: Any) -> Any:
        if isinstance(told, str):
            return (codes or {}).get(told, told)
        if isinstance(told, Mapping):
            return {key: other(value) for key, value in told.items()}
        return tuple(map(other, told)) if isinstance(told, tuple | list) else told

    told = decision.model_dump(exclude={"versions", "category", "classification", "reasons"})
    told["category"] = other(decision.category)
    told["reasons"] = [
        (r.step, r.message, r.code, r.params)
        if r.step == "locate"  # codes of areas are none of categories
        else (r.step, r.message, other(r.code), other(r.params))
        for r in decision.reasons
    ]
    return told


def _renamed_tables(tables: Tables, codes: Mapping[str, str]) -> Tables:
    rules = _rows(tables.files["rules.csv"])
    for rule in rules:
        rule["category"] = codes.get(rule["category"], rule["category"])
    lanes = re.sub(r'"(\d+)"', lambda code: f'"{codes[code[1]]}"', tables.files["lanes.toml"])
    texts = {"rules.csv": _written(rules, list(rules[0])), "lanes.toml": lanes}
    return tables_of({**tables.files, **texts})


def _renamed_taxonomy(codes: Mapping[str, str], folder: Path, *, roles: bool) -> Taxonomy:
    rows = _rows(TAXONOMY.read_text(encoding="utf-8"))
    for row in rows:
        row["code"], row["parent"] = codes[row["code"]], codes.get(row["parent"], "")
        row["role"] = row["role"] if roles else ""
    path = folder / "taxonomy.csv"
    path.write_text(_written(rows, list(rows[0])), encoding="utf-8")
    return Taxonomy.load(path)


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _written(rows: list[dict[str, str]], columns: list[str]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give the literals that are a leaf's code or a kind, alone or among others in a string, and those
    that are a field's code where something is compared with it.
    """
    codes = {row["code"] for row in _rows(TAXONOMY.read_text(encoding="utf-8"))}
    kinds = {row.kind for row in router().catalogue.tables.kinds.rows}
    whole = {code for code in codes if len(code) > 2} | kinds
    for node in ast.walk(tree):
        compared = isinstance(node, ast.Compare | ast.Tuple | ast.Set | ast.List) or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("startswith", "get", "removeprefix")
        )
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                words = set(re.split(r"[\s|,:@]+", part.value))
                several = words <= whole | {"", "kind"} and bool(words & whole)
                if several or (compared and part.value in codes):
                    yield part.lineno, part.value
