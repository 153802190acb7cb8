"""What a wrong dispatch costs decides who acts; no threshold of its own anywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from intake.catalogue import Tables
from intake.catalogue.cost import Cost
from intake.model.decision import Outcome
from intake.settings import MODELS

minutes = st.floats(0.1, 1000)


def cost(wrong: float = 10, recalled: float = 4, desk: float = 3, look: float = 1) -> Cost:
    return Cost(
        wrong_dispatch_minutes=wrong,
        recalled_dispatch_minutes=recalled,
        desk_minutes=desk,
        look_over_minutes=look,
    )


def test_the_shipped_prices() -> None:
    alone, sent = Tables.load(MODELS / "catalogue").lanes.cost.limits
    assert (round(alone, 3), round(sent, 3)) == (0.833, 0.5)


@pytest.mark.parametrize(
    ("p", "outcome"),
    [(1.0, Outcome.AUTO), (0.84, Outcome.AUTO), (0.82, Outcome.SUGGEST), (0.49, Outcome.HOLD)],
)
def test_the_cheapest_way(p: float, outcome: Outcome) -> None:
    assert cost().cheapest(p) is outcome


def test_a_dearer_mistake_is_sent_less_often() -> None:
    assert cost(wrong=60).limits[0] > cost(wrong=10).limits[0]
    assert cost(wrong=60).cheapest(0.9) is Outcome.SUGGEST


def test_where_the_desk_is_free_nothing_unsure_goes_out() -> None:
    assert cost(desk=0.02, look=0.01).cheapest(0.95) is Outcome.HOLD


@given(minutes, minutes, minutes, minutes, st.floats(0, 1))
def test_limits_say_what_the_cheapest_way_does(
    wrong: float, recalled: float, desk: float, look: float, p: float
) -> None:
    try:
        prices = cost(wrong, recalled, desk, look)
    except ValidationError:
        assert recalled >= wrong or look >= desk
        return
    alone, sent = prices.limits
    if min(abs(p - alone), abs(p - sent)) < 1e-6:
        return
    expected = Outcome.AUTO if p > alone else Outcome.SUGGEST if p > sent else Outcome.HOLD
    assert prices.cheapest(p) is expected
