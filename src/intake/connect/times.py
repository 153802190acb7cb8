"""Text to time: how Chinese exports write dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from intake.model.zone import CHINA

_DATE_TIME = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s?(?:[-/.年]\s?)(?P<month>\d{1,2})\s?(?:[-/.月]\s?)(?P<day>\d{1,2})\s?[日号]?"
    r"(?:\s?(?:T|[(（]?(?:星期|周)[一二三四五六日天][)）]?)?\s?"
    r"(?P<half>上午|下午|凌晨|早上|中午|晚上|AM|PM)?\s?"
    r"(?P<hour>\d{1,2})\s?[:：时点]\s?(?P<minute>\d{1,2})?\s?分?"
    r"(?:\s?[:：]?\s?(?P<second>\d{1,2})\s?秒?(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s?(?P<half_after>AM|PM)?"
    r"\s?(?P<offset>Z|UTC|GMT|[+-](?:0\d|1[0-4]):?[0-5]\d)?)?",
    re.IGNORECASE,
)


_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
    r"(?:[ T_-]?(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?P<second>[0-5]\d)?)?"
)


_EPOCH = re.compile(
    r"(?:/Date\()?(?P<seconds>\d{9,10})(?P<millis>\d{3})?(?:\.\d+)?(?:[+-]\d{4})?(?:\)/)?"
)


_EXCEL = re.compile(r"\d{5}(?:\.\d+)?")


_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a wall clock; the zone is added below


_EXCEL_DAYS = (32874, 73050)  # 1990 to 2099; other five-digit numbers are no times


def parse_time(text: str, zone: tzinfo = CHINA) -> datetime | None:
    """Read a time as Chinese exports write it; aware, in UTC; None when it is no time at all.

    Understood: 2019/8/1 9:01:02, 2019-08-01 00:00:00, 2022年1月5日 (下午3时5分), ISO 8601, 20190801
    (090102), epoch seconds and milliseconds, spreadsheet serial days. A time without an offset is
    wall clock time in ``zone``; a day alone is its midnight there.
    """
    text = text.strip()[:64]
    if found := _DATE_TIME.fullmatch(text):
        return _from_parts(found.groupdict(), zone)
    if found := _COMPACT.fullmatch(text):
        return _from_parts(found.groupdict(), zone)
    if found := _EPOCH.fullmatch(text):
        seconds = int(found["seconds"]) + int(found["millis"] or 0) / 1000
        return datetime.fromtimestamp(seconds, UTC)
    if _EXCEL.fullmatch(text) and _EXCEL_DAYS[0] <= float(text) < _EXCEL_DAYS[1]:
        wall = _EXCEL_DAY_ZERO + timedelta(seconds=round(float(text) * 86400))
        return wall.replace(tzinfo=zone).astimezone(UTC)
    return None


def _from_parts(parts: dict[str, str | None], zone: tzinfo) -> datetime | None:
    hour = int(parts.get("hour") or 0)
    half = (parts.get("half") or parts.get("half_after") or "").upper()
    if (half in {"下午", "晚上", "PM"} and hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    elif half in {"凌晨", "AM"} and hour == 12:
        hour = 0
    next_day = timedelta(days=hour == 24)  # 24:00 is how some exports write the end of a day
    try:
        wall = datetime(  # noqa: DTZ001 - the zone is added below
            int(parts["year"] or 0),
            int(parts["month"] or 0),
            int(parts["day"] or 0),
            0 if next_day else hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            int((parts.get("fraction") or "0").ljust(6, "0")[:6]),
        )
    except ValueError:  # the 31st of June: looks like a time and is none
        return None
    return (wall + next_day).replace(tzinfo=_offset(parts.get("offset"), zone)).astimezone(UTC)


def _offset(written: str | None, zone: tzinfo) -> tzinfo:
    if not written:
        return zone
    if written[0] not in "+-":
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
