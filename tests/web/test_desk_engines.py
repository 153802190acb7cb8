"""Every page and endpoint on each database engine."""

from __future__ import annotations

import pytest
from desk_browser import Browser
from desk_world import World, fill

from intake.store.engine import Store
from intake.web.app import create_app
from intake.web.context import new_token
from intake.web.security import Sessions


@pytest.fixture
def engine_world(store: Store, password_hash: str) -> World:
    made = World(store)
    made.add_people(password_hash)
    fill(made)
    made.publish_all()
    return made


def test_every_page_opens(engine_world: World) -> None:
    world = engine_world
    browser = Browser(create_app(world.context()))
    sessions = Sessions(world.store, world.clock, new_token, 1)
    browser.http.cookies.set("desk", sessions.open("沈岚"))
    paths = [
        "/queue?source=liaocheng-12345&hold=unclear&lead=冠县",
        "/queue?state=routed&after=2026-11-22T00:00:00%2B00:00~x",
        *(f"/requests/{identifier}" for identifier in world.ids.values()),
        "/units?unit_q=冠县 水利",
        "/quarantine?source=liaocheng-12345&before=99",
        "/quarantine/2",
        "/status",
        "/audit",
        "/healthz",
    ]
    assert [path for path in paths if browser.get(path).status_code != 200] == []
    assert "一致" in browser.get("/status").text


def test_a_decision_a_return_and_a_disclosure(engine_world: World) -> None:
    world = engine_world
    browser = Browser(create_app(world.context()))
    sessions = Sessions(world.store, world.clock, new_token, 1)
    browser.http.cookies.set("desk", sessions.open("周敏"))
    identifier = world.ids["pipe"]
    fields = browser.form(identifier)
    assert browser.post(f"/requests/{identifier}/accept", fields).status_code == 303
    assert browser.post(f"/requests/{identifier}/accept", fields).status_code == 409
    browser.http.headers["Authorization"] = "Bearer feed-one"
    message = {
        "id": "m-9",
        "request_id": identifier,
        "unit": "U371525-GS",
        "what": "returned",
        "at": world.clock().isoformat(),
    }
    path = f"/v1/requests/{identifier}/messages"
    assert browser.http.post(path, json=message).status_code == 202
    assert browser.get("/v1/identity/ref-pipe").status_code == 200
    page = browser.get(f"/requests/{identifier}").text
    assert "单位退单" in page
    assert "身份信息被调取" in page
    assert browser.get("/v1/events?unit=U371525-GR").json()["events"]
