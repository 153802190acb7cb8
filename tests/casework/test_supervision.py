"""Urging what is late, and sending bad answers back (催办, 退回重办)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cases_world import NOW, World
from pydantic import ValidationError

from intake.casework.back_channel import BackChannel, BackMessage
from intake.casework.supervision import Supervision
from intake.errors import Conflict, Refused
from intake.model.request import RequestState
from intake.store import audit, requests

LEAD = "U371502-ZJ"


def supervision(world: World) -> Supervision:
    return Supervision(world.store, world.tick)


def stored(world: World, key: str) -> requests.StoredRequest:
    with world.store.read() as connection:
        return requests.get(connection, world.ids[key])


def told(world: World, key: str, what: str, number: str = "1", **rest: object) -> None:
    def no_catalogue() -> None:
        raise AssertionError("an answer needs no catalogue")

    message = BackMessage.model_validate(
        {
            "id": f"{key}-{what}-{number}", "request_id": world.ids[key], "unit": LEAD,
            "what": what, "at": world.now, **rest,
        }
    )  # fmt: skip
    BackChannel(world.store, no_catalogue, world.tick, lambda: 3).take(message)  # type: ignore[arg-type]


def trail(world: World, key: str) -> list[tuple[str, str]]:
    with world.store.read() as connection:
        return [
            (row.actor, row.action) for row in audit.trail(connection, "request", world.ids[key])
        ]


def test_who_is_late_is_urged_once(world: World) -> None:
    world.add("late")
    world.add("at the desk", state=RequestState.HELD)
    world.now += timedelta(days=1)
    assert supervision(world).urge_overdue() == 0
    world.now += timedelta(days=1, hours=1)
    world.add("in time")

    assert supervision(world).urge_overdue() == 1
    assert supervision(world).urge_overdue() == 0

    assert world.whats("late") == ["routed", "urged"]
    assert world.whats("in time") == ["routed"]
    urged = world.events("late")[-1]["data"]
    assert urged["units"] == [LEAD]
    assert "2026年11月24日" in urged["why"]
    assert (
        urged["decision"]["deadlines"] == world.events("late")[0]["data"]["decision"]["deadlines"]
    )
    assert trail(world, "late") == [("machine", "request.urged")]
    world.assert_whole()


def test_what_was_late_when_it_came_is_nobodys_delay(world: World) -> None:
    world.add("old", received=NOW - timedelta(days=90))
    world.now += timedelta(days=3)
    assert supervision(world).urge_overdue() == 0


def test_what_has_been_late_for_long_is_left_to_people(world: World) -> None:
    """As after an upgrade: nobody was urged before, and a year's requests must not all be at once."""
    world.add("long ago")
    world.now += timedelta(days=10)
    world.add("lately")
    world.now += timedelta(days=3)
    assert supervision(world).urge_overdue() == 1
    assert world.whats("long ago") == ["routed"]
    world.add("later")
    world.now += timedelta(days=3)
    assert Supervision(world.store, world.tick, urge_days=0).urge_overdue() == 0


def test_many_processes_urge_each_but_once(world: World) -> None:
    keys = [f"late {n}" for n in range(30)]
    for key in keys:
        world.add(key)
    world.now += timedelta(days=3)
    with ThreadPoolExecutor(4) as pool:
        urged = list(pool.map(lambda _n: supervision(world).urge_overdue(), range(4)))
    assert sum(urged) == len(keys)
    assert all(world.whats(key) == ["routed", "urged"] for key in keys)


def test_the_loop_urges_until_told_to_stop(world: World) -> None:
    world.add("late")
    world.now += timedelta(days=3)
    stop = threading.Event()
    loop = threading.Thread(target=supervision(world).run, args=(stop,))
    loop.start()
    while world.whats("late") != ["routed", "urged"]:
        assert loop.is_alive()
    stop.set()
    loop.join(5)
    assert not loop.is_alive()


def test_an_answer_ends_the_urging(world: World) -> None:
    world.add("answered")
    told(world, "answered", "replied", reason="已联系来件人")
    assert stored(world, "answered").state is RequestState.ROUTED
    told(world, "answered", "resolved", reason="已修好")
    assert stored(world, "answered").state is RequestState.ANSWERED
    world.now += timedelta(days=3)
    assert supervision(world).urge_overdue() == 0
    assert [action for _, action in trail(world, "answered")] == [
        "request.replied",
        "request.resolved",
    ]


def test_a_bad_answer_is_sent_back_and_the_clock_runs_on(world: World) -> None:
    world.add("bad")
    told(world, "bad", "resolved", reason="已办结")
    before = world.decision("bad")
    version = stored(world, "bad").version
    with pytest.raises(Refused):
        supervision(world).rework(world.ids["bad"], version=version, actor="沈岚", why=" ")
    supervision(world).rework(world.ids["bad"], version=version, actor="沈岚", why="垃圾还在")

    assert stored(world, "bad").state is RequestState.ROUTED
    assert world.whats("bad") == ["routed", "reworked"]
    sent = world.events("bad")[-1]["data"]
    assert (sent["units"], sent["why"]) == ([LEAD], "垃圾还在")
    assert world.decision("bad") == before
    world.now += timedelta(days=3)
    assert supervision(world).urge_overdue() == 1
    told(world, "bad", "unresolvable", reason="权属有争议，已书面说明")
    assert stored(world, "bad").state is RequestState.ANSWERED
    world.assert_whole()


def test_only_what_a_unit_has_is_urged_and_only_an_answer_is_sent_back(world: World) -> None:
    world.add("held", state=RequestState.HELD)
    world.add("routed")
    by_hand = supervision(world)
    with pytest.raises(Refused, match="not with a unit"):
        by_hand.urge(world.ids["held"], version=stored(world, "held").version, actor="a", why="")
    with pytest.raises(Refused, match="has not been answered"):
        by_hand.rework(
            world.ids["routed"], version=stored(world, "routed").version, actor="a", why="x"
        )
    by_hand.urge(world.ids["routed"], version=stored(world, "routed").version, actor="a", why="急")
    assert world.events("routed")[-1]["data"]["why"] == "急"
    with pytest.raises(Conflict):
        by_hand.urge(world.ids["routed"], version=1, actor="a", why="")


def test_solved_and_satisfied_are_two_questions(world: World) -> None:
    world.add("rated")
    told(world, "rated", "resolved", reason="已修好")
    told(world, "rated", "rated", solved=True, satisfied=False, reason="王小明说修得太慢")
    rating = world.events("rated")[-1]
    assert rating["type"] == "cn.intake.request.amended.v1"
    assert rating["data"]["amendment"] == {
        "kind": "rating", "text": "", "unit": LEAD, "solved": True, "satisfied": False,
    }  # fmt: skip
    assert "王小明" not in str(rating)
    assert stored(world, "rated").state is RequestState.ANSWERED
    with pytest.raises(ValidationError, match="rated says"):
        told(world, "rated", "rated", number="2")
    with pytest.raises(Conflict):
        told(world, "rated", "resolved", number="2")


def test_what_cannot_be_done_needs_a_reason(world: World) -> None:
    world.add("hard")
    with pytest.raises(ValidationError, match="unresolvable needs a reason"):
        told(world, "hard", "unresolvable")
