"""docs/events.md: its way of validating, as printed, works offline."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import pytest
from consumer_schemas import CONTRACT
from golden_events import GOLDEN

PAGE = (CONTRACT.parent / "events.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(GOLDEN.iterdir()), ids=lambda path: path.name)
def test_the_printed_validator_takes_what_is_valid_and_nothing_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "socket", None)
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    scope: dict[str, object] = {}
    exec(compile(block, "docs/events.md", "exec"), scope)
    event = json.loads(path.read_text(encoding="utf-8"))
    checker = scope["validator"](CONTRACT, event["type"].split(".")[3])  # type: ignore[operator]
    assert checker.is_valid(event)
    del event["data"]["request"]["channel"]
    assert not checker.is_valid(event)
    event["type"] = "cn.intake.request.other.v1"
    assert len(list(checker.iter_errors(event))) == 2
