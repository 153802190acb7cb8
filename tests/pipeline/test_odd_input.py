"""Input that is odd but real: a text in another column, a novel, a form's area by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline_world import Product

from intake.connect.connector import Page
from intake.model.submission import RawItem
from intake.store import landing

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def take(product: Product, source: str, *contents: str) -> None:
    items = tuple(
        RawItem.of(
            source, f"odd-{n}", content.encode(), fetched_at=NOW, content_type="application/json"
        )
        for n, content in enumerate(contents)
    )
    with product.app.store.write() as connection:
        landing.land(connection, source, "outreach", Page(items, {}), NOW)
    product.process()


def test_a_text_that_stands_in_the_next_usual_column_is_read(
    make_product: Callable[..., Product],
) -> None:
    product = make_product()
    rows = (
        '{"id": "1", "body": "冠县路灯不亮", "text": "x"}',
        '{"id": "2", "body": "", "text": "井盖丢了"}',
    )
    take(product, "liaocheng-outreach-files", *rows)
    found = [doc for (doc,) in product.query("SELECT doc FROM request ORDER BY external_id")]
    assert "路灯不亮" in found[0]
    assert "井盖丢了" in found[1]


def test_a_novel_waits_for_a_person_and_holds_nobody_up(
    make_product: Callable[..., Product],
) -> None:
    product = make_product()
    take(
        product,
        "liaocheng-outreach-files",
        '{"id": "1", "text": "' + "冠县路灯坏了" * 50_000 + '"}',
        '{"id": "2", "text": "' + "冠县路灯坏了。" * 15_000 + '"}',
        '{"id": "3", "text": "冠县井盖丢了"}',
    )
    assert product.query("SELECT state, count(*) FROM raw_item GROUP BY 1 ORDER BY 1") == [
        ("new", 2),
        ("quarantined", 1),
    ]
    with product.app.store.read() as connection:
        (row,) = landing.quarantined(connection)
    assert (row.code, row.params["n"]) == ("error.text_too_long", 300_000)


def test_a_forms_area_may_be_a_name(make_product: Callable[..., Product]) -> None:
    product = make_product()
    take(product, "liaocheng-outreach-files", '{"id": "1", "text": "路灯坏了", "所属区域": "冠县"}')
    assert product.query("SELECT area FROM request") == [("371525",)]


def test_two_equal_rows_are_two_citizens_and_a_second_reading_changes_nothing(
    make_product: Callable[..., Product], tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("诉求内容\n冠县路灯不亮\n冠县路灯不亮\n冠县井盖丢了\n", encoding="utf-8")
    source = {
        "name": "rows", "connector": "folder", "home_area": "3715",
        "options": {"path": str(file), "settle_seconds": 0, "page_size": 1},
    }  # fmt: skip
    product = make_product(source=[source])
    for _ in range(2):
        product.run()
        assert product.query("SELECT count(*) FROM request") == [(3,)]
        with product.app.store.write() as connection:
            connection.exec_driver_sql("UPDATE source_state SET cursor = '{}'")
