"""The page of the audit trail."""

from __future__ import annotations

import re

from desk_browser import Browser, SignIn
from desk_world import World


def test_leads_read_who_did_what(sign_in: SignIn, world: World) -> None:
    page = sign_in("沈岚").get("/audit").text
    assert "系统分办" in page
    assert world.ids["pipe"][:8] in page


def test_one_actor_and_one_action(sign_in: SignIn, world: World) -> None:
    lead = sign_in("沈岚")
    fields = lead.form(world.ids["pipe"])
    assert lead.post(f"/requests/{world.ids['pipe']}/accept", fields).status_code == 303
    page = lead.get("/audit?actor=沈岚&action=request.accepted").text
    assert re.findall(r'href="/requests/([0-9a-f-]{36})"', page) == [world.ids["pipe"]]
    assert "没有记录" in lead.get("/audit?actor=沈岚&action=request.reassigned").text


def test_others_are_told_whom_to_ask(desk: Browser) -> None:
    answer = desk.get("/audit")
    assert answer.status_code == 403
    assert "负责人" in answer.text
    assert "/audit" not in desk.get("/queue").text
