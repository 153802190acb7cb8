"""A stranger's channel goes all the way: pull, process, publish, desk, feed; no fork, no new schema."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import wechat_package
from starlette.testclient import TestClient

from intake.bootstrap import Application
from intake.cli.doctor import channels
from intake.cli.serve import desk_context
from intake.connect import AnswerWay, Channel
from intake.connect.channels import channel_named, declared, declared_channel
from intake.connect.connector import load
from intake.errors import ConfigurationError
from intake.model.channel import SHIPPED
from intake.settings import MODELS, build
from intake.store import people
from intake.web.app import create_app
from intake.web.context import new_token
from intake.web.security import Sessions

PHONE, OPENID, NAME = "13800009001", "oX7abcdefghijklmnopqrstuvwx", "郑小满"
POST = {
    "no": "M-1", "title": "路灯不亮", "text": "阳谷县谷山路北段的路灯全都不亮，晚上走路很危险，请派人来修。",
    "sent": "2026-03-02 09:00:00", "name": NAME, "phone": PHONE, "area": "371521", "openid": OPENID,
    "place": [36.1144, 115.7918],
    "links": ["https://mini.example/p/1?from=share", f"https://mini.example/me?tel={PHONE}"],
}  # fmt: skip
TOKEN = {"Authorization": "Bearer of-the-feed"}


@pytest.fixture
def app(wechat: Path, tmp_path: Path) -> Iterator[Application]:
    (tmp_path / "posts.jsonl").write_text(json.dumps(POST, ensure_ascii=False), encoding="utf-8")
    with Application(build(table(), tmp_path, "the test")) as app:
        yield app


def table() -> dict[str, Any]:
    """The settings: one source of the mini program."""
    return {
        "store": {"url": "sqlite:///intake.db"},
        "queue": {"url": "intake-sqlite:///queue.db"},
        "identity": {"key_file": "identity.key"},
        "source": [
            {
                "name": "county-mini", "connector": "wechat_mini", "home_area": "371521",
                "options": {"path": "posts.jsonl"},
            }
        ],
        "desk": {"systems": {"reader": {"token": "of-the-feed"}}},
    }  # fmt: skip


def run(app: Application) -> None:
    """Pull, process and publish all there is."""
    for puller in app.pullers():
        puller.drain(threading.Event(), lambda _report: None)
    while app.processor().run_once().items:
        pass
    relay = app.relay()
    try:
        while relay.run_once():
            pass
    finally:
        relay.close()


def feed(visitor: TestClient) -> list[dict[str, Any]]:
    """All events of the feed."""
    answer = visitor.get("/v1/events", headers=TOKEN)
    return [entry["event"] for entry in answer.json()["events"]]


def visitor(app: Application) -> TestClient:
    """Somebody of the desk who is signed in."""
    clock = lambda: datetime.now(UTC)  # noqa: E731
    with app.store.write() as connection:
        people.add(connection, "周敏", "-", ("desk",), clock())
    client = TestClient(create_app(desk_context(app)))
    client.cookies.set("desk", Sessions(app.store, clock, new_token, 10).open("周敏"))
    return client


def test_it_goes_from_the_source_to_the_desk_and_the_feed(app: Application) -> None:
    run(app)
    client = visitor(app)
    (event,) = [e for e in feed(client) if e["data"]["audience"] in ("handlers", "desk")]
    request = event["data"]["request"]
    assert request["channel"] == request["reply_over"] == "wechat_mini"
    assert request["coordinates"] == {"lat": 36.1144, "lon": 115.7918}
    assert request["links"] == ["https://mini.example/p/1?from=share"]
    assert [file["kind"] for file in request["attachments"]] == ["audio", "image"]
    page = client.get(f"/requests/{request['id']}").text
    for words in (
        "微信小程序",
        "单独回复",
        "北纬36.1144",
        "音频",
        "https://mini.example/p/1?from=share",
    ):
        assert words in page
    for path in ("/queue?state=routed", "/status"):
        assert "微信小程序" in client.get(path).text, path


def test_of_its_extra_only_what_is_about_nobody_is_published(app: Application) -> None:
    """The account was not declared public; the remarks were, but a number stands in them."""
    run(app)
    with app.store.read() as connection:
        (doc,) = connection.exec_driver_sql("SELECT doc FROM request").fetchone() or ()
        bodies = [row[0] for row in connection.exec_driver_sql("SELECT body FROM outbox")]
    assert json.loads(doc)["extra"] == {"wechat_mini": {"form": "v2", "urgent": True}}
    for text in (doc, *bodies):
        assert [secret for secret in (PHONE, OPENID, NAME) if secret in text] == []
    assert any('"extra":{"wechat_mini"' in body for body in bodies)


def test_when_the_package_is_gone_its_requests_still_show_under_its_name(
    app: Application, wechat: Path, tmp_path: Path
) -> None:
    run(app)
    app.close()
    shutil.rmtree(wechat)
    wechat.mkdir()
    sys.modules.pop("wechat_mini_connector")
    declared.cache_clear()
    without = {**table(), "source": []}
    with Application(build(without, tmp_path, "the test")) as later:
        client = visitor(later)
        (event, *_) = feed(client)
        page = client.get(f"/requests/{event['subject']}")
        assert page.status_code == 200
        assert "wechat_mini" in page.text
        assert "微信小程序" not in page.text


def test_a_declared_channel_is_known_by_name_label_and_way_of_answering(wechat: Path) -> None:
    found = declared_channel("wechat_mini")
    assert (found, found.zh, found.en) == ("wechat_mini", "微信小程序", "WeChat mini program")
    assert found.answers is AnswerWay.MESSAGE
    assert declared()["board"] is Channel.BOARD


def test_what_nobody_declares_is_called_by_its_name_and_cannot_be_configured(site: Path) -> None:
    assert channel_named("telex").zh == "telex"
    with pytest.raises(ConfigurationError, match="No channel named 'telex'") as refused:
        declared_channel("telex")
    assert "hotline, mailbox" in refused.value.hint


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (wechat_package.MODULE.replace("class WechatConnector", "class Other"), "AttributeError"),
        ("raise RuntimeError('at import')\n", "RuntimeError: at import"),
        ("class WechatConnector:\n    pass\n", "it has no channel"),
        (
            wechat_package.MODULE.replace("channel = Channel(", "channel = dict(name="),
            "declares its channel as dict",
        ),
    ],
    ids=["no class", "fails", "no connector", "no channel"],
)
def test_a_package_that_is_broken_declares_nothing_and_stops_nobody(
    site: Path, module: str, said: str
) -> None:
    wechat_package.install(site, module)
    with pytest.raises(ConfigurationError, match=said):
        load("wechat_mini")
    declared.cache_clear()
    assert channel_named("wechat_mini").zh == "wechat_mini"
    assert set(declared()) == {*SHIPPED}


@pytest.mark.parametrize("name", ["", "Board", "a-b", "1a", "微信", "x" * 41, "a\n"])
def test_a_name_is_of_letters_digits_and_underscores(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a channel"):
        Channel(name)


def test_a_channel_does_not_change() -> None:
    with pytest.raises(AttributeError):
        Channel.BOARD.zh = "论坛"


def test_doctor_names_a_channel_of_the_catalogue_that_nobody_declares(
    app: Application, tmp_path: Path
) -> None:
    """A stored catalogue outlives a connector: it is read, and said."""
    assert channels(app).level == "ok"
    folder = shutil.copytree(MODELS / "catalogue", tmp_path / "catalogue")
    deadlines = folder / "deadlines.csv"
    text = deadlines.read_text(encoding="utf-8")
    deadlines.write_text(text.replace("hotline|outreach", "wechat_mini|telex"), encoding="utf-8")
    with Application(build({**table(), "models": {"catalogue": folder}}, tmp_path, "it")) as other:
        said = channels(other)
    assert (said.level, said.said) == ("warning", "nobody declares telex")
