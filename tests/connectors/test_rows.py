"""What hotline, outreach and folder make of rows, and how they page through an interface."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.connect.connector import SourceContext
from intake.connect.fetcher import Fetcher, FetchPolicy
from intake.demo import City
from intake.demo.rig import connect
from intake.errors import ConfigurationError, MalformedItem, SourceRefused, SourceUnavailable
from intake.model.submission import RawItem, SubmissionKind
from intake.testing.connectors import pull_all, seen
from intake_connectors.columns import detect
from intake_connectors.folder import FolderConfig, FolderConnector
from intake_connectors.hotline import HotlineConfig, HotlineConnector

from .small_town import corpus

NOW = datetime(2026, 3, 1, tzinfo=UTC)
URL = "http://hotline.example/api/orders"
SAMPLES = Path(__file__).parent / "samples"


def hotline(**options):
    fetch = Fetcher("h", policy=FetchPolicy(attempts=1, per_second=0))
    config = HotlineConfig(base_url="http://hotline.example/api", **options)
    return HotlineConnector(config, SourceContext("h", "3715", fetch, lambda: NOW))


def row(number, at="2026-01-05 09:00:00", **more):
    return {"工单编号": f"N{number}", "工单内容": f"第{number}件", "更新时间": at, **more}


def answer(rows):
    return httpx.Response(200, json={"code": 0, "data": {"rows": rows}})


def item(content: bytes, content_type="application/json"):
    return RawItem.of("h", "N1", content, fetched_at=NOW, content_type=content_type)


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("row-*.json")), ids=lambda p: p.stem)
def test_sample_rows(path):
    sample = json.loads(path.read_text(encoding="utf-8"))
    found = hotline().parse(item(json.dumps(sample["row"]).encode()))
    assert [s.model_dump(mode="json", exclude_defaults=True) for s in found] == sample["expected"]


HOTLINE = hotline()  # opening a client loads all certificates: once is enough


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["工单内容", "标题", "办理过程", "来电时间", "id", "环节", "是否满意"]), inner
    ),
).map(lambda value: json.dumps(value).encode())))  # fmt: skip
def test_any_row_is_read_or_malformed(content):
    try:
        assert HOTLINE.parse(item(content))
    except MalformedItem:
        return


def test_names_of_real_exports_are_recognised():
    found = detect(["信件编号", "来信（电）时间", "内 容", "承办单位", "Order_Type"])
    assert found == {
        "id": "信件编号", "submitted_at": "来信（电）时间", "body": "内 容", "unit": "承办单位",
    }  # fmt: skip
    assert detect(["内容", "备注"], {"body": "备注"})["body"] == "备注"
    with pytest.raises(ConfigurationError, match="boddy"):
        hotline(fields={"boddy": "内容"})


def test_many_orders_of_one_second_are_all_read():
    """Keyset paging alone would stay on the first page for ever."""
    with respx.mock:

        def serve(request):
            page = int(request.url.params["page"])
            return answer([row(n) for n in range(1, 26)][(page - 1) * 10 : page * 10])

        respx.get(URL).mock(side_effect=serve)
        assert len(seen(pull_all(hotline(page_size=10)))) == 25


def test_an_interface_that_ignores_since_is_read_by_pages():
    rows = [row(n, f"2026-01-05 09:{n:02d}:00") for n in range(1, 26)]
    with respx.mock:

        def serve(request):
            page = int(request.url.params["page"])
            return answer(rows[(page - 1) * 10 : page * 10])

        respx.get(URL).mock(side_effect=serve)
        connector = hotline(page_size=10)
        pages = pull_all(connector)
        assert len(seen(pages)) == 25
        assert seen(pull_all(connector, pages[-1].cursor)) <= seen(pages)


def test_an_order_that_changes_while_pages_are_read_hides_no_other():
    """It moves to the end, and all behind it move up by one across the border of two pages."""
    rows = [row(n, f"2026-01-05 09:{n:02d}:00") for n in range(1, 26)]
    asked = []
    with respx.mock:

        def serve(request):
            asked.append(request)
            if len(asked) == 2:
                rows.append({**rows.pop(0), "更新时间": "2026-01-05 10:00:00", "工单内容": "改过"})
            since = request.url.params.get("since", "")
            page = int(request.url.params["page"])
            return answer([r for r in rows if r["更新时间"] >= since][(page - 1) * 10 : page * 10])

        respx.get(URL).mock(side_effect=serve)
        found = {i.external_id for page in pull_all(hotline(page_size=10)) for i in page.items}
    assert found == {f"N{n}" for n in range(1, 26)}


def test_a_time_in_the_future_does_not_hide_later_orders():
    with respx.mock:
        respx.get(URL).mock(return_value=answer([row(1), row(2, "2099-01-01 00:00:00")]))
        cursor = pull_all(hotline())[-1].cursor
    assert datetime.fromisoformat(cursor["high"]).year == 2026


def test_only_what_matters_makes_a_revision():
    with respx.mock:
        route = respx.get(URL)
        connector = hotline(volatile=["点击"])
        route.mock(return_value=answer([row(1, 点击=1)]))
        first = connector.pull({}).items[0]
        route.mock(return_value=answer([row(1, "2026-01-06 09:00:00", 点击=2)]))
        second = connector.pull({}).items[0]
        route.mock(return_value=answer([row(1, 点击=2) | {"工单内容": "改过"}]))
        third = connector.pull({}).items[0]
    assert first.digest == second.digest != third.digest
    assert first.external_id == third.external_id


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(200, json={"code": 401, "message": "x"}), SourceRefused),
        (httpx.Response(200, json={"code": "SN0006"}), SourceUnavailable),
        (httpx.Response(200, html="<html><input type=password></html>"), SourceRefused),
        (httpx.Response(200, content=b"\x00\xff" * 50), SourceUnavailable),
        (httpx.Response(200, json={"data": {"list": []}}), SourceRefused),
        (httpx.Response(401), SourceRefused),
        (httpx.Response(500), SourceUnavailable),
    ],
)
def test_an_answer_that_is_no_list_is_no_quiet_day(response, error):
    with respx.mock:
        respx.get(URL).mock(return_value=response)
        with pytest.raises(error, match="h: "):
            hotline().pull({})


def test_orders_tell_their_story():
    with City(corpus("liaocheng-12345", count=10)) as city:
        city.advance(100)
        connector = connect(city, "liaocheng-12345")
        items = {i.external_id: i for page in pull_all(connector) for i in page.items}
        post, *later = connector.parse(items[city.external_ids["liaocheng-12345-5"]])
        assert post.body.startswith("更正")
        assert {s.kind for s in later} == set(SubmissionKind) - {SubmissionKind.POST}
        rating = next(s.rating for s in later if s.rating)
        assert (rating.solved, rating.satisfied) == (True, False)
        on_the_spot = connector.parse(items[city.external_ids["liaocheng-12345-8"]])[0]
        assert on_the_spot.answered_on_the_spot
        virtual = connector.parse(items[city.external_ids["liaocheng-12345-4"]])[0]
        assert virtual.contact.virtual_phone


def folder(path, **options):
    config = FolderConfig(path=path, **{"settle_seconds": 0, **options})
    context = SourceContext("f", None, Fetcher("f"), lambda: datetime.now(UTC), Path("/nowhere"))
    return FolderConnector(config, context)


def ids(pages):
    return [i.external_id for page in pages for i in page.items]


def test_a_renamed_file_gives_nothing_new(tmp_path):
    (tmp_path / "a.csv").write_text("编号,内容\n1,甲\n2,乙\n", encoding="gb18030")
    connector = folder(tmp_path)
    pages = pull_all(connector)
    assert ids(pages) == ["1", "2"]
    (tmp_path / "a.csv").rename(tmp_path / "b.csv")
    assert ids(pull_all(connector, pages[-1].cursor)) == []


@pytest.mark.parametrize(
    "content",
    [
        "编号,内容\n1,路灯坏了\n2,水管爆了\n".encode("gb18030"),
        "编号,内容\n1,路灯坏了\n2,水管爆了\n".encode("utf-8-sig"),
        "编号,内容\n1,路灯坏了\n2,水管爆了\n".encode("utf-16"),
        "编号,内容\n1,路灯坏了\n2,水管爆了\n".encode("utf-16-le"),
        "编号,内容\n1,路灯坏了\n".encode() + "2,水管爆了\n".encode("gb18030"),
        "编号,内容\n1,路灯坏了\n2,水管爆了\n3,井".encode() + b"\xe7\x9b",
    ],
    ids=["gb18030", "mark", "utf-16", "utf-16 without mark", "two charsets", "broken character"],
)
def test_a_file_is_read_in_its_charset(tmp_path, content):
    (tmp_path / "a.csv").write_bytes(content)
    connector = folder(tmp_path)
    bodies = [
        submission.body
        for page in pull_all(connector)
        for item in page.items
        for submission in connector.parse(item)
    ]
    assert bodies[:2] == ["路灯坏了", "水管爆了"]


def test_a_file_that_is_still_written_is_left_alone(tmp_path):
    (tmp_path / "a.csv").write_text("编号,内容\n1,甲\n")
    (tmp_path / "b.csv.part").write_text("编号,内容\n2,乙\n")
    assert ids(pull_all(folder(tmp_path, settle_seconds=60))) == []
    assert ids(pull_all(folder(tmp_path))) == ["1"]


def test_rows_without_a_number_are_known_by_their_content(tmp_path):
    (tmp_path / "a.csv").write_text("登记表,,\n姓名,电话,诉求\n甲,1,修路\n,,\n乙,2,修桥\n")
    pages = pull_all(folder(tmp_path))
    assert len(set(ids(pages))) == 2
    assert sum(page.filtered.get("blank_row", 0) for page in pages) == 1
    assert set(ids(pull_all(folder(tmp_path)))) == set(ids(pages))


def test_a_table_broken_in_the_middle_gives_the_rows_before_and_says_why(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"编号": "1", "内容": "甲"}\n{"编号": "2", "内\n[3]\n')
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    connector = folder(tmp_path)
    reasons = []
    for page in pull_all(connector):
        for each in page.items:
            try:
                connector.parse(each)
            except MalformedItem as error:
                reasons.append(error.message)
    assert len(reasons) == 3
    assert any("b.xlsx" in reason for reason in reasons)


def test_one_large_file_is_read_in_pages_without_going_back(tmp_path):
    path = tmp_path / "year.csv"
    with path.open("w") as file:
        file.write("编号,内容\n")
        file.writelines(f"{n},第{n}件\n" for n in range(20_000))
    found = ids(pull_all(folder(path, page_size=500)))
    assert found == [str(n) for n in range(20_000)]


def test_a_missing_folder_is_unavailable(tmp_path):
    with pytest.raises(SourceUnavailable, match="no-such"):
        folder(tmp_path / "no-such").pull({})
