"""One source, one item, or one stage that fails must not take the rest with it, nor be silent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from pipeline_world import Product

from intake.connect.connector import Page
from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.demo import City
from intake.errors import MalformedItem
from intake.model.decision import Decision
from intake.model.submission import RawItem, SubmissionKind
from intake.operate.health import checks, sources
from intake.store import landing

SICK = "chenzhou-board"


@pytest.mark.parametrize("fault", ["500", "garbage", "login_page", "hang"])
def test_a_sick_source_is_visible_and_the_others_go_on(
    fault: str, make_product: Callable[..., Product], city: City
) -> None:
    product = make_product()
    city.fault(SICK, fault)
    product.run()
    with product.app.store.read() as connection:
        counters = {source.name: source for source in sources(connection)}
    assert counters[SICK].new == 0
    assert counters[SICK].error
    assert SICK in product.failed
    for name, source in counters.items():
        assert source.balanced
        if name != SICK:
            assert source.new > 0, name
    found = checks(product.app.store, [SICK], product.app.clock(), lambda: None)
    (own,) = [check for check in found if check.what == f"source {SICK}"]
    assert own.level == "error"
    assert own.do

    city.fault(SICK, None)
    product.run()
    with product.app.store.read() as connection:
        counters = {source.name: source for source in sources(connection)}
    assert counters[SICK].new > 0
    assert counters[SICK].error is None


def test_a_malformed_item_waits_with_its_bytes_and_a_reason(
    make_product: Callable[..., Product], city: City
) -> None:
    product = make_product()
    product.run()
    with product.app.store.read() as connection:
        rows = landing.quarantined(connection)
    assert {row.source for row in rows} >= {"liaocheng-12345", "chenzhou-board", "jilin-mailbox"}
    for row in rows:
        assert row.content
        assert len(row.reason) > 15
        assert "Traceback" not in row.reason


def test_an_item_that_breaks_a_stage_is_alone_in_quarantine_and_replays(
    make_product: Callable[..., Product], city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product()
    product.pull()
    victims: list[tuple[str, datetime]] = []
    real = Router.decide

    def fails(self: Router, dossier: Dossier, *, version: int, at: datetime) -> Decision:
        if not victims:
            victims.append((dossier.understanding.text, dossier.received_at))
        if (dossier.understanding.text, dossier.received_at) in victims:
            raise RuntimeError("13800001111 must not be told")
        return real(self, dossier, version=version, at=at)

    with monkeypatch.context() as patch:
        patch.setattr(Router, "decide", fails)
        product.process()
    with product.app.store.read() as connection:
        (row,) = [row for row in landing.quarantined(connection) if row.stage == "settle"]
        assert landing.waiting(connection) == 0
    victim = row.id
    assert "RuntimeError" in row.detail
    assert "1380000" not in row.reason + row.detail
    assert product.query("SELECT count(*) FROM request")[0][0] > 50
    with product.app.store.write() as connection:
        landing.replay(connection, ids=[victim])
    product.process()
    with product.app.store.read() as connection:
        assert victim not in [row.id for row in landing.quarantined(connection)]
        assert all(source.balanced for source in sources(connection))


def test_a_parser_that_is_mended_can_be_replayed(
    make_product: Callable[..., Product], city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product()
    product.pull()
    connector = product.app.connectors["jilin-96118"]
    with monkeypatch.context() as patch:

        def parse(_self: object, _item: object) -> None:
            raise MalformedItem("这一版解析不了。")

        patch.setattr(type(connector), "parse", parse)
        product.process()
    with product.app.store.read() as connection:
        waiting = [row.id for row in landing.quarantined(connection, source="jilin-96118")]
    assert len(waiting) > 5
    with product.app.store.write() as connection:
        landing.replay(connection, source="jilin-96118")
    product.process()
    with product.app.store.read() as connection:
        left = landing.quarantined(connection, source="jilin-96118")
        (own,) = [s for s in sources(connection) if s.name == "jilin-96118"]
    assert len(left) < 5
    assert own.balanced


def test_a_reply_to_a_letter_we_never_had_is_a_request_of_its_own(
    make_product: Callable[..., Product], city: City
) -> None:
    """A citizen who answers an old thread must be heard; when it is read again nothing is new."""
    product = make_product()
    connector = product.app.connectors["jilin-mailbox"]
    content = (
        b"From: Someone <someone@example.org>\r\nTo: mayor@example.org\r\n"
        b"Subject: Re: road lamps\r\nMessage-ID: <second@example.org>\r\n"
        b"In-Reply-To: <never-seen@example.org>\r\nDate: Mon, 5 Jan 2026 09:00:00 +0800\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + "路灯还是不亮,请派人来看。".encode()
    )
    item = RawItem.of(
        "jilin-mailbox", "<second@example.org>", content,
        fetched_at=product.app.clock(), content_type="message/rfc822",
    )  # fmt: skip
    (parsed,) = connector.parse(item)
    assert parsed.kind is SubmissionKind.FOLLOW_UP
    for _ in range(2):
        with product.app.store.write() as connection:
            landing.land(connection, "jilin-mailbox", "mailbox", Page((item,), {}), item.fetched_at)
            connection.exec_driver_sql("UPDATE raw_item SET digest = digest || 'x'")
        product.process()
    assert product.query("SELECT state, count(*) FROM raw_item GROUP BY 1 ORDER BY 1") == [
        ("new", 1),
        ("redelivery", 1),
    ]
    assert product.query("SELECT count(*) FROM request") == [(1,)]
