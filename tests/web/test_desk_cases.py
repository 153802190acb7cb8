"""Cases at the desk: what may belong together, merge, split, undo; and the page of hot matters."""

from __future__ import annotations

import pytest
from desk_browser import Browser, SignIn, hidden
from desk_world import NOW, World

from intake.model.request import Relation, RelationKind, RequestState
from intake.model.submission import Contact
from intake.store import requests
from intake.store.apply import apply
from intake.store.intents import Intents


@pytest.fixture(autouse=True)
def _cold(world: World) -> None:
    """A request that may be about the same matter as one of the heating case."""
    world.add_request(
        "cold", "和苑小区屋里冷", "屋里一直冷。", state=RequestState.ROUTED, lead="U371525-GR",
        category="0404", hours_ago=10,
    )  # fmt: skip
    intents = Intents()
    why = ("同一小区:和苑小区",)
    relation = Relation(of=world.ids["heat2"], kind=RelationKind.RELATED, score=0.4, why=why)
    intents.relations.append((world.ids["cold"], relation))
    with world.store.write() as connection:
        apply(connection, intents, at=NOW)


def case(world: World, key: str) -> str:
    with world.store.read() as connection:
        return requests.get(connection, world.ids[key]).request.case_id


def fields(desk: Browser, path: str, **more: object) -> dict[str, object]:
    page = desk.get(path).text
    return {name: hidden(page, name) for name in ("csrf", "case_version")} | more


def merge_fields(desk: Browser, world: World, **more: object) -> dict[str, object]:
    """What the suggestion on the page of heat sends."""
    page = desk.get(f"/requests/{world.ids['heat']}").text
    names = ("csrf", "request", "other", "other_version", "case_version")
    form = page[page.index("可能是同一件事") :]
    found: dict[str, object] = {name: hidden(form, name) for name in names}
    return found | {"do": "merge", "why": "同一个小区"} | more


def test_the_page_suggests_with_the_reason(desk: Browser, world: World) -> None:
    for key, title in (("heat", "和苑小区屋里冷"), ("cold", "和苑小区暖气不热")):
        page = desk.get(f"/requests/{world.ids[key]}").text
        suggested = page[page.index("可能是同一件事") :]
        assert title in suggested
        assert "同一小区:和苑小区" in suggested


def test_merge_then_undo(desk: Browser, world: World) -> None:
    heat, cold = case(world, "heat"), case(world, "cold")
    answer = desk.post(f"/cases/{heat}/merge", merge_fields(desk, world))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{heat}?done=merge")
    assert case(world, "cold") == heat
    page = desk.get(answer.headers["location"]).text
    for text in ("已并案", "同一个小区", "周敏", cold, "撤销第1次改动"):
        assert text in page, text
    assert desk.get(f"/cases/{cold}").headers["location"] == f"/cases/{heat}"
    assert "并案" in desk.get(f"/requests/{world.ids['cold']}").text
    back = fields(desk, f"/cases/{heat}", change="1", why="点错了")
    answer = desk.post(f"/cases/{heat}/undo", back)
    assert answer.status_code == 303
    assert case(world, "cold") == cold
    again = desk.post(f"/cases/{heat}/undo", back)
    assert again.status_code == 409
    assert "第1次改动已由第2次改动撤销" in again.text


def test_not_the_same_is_not_suggested_again(desk: Browser, world: World) -> None:
    answer = desk.post(f"/cases/{case(world, 'heat')}/merge", merge_fields(desk, world, do="apart"))
    assert answer.status_code == 303
    assert case(world, "cold") != case(world, "heat")
    for key in ("heat", "cold"):
        assert "可能是同一件事" not in desk.get(f"/requests/{world.ids[key]}").text


def test_split_one_from_its_own_page(desk: Browser, world: World) -> None:
    old = case(world, "heat2")
    form = fields(desk, f"/requests/{world.ids['heat2']}", request=world.ids["heat2"], why="另一家")
    answer = desk.post(f"/cases/{old}/split", form)
    assert answer.status_code == 303
    new = case(world, "heat2")
    assert new != old
    assert answer.headers["location"] == f"/cases/{new}?done=split"
    assert "已移出，另成并案" in desk.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    ("action", "more", "status", "said"),
    [
        ("merge", {"other": "nobody", "why": "x"}, 422, "没有编号为nobody"),
        ("merge", {"other": "cold", "why": " "}, 422, "请写明理由"),
        ("merge", {"other": "heat", "why": "x"}, 422, "已经在同一并案中"),
        ("split", {"why": "x"}, 422, "请勾选"),
        ("split", {"request": ["heat", "heat2", "heat3"], "why": "x"}, 422, "至少要留一件"),
        ("split", {"request": ["cold"], "why": "x"}, 409, "已不在此并案中"),
    ],
)
def test_what_cannot_be_is_said(
    desk: Browser, world: World, action: str, more: dict[str, object], status: int, said: str
) -> None:
    heat = case(world, "heat")
    named = {
        name: [world.ids.get(v, v) for v in value] if isinstance(value, list)
        else world.ids.get(str(value), value)
        for name, value in more.items()
    }  # fmt: skip
    answer = desk.post(f"/cases/{heat}/{action}", fields(desk, f"/cases/{heat}") | named)
    assert (answer.status_code, said in answer.text) == (status, True), answer.text
    with world.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM case_change").scalar() == 0


def test_two_people_cannot_change_a_case_unseen(sign_in: SignIn, world: World) -> None:
    first, second = sign_in("周敏"), sign_in("何川")
    heat = case(world, "heat")
    mine = merge_fields(first, world, why="我写的理由")
    theirs = fields(second, f"/cases/{heat}", request=world.ids["heat2"], why="何川先拆了")
    assert second.post(f"/cases/{heat}/split", theirs).status_code == 303
    answer = first.post(f"/cases/{heat}/merge", mine)
    assert answer.status_code == 409
    for text in ("已被他人改动", "何川先拆了", "我写的理由"):
        assert text in answer.text, text
    assert case(world, "cold") != heat


def test_a_form_without_its_token_changes_nothing(desk: Browser, world: World) -> None:
    heat = case(world, "heat")
    fields_ = merge_fields(desk, world, csrf="other")
    assert desk.post(f"/cases/{heat}/merge", fields_).status_code == 403
    assert case(world, "cold") != heat


def test_hidden_members_are_only_counted(desk: Browser, sign_in: SignIn, world: World) -> None:
    path = f"/cases/{case(world, 'heat')}"
    page = desk.get(path).text
    assert "另有1件未列出" in page
    assert "暖气问题牵出" not in page
    assert "暖气问题牵出" in sign_in("沈岚").get(path).text
    secret = case(world, "secret")
    assert desk.get(f"/cases/{secret}").status_code == 404
    assert sign_in("沈岚").get(f"/cases/{secret}").status_code == 200


def test_hot_matters(desk: Browser, world: World) -> None:
    assert "没有显著增多" in desk.get("/hot").text
    world.add_request("long-ago", "很久以前", "一件旧事", hours_ago=24 * 60)
    for n in range(8):
        world.add_request(
            f"pipe{n}", f"改造后水管漏水{n}", "水管漏水。", state=RequestState.ROUTED,
            category="0107", area="371502001", hours_ago=n * 12 + 1,
            contact=Contact(phone=f"1380000100{n}"),
        )  # fmt: skip
    page = desk.get("/hot?days=7").text
    for text in ("老旧小区改造", "东昌府区", "改造后水管漏水0", "<svg", "0107", "8"):
        assert text in page, text
    assert "改造后水管" not in desk.get("/hot?days=7&until=2026-10-01").text
    for wrong in ("days=9", "until=soon"):
        assert desk.get(f"/hot?{wrong}").status_code == 404


def test_where_nothing_came_lately_the_page_leads_to_when_something_did(
    sign_in: SignIn, world: World
) -> None:
    assert "最近的一件在" not in sign_in("周敏").get("/hot").text
    world.clock.forward(days=60)
    desk = sign_in("周敏")
    page = desk.get("/hot").text
    assert "这7天里没有收到诉求" in page
    assert "/hot?days=7&amp;until=2026-11-22" in page
    assert desk.get("/hot?days=7&until=2026-11-22").status_code == 200
