"""The boards: what pages become, and what a list does that moves while it is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import respx
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.connect.connector import SourceContext
from intake.connect.fetcher import Fetcher, FetchPolicy
from intake.demo import City
from intake.demo.rig import connect
from intake.errors import ConfigurationError, MalformedItem, SourceRefused, SourceUnavailable
from intake.model.submission import RawItem, SubmissionKind
from intake.testing.connectors import pull_all, seen
from intake_connectors.board import BoardConfig, BoardConnector

from .small_town import corpus

SOURCE = "chenzhou-board"
SAMPLES = Path(__file__).parent / "samples"
BASE = "http://board.example"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def reader(**options):
    fetch = Fetcher("b", policy=FetchPolicy(attempts=1, per_second=0))
    config = BoardConfig(**{"base_url": BASE, "profile": "rednet", "recheck_hours": 0, **options})
    return BoardConnector(config, SourceContext("b", None, fetch, lambda: NOW))


def page_item(content: bytes, content_type="text/html; charset=utf-8"):
    return RawItem.of("b", "61", content, fetched_at=NOW, content_type=content_type)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.html")), ids=lambda p: p.stem)
def test_sample_pages(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    connector = reader(profile=expected["profile"])
    for charset in ("utf-8", "gb18030"):
        content = path.read_text(encoding="utf-8").encode(charset)
        named = "gb2312" if charset == "gb18030" else charset
        found = connector.parse(page_item(content, f"text/html; charset={named}"))
        got = [each.model_dump(mode="json", exclude_defaults=True) for each in found]
        assert got == expected["submissions"]


READER = reader()  # opening a client loads all certificates: once is enough


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(
    lambda text: f'<div class="post"><div class="post-content">{text}'.encode("utf-8", "replace")
)))  # fmt: skip
@example(b"<div>" * 20_000)
@example(b"<![" + b"<!" * 100)
def test_any_page_is_read_or_malformed(content):
    try:
        assert READER.parse(page_item(content))
    except MalformedItem:
        return


class FakeBoard:
    """A board in memory whose list can change between two requests."""

    def __init__(self, count=40, per_page=10):
        self.posts = [(n, f"2026-01-{n // 24 + 1:02d} {n % 24:02d}:00:00") for n in range(count)]
        self.per_page = per_page
        self.details: dict[int, httpx.Response] = {}
        self.lists = 0
        self.before_list = {}

    def serve(self, request):
        if request.url.path == "/list":
            self.lists += 1
            self.before_list.get(self.lists, lambda: None)()
            page = int(request.url.params["page"])
            shown = self.posts[::-1][(page - 1) * self.per_page : page * self.per_page]
            rows = "".join(
                f'<li><a href="/content/{n}.html">x</a><span class="time">{at}</span></li>'
                for n, at in shown
            )
            return httpx.Response(200, html=f'<html><ul class="post-list">{rows}</ul></html>')
        number = int(request.url.path.rpartition("/")[2].removesuffix(".html"))
        body = f'<html><div class="post"><div class="post-content">第{number}</div></div></html>'
        return self.details.get(number, httpx.Response(200, html=body))

    def ids(self):
        return {str(n) for n, _ in self.posts}


@pytest.fixture
def board():
    board = FakeBoard()
    with respx.mock:
        respx.get(url__startswith=BASE).mock(side_effect=board.serve)
        yield board


def ids(pages):
    return {item.external_id for page in pages for item in page.items}


def test_a_post_deleted_during_the_walk_hides_no_other(board):
    everything = board.ids()
    board.before_list[3] = lambda: board.posts.pop()
    assert ids(pull_all(reader())) == everything


def test_a_new_post_is_found_however_many_there_are(board):
    connector = reader(recheck_pages=1, recheck_days=0)
    cursor = pull_all(connector)[-1].cursor
    board.posts += [(n, f"2026-02-{n % 28 + 1:02d} 08:00:00") for n in range(100, 135)]
    board.posts.sort(key=lambda post: post[1])
    assert {str(n) for n in range(100, 135)} <= ids(pull_all(connector, cursor))


def test_rechecking_is_bounded(board):
    connector = reader(recheck_pages=2, recheck_days=365)
    cursor = pull_all(connector)[-1].cursor
    assert len(ids(pull_all(connector, cursor))) == 20


def test_between_two_rechecks_only_new_posts_are_read(board):
    connector = reader(recheck_hours=6)
    cursor = pull_all(connector)[-1].cursor
    board.posts.append((100, "2026-02-01 08:00:00"))
    found = ids(pull_all(connector, cursor))
    assert "100" in found
    assert len(found) <= 2


def test_a_gone_post_is_counted_and_is_no_withdrawal(board):
    board.details[7] = httpx.Response(404)
    pages = pull_all(reader())
    assert ids(pages) == board.ids() - {"7"}
    assert sum(page.filtered.get("removed", 0) for page in pages) == 1


def test_one_post_that_fails_does_not_stop_the_board(board):
    board.details[7] = httpx.Response(500)
    connector = reader()
    pages = pull_all(connector)
    assert ids(pages) == board.ids()
    unread = next(item for page in pages for item in page.items if item.external_id == "7")
    with pytest.raises(MalformedItem, match="did not deliver"):
        connector.parse(unread)
    del board.details[7]
    assert seen(pull_all(connector, pages[-1].cursor)) - seen(pages)


def test_a_dead_board_is_unavailable(board):
    board.details = {n: httpx.Response(500) for n in range(40)}
    with pytest.raises(SourceUnavailable):
        reader().pull({})


def test_a_board_that_shows_logins_for_posts_refuses(board):
    login = httpx.Response(200, html="<html><input type=password> 请登录</html>")
    board.details = {39: login}
    assert reader().pull({}).items
    board.details = dict.fromkeys(range(40), login)
    with pytest.raises(SourceRefused, match="login"):
        reader().pull({})


@pytest.mark.parametrize(
    ("content", "error", "words"),
    [
        ("<html><title>安全验证</title>请完成安全验证</html>", SourceRefused, "verification"),
        ("<html><p>全新改版</p></html>", SourceRefused, "selectors"),
        ("\x00\x01nothing", SourceUnavailable, "not a web page"),
    ],
)
def test_a_page_without_a_list_is_no_quiet_day(content, error, words):
    with respx.mock:
        respx.get(url__startswith=BASE).mock(return_value=httpx.Response(200, text=content))
        with pytest.raises(error, match=words):
            reader().pull({})


def test_links_to_other_hosts_are_not_followed():
    with respx.mock:
        row = '<li><a href="http://127.0.0.1:1/content/5.html">x</a></li>'
        html = f'<html><ul class="post-list">{row}</ul></html>'
        respx.get(url__startswith=BASE).mock(return_value=httpx.Response(200, html=html))
        assert pull_all(reader())[0].items == ()


def test_counters_make_no_revision_and_replies_do():
    with City(corpus(SOURCE, count=10)) as city:
        connector = connect(city, SOURCE)
        pages = pull_all(connector)
        again = pull_all(connector, pages[-1].cursor)
        assert seen(again) == seen(pages)
        assert {i.content for p in again for i in p.items} != {
            i.content for p in pages for i in p.items
        }
        city.advance(100)
        later = pull_all(connector, again[-1].cursor)
        changed = {external_id for external_id, _ in seen(later) - seen(pages)}
        assert changed == {city.external_ids[f"{SOURCE}-{n}"] for n in (5, 10)}
        item = next(i for p in later for i in p.items if i.external_id in changed)
        kinds = {submission.kind for submission in connector.parse(item)}
        assert kinds == set(SubmissionKind)


def test_unknown_profiles_and_selectors_are_named():
    with pytest.raises(ConfigurationError, match="rednet, leaderboard"):
        reader(profile="other")
    with pytest.raises(ConfigurationError, match="boddy"):
        reader(selectors={"boddy": "p"})
