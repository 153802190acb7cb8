"""What every answer tells the browser, and what a page looks like when something failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from desk_browser import Browser
from desk_world import World

from intake import log
from intake.store import requests
from intake.web.app import create_app

ALWAYS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@pytest.mark.parametrize("path", ["/queue", "/sign-in", "/nowhere", "/healthz", "/v1/events"])
def test_headers_on_every_answer(desk: Browser, path: str) -> None:
    headers = desk.get(path).headers
    for name, value in ALWAYS.items():
        assert headers[name] == value
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_pages_need_nothing_that_the_policy_forbids(desk: Browser, world: World) -> None:
    paths = ["/queue", f"/requests/{world.ids['pipe']}", "/quarantine", "/quarantine/2", "/status"]
    for path in paths:
        page = desk.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page), path
        assert not re.search(r"<script(?! src=\"/static/)", page), path
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page), path


def test_secure_cookies_when_set(world: World) -> None:
    world.secure_cookies = True
    browser = Browser(create_app(world.context()))
    browser.http.base_url = browser.http.base_url.copy_with(scheme="https")
    answer = browser.sign_in("周敏")
    cookies = answer.headers.get_list("set-cookie")
    assert any(c.startswith("__Host-desk=") and "Secure" in c for c in cookies)
    assert "max-age" in answer.headers["strict-transport-security"]


def test_static_files_may_be_kept(visitor: Browser) -> None:
    answer = visitor.get("/static/desk.css")
    assert answer.status_code == 200
    assert "public" in answer.headers["cache-control"]


def test_healthz_needs_no_session(visitor: Browser) -> None:
    answer = visitor.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_unknown_request_says_which_and_what_next(desk: Browser) -> None:
    answer = desk.get("/requests/no-such")
    assert answer.status_code == 404
    assert "没有编号为no-such的诉求" in answer.text
    assert "返回待办" in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nowhere", 404),
        ("/quarantine/999", 404),
        ("/queue?state=x", 404),
        ("/queue?after=x", 404),
        ("/quarantine?before=x", 400),
        ("/sign-out", 405),
    ],
)
def test_errors_are_pages(desk: Browser, path: str, status: int) -> None:
    answer = desk.get(path)
    assert answer.status_code == status
    assert "下一步" in answer.text


def test_a_very_long_form_is_refused(desk: Browser) -> None:
    answer = desk.post("/sign-out", {"csrf": "x" * 300_000})
    assert answer.status_code == 413


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the program logs."""
    stream = StringIO()
    log.configure(style="json", stream=stream)
    yield stream
    structlog.reset_defaults()


def test_a_mistake_of_ours_shows_no_trace(
    desk: Browser, world: World, monkeypatch: pytest.MonkeyPatch, lines: StringIO
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("来电人试名 13800001234")

    monkeypatch.setattr(requests, "get", broken)
    answer = desk.get(f"/requests/{world.ids['pipe']}")
    assert answer.status_code == 500
    assert "系统出错" in answer.text
    for text in (answer.text, lines.getvalue()):
        assert "13800001234" not in text
        assert "试名" not in text
    assert "request.failed" in lines.getvalue()
    assert "RuntimeError" in lines.getvalue()
