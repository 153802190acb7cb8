"""Writing parameters: ``{share:percent}``, ``{day:day}``, ``{at:moment}``, ``{names:list}``.

Days and times are written in China's zone, in the order and with the words of the language (Babel).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from intake.messages.message import EN, ZH, Language, Param

LOCALES: Mapping[Language, str] = {ZH: "zh_CN", EN: "en"}
"""Names that gettext and Babel use."""

CHINA = ZoneInfo("Asia/Shanghai")
_COMMA: Mapping[Language, str] = {ZH: "、", EN: ", "}
_MOMENT: Mapping[Language, str] = {ZH: "y年M月d日 HH:mm", EN: "d MMM y, HH:mm"}
_SHORT: Mapping[Language, tuple[str, str]] = {
    ZH: ("MM-dd HH:mm", "y-MM-dd HH:mm"),
    EN: ("d MMM HH:mm", "d MMM y HH:mm"),
}

Format = Callable[[Param], str]


def formats(language: Language) -> dict[str, Format]:
    """Return the formats of a language by name; ``""`` is the one without a name."""

    def names(value: Param) -> str:
        return _COMMA[language].join(value) if isinstance(value, (tuple, list)) else str(value)

    return {
        "": names,
        "list": names,
        "percent": lambda value: f"{_number(value):.0%}",  # the same in both; Babel takes 20 us
        "one": lambda value: f"{_number(value):.1f}",
        "number": lambda value: write_number(_number(value), language),
        "day": lambda value: write_day(date.fromisoformat(str(value)), language),
        "moment": lambda value: write_moment(datetime.fromisoformat(str(value)), language),
    }


def write_number(number: float, language: Language) -> str:
    """Write a number with the language's separators."""
    from babel.numbers import format_decimal

    return format_decimal(number, locale=LOCALES[language])


def write_roughly(number: int, language: Language) -> str:
    """Write a large number with a word for its size: 1万, 10K."""
    from babel.numbers import format_compact_decimal

    return format_compact_decimal(number, locale=LOCALES[language])


def write_day(day: date, language: Language) -> str:
    """Write a day: 2026年11月22日, November 22, 2026."""
    from babel.dates import format_date

    return format_date(day, "long", locale=LOCALES[language])


def write_moment(at: datetime, language: Language) -> str:
    """Write a time in full, in China's zone."""
    return _write(at, _MOMENT[language], language)


def write_short(at: datetime, now: datetime, language: Language) -> str:
    """Write a time for a table, in China's zone; the year only where it is not this one."""
    this_year = at.astimezone(CHINA).year == now.astimezone(CHINA).year
    within, beyond = _SHORT[language]
    return _write(at, within if this_year else beyond, language)


def _write(at: datetime, pattern: str, language: Language) -> str:
    from babel.dates import format_datetime

    return format_datetime(at.astimezone(CHINA), pattern, locale=LOCALES[language])


def _number(value: Param) -> float:
    if isinstance(value, (int, float)):
        return value
    raise TypeError(f"a number is expected, not {type(value).__name__}")
