"""Proposals for the catalogue at the desk: what they rest on, what they would do, adopted or not."""

from __future__ import annotations

import re

import pytest
from desk_browser import Browser, SignIn, hidden
from desk_world import World

from intake.store import audit, catalogue_versions, corrections

WATER = "U371525-SL"
WHY = "三定方案已把供水管道划给水利局"


@pytest.fixture
def proposal(desk: Browser, world: World) -> int:
    """The desk sent a waterworks' matter to another unit, since the catalogue's row is wrong."""
    identifier = world.ids["pipe"]
    fields = desk.form(identifier) | {
        "do": "reassign", "lead": WATER, "wrong": ["catalogue"], "why": "属水利职责",
    }  # fmt: skip
    assert desk.post(f"/requests/{identifier}/reassign", fields).status_code == 303
    with world.store.read() as connection:
        (one,) = corrections.proposals(connection)
    return one.id


def ways(page: str) -> list[str]:
    return re.findall(r'name="way" value="(\w+)"', page)


def fields(browser: Browser, number: int, **more: object) -> dict[str, object]:
    page = browser.get(f"/proposals/{number}").text
    return {name: hidden(page, name) for name in ("csrf", "base")} | {"why": WHY} | more


def test_the_list_is_linked_and_says_when_it_is_empty(desk: Browser) -> None:
    assert 'href="/proposals"' in desk.get("/queue").text
    assert "没有待定的建议" in desk.get("/proposals").text


def test_the_page_shows_rows_evidence_and_effect(
    desk: Browser, world: World, proposal: int
) -> None:
    listed = desk.get("/proposals").text
    assert f'href="/proposals/{proposal}"' in listed
    assert "属水利职责" in listed
    page = desk.get(f"/proposals/{proposal}").text
    assert f"/requests/{world.ids['pipe']}" in page
    assert "kind:SL@county" in page
    assert "new" in ways(page)
    assert re.search(r"重新分办最近一年的\d+件：\d+件会改派", page)
    assert "13800001234" not in page


def test_only_a_lead_changes_the_catalogue(desk: Browser, world: World, proposal: int) -> None:
    assert "采纳需要负责人权限" in desk.get(f"/proposals/{proposal}").text
    answer = desk.post(f"/proposals/{proposal}/adopt", fields(desk, proposal, way="new"))
    assert answer.status_code == 403
    with world.store.read() as connection:
        assert catalogue_versions.in_force(connection, world.clock().date()) is None


def test_adopting_puts_a_version_in_force_and_decides_by_it(
    sign_in: SignIn, world: World, proposal: int
) -> None:
    lead = sign_in("沈岚")
    category = world.desk.catalogue.version
    answer = lead.post(f"/proposals/{proposal}/adopt", fields(lead, proposal, way="new"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/proposals?done=adopted")
    assert "新的派单目录从今天起生效" in lead.get("/proposals?done=adopted").text
    now = world.routers().catalogue
    assert now.version != category
    row = next(row for row in now.rules if row.id == "D001")
    assert (row.area, str(row.handler)) == ("371525", "kind:SL@county")
    with world.store.read() as connection:
        assert corrections.proposals(connection) == []
        (closed,) = corrections.proposals(connection, corrections.ADOPTED)
        trail = audit.trail(connection, "proposal", str(proposal))
    assert closed.id == proposal
    assert (trail[-1].action, trail[-1].actor, trail[-1].why) == ("proposal.adopted", "沈岚", WHY)
    assert lead.get(f"/proposals/{proposal}").status_code == 404


def test_what_changed_meanwhile_is_looked_at_again(
    sign_in: SignIn, world: World, proposal: int
) -> None:
    lead = sign_in("沈岚")
    stale = fields(lead, proposal, way="new", base="catalogue@000000000000")
    answer = lead.post(f"/proposals/{proposal}/adopt", stale)
    assert answer.status_code == 409
    assert "派单目录在您查看期间换了版本" in answer.text
    assert WHY in answer.text
    assert world.routers().catalogue.version == world.catalogue.version


@pytest.mark.parametrize(("way", "why"), [("new", ""), ("sideways", WHY), ("new", "很" * 600)])
def test_a_wrong_form_changes_nothing(
    sign_in: SignIn, world: World, proposal: int, way: str, why: str
) -> None:
    lead = sign_in("沈岚")
    answer = lead.post(f"/proposals/{proposal}/adopt", fields(lead, proposal, way=way, why=why))
    assert answer.status_code == 422
    assert "没有改动" in answer.text
    assert world.routers().catalogue.version == world.catalogue.version


def test_dismissing_needs_a_reason_and_lasts(desk: Browser, world: World, proposal: int) -> None:
    token = desk.csrf(f"/proposals/{proposal}")
    path = f"/proposals/{proposal}/dismiss"
    assert desk.post(path, {"csrf": token, "why": ""}).status_code == 422
    assert desk.post(path, {"csrf": "x", "why": "个例"}).status_code == 403
    answer = desk.post(path, {"csrf": token, "why": "只是个例"})
    assert answer.headers["location"] == "/proposals?done=dismissed"
    assert "没有待定的建议" in desk.get("/proposals").text
    assert desk.post(path, {"csrf": token, "why": "又一次"}).status_code == 404


def test_what_is_for_leads_speaks_for_nothing_that_others_see(
    sign_in: SignIn, world: World, proposal: int
) -> None:
    with world.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE request SET lane = 'leadership' WHERE id = ?", (world.ids["pipe"],)
        )
    assert "没有待定的建议" in sign_in("周敏").get("/proposals").text
    assert sign_in("周敏").get(f"/proposals/{proposal}").status_code == 404
    assert "属水利职责" in sign_in("沈岚").get("/proposals").text
