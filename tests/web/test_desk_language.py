"""A person chooses the language of the pages; the settings say what a new browser sees."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desk_browser import Browser
from desk_world import World

from intake.settings import DeskSettings
from intake.web.app import create_app


def test_a_language_is_chosen_on_the_page_and_kept(desk: Browser) -> None:
    assert 'href="/language/en?next=%2Fqueue' in desk.get("/queue").text
    answer = desk.get("/language/en?next=/queue?state=routed")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?state=routed")
    page = desk.get("/queue").text
    assert '<html lang="en">' in page
    assert "waiting for the desk" in page
    assert "待分办" not in page
    desk.get("/language/zh-CN")
    assert "待分办" in desk.get("/queue").text


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example"])
def test_choosing_a_language_never_leads_elsewhere(desk: Browser, target: str) -> None:
    assert desk.get(f"/language/en?next={target}").headers["location"] == "/queue"


def test_an_unknown_language_changes_nothing(desk: Browser) -> None:
    desk.get("/language/xx")
    assert '<html lang="zh-CN">' in desk.get("/queue").text


def test_the_settings_say_what_a_new_browser_sees(world: World) -> None:
    context = replace(world.context(), settings=DeskSettings(language="en"))
    page = Browser(create_app(context)).get("/sign-in").text
    assert '<html lang="en">' in page
    assert "Sign in" in page


def test_errors_are_in_the_language_of_the_page(desk: Browser) -> None:
    desk.get("/language/en")
    answer = desk.get("/requests/no-such")
    assert answer.status_code == 404
    assert "There is no request no-such." in answer.text
