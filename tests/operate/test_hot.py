"""Hot matters: what counts as hot, what does not, and how it is told."""

from __future__ import annotations

from datetime import timedelta
from math import log10
from typing import Any
from xml.etree import ElementTree

import pytest
from cases_world import NOW, World
from hypothesis import given
from hypothesis import strategies as st

from intake.messages import ZH, renderer
from intake.model.channel import Channel
from intake.model.decision import Lane
from intake.operate.hot_matters import HotMatter, find_hot
from intake.operate.hot_picture import picture
from intake.operate.surprise import surprise


def came(world: World, name: str, days_ago: list[float], **more: Any) -> None:
    """Requests of different people, so many days ago."""
    for n, days in enumerate(days_ago):
        phone = f"139{len(world.ids):04}{n:04}"
        world.add(f"{name}-{n}", phone=phone, received=NOW - timedelta(days=days), **more)


def hot(world: World, days: int = 7, **more: Any) -> list[HotMatter]:
    with world.store.read() as connection:
        return find_hot(connection, until=NOW, days=days, **more)


@pytest.fixture
def quiet_year(world: World) -> World:
    """Rubbish every other day, for months: much, and nothing new."""
    came(world, "rubbish", [2.0 * n + 0.5 for n in range(60)], category="0901", area="371525001")
    return world


def test_what_is_always_much_is_not_hot(quiet_year: World) -> None:
    assert hot(quiet_year) == []
    assert hot(quiet_year, days=14) == []


def test_a_category_that_grows_at_a_place(quiet_year: World) -> None:
    came(quiet_year, "leak", [30.0], area="371502001", channel=Channel.BOARD)
    came(quiet_year, "leaks", [0.5 * n + 0.2 for n in range(9)], area="371502002")
    (found,) = hot(quiet_year)
    assert (found.kind, found.category, found.area) == ("place", "0107", "371502")
    assert found.counts == (0, 0, 0, 0, 1, 0, 0, 0, 9)
    assert found.expected == round(1 / 8, 2)
    assert (found.people, found.cases) == (9, 9)
    assert found.channels == (("hotline", 9),)
    assert found.places == (("371502002", 9),)
    assert (found.last - found.first) == timedelta(days=4)
    assert found.samples[0] == (quiet_year.ids["leaks-0"], "第leaks-0件")
    assert hot(quiet_year) == [found], "the same clock gives the same answer"


def test_over_several_counties_it_is_the_citys(quiet_year: World) -> None:
    for county in ("371502", "371521", "371525"):
        came(quiet_year, county, [0.3 * n + 0.2 for n in range(6)], area=f"{county}001")
    (found,) = hot(quiet_year)
    assert (found.area, found.now) == ("3715", 18)
    assert found.places == (("371502001", 6), ("371521001", 6), ("371525001", 6))


def test_one_case_is_told_as_a_case(quiet_year: World) -> None:
    quiet_year.add("first", received=NOW - timedelta(days=40))
    for n in range(7):
        at = NOW - timedelta(days=0.5 * n + 0.1)
        quiet_year.add(f"again{n}", "first", phone=f"1370000000{n}", received=at)
    (found,) = hot(quiet_year)
    assert (found.kind, found.case_id) == ("case", quiet_year.case("first"))
    assert found.counts[-1] == 7
    assert sum(found.counts[:-1]) == 1


def test_one_person_alone_makes_nothing_hot(quiet_year: World) -> None:
    for n in range(9):
        at = NOW - timedelta(days=0.5 * n + 0.1)
        quiet_year.add(f"again{n}", phone="13700000000", received=at)
    assert hot(quiet_year) == []


def test_without_a_past_it_is_listed_for_its_size(world: World) -> None:
    came(world, "leak", [0.5 * n + 0.2 for n in range(9)], area="371502002")
    (found,) = hot(world)
    assert found.expected is None
    assert found.now == 9
    assert hot(World(world.store), days=30)[0].expected is None


def test_a_newly_connected_city_makes_nothing_hot(quiet_year: World) -> None:
    for n, category in enumerate(f"{field:02}01" for field in range(1, 13)):
        days = [0.7 * m + 0.1 * n for m in range(12)]
        came(quiet_year, f"new{category}", days, category=category, area="431002")
    assert hot(quiet_year) == []


def test_sensitive_requests_count_but_are_not_named(quiet_year: World) -> None:
    came(quiet_year, "leak", [0.5 * n + 1 for n in range(8)])
    quiet_year.add("secret", received=NOW - timedelta(hours=1), lane=Lane.LEADERSHIP)
    came(
        quiet_year, "coup", [0.5 * n + 0.2 for n in range(8)], category="1801", lane=Lane.LEADERSHIP
    )
    (found,) = hot(quiet_year)
    assert found.now == 9
    assert quiet_year.ids["secret"] not in {one for one, _ in found.samples}
    seen = hot(quiet_year, sees_sensitive=True)
    assert {matter.category for matter in seen} == {"0107", "1801"}


@given(st.integers(0, 300), st.integers(0, 300), st.floats(0.01, 0.99))
def test_the_score_is_a_chance_and_grows_with_the_count(now: int, past: int, share: float) -> None:
    score = surprise(now, past, share)
    assert 0 <= score < 10**4
    assert surprise(now + 1, past, share) >= score - 1e-6
    assert surprise(now, past + 1, share) <= score + 1e-6


def test_the_score_of_a_matter_without_a_past_is_plain() -> None:
    assert surprise(5, 0, 1 / 9) == pytest.approx(5 * log10(9))
    assert surprise(5, 40, 1 / 9) < 1
    assert surprise(5, 0, 1.0) == 0


def test_the_picture_is_well_formed_and_says_it_all(quiet_year: World) -> None:
    came(quiet_year, "leak", [0.5 * n + 0.2 for n in range(9)])
    found = hot(quiet_year)
    drawn = picture(
        found,
        title="热点 <&>",
        name=lambda matter: (f"改造 & {matter.category}", "某地"),
        words=renderer(ZH),
    )
    root = ElementTree.fromstring(drawn)
    words = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert words[:3] == ["热点 <&>", "改造 & 0107", "某地"]
    assert "9" in words
    bars = list(root.iter("{http://www.w3.org/2000/svg}rect"))[1:]
    assert len(bars) == len(found[0].counts)
    assert ElementTree.fromstring(
        picture([], title="无", name=lambda _: ("", ""), words=renderer(ZH))
    )
