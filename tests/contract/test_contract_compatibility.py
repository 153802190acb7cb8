"""Released schemas and golden events: a change that an old consumer could not read fails here."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from compatibility import Side, breaks, whole
from consumer_schemas import validator
from golden_events import GOLDEN, ID, REQUEST, golden_events

from intake.contract.event import Event, EventKind, event_type

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"
RELEASED = Path(__file__).with_name("released")
BACK_MESSAGE = "back-message.v1.schema.json"
DEFINITIONS = "definitions.v1.schema.json"
Schema = dict[str, Any]


def schema_in(folder: Path, name: str) -> Schema:
    """Read a schema."""
    found: Schema = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


def names() -> list[str]:
    """What was released."""
    return sorted(path.name for path in RELEASED.glob("*.schema.json"))


@pytest.mark.parametrize("name", names())
def test_what_was_released_still_holds(name: str) -> None:
    side: Side = "write" if name == BACK_MESSAGE else "read"
    assert (CONTRACT / name).exists(), "a released type of event is no longer published"
    current = whole(schema_in(CONTRACT, name), schema_in(CONTRACT, DEFINITIONS))
    assert breaks(schema_in(RELEASED, name), current, side) == []


def test_something_was_released() -> None:
    assert len(names()) >= 11
    assert BACK_MESSAGE in names()


# Each change must be seen, or the check above proves nothing.


def _request(schema: Schema) -> Schema:
    found: Schema = schema["$defs"]["Request"]
    return found


def _gone(schema: Schema) -> None:
    del _request(schema)["properties"]["text"]


def _gone_deep(schema: Schema) -> None:
    del schema["$defs"]["Deadlines"]["properties"]["finish_by"]


def _other_type(schema: Schema) -> None:
    schema["properties"]["sequence"] = {"type": "integer"}


def _null_where_none_was(schema: Schema) -> None:
    _request(schema)["properties"]["title"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _list_of_others(schema: Schema) -> None:
    schema["$defs"]["RequestEvent"]["properties"]["units"]["items"] = {"type": "integer"}


def _newly_required(schema: Schema) -> None:
    _request(schema)["properties"]["mood"] = {"type": "string"}
    _request(schema)["required"].append("mood")


def _no_longer_required(schema: Schema) -> None:
    _request(schema)["required"].remove("id")


def _other_format(schema: Schema) -> None:
    del _request(schema)["properties"]["received_at"]["format"]


def _other_version(schema: Schema) -> None:
    schema["properties"]["type"]["const"] = "cn.intake.request.routed.v2"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_gone, "data.request.text: is gone"),
        (_gone_deep, "deadlines.finish_by: is gone"),
        (_other_type, "sequence: type was string, is integer"),
        (_null_where_none_was, "data.request.title: type was string, is null, string"),
        (_list_of_others, "data.units[]: type was string, is integer"),
        (_newly_required, "data.request.mood: is required now"),
        (_no_longer_required, "data.request.id: is no longer required"),
        (_other_format, "data.request.received_at: format"),
        (_other_version, "type: const"),
    ],
)
def test_a_change_that_breaks_consumers_is_named(
    change: Callable[[Schema], None], named: str
) -> None:
    released = schema_in(RELEASED, "request.routed.v1.schema.json")
    changed = copy.deepcopy(released)
    change(changed)
    found = breaks(released, changed, "read")
    assert any(named in line for line in found), found
    assert breaks(released, released, "read") == []


@pytest.mark.parametrize(
    ("definition", "named"),
    [("Request", "data.request.received_at: is gone"), ("Event", ".received_at: is gone")],
)
def test_a_change_of_the_shared_definitions_is_named(definition: str, named: str) -> None:
    """The released schemas hold everything themselves; today's refer to what they share."""
    released = schema_in(RELEASED, "request.routed.v1.schema.json")
    definitions = schema_in(CONTRACT, DEFINITIONS)
    taken = {"Request": "received_at", "Event": "partitionkey"}[definition]
    del definitions["$defs"][definition]["properties"][taken]
    current = whole(schema_in(CONTRACT, "request.routed.v1.schema.json"), definitions)
    found = breaks(released, current, "read")
    assert any(named.replace("received_at", taken) in line for line in found), found


def test_a_field_or_a_value_more_breaks_nobody() -> None:
    released = schema_in(RELEASED, "request.routed.v1.schema.json")
    changed = copy.deepcopy(released)
    _request(changed)["properties"]["mood"] = {"type": "string"}
    changed["$defs"]["HoldReason"]["enum"].append("holiday")
    assert breaks(released, changed, "read") == []


@pytest.mark.parametrize(
    ("field", "change", "named"),
    [
        ("basis", None, "basis: is gone"),
        ("what", {"enum": ["returned"], "type": "string"}, "what: no longer takes accepted"),
        ("reason", {"type": "integer"}, "reason: type was string"),
    ],
)
def test_a_change_that_breaks_senders_is_named(
    field: str, change: Schema | None, named: str
) -> None:
    released = schema_in(RELEASED, BACK_MESSAGE)
    changed = copy.deepcopy(released)
    if change is None:
        del changed["properties"][field]
    else:
        changed["properties"][field] = change
    assert any(named in line for line in breaks(released, changed, "write"))
    needing = copy.deepcopy(released)
    needing["required"].append("basis")
    assert breaks(released, needing, "write") == [".basis: is required now"]


# --- golden events -----------------------------------------------------------------------------

EVENTS = dict(golden_events())


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_events_are_what_they_were_byte_for_byte(name: str) -> None:
    golden = (GOLDEN / name).read_text(encoding="utf-8")
    assert EVENTS[name] + "\n" == golden, "see tests/contract/golden_events.py"


def test_no_golden_event_is_left_over() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == set(EVENTS)
    assert {event["type"] for event in map(json.loads, EVENTS.values())} == {
        event_type(kind) for kind in EventKind
    }


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.iterdir()))
def test_golden_events_are_valid_by_both_schemas(name: str) -> None:
    """An event of the feed that is older than the program still reads; a new type is not released yet."""
    text = (GOLDEN / name).read_text(encoding="utf-8")
    event = json.loads(text)
    what = event["type"].split(".")[-2]
    released = f"request.{what}.v1.schema.json" in names()
    for folder in (CONTRACT, RELEASED) if released else (CONTRACT,):
        assert [error.message for error in validator(folder, what).iter_errors(event)] == []
    assert Event.model_validate_json(text).subject == ID


@pytest.mark.parametrize(
    "name", [name for name in sorted(EVENTS) if "informed" in name or "former" in name]
)
def test_golden_events_for_others_than_handlers_say_nothing_of_the_citizen(name: str) -> None:
    for words in (REQUEST.title, REQUEST.text[:8], REQUEST.contact_masked, REQUEST.identity_ref,
                  REQUEST.external_id, REQUEST.submitter_unit, REQUEST.attachments[0].name,
                  "谷山路", "市长", "改派给"):  # fmt: skip
        assert words
        assert words not in EVENTS[name]
