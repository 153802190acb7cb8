"""The queue: what is listed, in which order, to whom."""

from __future__ import annotations

import re

import pytest
from desk_browser import Browser, SignIn
from desk_world import World

from intake.model.decision import HoldReason, Lane
from intake.model.request import RequestState


def shown(page: str) -> list[str]:
    """Give the ids of the listed requests in their order."""
    return re.findall(r'href="/requests/([0-9a-f-]{36})"', page)


def keys(world: World, page: str) -> list[str]:
    names = {identifier: key for key, identifier in world.ids.items()}
    return [names[identifier] for identifier in shown(page)]


def test_what_waits_longest_comes_first(desk: Browser, world: World) -> None:
    assert keys(world, desk.get("/queue").text) == ["pipe", "lamp", "place", "hostile"]


def test_what_was_dispatched_is_listed_newest_first(desk: Browser, world: World) -> None:
    assert keys(world, desk.get("/queue?state=routed").text) == ["heat2", "heat"]


def test_a_line_says_what_is_needed_to_choose(desk: Browser) -> None:
    page = desk.get("/queue").text
    for text in ("分类待核", "地点不明", "单位退单", "冠县水务集团", "及时办", "热线"):
        assert text in page, text
    assert '<td class="place">冠县</td>' in page


def test_overdue_is_said_in_words(desk: Browser) -> None:
    page = desk.get("/queue?state=routed").text
    assert "已超期" in page
    assert "24小时内" in page


def test_the_list_counts_days_as_the_page_does(desk: Browser, world: World) -> None:
    """A clock that counts calendar days is late by calendar days, on both."""
    world.add_request(
        "slow", "路灯不亮", "路灯一直不亮。", state=RequestState.ROUTED, hours_ago=24 * 20,
        days=2, day_kind="calendar",
    )  # fmt: skip
    late = re.search(r"超期(\d+)天", desk.get(f"/requests/{world.ids['slow']}").text)
    assert late is not None
    assert f"超期{late[1]}天" in desk.get("/queue?state=routed").text
    assert late[1] == "18"


def test_tabs_count(desk: Browser) -> None:
    page = re.sub(r"\s+", " ", desk.get("/queue").text)
    counts = dict(re.findall(r">(\S+) <span class=\"count\">(\d+)</span>", page))
    assert counts == {
        "待分办": "4", "办理中": "2", "已答复（待回访）": "0", "已登记（不派单）": "1",
        "已撤回": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("hold=unclear", ["pipe"]),
        ("hold=returned", ["lamp"]),
        ("source=liuyanban", []),
        ("source=liaocheng-12345", ["pipe", "lamp", "place", "hostile"]),
        ("lead=冠县 水务", ["pipe"]),
        ("lead=没有这个单位", []),
    ],
)
def test_filters(desk: Browser, world: World, asked: str, wanted: list[str]) -> None:
    assert keys(world, desk.get(f"/queue?{asked}").text) == wanted


def test_leadership_matters_are_only_counted_for_the_desk(desk: Browser, world: World) -> None:
    for tab in RequestState:
        page = desk.get(f"/queue?state={tab}").text
        assert "另有2件高位办诉求待分办" in page
        assert world.ids["secret"] not in page
        assert "重大安全隐患" not in page


def test_leadership_matters_are_shown_to_the_role(sign_in: SignIn, world: World) -> None:
    page = sign_in("沈岚").get("/queue").text
    assert {"secret", "heat3"} <= set(keys(world, page))
    assert "不在此列出" not in page


@pytest.mark.parametrize(
    ("lane", "hold"), [(Lane.LEADERSHIP, None), (Lane.ORDINARY, HoldReason.SENSITIVE)]
)
def test_lane_or_reason_alone_is_enough_to_hide(
    desk: Browser, world: World, lane: Lane, hold: HoldReason | None
) -> None:
    identifier = world.add_request("x", "不外露", "不外露", lane=lane, hold=hold)
    assert "不外露" not in desk.get("/queue").text
    answer = desk.get(f"/requests/{identifier}")
    assert answer.status_code == 403
    assert "不外露" not in answer.text


def test_paging_shows_every_line_once(desk: Browser, world: World) -> None:
    for number in range(120):
        world.add_request(f"n{number}", f"第{number}件", "内容", hours_ago=40 + number // 10)
    seen: list[str] = []
    path = "/queue"
    for _ in range(3):
        page = desk.get(path).text
        seen += keys(world, page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert path == ""
    assert len(seen) == len(set(seen)) == 124


def test_next_goes_to_the_oldest_that_may_be_seen(
    desk: Browser, sign_in: SignIn, world: World
) -> None:
    world.add_request(
        "older", "更早", "更早", hours_ago=99, hold=HoldReason.SENSITIVE, lane=Lane.LEADERSHIP
    )
    assert desk.get("/next").headers["location"].endswith(world.ids["pipe"])
    assert sign_in("沈岚").get("/next").headers["location"].endswith(world.ids["older"])


def test_next_with_nothing_left_goes_to_the_queue(desk: Browser, world: World) -> None:
    for key in ("pipe", "lamp", "place", "hostile"):
        form = desk.form(world.ids[key])
        desk.post(
            f"/requests/{world.ids[key]}/reassign",
            form | {"lead": "U371525-SL", "why": "属水利职责", "do": "reassign"},
        )
    assert desk.get("/next").headers["location"] == "/queue"


def test_all_states_have_a_tab(desk: Browser) -> None:
    for state in RequestState:
        assert desk.get(f"/queue?state={state}").status_code == 200
