"""Working days in China (工作日): weekends, public holidays and make-up working days.

A year is known when its arrangement is published: the calendar library has it, or the catalogue's
holiday table names all seven statutory holidays of that year. In other years only weekends are free
and every answer is marked as a guess.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

from intake.catalogue.rows import ANY, Holiday

CHINA = ZoneInfo("Asia/Shanghai")
STATUTORY = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")


class Workdays:
    """The calendar with a table's own days; immutable."""

    def __init__(self, holidays: Iterable[Holiday] = ()) -> None:
        # A city's own day comes before the nation's.
        rows = sorted(holidays, key=lambda row: 0 if row.area == ANY else len(row.area))
        self._rows = tuple(reversed(rows))

    def is_workday(self, day: date, area: str = "") -> tuple[bool, bool]:
        """Return (whether a day is a working day at a place, whether that is a guess)."""
        for row in self._rows:
            if row.covers(day, area):
                return row.kind == "work", False
        published = _published(day)
        if published is not None:
            return published, False
        return day.weekday() < 5, not self.knows(day.year)

    def knows(self, year: int) -> bool:
        """Return whether this calendar has the year's published arrangement."""
        return _published(date(year, 1, 1)) is not None or not self.unnamed(year)

    def unnamed(self, year: int) -> tuple[str, ...]:
        """Return the statutory holidays of a year that the table does not name."""
        names = "".join(
            row.name
            for row in self._rows
            if row.kind == "off" and row.area == ANY and row.date_to.year == year
        )
        return tuple(name for name in STATUTORY if name not in names)

    def due(
        self, received: date, days: int | None, day_kind: str, area: str = ""
    ) -> tuple[datetime | None, bool]:
        """Return the end of the n-th day after ``received`` (UTC), and whether that is provisional.

        ``unspecified`` is counted as calendar days, the reading that is kinder to the citizen. 0 days
        means the same day.
        """
        if days is None:
            return None, False
        day, left, provisional = received, days, False
        while left > 0:
            day += timedelta(days=1)
            if day_kind == "workday":
                working, guessed = self.is_workday(day, area)
                provisional = provisional or guessed
                left -= int(working)
            else:
                left -= 1
        return datetime.combine(day, time(23, 59, 59), CHINA).astimezone(UTC), provisional


@lru_cache(maxsize=4096)
def _published(day: date) -> bool | None:
    """Return what the library knows of a day; None outside its years."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None
