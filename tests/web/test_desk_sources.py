"""Quarantine and status."""

from __future__ import annotations

import re

import sqlalchemy as sa
from desk_browser import Browser
from desk_world import NOW, World

from intake.store import audit
from intake.store.tables import raw_item, source_count


def raw_trail(world: World, raw_id: int) -> list[tuple[str, str]]:
    with world.store.read() as connection:
        return [(r.actor, r.action) for r in audit.trail(connection, "raw_item", str(raw_id))]


def test_the_list_says_why(desk: Browser) -> None:
    page = desk.get("/quarantine").text
    for text in ("既没有标题，也没有正文", "a.xlsx不是能打开的表格", "liaocheng-12345", "w-2"):
        assert text in page, text
    assert "13800001234" not in page, "the list shows no content"


def test_an_item_is_decoded_escaped_and_the_look_is_audited(desk: Browser, world: World) -> None:
    page = desk.get("/quarantine/2").text
    assert "&lt;b&gt;来电人：试名" in page
    assert "<b>来电人" not in page
    assert raw_trail(world, 2) == [("周敏", "quarantine.opened")]


def test_binary_is_shown_in_hexadecimal(desk: Browser) -> None:
    page = desk.get("/quarantine/3").text
    assert "000010  10 11 12 13" in page
    assert "只显示开头一段" in page


def test_the_download_is_the_bytes_as_they_came(desk: Browser, world: World) -> None:
    answer = desk.post("/quarantine/3/content", {"csrf": desk.csrf("/quarantine/3")})
    assert answer.content == bytes(range(256)) * 12
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert raw_trail(world, 3)[-1] == ("周敏", "quarantine.downloaded")


def test_one_item_is_replayed(desk: Browser, world: World) -> None:
    fields = {"csrf": desk.csrf("/quarantine"), "id": "2"}
    answer = desk.post("/quarantine/replay", fields)
    assert answer.headers["location"] == "/quarantine?replayed=1"
    assert "已把1件放回" in desk.get(answer.headers["location"]).text
    with world.store.read() as connection:
        states = dict(connection.execute(sa.select(raw_item.c.id, raw_item.c.state)).all())
    assert (states[2], states[3]) == ("landed", "quarantined")
    assert "已不在隔离区" in desk.get("/quarantine/2").text


def test_all_of_a_source_are_replayed(desk: Browser) -> None:
    fields = {"csrf": desk.csrf("/quarantine"), "source": "liaocheng-12345"}
    desk.post("/quarantine/replay", fields)
    assert "隔离区是空的" in desk.get("/quarantine").text


def test_replaying_nothing_replays_nothing(desk: Browser) -> None:
    answer = desk.post("/quarantine/replay", {"csrf": desk.csrf("/quarantine")})
    assert answer.headers["location"] == "/quarantine?replayed=0"


def test_the_balance_is_shown(desk: Browser) -> None:
    page = desk.get("/status").text
    row = re.search(r"<tr>\s*<td><a[^>]*>liaocheng-12345.*?</tr>", page, re.DOTALL)
    assert row is not None
    numbers = [int(n) for n in re.findall(r'class="number"[^>]*>(?:<a[^>]*>)?(\d+)', row[0])]
    assert numbers == [5, 1, 0, 0, 2, 2, 0]
    assert "一致" in row[0]


def test_an_item_that_went_astray_is_seen(desk: Browser, world: World) -> None:
    with world.store.write() as connection:
        connection.execute(
            sa.update(source_count).where(source_count.c.counter == "fetched").values(n=6)
        )
    assert "相差1件未入账" in desk.get("/status").text


def test_waiting_items_count_as_accounted_for(desk: Browser) -> None:
    fields = {"csrf": desk.csrf("/quarantine"), "source": "liaocheng-12345"}
    desk.post("/quarantine/replay", fields)
    assert "相差" not in desk.get("/status").text.split("<tbody>")[1]


def test_a_source_that_is_down_says_since_when(desk: Browser) -> None:
    page = desk.get("/status").text
    assert "连续失败1次" in page
    assert "liuyan.example出错（HTTP 502）" in page


def test_the_backlog_is_shown(desk: Browser, world: World) -> None:
    assert "个事件等待发出" in desk.get("/status").text
    world.publish_all()
    assert "没有等待发出的事件" in desk.get("/status").text
    assert world.clock() == NOW
