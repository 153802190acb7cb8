"""How deadlines and lanes are written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from desk_world import World

from intake.catalogue import Tables
from intake.catalogue.kinds import Kinds
from intake.catalogue.rows import UnitKind
from intake.messages import EN, ZH
from intake.settings import MODELS
from intake.web.desk.writing import Writer

FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "day_kind", "said"),
    [
        (2, "workday", "已超期"),
        (25, "calendar", "超期1天"),
        (47, "calendar", "超期1天"),
        (72, "calendar", "超期3天"),
        (72, "workday", "超期1天"),  # Saturday and Sunday are none
        (-20, "workday", "24小时内"),
    ],
)
def test_a_deadline_is_late_by_whole_days_of_its_own_clock(
    world: World, hours: int, day_kind: str, said: str
) -> None:
    world.clock.now = FRIDAY
    world.clock.forward(hours=hours)
    near = Writer(world.context(), ZH).due(FRIDAY, day_kind)
    assert near is not None
    assert near.said == said


def test_a_kind_of_the_citys_own_goes_by_its_tables_name() -> None:
    kinds = Kinds([UnitKind(kind="XQ", name="新区管委会"), UnitKind(kind="GS", name="自来水")])
    assert (kinds.called("XQ", ZH), kinds.called("XQ", EN)) == ("新区管委会", "新区管委会")
    assert (kinds.called("GS", ZH), kinds.called("GS", EN)) == ("供水企业", "water supply")
    assert kinds.called("unknown", ZH) == "unknown"


def test_a_city_calls_its_lanes_as_it_likes() -> None:
    tables = Tables.load(MODELS / "catalogue")
    named = tables.lanes.model_copy(update={"names": {"livelihood": "即收即办"}})
    assert named.called("livelihood", ZH) == "即收即办"
    assert named.called("livelihood", EN) == "livelihood"
    assert tables.lanes.called("livelihood", ZH) == "特别办"
