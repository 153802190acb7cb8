"""Every page of the desk over the demo, in both languages: no Chinese but data, no English but data."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from stories_world import Played

from intake.cli.serve import desk_context
from intake.messages import LANGUAGES, Language
from intake.store import people
from intake.web.app import create_app
from intake.web.context import new_token
from intake.web.desk.writing import Writer
from intake.web.security import Sessions

USER = "desk-lead"
NAMED = re.compile(r"<(?:title|script|style)\b.*?</(?:title|script|style)>", re.S)
CITIZEN = re.compile(r'<div class="text".*?</div>|<pre class="raw".*?</pre>', re.S)
CODE = re.compile(r'<(\w+) class="[^"]*\bcode\b[^"]*">.*?</\1>', re.S)
"""What a page marks as a code: numbers of requests, of rules, of versions."""
MARK = re.compile(r"</?mark[^>]*>")
TAG = re.compile(r"<[^>]*>")
ATTRIBUTES = re.compile(r'(?:title|placeholder|aria-label)="([^"]*)"')
CJK = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
WORD = re.compile(r"[A-Za-z][A-Za-z_]+")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ID = re.compile(
    r"\b[0-9a-f]{8,40}\b"  # requests, cases, digests
    r"|\bR\d{4}\b|\bU\d+-[A-Z]+\b|\b[A-Z]{2}-[\w-]+\b"  # rules, units, deadline profiles
)
ALLOWED = {
    "English",
    "HTTP",
    "JSON",
    "HTML",
    "text",
    "html",
    "application",
    "json",
    "message",
    "image",
}
"""Names of formats, and the way to the other language."""


@pytest.fixture(scope="module")
def desk(played: Played) -> Starlette:
    with played.app.store.write() as connection:
        people.add(connection, USER, None, ("lead",), played.app.clock())
    return create_app(desk_context(played.app))


@pytest.fixture(scope="module")
def client(played: Played, desk: Starlette) -> TestClient:
    browser = TestClient(desk, follow_redirects=True)
    sessions = Sessions(played.app.store, played.app.clock, new_token, 10)
    browser.cookies.set("desk", sessions.open(USER))
    return browser


@pytest.fixture(scope="module")
def paths(played: Played) -> list[str]:
    """Every list, and requests until every message that a decision or an audit row has was on a page."""
    shown: set[str] = set()
    requests: list[str] = []
    for request_id, doc in played.query("SELECT request_id, doc FROM decision"):
        said = {reason.get("message", "") for reason in json.loads(doc)["reasons"]}
        if not said <= shown:
            shown |= said
            requests.append(request_id)
    for entity_id, action, message in played.query(
        "SELECT entity_id, action, message FROM audit WHERE entity = 'request'"
    ):
        if not {action, message or ""} <= shown:
            shown |= {action, message or ""}
            requests.append(entity_id)
    cases = played.query("SELECT case_id FROM request GROUP BY case_id HAVING count(*) > 1 LIMIT 5")
    items = played.query("SELECT raw_id FROM quarantine")
    states = ("held", "routed", "answered", "recorded", "withdrawn")
    return [
        *(f"/queue?state={state}" for state in states),
        *(f"/hot?days={days}" for days in (7, 90)),
        "/proposals", "/quarantine", "/status", "/audit", "/requests/no-such", "/cases/no-such", "/nowhere",
        *(f"/quarantine/{raw}" for (raw,) in items),
        *(f"/requests/{request_id}" for request_id in dict.fromkeys(requests)),
        *(f"/cases/{case}" for (case,) in cases),
    ]  # fmt: skip


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


@pytest.fixture(scope="module")
def data(played: Played) -> list[str]:
    """What stands in the store and in the city's tables, as whole values, the longest first."""
    context = desk_context(played.app)
    writers = [Writer(context, language) for language in LANGUAGES]
    found = {unit.name for unit in context.catalogue.units.values()}
    for (doc,) in played.query("SELECT doc FROM request"):
        found |= set(strings(json.loads(doc)))
    for (doc,) in played.query("SELECT doc FROM decision"):
        decision = json.loads(doc)
        for reason in decision["reasons"]:
            found |= set(strings(reason.get("params")))
        place = decision["location"]
        found |= {one["text"] for one in place.get("evidence", ())}
        found |= {one["name"] for one in place.get("candidates", ())}
        found |= {*decision["classification"].get("evidence", ()), *decision["versions"].values()}
    for (doc,) in played.query("SELECT doc FROM back_message"):
        found |= set(strings(json.loads(doc)))
    for (why,) in played.query("SELECT why FROM relation"):
        found |= {text for one in json.loads(why) for text in strings(one["params"])}
    for (area,) in played.query("SELECT DISTINCT area FROM request WHERE area IS NOT NULL"):
        found |= {w.place(area) for w in writers} | {w.area(area) for w in writers}
    areas = {unit.area for unit in context.catalogue.units.values()}
    found |= {writers[0].place(area) for area in areas}
    for table in ("source_state", "raw_item"):
        found |= {name for (name,) in played.query(f"SELECT DISTINCT source FROM {table}")}
    found |= {
        text
        for row in played.query("SELECT external_id, ref, content_type FROM raw_item")
        for text in row
        if text
    }
    found |= {why for (why,) in played.query("SELECT why FROM audit")}
    found |= {"no-such"}
    found |= {USER, *(unit.id for unit in context.catalogue.units.values())}
    cut = {text[:length] for text in found for length in (30, 40) if len(text) > length}
    return sorted(
        (text for text in found | cut if len(text) > 1 and not re.fullmatch("[a-z_.]+", text)),
        key=len,
        reverse=True,
    )


def words_of(page: str, data: list[str]) -> str:
    """The words of a page, without what a citizen or a table said."""
    page = MARK.sub("", CITIZEN.sub(" ", CODE.sub(" ", NAMED.sub(" ", page))))
    said = TAG.sub("\n", page) + "\n" + "\n".join(ATTRIBUTES.findall(page))
    said = UUID.sub(" ", html.unescape(said))
    for text in data:
        if text in said:
            said = said.replace(text, " ")
    return ID.sub(" ", said)


def walk(client: TestClient, paths: list[str], language: Language) -> Iterator[tuple[str, str]]:
    client.cookies.set("language", language)
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        assert f'lang="{language}"' in answer.text, path
        yield path, answer.text


def test_an_english_page_has_no_chinese_but_data(
    client: TestClient, paths: list[str], data: list[str]
) -> None:
    left = {
        (path, found)
        for path, page in walk(client, paths, "en")
        for found in CJK.findall(words_of(page, data))
        if found != "中文"
    }
    assert not left, "\n".join(f"{path} {found}" for path, found in sorted(left))


def test_a_chinese_page_has_no_english_but_data(
    client: TestClient, paths: list[str], data: list[str]
) -> None:
    left = {
        (path, found)
        for path, page in walk(client, paths, "zh-CN")
        for found in WORD.findall(words_of(page, data))
        if found not in ALLOWED
    }
    assert not left, "\n".join(f"{path} {found}" for path, found in sorted(left))


def test_the_walk_has_seen_every_reason_that_the_demo_gives(
    played: Played, paths: list[str]
) -> None:
    said = {
        reason["message"]
        for (doc,) in played.query("SELECT doc FROM decision")
        for reason in json.loads(doc)["reasons"]
        if reason.get("message")
    }
    assert len(said) > 25
    assert len(paths) > 30
