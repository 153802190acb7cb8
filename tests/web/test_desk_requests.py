"""The page of one request and the decisions made there."""

from __future__ import annotations

import re

import pytest
from desk_browser import Browser, SignIn, hidden
from desk_world import HOSTILE_TEXT, World

from intake.casework.back_channel import BackMessage
from intake.model.decision import Decision, Lane
from intake.store import audit, requests
from intake.store.requests import StoredRequest
from intake.store.tables import correction

WATER = "U371525-SL"
LAW = "U371525-CG"


def stored(world: World, key: str) -> tuple[StoredRequest, Decision]:
    identifier = world.ids[key]
    with world.store.read() as connection:
        found = requests.get(connection, identifier)
        return found, requests.current_decisions(connection, [identifier])[identifier]


def reassign(browser: Browser, identifier: str, **fields: object) -> dict[str, object]:
    """Give the fields of the reassign form: hidden ones from the page, and those given."""
    return browser.form(identifier) | {"do": "reassign"} | fields


def test_the_page_says_what_and_why(desk: Browser, world: World) -> None:
    page = desk.get(f"/requests/{world.ids['pipe']}").text
    for text in (
        "铺设供水管道占了耕地",
        "试** 138****1234",
        "按正文判断分类",
        "R0001",
        "catalogue@1",
        "山东省聊城市冠县",
        "冠县水务集团",
        "系统分办",
        "liaocheng-12345",
        '<mark class="place" title="地点依据">冠县清水镇</mark>',
        '<span class="hidden-data" title="个人信息，已隐去">[手机]</span>',
    ):
        assert text in page, text
    assert "13800001234" not in page


def test_hostile_text_stays_text(desk: Browser, world: World) -> None:
    for path in ("/queue", f"/requests/{world.ids['hostile']}"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(" in page
    assert "{{ 7*7 }}" in page
    assert '<span class="garbled" title="乱码，未能还原">\ufffd\ufffd</span>' in page


def test_nothing_of_the_text_is_lost(desk: Browser, world: World) -> None:
    page = desk.get(f"/requests/{world.ids['hostile']}").text
    body = re.search(r'<div class="text"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert body is not None
    plain = re.sub(r"<[^>]+>", "", body[1])
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&amp;", "&")):
        plain = plain.replace(entity, character)
    assert plain == HOSTILE_TEXT


def test_case_members_are_shown_with_relation_and_why(desk: Browser, world: World) -> None:
    page = desk.get(f"/requests/{world.ids['heat2']}").text
    assert world.ids["heat"] in page
    assert "多人反映同一事项 （在先）" in page
    assert "内容相近 0.91" in page


def test_hidden_case_members_are_only_counted(desk: Browser, sign_in: SignIn, world: World) -> None:
    page = desk.get(f"/requests/{world.ids['heat']}").text
    assert "另有1件未列出" in page
    assert world.ids["heat3"] not in page
    assert "暖气问题牵出" not in page
    assert world.ids["heat3"] in sign_in("沈岚").get(f"/requests/{world.ids['heat']}").text


def test_accept_sends_the_suggestion(desk: Browser, world: World) -> None:
    identifier = world.ids["pipe"]
    answer = desk.post(f"/requests/{identifier}/accept", desk.form(identifier) | {"why": ""})
    assert (answer.status_code, answer.headers["location"]) == (
        303, f"/requests/{identifier}?done=accept",
    )  # fmt: skip
    found, decision = stored(world, "pipe")
    assert (found.state, decision.lead, decision.decided_by) == ("routed", "U371525-GS", "周敏")
    page = desk.get(answer.headers["location"]).text
    assert "已按建议派单" in page
    assert "改派" in page


def test_accept_needs_a_suggestion(desk: Browser, world: World) -> None:
    identifier = world.ids["place"]
    answer = desk.post(f"/requests/{identifier}/accept", desk.form(identifier))
    assert answer.status_code == 422
    assert "没有建议的主办单位" in answer.text


def test_reassign_changes_units_category_and_area(desk: Browser, world: World) -> None:
    identifier = world.ids["pipe"]
    fields = reassign(
        desk, identifier, lead=WATER, co=[LAW, WATER], category="0103 市政道路与桥涵",
        area="371525001 山东省聊城市冠县清泉街道", wrong=["category", "catalogue"],
        why="属水利职责",
    )  # fmt: skip
    assert desk.post(f"/requests/{identifier}/reassign", fields).status_code == 303
    _, decision = stored(world, "pipe")
    assert (decision.lead, decision.co) == (WATER, (LAW,))
    assert (decision.category, decision.area) == ("0103", "371525001")
    with world.store.read() as connection:
        row = connection.execute(correction.select()).one()
        trail = audit.trail(connection, "request", identifier)
    assert (row.wrong, row.why, row.corrected_by) == (
        ["category", "catalogue"],
        "属水利职责",
        "周敏",
    )
    assert trail[-1].action == "request.reassigned"


def test_a_place_can_be_written_by_name(desk: Browser, world: World) -> None:
    identifier = world.ids["place"]
    fields = reassign(desk, identifier, lead=LAW, area="清泉街道", why="地点已电话核实")
    assert desk.post(f"/requests/{identifier}/reassign", fields).status_code == 303
    assert stored(world, "place")[1].area == "371525001"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lead": "", "why": "理由"}, "请选定主办单位"),
        ({"lead": WATER, "why": " "}, "请写明理由"),
        ({"lead": "U-no", "why": "理由"}, "单位表中没有U-no"),
        ({"lead": WATER, "why": "理由", "category": "9999"}, "没有“9999”这个分类"),
        ({"lead": WATER, "why": "理由", "area": "幸福路"}, "对应不到唯一的区划"),
        ({"lead": WATER, "why": "字" * 501}, "500字以内"),
    ],
)
def test_a_form_that_cannot_be_comes_back_with_what_was_typed(
    desk: Browser, world: World, fields: dict[str, str], said: str
) -> None:
    identifier = world.ids["pipe"]
    typed = reassign(desk, identifier, co=LAW, wrong="area", **fields)
    answer = desk.post(f"/requests/{identifier}/reassign", typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert re.search(rf'name="co" value="{LAW}"[^>]*checked', answer.text)
    assert re.search(r'name="wrong" value="area" checked', answer.text)
    assert stored(world, "pipe")[0].version == 1


def test_the_search_button_works_without_scripts(desk: Browser, world: World) -> None:
    identifier = world.ids["pipe"]
    typed = reassign(desk, identifier, do="search", unit_q="冠县 水利", co=LAW, why="写到一半")
    answer = desk.post(f"/requests/{identifier}/reassign", typed)
    assert answer.status_code == 200
    assert f'name="lead" value="{WATER}"' in answer.text
    assert re.search(rf'name="co" value="{LAW}"[^>]*checked', answer.text)
    assert "写到一半" in answer.text
    assert stored(world, "pipe")[0].version == 1


def test_typing_finds_units_and_keeps_the_chosen(desk: Browser) -> None:
    page = desk.get(f"/units?unit_q=冠县 水利&lead={LAW}&co=U371525-NY&at_hand=U371525-GS").text
    assert re.search(rf'name="lead" value="{LAW}"[^>]*checked', page)
    assert re.search(r'name="co" value="U371525-NY"[^>]*checked', page)
    assert 'value="U371525-GS"' in page
    assert f'value="{WATER}"' in page
    assert "<html" not in page


def test_typing_finds_areas(desk: Browser) -> None:
    page = desk.get("/areas?area=清泉").text
    assert 'value="371525001 山东省聊城市冠县清泉街道"' in page


def test_hold_takes_a_request_back(desk: Browser, world: World) -> None:
    identifier = world.ids["heat"]
    fields = desk.form(identifier)
    assert desk.post(f"/requests/{identifier}/hold", fields | {"why": ""}).status_code == 422
    assert desk.post(f"/requests/{identifier}/hold", fields | {"why": "等核实"}).status_code == 303
    found, decision = stored(world, "heat")
    assert (found.state, decision.hold) == ("held", "desk")


def test_two_people_cannot_overwrite_each_other_unseen(sign_in: SignIn, world: World) -> None:
    identifier = world.ids["pipe"]
    first, second = sign_in("周敏"), sign_in("何川")
    mine = reassign(
        first, identifier, lead=LAW, category="0305", area="清泉街道", why="我的理由", wrong="area"
    )
    theirs = reassign(second, identifier, lead=WATER, why="何川的理由")
    assert second.post(f"/requests/{identifier}/reassign", theirs).status_code == 303
    answer = first.post(f"/requests/{identifier}/reassign", mine)
    assert answer.status_code == 409
    for text in ("何川", "何川的理由", "冠县水利局", "我的理由", "0305", "清泉街道"):
        assert text in answer.text, text
    assert re.search(rf'name="lead" value="{LAW}"[^>]*checked', answer.text)
    assert stored(world, "pipe")[1].lead == WATER, "nothing was overwritten"
    # Having seen it, the first person can decide all the same.
    again = mine | {"version": hidden(answer.text, "version")}
    assert first.post(f"/requests/{identifier}/reassign", again).status_code == 303
    assert stored(world, "pipe")[1].lead == LAW


def test_a_conflict_on_accept_and_hold_is_seen_too(sign_in: SignIn, world: World) -> None:
    identifier = world.ids["pipe"]
    first, second = sign_in("周敏"), sign_in("何川")
    stale = first.form(identifier)
    second.post(f"/requests/{identifier}/hold", second.form(identifier) | {"why": "先别派"})
    for action in ("accept", "hold"):
        answer = first.post(f"/requests/{identifier}/{action}", stale | {"why": "写好的话"})
        assert answer.status_code == 409
        assert "先别派" in answer.text
        assert "写好的话" in answer.text


def test_a_leadership_matter_cannot_be_decided_by_its_address(
    desk: Browser, sign_in: SignIn, world: World
) -> None:
    identifier = world.ids["secret"]
    form = sign_in("沈岚").form(identifier) | {"csrf": desk.csrf("/queue")}
    for action in ("accept", "reassign", "hold"):
        fields = form | {"lead": LAW, "why": "试试", "do": "reassign"}
        answer = desk.post(f"/requests/{identifier}/{action}", fields)
        assert answer.status_code == 403
        assert "高位办" in answer.text
    assert stored(world, "secret")[0].version == 1


def test_the_role_can_decide_a_leadership_matter(sign_in: SignIn, world: World) -> None:
    lead, identifier = sign_in("沈岚"), world.ids["secret"]
    fields = reassign(lead, identifier, lead="U371525-YJ", why="按领导批示办理")
    assert lead.post(f"/requests/{identifier}/reassign", fields).status_code == 303
    assert stored(world, "secret")[1].lane is Lane.LEADERSHIP


def test_a_return_shows_reason_basis_and_proposal(desk: Browser, world: World) -> None:
    page = desk.get(f"/requests/{world.ids['lamp']}").text
    for text in ("退单", "路灯由城建投资公司管护", "冠县路灯移交协议", "冠县住房和城乡建设局"):
        assert text in page, text


def test_a_withdrawn_request_is_not_dispatched(desk: Browser, world: World) -> None:
    identifier = world.ids["gone"]
    page = desk.get(f"/requests/{identifier}").text
    assert "诉求人已撤回" in page
    fields = {"csrf": desk.csrf("/queue"), "version": "1", "seen_audit": "1", "lead": LAW}
    answer = desk.post(f"/requests/{identifier}/reassign", fields | {"why": "试试", "do": ""})
    assert answer.status_code == 422
    assert stored(world, "gone")[0].version == 1


def test_every_kind_of_request_has_a_page(sign_in: SignIn, world: World) -> None:
    lead = sign_in("沈岚")
    for key, identifier in world.ids.items():
        assert lead.get(f"/requests/{identifier}").status_code == 200, key


def test_urge_and_rework(desk: Browser, world: World) -> None:
    identifier = world.ids["heat"]
    assert "退回重办" not in desk.get(f"/requests/{identifier}").text
    assert (
        desk.post(f"/requests/{identifier}/urge", desk.form(identifier) | {"why": ""}).status_code
        == 303
    )
    assert "已催办" in desk.get(f"/requests/{identifier}?done=urge").text
    found, decision = stored(world, "heat")
    world.back_channel.take(
        BackMessage(
            id="done-1", request_id=identifier, unit=decision.lead or "", what="resolved",
            reason="已供热", at=world.clock(),
        )
    )  # fmt: skip
    assert stored(world, "heat")[0].state == "answered"
    assert f"/requests/{identifier}" in desk.get("/queue?state=answered").text
    page = desk.get(f"/requests/{identifier}").text
    assert "退回重办" in page
    assert "已供热" in page
    fields = desk.form(identifier)
    assert desk.post(f"/requests/{identifier}/rework", fields | {"why": ""}).status_code == 422
    assert (
        desk.post(f"/requests/{identifier}/rework", fields | {"why": "仍不热"}).status_code == 303
    )
    found, after = stored(world, "heat")
    assert (found.state, after) == ("routed", decision)
    assert (
        desk.post(
            f"/requests/{identifier}/rework", desk.form(identifier) | {"why": "x"}
        ).status_code
        == 422
    )
