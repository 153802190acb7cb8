"""Bytes to text and text to time, as sources write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.connect.decoding import decode_text
from intake.connect.times import parse_time

DECODED: list[tuple[bytes, str | None, str, bool]] = [
    ("您好，朱镕".encode("gb18030"), "gb2312", "您好，朱镕", False),
    ("路灯坏了".encode("gb18030"), None, "路灯坏了", False),
    ("路灯坏了".encode("gb18030"), "GBK", "路灯坏了", False),
    ("路灯坏了".encode("gb18030"), "utf-8", "路灯坏了", True),
    ("路灯坏了".encode("gb18030"), "iso-8859-1", "路灯坏了", False),
    ("路灯坏了".encode(), "gb2312", "路灯坏了", True),
    ("路灯坏了".encode(), "no-such-charset", "路灯坏了", False),
    ("路灯坏了".encode("utf-8-sig"), "gbk", "路灯坏了", False),
    ("路灯坏了".encode("utf-16"), None, "路灯坏了", False),
    ("K1路灯坏了".encode("utf-16-le"), None, "K1路灯坏了", False),
    ("路燈壞了".encode("big5"), "big5", "路燈壞了", False),
    ("路灯".encode("hz"), "hz-gb-2312", "路灯", False),
    (b'<meta charset="gb2312">' + "灯".encode("gbk"), None, '<meta charset="gb2312">灯', False),
    (b"plain", None, "plain", False),
    (b"", "utf-8", "", False),
    ("路灯".encode("gb18030")[:-1], "gbk", "路\ufffd", True),
    ("路灯坏了很久".encode() + b"\xe8\xb7", "gbk", "路灯坏了很久\ufffd", True),
    ("路灯坏了\n".encode() + "水管爆了".encode("gbk"), None, "路灯坏了\n水管爆了", True),
]
"""Bytes, the charset that is declared, the text, and whether the difference is noted."""


@pytest.mark.parametrize(("content", "declared", "text", "noted"), DECODED)
def test_bytes_are_read_by_evidence(
    content: bytes, declared: str | None, text: str, noted: bool
) -> None:
    read, notes = decode_text(content, declared)
    assert read == text
    assert bool(notes) is noted


@given(content=st.binary(max_size=200), declared=st.sampled_from([None, "gbk", "utf-8", "hz", "x"]))
def test_any_bytes_can_be_read(content: bytes, declared: str | None) -> None:
    text, notes = decode_text(content, declared)
    assert isinstance(text, str)
    assert all(isinstance(note, str) for note in notes)


@given(text=st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4))
def test_utf8_is_read_as_utf8_whatever_is_declared(text: str) -> None:
    assert decode_text(text.encode(), "gb2312")[0] == text


_NINE = datetime(2019, 8, 1, 1, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2019/8/1 9:01:02", _NINE),
        ("2019-08-01 09:01:02", _NINE),
        ("2019-08-01T09:01:02+08:00", _NINE),
        ("2019-08-01T01:01:02Z", _NINE),
        ("2019-08-01 09:01:02.0", _NINE),
        ("2019年8月1日 9时1分2秒", _NINE),
        ("2019年8月1日上午9:01:02", _NINE),
        ("2019年08月01日（星期四） 09:01:02", _NINE),
        ("20190801090102", _NINE),
        ("1564621262", _NINE),
        ("1564621262000", _NINE),
        ("/Date(1564621262000)/", _NINE),
        ("2019-08-01 00:00:00", datetime(2019, 7, 31, 16, tzinfo=UTC)),
        ("2022年1月5日", datetime(2022, 1, 4, 16, tzinfo=UTC)),
        ("2022.1.5", datetime(2022, 1, 4, 16, tzinfo=UTC)),
        ("2022年1月5日下午3点", datetime(2022, 1, 5, 7, tzinfo=UTC)),
        ("2022-1-5 24:00", datetime(2022, 1, 5, 16, tzinfo=UTC)),
        ("43678.375", datetime(2019, 8, 1, 1, tzinfo=UTC)),
        ("2019/2/31", None),
        ("2019-13-01", None),
        ("12345", None),
        ("昨天", None),
        ("", None),
    ],
)
def test_times_of_chinese_exports(written: str, expected: datetime | None) -> None:
    assert parse_time(written) == expected


def test_a_time_without_offset_is_of_the_zone_given() -> None:
    zone = timezone(timedelta(hours=1))
    assert parse_time("2019-08-01 00:00", zone) == datetime(2019, 7, 31, 23, tzinfo=UTC)


@given(st.text(max_size=40))
def test_no_text_breaks_it_and_times_are_utc(text: str) -> None:
    found = parse_time(text)
    assert found is None or found.utcoffset() == timedelta(0)


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_iso_times_are_read_back(moment: datetime) -> None:
    assert parse_time(moment.isoformat()) == moment
