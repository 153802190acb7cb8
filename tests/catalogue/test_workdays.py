"""Clocks: working days with make-up days, and what happens beyond the known calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from catalogue_world import SHIPPED, dossier, shipped, tables_of
from hypothesis import given
from hypothesis import strategies as st

from intake.catalogue import Tables
from intake.catalogue.rows import Holiday
from intake.catalogue.workdays import Workdays
from intake.decide.deadlines import Clocks
from intake.model.channel import Channel
from intake.model.decision import Lane
from intake.model.submission import MatterType
from intake.model.zone import CHINA

NAMES = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
YEAR_2027 = [
    Holiday(
        date_from=date(2027, month, day), date_to=date(2027, month, day), kind="off", name=name
    )
    for name, month, day in zip(
        NAMES, (1, 2, 4, 5, 6, 9, 10), (1, 8, 5, 3, 9, 15, 1), strict=True
    )
]  # fmt: skip
LOCAL = Holiday(
    date_from=date(2026, 6, 2), date_to=date(2026, 6, 2), kind="off", area="4501", name="地方假日"
)


def ends(moment: datetime | None) -> date | None:
    return moment.astimezone(CHINA).date() if moment else None


@pytest.mark.parametrize(
    ("received", "days", "kind", "end"),
    [
        ((2026, 5, 29), 5, "workday", (2026, 6, 5)),  # a plain week
        ((2025, 12, 30), 5, "workday", (2026, 1, 7)),  # New Year; Sunday the 4th is worked
        ((2026, 2, 13), 1, "workday", (2026, 2, 14)),  # a Saturday that is worked
        ((2026, 2, 14), 1, "workday", (2026, 2, 24)),  # then nine days of Spring Festival
        ((2026, 9, 30), 3, "workday", (2026, 10, 10)),  # 8, 9, and Saturday the 10th is worked
        ((2026, 9, 30), 3, "calendar", (2026, 10, 3)),
        ((2026, 9, 30), 3, "unspecified", (2026, 10, 3)),
        ((2026, 6, 1), 0, "workday", (2026, 6, 1)),  # the same day
    ],
)
def test_a_deadline_follows_the_published_calendar(
    received: tuple[int, int, int], days: int, kind: str, end: tuple[int, int, int]
) -> None:
    at, provisional = Workdays().due(date(*received), days, kind)
    assert ends(at) == date(*end)
    assert not provisional


def test_no_days_is_no_clock() -> None:
    assert Workdays().due(date(2026, 6, 1), None, "workday") == (None, False)


def test_beyond_the_known_calendar_an_answer_is_marked_as_a_guess() -> None:
    calendar = Workdays()
    assert calendar.knows(2026)
    assert not calendar.knows(2027)
    assert calendar.is_workday(date(2027, 3, 1)) == (True, True)
    assert calendar.due(date(2026, 12, 30), 1, "workday")[1] is False
    assert calendar.due(date(2026, 12, 30), 2, "workday")[1] is True
    assert calendar.due(date(2026, 12, 30), 9, "calendar")[1] is False


def test_a_city_adds_the_new_year_s_arrangement_to_the_table() -> None:
    calendar = Workdays(YEAR_2027)
    assert calendar.knows(2027)
    assert calendar.is_workday(date(2027, 10, 1)) == (False, False)
    assert calendar.is_workday(date(2027, 3, 1)) == (True, False)
    end, provisional = calendar.due(date(2026, 12, 31), 1, "workday")
    assert (ends(end), provisional) == (date(2027, 1, 4), False)


def test_half_a_year_s_arrangement_is_none() -> None:
    calendar = Workdays(YEAR_2027[:-1])
    assert calendar.unnamed(2027) == ("国庆",)
    assert calendar.is_workday(date(2027, 3, 1)) == (True, True)
    assert calendar.is_workday(date(2027, 1, 1)) == (False, False)  # what is written is no guess


def test_a_local_holiday_counts_only_where_it_is() -> None:
    calendar = Workdays([LOCAL])
    assert calendar.is_workday(date(2026, 6, 2), "450102") == (False, False)
    assert calendar.is_workday(date(2026, 6, 2), "3715") == (True, False)
    nation = LOCAL.model_copy(update={"area": "*", "kind": "work"})
    for rows in ([nation, LOCAL], [LOCAL, nation]):
        assert Workdays(rows).is_workday(date(2026, 6, 2), "4501") == (False, False)


def test_the_shipped_table_says_what_the_calendar_library_says() -> None:
    shipped_days, library = Workdays(Tables.load(SHIPPED).holidays.rows), Workdays()
    assert shipped_days.unnamed(2026) == ()
    day = date(2026, 1, 1)
    while day.year == 2026:
        assert shipped_days.is_workday(day) == library.is_workday(day), day
        day += timedelta(days=1)


@given(
    received=st.dates(date(2024, 1, 1), date(2026, 6, 30)),
    days=st.integers(min_value=0, max_value=60),
)
def test_working_days_never_end_on_a_day_off_nor_before_calendar_days(
    received: date, days: int
) -> None:
    calendar = Workdays()
    end, provisional = calendar.due(received, days, "workday")
    plain, _ = calendar.due(received, days, "calendar")
    assert end is not None
    assert plain is not None
    assert end >= plain
    assert not provisional
    if days:
        assert calendar.is_workday(end.astimezone(CHINA).date())[0]
        assert calendar.due(received, days - 1, "workday")[0] < end  # type: ignore[operator]


def clocks(area: str, channel: Channel, lane: Lane, matter_type: str | None = None) -> Clocks:
    return shipped().policy.clocks(
        area=area,
        channel=channel,
        matter_type=MatterType(matter_type) if matter_type else None,
        lane=lane,
        received_at=datetime(2026, 6, 1, 2, tzinfo=UTC),
    )


JILIN, LIAOCHENG, CHENZHOU, LULIANG = "220122", "371525", "431002", "141181"


@pytest.mark.parametrize(
    ("area", "channel", "lane", "matter_type", "days", "kind", "certainty"),
    [
        (JILIN, "hotline", "ordinary", None, (None, None, 5), "workday", "quoted"),
        (JILIN, "board", "coordination", None, (None, None, 10), "workday", "assumed"),
        (LIAOCHENG, "hotline", "ordinary", None, (1, None, 5), "workday", "assumed"),
        (LIAOCHENG, "outreach", "coordination", None, (1, None, 10), "workday", "assumed"),
        (CHENZHOU, "board", "livelihood", None, (0, None, 1), "calendar", "assumed"),
        (CHENZHOU, "board", "ordinary", None, (1, 3, 7), "workday", "assumed"),  # 137
        (CHENZHOU, "mailbox", "coordination", None, (1, 3, 15), "workday", "assumed"),
        (CHENZHOU, "board", "leadership", None, (0, None, None), "calendar", "quoted"),
        (LULIANG, "board", "ordinary", "咨询", (None, None, 3), "unspecified", "quoted"),
        (LULIANG, "board", "livelihood", "求助", (None, None, 7), "unspecified", "quoted"),
        (LULIANG, "board", "coordination", None, (None, None, 15), "unspecified", "quoted"),
        ("110101", "hotline", "ordinary", None, (1, None, 5), "workday", "assumed"),
    ],
)
def test_the_presets_of_the_four_places(
    area: str, channel: str, lane: str, matter_type: str | None,
    days: tuple[int | None, ...], kind: str, certainty: str,
) -> None:  # fmt: skip
    found = clocks(area, Channel(channel), Lane(lane), matter_type).profile
    assert (found.accept_days, found.reply_days, found.finish_days) == days
    assert (found.day_kind, found.certainty) == (kind, certainty)


def test_three_clocks_of_137_run_side_by_side() -> None:
    found = clocks(CHENZHOU, Channel.BOARD, Lane.ORDINARY).deadlines
    three = [ends(at) for at in (found.accept_by, found.reply_by, found.finish_by)]
    assert three == [date(2026, 6, 2), date(2026, 6, 4), date(2026, 6, 10)]


def test_a_decision_says_what_of_its_deadline_is_assumed_unspecified_or_provisional() -> None:
    router = shipped()

    def reasons(area: str, received: datetime) -> str:
        known = dossier(
            router, "摊贩占道", category="0302", area=area, home=area[:4], channel=Channel.BOARD,
            received_at=received,
        )  # fmt: skip
        decision = router.decide(known, version=1, at=received)
        return "\n".join(reason.text for reason in decision.reasons if reason.step == "lane")

    june, december = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)
    assert "CZ-137：签收1个工作日、答复3个工作日、办结7个工作日\n时限为设定值" in reasons(
        "431002", june
    )
    assert "来源未写明，按自然日计" in reasons("141181", june)
    assert "节假日安排尚未公布，期限为暂定" in reasons("431002", december)
    assert "暂定" not in reasons("431002", june)


def test_a_rule_may_name_its_deadline_profile() -> None:
    tables = shipped().catalogue.tables
    rules = tables.files["rules.csv"].replace(
        "R0018,*,subtree,0302,*,,kind:CG@county,kind:SJ@county,,0,,",
        "R0018,*,subtree,0302,*,,kind:CG@county,kind:SJ@county,,0,LC-HARD,",
    )
    router = shipped().under(tables_of({**tables.files, "rules.csv": rules}))
    known = dossier(router, "摊贩占道", category="0302", area="371525", home="3715")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    decided = router.decide(known, version=1, at=at)
    assert decided.deadlines is not None
    assert decided.deadlines.profile == "LC-HARD"
    plain = shipped().decide(known, version=1, at=at).deadlines
    assert plain is not None
    assert plain.profile == "LC-STD"
