"""Signing in, and what keeps strangers and foreign forms out."""

from __future__ import annotations

import pytest
from desk_browser import Browser, SignIn, hidden
from desk_world import NOW, PASSWORD, World

from intake.errors import NotFound
from intake.store import audit, people
from intake.store.tables import session
from intake.web.context import new_token
from intake.web.security import issue_link

PAGES = (
    "/",
    "/queue",
    "/next",
    "/quarantine",
    "/quarantine/2",
    "/status",
    "/audit",
    "/units",
    "/areas",
)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_without_a_session(visitor: Browser, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_no_request_page_without_a_session(visitor: Browser, world: World) -> None:
    answer = visitor.get(f"/requests/{world.ids['pipe']}")
    assert answer.status_code == 303
    assert "供水" not in answer.text


def test_no_action_without_a_session(visitor: Browser, world: World) -> None:
    path = f"/requests/{world.ids['pipe']}/accept"
    answer = visitor.post(path, {"version": "1", "seen_audit": "1", "csrf": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_password_signs_in_and_out(visitor: Browser) -> None:
    answer = visitor.sign_in("周敏")
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 303
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "待分办" in visitor.get("/queue").text
    out = visitor.post("/sign-out", {"csrf": visitor.csrf("/queue")})
    assert out.status_code == 303
    assert visitor.get("/queue").status_code == 303


def test_the_old_cookie_is_worth_nothing_after_signing_out(visitor: Browser) -> None:
    visitor.sign_in("周敏")
    kept = visitor.http.cookies["desk"]
    visitor.post("/sign-out", {"csrf": visitor.csrf("/queue")})
    visitor.http.cookies.set("desk", kept)
    assert visitor.get("/queue").status_code == 303


def test_signing_in_leads_to_the_page_that_was_wanted(visitor: Browser, world: World) -> None:
    wanted = f"/requests/{world.ids['pipe']}"
    page = visitor.get(visitor.get(wanted).headers["location"]).text
    fields = {"csrf": hidden(page, "csrf"), "next": hidden(page, "next")}
    answer = visitor.post("/sign-in", fields | {"name": "周敏", "password": PASSWORD})
    assert answer.headers["location"] == wanted


@pytest.mark.parametrize("next_", ["https://evil.example/", "//evil.example", "/\\evil", "x"])
def test_signing_in_never_leads_elsewhere(visitor: Browser, next_: str) -> None:
    fields = {"csrf": visitor.csrf("/sign-in"), "next": next_}
    answer = visitor.post("/sign-in", fields | {"name": "周敏", "password": PASSWORD})
    assert answer.headers["location"] == "/queue"


@pytest.mark.parametrize(("name", "password"), [("周敏", "wrong"), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_name_read_the_same(
    visitor: Browser, name: str, password: str
) -> None:
    answer = visitor.sign_in(name, password)
    assert answer.status_code == 403
    assert "用户名或密码不对" in answer.text
    assert "desk" not in visitor.http.cookies


def test_a_disabled_user_is_out_at_once(desk: Browser, world: World) -> None:
    with world.store.write() as connection:
        people.change(connection, "周敏", disabled=True)
    assert desk.get("/queue").status_code == 303
    assert desk.sign_in("周敏").status_code == 403


def test_guessing_is_slowed_down_and_forgiven_later(visitor: Browser, world: World) -> None:
    for _ in range(5):
        assert visitor.sign_in("周敏", "wrong").status_code == 403
    refused = visitor.sign_in("周敏")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    other = Browser(visitor.http.app)  # type: ignore[arg-type]
    assert other.sign_in("何川").status_code == 303, "another person can still sign in"
    world.clock.forward(minutes=16)
    assert visitor.sign_in("周敏").status_code == 303


def test_sessions_end(desk: Browser, world: World) -> None:
    world.clock.forward(hours=9.9)
    assert desk.get("/queue").status_code == 200
    world.clock.forward(hours=0.2)
    assert desk.get("/queue").status_code == 303


def test_the_store_holds_no_token(desk: Browser, world: World) -> None:
    token = desk.http.cookies["desk"]
    with world.store.read() as connection:
        rows = str(connection.execute(session.select()).all())
    assert token not in rows


def test_a_link_works_once_and_only_by_its_button(visitor: Browser, world: World) -> None:
    token = issue_link(world.store, "周敏", actor="admin", at=NOW, tokens=new_token)
    for _ in range(3):  # what a chat program's preview does
        assert visitor.get(f"/link/{token}").status_code == 200
    csrf = visitor.csrf(f"/link/{token}")
    assert visitor.post(f"/link/{token}", {"csrf": csrf}).status_code == 303
    assert visitor.get("/queue").status_code == 200
    again = Browser(visitor.http.app)  # type: ignore[arg-type]
    csrf = again.csrf("/sign-in")
    assert again.post(f"/link/{token}", {"csrf": csrf}).status_code == 410
    assert again.get("/queue").status_code == 303


def test_a_link_ends_after_a_quarter_of_an_hour(visitor: Browser, world: World) -> None:
    token = issue_link(world.store, "周敏", actor="admin", at=NOW, tokens=new_token)
    csrf = visitor.csrf(f"/link/{token}")
    world.clock.forward(minutes=15, seconds=1)
    assert visitor.get(f"/link/{token}").status_code == 410
    assert visitor.post(f"/link/{token}", {"csrf": csrf}).status_code == 410


def test_no_link_for_an_unknown_user(world: World) -> None:
    with pytest.raises(NotFound):
        issue_link(world.store, "nobody", actor="admin", at=NOW, tokens=new_token)


def test_a_form_without_its_token_changes_nothing(desk: Browser, world: World) -> None:
    path = f"/requests/{world.ids['pipe']}/accept"
    for csrf in ("", "x" * 43, "校验"):
        answer = desk.post(path, {"version": "1", "seen_audit": "1", "csrf": csrf})
        assert answer.status_code == 403
        assert "什么也没有改动" in answer.text
    with world.store.read() as connection:
        trail = audit.trail(connection, "request", world.ids["pipe"])
    assert [row.action for row in trail] == ["request.decided"]


def test_signing_in_needs_the_visitors_token(visitor: Browser) -> None:
    fields = {"name": "周敏", "password": PASSWORD, "csrf": "0" * 64}
    assert visitor.post("/sign-in", fields).status_code == 403
    assert visitor.get("/queue").status_code == 303


def test_somebody_elses_token_does_not_fit(sign_in: SignIn, world: World) -> None:
    mine, theirs = sign_in("周敏"), sign_in("何川")
    form = theirs.form(world.ids["pipe"]) | {"csrf": mine.csrf("/queue")}
    path = f"/requests/{world.ids['pipe']}/accept"
    assert theirs.post(path, form).status_code == 403


def test_signing_in_and_out_is_audited(visitor: Browser, world: World) -> None:
    visitor.sign_in("周敏")
    visitor.post("/sign-out", {"csrf": visitor.csrf("/queue")})
    with world.store.read() as connection:
        trail = audit.trail(connection, "user", "周敏")
    assert [row.action for row in trail] == ["user.signed_in", "user.signed_out"]


def test_htmx_is_told_to_sign_in_rather_than_given_the_page(visitor: Browser) -> None:
    answer = visitor.http.get("/units?unit_q=x", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in")
