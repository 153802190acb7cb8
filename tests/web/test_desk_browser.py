"""The desk in a real browser: an official signs in by link, opens a held request and reassigns it."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from desk_world import World
from playwright.sync_api import Page, expect, sync_playwright
from starlette.applications import Starlette

from intake.web.context import new_token
from intake.web.security import issue_link

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.browser


@pytest.fixture
def address(app: Starlette) -> Iterator[str]:
    """The application on a free loopback port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in Chromium; a complaint of the content security policy fails the test."""
    if not CHROMIUM.exists():
        if os.environ.get("CI"):
            pytest.fail(f"there is no {CHROMIUM}")
        pytest.skip(f"there is no {CHROMIUM}")
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--headless"]
        )
        opened = browser.new_page(
            viewport={"width": 1366, "height": 768}, java_script_enabled=request.param
        )
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        yield opened
        browser.close()
    assert complaints == []


def test_a_held_request_is_reassigned(page: Page, address: str, world: World) -> None:
    token = issue_link(world.store, "周敏", actor="admin", at=world.clock(), tokens=new_token)
    page.goto(f"{address}/link/{token}")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("link", name="待分办")).to_have_attribute("aria-current", "page")

    page.get_by_role("link", name="铺设供水管道占了耕地").click()
    expect(page.locator("mark.place").first).to_have_text("冠县清水镇")
    search = page.get_by_role("searchbox", name="查找单位")
    wanted = page.get_by_role("radio", name="主办单位 冠县水利局")
    if page.evaluate("typeof window.htmx") == "object":
        search.press_sequentially("冠县 水利")
        expect(wanted).to_be_visible()
    else:
        search.fill("冠县 水利")
        search.press("Enter")  # the first button of the form is the search, not the decision
    wanted.check()
    page.get_by_role("checkbox", name="目录规则有误").check()
    page.locator("#reassign").get_by_label("理由（必填）").fill("灌溉管道属水利工程")
    page.get_by_role("button", name="按以上指定派出").click()
    expect(page.get_by_role("status")).to_contain_text("已改派")

    page.goto(f"{address}/queue?state=routed")
    line = page.get_by_role("row").filter(has_text="铺设供水管道占了耕地")
    expect(line).to_contain_text("冠县水利局")
