"""What the contract has learned since it was released, and what an old consumer makes of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import golden_events
import pytest
from consumer_schemas import CONTRACT, RELEASED, validator

from intake.contract.event import Event, EventKind
from intake.model.submission import Coordinates

OPEN = {"channel", "reply_over"}
SAID = {
    "channel": "wechat_mini",
    "reply_over": "wechat_mini",
    "coordinates": Coordinates(lat=36.1144, lon=115.7918),
    "links": ("https://mini.example/p/1",),
    "extra": {"wechat_mini": {"form": "v2"}},
}


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The golden events, of a request that came in over a stranger's channel."""
    request = golden_events.REQUEST.model_copy(update=SAID)
    monkeypatch.setattr(golden_events, "REQUEST", request)
    return {name: json.loads(body) for name, body in golden_events.golden_events()}


def test_they_are_valid_by_todays_schemas_and_read_back(events: dict[str, dict[str, Any]]) -> None:
    assert len(events) >= 14
    for name, event in events.items():
        checker = validator(CONTRACT, event["type"].split(".")[3])
        assert [error.message for error in checker.iter_errors(event)] == [], name
        assert Event.model_validate(event).data.request.channel == "wechat_mini"


def test_an_old_consumer_meets_a_value_it_does_not_know_and_nothing_else(
    events: dict[str, dict[str, Any]],
) -> None:
    """It was told to ignore values of enumerations that it does not know (docs/events.md, decision 12)."""
    for name, event in events.items():
        what = event["type"].split(".")[3]
        if not (RELEASED / f"request.{what}.v1.schema.json").exists():
            continue  # a type of which it does not know, either
        checker = validator(RELEASED, what)
        for error in checker.iter_errors(event):
            assert error.validator == "enum", name
            assert list(error.path)[:2] == ["data", "request"], name
            assert error.path[-1] in OPEN, name
        event["data"]["request"] |= {"channel": "board", "reply_over": "board"}
        assert checker.is_valid(event), name


def test_who_is_only_informed_or_has_it_no_more_gets_nothing_beside_the_text(
    events: dict[str, dict[str, Any]],
) -> None:
    for name, event in events.items():
        request = event["data"]["request"]
        blind = event["data"]["audience"] in ("informed", "former")
        for field in ("coordinates", "links", "extra"):
            assert (field in request) != blind, f"{name}: {field}"


def test_no_enumeration_of_an_event_is_closed() -> None:
    """A consumer that validates by these schemas never meets a value that it must refuse."""
    text = (CONTRACT / "definitions.v1.schema.json").read_text(encoding="utf-8")

    def closed(schema: Any, where: str) -> list[str]:
        if isinstance(schema, list):
            return [said for part in schema for said in closed(part, where)]
        if not isinstance(schema, dict):
            return []
        own = [where] if "enum" in schema else []
        parts = schema["anyOf"][1:] if _is_open(schema) else schema.values()
        return own + [said for part in parts for said in closed(part, where)]

    found = {name: closed(part, name) for name, part in json.loads(text)["$defs"].items()}
    assert {name for name, said in found.items() if said} == set()
    assert text.count('"enum"') > 5


def _is_open(schema: dict[str, Any]) -> bool:
    parts = schema.get("anyOf", [])
    return len(parts) == 2 and "enum" in parts[0] and parts[1] == {"type": "string"}


def test_a_type_of_event_is_a_few_lines_and_everything_is_said_once() -> None:
    for kind in EventKind:
        path = CONTRACT / f"request.{kind}.v1.schema.json"
        assert len(path.read_text(encoding="utf-8").splitlines()) < 20
    assert sum(path.stat().st_size for path in CONTRACT.iterdir()) < 60_000


@pytest.mark.parametrize("path", sorted(CONTRACT.iterdir()), ids=lambda path: path.name)
def test_what_is_published_speaks_to_its_readers(path: Path) -> None:
    """No marks of our own documents, no markup of docstrings."""
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\(I\d+\)|DESIGN|§|:\w+:`|``", text) == []


def test_paths_within_the_asyncapi_document_lead_somewhere() -> None:
    document = json.loads((CONTRACT / "asyncapi.json").read_text(encoding="utf-8"))
    references = re.findall(r'"\$ref": "([^"]+)"', json.dumps(document))
    assert len(references) > 20
    for reference in references:
        file, _, pointer = reference.partition("#/")
        at = json.loads((CONTRACT / file).read_text(encoding="utf-8")) if file else document
        for part in pointer.split("/"):
            at = at[part]
