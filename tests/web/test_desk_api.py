"""The interface for downstream systems: feed, back-channel, identity."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
import structlog
from desk_browser import Browser
from desk_world import NOW, World
from starlette.applications import Starlette
from starlette.testclient import TestClient

from intake import log
from intake.store import audit, requests

ONE = {"Authorization": "Bearer feed-one"}
TWO = {"Authorization": "Bearer feed-two"}
GR = "U371525-GR"


@pytest.fixture
def api(app: Starlette, world: World) -> TestClient:
    world.publish_all()
    return TestClient(app, raise_server_exceptions=False)


def message(world: World, **other: Any) -> dict[str, Any]:
    return {
        "id": "back-1",
        "request_id": world.ids["heat"],
        "unit": GR,
        "what": "returned",
        "reason": "小区自管锅炉",
        "basis": "供热经营许可范围",
        "at": NOW.isoformat(),
    } | other


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic feed-one"},
        {"Authorization": "feed-one"},
        {"Authorization": "Bearer "},
    ],
)
@pytest.mark.parametrize("path", ["/v1/events", "/v1/identity/ref-heat"])
def test_no_token_no_answer(api: TestClient, path: str, headers: dict[str, str]) -> None:
    answer = api.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_session_of_a_person_is_no_token(desk: Browser) -> None:
    assert desk.get("/v1/events").status_code == 401


def test_the_feed_gives_every_event_once_in_order(api: TestClient, world: World) -> None:
    seen: list[int] = []
    after = 0
    while events := (page := api.get(f"/v1/events?after={after}&limit=4", headers=ONE).json())[
        "events"
    ]:
        for item in events:
            assert item["event"]["specversion"] == "1.0"
            assert item["event"]["subject"] in world.ids.values()
        seen += [item["position"] for item in events]
        assert page["next"] == seen[-1]
        after = page["next"]
    assert page["next"] == after
    assert seen == list(range(1, len(seen) + 1))
    assert len(seen) >= len(world.ids)


def test_the_feed_of_one_unit(api: TestClient, world: World) -> None:
    events = api.get(f"/v1/events?unit={GR}", headers=ONE).json()["events"]
    assert {item["event"]["subject"] for item in events} == {world.ids["heat"], world.ids["heat2"]}


@pytest.mark.parametrize("asked", ["limit=0", "limit=1001", "after=x", "after=-1", "limit=1e3"])
def test_a_feed_query_that_cannot_be(api: TestClient, asked: str) -> None:
    answer = api.get(f"/v1/events?{asked}", headers=ONE)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_return_puts_the_request_on_hold_once(api: TestClient, world: World) -> None:
    path = f"/v1/requests/{world.ids['heat']}/messages"
    for new in (True, False):
        answer = api.post(path, json=message(world), headers=ONE)
        assert (answer.status_code, answer.json()["id"]) == (202, "back-1")
        assert answer.json()["new"] is new
    with world.store.read() as connection:
        found = requests.get(connection, world.ids["heat"])
        trail = audit.trail(connection, "request", world.ids["heat"])
    assert found.state == "held"
    assert [row.action for row in trail].count("request.returned") == 1


def test_an_id_is_the_system_s_own(api: TestClient, world: World) -> None:
    """Two ticket systems that both count 1, 2, 3 do not swallow each other's messages."""
    ways = (("heat", ONE), ("heat2", TWO))
    for key, who in ways:
        body = message(world, request_id=world.ids[key], what="accepted", id="1")
        answer = api.post(f"/v1/requests/{world.ids[key]}/messages", json=body, headers=who)
        assert (answer.status_code, answer.json()["new"]) == (202, True)
    with world.store.read() as connection:
        trails = [audit.trail(connection, "request", world.ids[key]) for key, _ in ways]
    assert all("request.received" in [row.action for row in trail] for trail in trails)


def test_an_id_that_was_used_for_another_message_is_refused(api: TestClient, world: World) -> None:
    path = f"/v1/requests/{world.ids['heat']}/messages"
    assert api.post(path, json=message(world, what="accepted"), headers=ONE).status_code == 202
    answer = api.post(path, json=message(world), headers=ONE)
    assert answer.status_code == 409
    assert "back-1" in answer.json()["detail"]
    with world.store.read() as connection:
        assert requests.get(connection, world.ids["heat"]).state == "routed"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"what": "lost"}, 422),
        ({"at": "2026-11-22T00:00:00"}, 422),
        ({"unknown": 1}, 422),
        ({"request_id": "other"}, 422),
        ({"unit": "U371525-SL"}, 409),
    ],
)
def test_messages_that_cannot_be(
    api: TestClient, world: World, change: dict[str, Any], status: int
) -> None:
    path = f"/v1/requests/{world.ids['heat']}/messages"
    answer = api.post(path, json=message(world, **change), headers=ONE)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert "小区自管锅炉" not in answer.text, "the input is not repeated"
    with world.store.read() as connection:
        assert requests.get(connection, world.ids["heat"]).state == "routed"


def test_a_message_about_an_unknown_request(api: TestClient, world: World) -> None:
    body = message(world, request_id="none")
    answer = api.post("/v1/requests/none/messages", json=body, headers=ONE)
    assert answer.status_code == 404


def test_a_message_that_is_no_json_or_too_long(api: TestClient, world: World) -> None:
    path = f"/v1/requests/{world.ids['heat']}/messages"
    assert api.post(path, content=b"{", headers=ONE).status_code == 422
    long = api.post(path, content=b"{" + b" " * 70_000, headers=ONE)
    assert (long.status_code, long.headers["content-type"]) == (413, "application/problem+json")


def test_identity_for_the_system_that_may(api: TestClient, world: World) -> None:
    stream = StringIO()
    log.configure(style="json", stream=stream)
    answer = api.get("/v1/identity/ref-heat", headers=ONE)
    structlog.reset_defaults()
    assert answer.json() == {
        "request_id": world.ids["heat"],
        "contact": {"name": "试名", "phone": "13800001234"},
    }
    assert "identity.disclosed" in stream.getvalue()
    assert "13800001234" not in stream.getvalue()
    with world.store.read() as connection:
        trail = audit.trail(connection, "request", world.ids["heat"])
    assert (trail[-1].actor, trail[-1].action) == ("system:hotline-system", "identity.disclosed")


def test_identity_is_refused_to_other_systems(api: TestClient, world: World) -> None:
    answer = api.get("/v1/identity/ref-heat", headers=TWO)
    assert answer.status_code == 403
    assert "13800001234" not in answer.text
    with world.store.read() as connection:
        trail = audit.trail(connection, "request", world.ids["heat"])
    assert all(row.action != "identity.disclosed" for row in trail)


def test_an_unknown_reference(api: TestClient) -> None:
    assert api.get("/v1/identity/none", headers=ONE).status_code == 404


def test_a_disclosure_stands_in_the_requests_history(
    api: TestClient, desk: Browser, world: World
) -> None:
    api.get("/v1/identity/ref-heat", headers=ONE)
    page = desk.get(f"/requests/{world.ids['heat']}").text
    assert "身份信息被调取" in page
    assert "外部系统 hotline-system" in page


def test_a_system_reads_and_speaks_only_for_its_units(api: TestClient, world: World) -> None:
    water = {"Authorization": "Bearer feed-three"}
    mine = api.get("/v1/events", headers=water)
    assert mine.status_code == 200
    assert "U371525-GS" in mine.text or mine.json()["events"] == []
    assert api.get("/v1/events?unit=desk", headers=water).status_code == 403
    message = {
        "id": "w-1", "request_id": next(iter(world.ids.values())), "unit": "U3715-HOT",
        "what": "accepted", "at": "2026-01-05T08:00:00Z",
    }  # fmt: skip
    path = f"/v1/requests/{message['request_id']}/messages"
    assert api.post(path, headers=water, json=message).status_code == 403
