"""Reads the part of YAML that deploy/compose.yaml keeps to; anything else is an error.

Mappings and lists by indentation, flow lists, quoted and plain scalars, ``{}``, anchors on mappings
and ``<<: *name``. No YAML library is among our dependencies, and one file is no reason for one.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

_KEY = re.compile(r"([\w.<-]+):(?: +(.*))?$")


def read_compose(path: Path) -> dict[str, Any]:
    """Give the file as Python values; scalars stay text, except ``true`` and ``false``."""
    lines = [
        (len(line) - len(line.lstrip()), line.strip())
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    value, rest = _block(lines, 0, {})
    assert not rest, rest
    assert isinstance(value, dict)
    return value


def _block(lines: list[tuple[int, str]], depth: int, anchors: dict[str, Any]) -> tuple[Any, Any]:
    return (_list if lines[0][1].startswith("- ") else _mapping)(lines, depth, anchors)


def _list(lines: list[tuple[int, str]], depth: int, _anchors: Any) -> tuple[list[Any], Any]:
    items = []
    while lines and lines[0][0] == depth and lines[0][1].startswith("- "):
        items.append(_scalar(lines[0][1][2:]))
        lines = lines[1:]
    return items, lines


def _mapping(
    lines: list[tuple[int, str]], depth: int, anchors: dict[str, Any]
) -> tuple[dict[str, Any], Any]:
    found: dict[str, Any] = {}
    while lines and lines[0][0] == depth:
        match = _KEY.match(lines[0][1])
        assert match, f"not a key: {lines[0][1]}"
        key, text = match[1], match[2] or ""
        lines = lines[1:]
        if key == "<<":
            found = {**anchors[text.removeprefix("*")], **found}
        elif text and not text.startswith("&"):
            found[key] = _scalar(text)
        else:
            assert lines, f"{key} has no value"
            assert lines[0][0] > depth, f"{key} has no value"
            found[key], lines = _block(lines, lines[0][0], anchors)
            if text:
                anchors[text.removeprefix("&")] = found[key]
    return found, lines


def _scalar(text: str) -> Any:
    if text.startswith('"'):
        return json.loads(text)
    if text == "{}":
        return {}
    if text.startswith("["):
        assert text.endswith("]"), f"a list over several lines: {text}"
        return [_scalar(part.strip()) for part in re.findall(r'"[^"]*"|[^,\[\]]+', text)]
    assert text[0] not in "&*!|>'{@`", f"not read here: {text}"
    return {"true": True, "false": False}.get(text, text)
