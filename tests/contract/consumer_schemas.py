"""How a consumer validates: every document of a folder by its ``$id``, and no network."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"
RELEASED = Path(__file__).with_name("released")


@cache
def registry(folder: Path) -> Registry:
    """The documents of a folder; a reference to anything else fails."""
    resources = []
    for path in sorted(folder.glob("*.schema.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(document)
        resources.append((document.get("$id", path.name), Resource.from_contents(document)))
    return Registry().with_resources(resources)


def of(folder: Path, reference: str) -> Draft202012Validator:
    """The validator of what a reference names."""
    return Draft202012Validator(
        {"$ref": reference},
        registry=registry(folder),
        format_checker=Draft202012Validator.FORMAT_CHECKER,
    )


def validator(folder: Path, what: str) -> Draft202012Validator:
    """The validator of one type of event."""
    return of(folder, f"urn:citizen-intake:schema:request.{what}.v1")
