"""Every event of a city's life keeps the published contract (docs/events.md)."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from consumer_schemas import CONTRACT, RELEASED, of, validator

from intake.contract.event import DESK, EventKind, event_id, event_type

if TYPE_CHECKING:
    from conftest import Played

CLOUDEVENTS_NAME = re.compile(r"[a-z0-9]{1,20}")
BLIND = ("informed", "former")


def what_of(event: dict[str, Any]) -> str:
    """The part of the type that changes."""
    return str(event["type"]).removeprefix("cn.intake.request.").removesuffix(".v1")


def test_the_city_publishes_every_type_that_was_released(played: Played) -> None:
    published = {found.json["type"] for found in played.events}
    released = {path.name.split(".")[1] for path in RELEASED.glob("request.*.json")}
    assert len(released) >= 12
    assert published >= {event_type(EventKind(what)) for what in released}
    audiences = {found.json["data"]["audience"] for found in played.events}
    assert audiences == {"handlers", "former", "desk"}  # nobody is merely informed any more


def test_every_event_is_valid_by_the_schema_of_its_type(played: Played) -> None:
    for found in played.events:
        event = found.json
        checker = validator(CONTRACT, what_of(event))
        assert [error.message for error in checker.iter_errors(event)] == [], event["type"]
        data = of(CONTRACT, event["dataschema"])
        assert [error.message for error in data.iter_errors(event["data"])] == [], event["type"]


def test_every_event_reads_back_as_it_was_written(played: Played) -> None:
    for found in played.events:
        assert found.event.model_dump_json(exclude_none=True) == found.body
        assert "null" not in _values(found.json)


def test_the_envelope_is_a_cloudevent(played: Played) -> None:
    """CloudEvents 1.0: the required attributes, and what it says of names and times."""
    for found in played.events:
        event = found.json
        assert event["specversion"] == "1.0"
        for name in ("id", "source", "type", "subject"):
            assert isinstance(event[name], str)
            assert event[name]
        for name, value in event.items():
            assert CLOUDEVENTS_NAME.fullmatch(name)
            assert name == "data" or isinstance(value, str)
        assert datetime.fromisoformat(event["time"]).utcoffset() is not None
        assert event["datacontenttype"] == "application/json"
        assert event["dataschema"].endswith(f"request.{what_of(event)}.v1#/$defs/RequestEvent")
        assert event["partitionkey"] == event["caseid"] == event["data"]["request"]["case_id"]
        assert event["subject"] == event["data"]["request"]["id"]


def test_sequences_have_no_gap_and_ids_follow_from_them(played: Played) -> None:
    last: dict[str, int] = defaultdict(int)
    ids = set()
    for found in played.events:
        event = found.json
        last[event["subject"]] += 1
        assert int(event["sequence"]) == last[event["subject"]]
        assert len(event["sequence"]) == 10
        assert event["id"] == event_id(event["subject"], last[event["subject"]])
        ids.add(event["id"])
    assert len(ids) == len(played.events)
    assert max(last.values()) > 3


def test_the_first_event_of_a_request_says_what_was_decided(played: Played) -> None:
    for found in played.events:
        if int(found.json["sequence"]) == 1:
            assert what_of(found.json) in ("routed", "held", "recorded")
            assert found.json["data"]["decision"]["version"] == 1


def test_routing_keys_name_the_units_and_what_happened(played: Played) -> None:
    for found in played.events:
        data = found.json["data"]
        assert list(found.keys) == [f"{unit}.{what_of(found.json)}" for unit in data["units"]]
        assert found.keys
        assert len(set(found.keys)) == len(found.keys)
        assert (data["units"] == [DESK]) == (data["audience"] == "desk")


def test_a_reroute_names_the_former_units_and_recalls_it_from_them(played: Played) -> None:
    rerouted = [f.json for f in played.events if what_of(f.json) == "rerouted"]
    assert rerouted
    for event in rerouted:
        data = event["data"]
        if data["audience"] != "handlers":
            continue
        assert data["former_units"]
        lost = set(data["former_units"]) - set(data["units"])
        recalled = _of(played, event["subject"], "recalled")
        assert lost == {unit for e in recalled for unit in e["data"]["units"]} & lost
        assert data["why"] or data["decision"]["decided_by"] == "machine"


def test_a_hold_recalls_the_request_from_its_unit(played: Played) -> None:
    held_later = [
        found.json for found in played.events
        if what_of(found.json) == "held" and int(found.json["sequence"]) > 1
        and found.json["data"]["decision"]["decided_by"] != "machine"
    ]  # fmt: skip
    assert {e["data"]["decision"]["hold"] for e in held_later} == {"returned", "desk"}
    for event in held_later:
        (recalled, *_) = _of(played, event["subject"], "recalled")
        assert int(recalled["sequence"]) == int(event["sequence"]) + 1


def test_amendments_say_of_what_kind_they_are(played: Played) -> None:
    amended = [f.json["data"]["amendment"] for f in played.events if what_of(f.json) == "amended"]
    assert {a["kind"] for a in amended} == {"edit", "follow_up", "rating", "official_reply"}
    assert any("solved" in a for a in amended if a["kind"] == "rating")
    assert all(a["text"] for a in amended if a["kind"] == "follow_up")


def test_a_merged_request_names_an_earlier_one_and_shares_its_case(played: Played) -> None:
    cases = {f.json["subject"]: f.json["caseid"] for f in played.events}
    merged = [f.json for f in played.events if what_of(f.json) == "merged"]
    assert merged
    for event in merged:
        relation = event["data"]["relation"]
        assert relation["of"] != event["subject"]
        assert cases[relation["of"]] == event["caseid"]
        assert relation["kind"] in ("redelivery", "repeat", "shared")
        assert any(_of(played, event["subject"], w) for w in ("routed", "held", "recorded")), (
            "it keeps its own decision (I7)"
        )


def test_no_event_carries_what_reaches_a_citizen(played: Played) -> None:
    assert len(played.secrets) > 30
    everything = "\n".join(found.body for found in played.events)
    assert [secret for secret in played.secrets if secret in everything] == []


def test_who_is_only_informed_or_has_it_no_more_gets_neither_text_nor_contact(
    played: Played,
) -> None:
    """I8: one of them may be the unit complained about."""
    blind = [found for found in played.events if found.json["data"]["audience"] in BLIND]
    assert {what_of(found.json) for found in blind} >= {"recalled"}
    told = {f.json["subject"]: f.json["data"]["request"] for f in played.events
            if f.json["data"]["audience"] not in BLIND}  # fmt: skip
    for found in blind:
        data = found.json["data"]
        request = data["request"]
        assert (request["title"], request["text"], request["contact_masked"]) == ("", "", "")
        for key in ("identity_ref", "submitter_unit", "addressee"):
            assert key not in request
        assert request["attachments"] == []
        assert request["external_id"] == ""
        assert "withheld" in request["flags"]
        assert data["why"] == ""
        decision = data["decision"]
        assert decision["reasons"] == decision["location"]["evidence"] == []
        assert decision["classification"]["evidence"] == []
        full = told[found.json["subject"]]
        assert not [part for part in _phrases(full) if part in found.body]
        assert not [name for name in played.names if name in found.body]
        if full["contact_masked"]:
            assert full["contact_masked"] not in found.body


def test_a_unit_that_is_only_informed_is_no_handler(played: Played) -> None:
    for found in played.events:
        decision = found.json["data"].get("decision")
        if decision:
            has_it = {decision.get("lead"), *decision["co"], *decision["via"]}
            assert not has_it & set(decision["informed"])


def test_the_references_of_identities_are_opaque(played: Played) -> None:
    found = {f.json["data"]["request"].get("identity_ref") for f in played.events} - {None}
    assert len(found) > 10
    assert all(re.fullmatch(r"idr_[0-9a-f]{32}", str(ref)) for ref in found)


def _of(played: Played, subject: str, what: str) -> list[dict[str, Any]]:
    return [f.json for f in played.events
            if f.json["subject"] == subject and what_of(f.json) == what]  # fmt: skip


def _phrases(request: dict[str, Any]) -> list[str]:
    """Stretches of the citizen's words that are too long to be there by chance."""
    return [
        part
        for part in re.split(r"\W+", request["title"] + "\n" + request["text"])
        if len(part) > 9
    ]


def _values(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(_values, value.values()))
    if isinstance(value, list):
        return set().union(*map(_values, value))
    return {"null"} if value is None else set()
