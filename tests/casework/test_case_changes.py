"""Merge, split, keep apart and undo, on both engines."""

from __future__ import annotations

import pytest
from cases_world import World

from intake.errors import Conflict, NotFound, Refused
from intake.model.request import RequestState
from intake.store import audit, case_changes
from intake.store.case_changes import ChangeKind

ZHOU = {"actor": "周敏", "why": "同一栋楼的同一处漏水"}
UNDO = {"actor": "何川", "why": "并错了"}


def test_merge_moves_everybody_and_the_old_id_goes_on_to_resolve(world: World) -> None:
    world.add("a")
    world.add("b", phone="13800000001")
    world.add("b2", "b")
    a, b = world.case("a"), world.case("b")
    change = world.cases.merge([b], a, **ZHOU)
    assert (change.kind, change.moved, set(change.cases)) == (ChangeKind.MERGE, 2, {a, b})
    assert set(world.membership().values()) == {a}
    assert world.resolve(b) == world.resolve(world.ids["b2"]) == a
    (event,) = [e for e in world.events("b") if e["type"].endswith("merged.v1")]
    assert (event["caseid"], event["data"]["former_case"]) == (a, b)
    assert event["data"]["relation"]["of"] == world.ids["a"]
    assert event["data"]["relation"]["kind"] == "shared"
    assert world.whats("a") == ["routed"]
    world.assert_whole()


def test_merge_knows_the_same_person(world: World) -> None:
    world.add("a")
    world.add("a2", "a", phone="13800000001")
    world.add("b", phone="13800000001")
    world.cases.merge([world.ids["b"]], world.ids["a"], **ZHOU)
    relation = world.events("b")[-1]["data"]["relation"]
    assert (relation["kind"], relation["of"]) == ("repeat", world.ids["a2"])


def test_undo_of_a_merge_restores_both_cases(world: World) -> None:
    world.add("a")
    world.add("b")
    before = world.membership()
    change = world.cases.merge([world.case("b")], world.case("a"), **ZHOU)
    undone = world.cases.undo(change.id, **UNDO)
    assert (undone.kind, undone.undoes) == (ChangeKind.UNDO, change.id)
    assert world.membership() == before
    assert world.resolve(before["b"]) == before["b"]
    assert world.whats("b") == ["routed", "merged", "unmerged"]
    world.assert_whole()
    with pytest.raises(Refused, match=f"undone before, by change {undone.id}"):
        world.cases.undo(change.id, **UNDO)
    with pytest.raises(Refused, match="itself an undo"):
        world.cases.undo(undone.id, **UNDO)


def test_what_joined_since_goes_with_the_request_it_repeats(world: World) -> None:
    for key in "ab":
        world.add(key)
    before = world.membership()
    change = world.cases.merge([world.case("b")], world.case("a"), **ZHOU)
    world.add("b-again", "b")
    world.add("b-thrice", "b-again")
    world.add("a-again", "a")
    world.cases.undo(change.id, **UNDO)
    now = world.membership()
    assert now["b-again"] == now["b-thrice"] == now["b"] == before["b"]
    assert now["a-again"] == before["a"]
    world.assert_whole()


def test_split_makes_a_new_case_and_undo_ends_it(world: World) -> None:
    world.add("a")
    for key in ("b", "c"):
        world.add(key, "a")
    before = world.membership()
    change, new = world.cases.split([world.ids["b"]], **ZHOU)
    assert world.case("b") == new
    assert world.case("c") == world.case("a") == before["a"]
    assert world.whats("b")[-1] == "unmerged"
    assert world.events("b")[-1]["data"]["former_case"] == before["a"]
    world.add("b2", "b")
    world.assert_whole()
    world.cases.undo(change.id, **UNDO)
    assert {**before, "b2": before["a"]} == world.membership()
    assert world.resolve(new) == before["a"], "an id that was published goes on to resolve"
    assert world.query("SELECT count(*) FROM case_apart") == [(0,)]
    again, newer = world.cases.split([world.ids["b"]], **ZHOU)
    assert newer != new
    assert again.id > change.id
    world.assert_whole()


def test_split_leaves_something_and_takes_from_one_case(world: World) -> None:
    world.add("a")
    world.add("b", "a")
    world.add("other")
    with pytest.raises(Refused, match="all the requests"):
        world.cases.split([world.ids["a"], world.ids["b"]], **ZHOU)
    with pytest.raises(Refused, match="in 2 cases"):
        world.cases.split([world.ids["a"], world.ids["other"]], **ZHOU)
    with pytest.raises(NotFound, match="no request nobody"):
        world.cases.split(["nobody"], **ZHOU)
    with pytest.raises(Refused, match="needs a reason"):
        world.cases.split([world.ids["a"]], actor="周敏", why=" ")
    assert world.query("SELECT count(*) FROM case_change") == [(0,)]


def test_a_later_change_in_the_way_is_named(world: World) -> None:
    for key in "abc":
        world.add(key)
    first = world.cases.merge([world.case("b")], world.case("a"), **ZHOU)
    second = world.cases.merge([world.case("a")], world.case("c"), **ZHOU)
    with pytest.raises(Conflict, match=f"change {second.id} .merge. by 周敏") as refused:
        world.cases.undo(first.id, **UNDO)
    assert f"Undo change {second.id} first" in refused.value.hint
    world.cases.undo(second.id, **UNDO)
    world.cases.undo(first.id, **UNDO)
    assert len(set(world.membership().values())) == 3
    world.assert_whole()


def test_undo_never_empties_a_case_that_others_know(world: World) -> None:
    for key in "ab":
        world.add(key)
    merge = world.cases.merge([world.case("b")], world.case("a"), **ZHOU)
    split, _ = world.cases.split([world.ids["a"]], **ZHOU)
    with pytest.raises(Conflict, match=f"change {split.id}"):
        world.cases.undo(merge.id, **UNDO)
    world.assert_whole()


def test_a_split_cannot_be_undone_into_a_case_that_ended(world: World) -> None:
    world.add("a")
    world.add("b", "a")
    world.add("c")
    split, new = world.cases.split([world.ids["b"]], **ZHOU)
    merge = world.cases.merge([world.case("a")], world.case("c"), **ZHOU)
    with pytest.raises(Conflict, match=f"change {merge.id}"):
        world.cases.undo(split.id, **UNDO)
    into_new = world.cases.merge([world.case("c")], new, **ZHOU)
    with pytest.raises(Conflict, match=f"change {into_new.id}|change {merge.id}"):
        world.cases.undo(split.id, **UNDO)


def test_two_people_cannot_overwrite_each_other_unseen(world: World) -> None:
    for key in "abc":
        world.add(key)
    a, b, c = (world.case(key) for key in "abc")
    seen = {a: 0, b: 0}
    first = world.cases.merge([c], b, actor="何川", why="一回事", versions={b: 0, c: 0})
    with pytest.raises(Conflict, match=f"you saw version 0, it is now {first.id}"):
        world.cases.merge([b], a, **ZHOU, versions=seen)
    assert world.case("b") == b
    world.cases.merge([b], a, **ZHOU, versions={a: 0, b: first.id})
    with pytest.raises(Conflict):
        world.cases.split([world.ids["b"]], **ZHOU, versions={a: 0})


def test_every_change_is_audited(world: World) -> None:
    world.add("a")
    world.add("b")
    a, b = world.case("a"), world.case("b")
    change = world.cases.merge([b], a, **ZHOU)
    world.cases.undo(change.id, **UNDO)
    with world.store.read() as connection:
        rows = audit.trail(connection, "request", world.ids["b"])
        of_case = audit.trail(connection, "case", b)
        history = case_changes.history(connection, a)
    told = [(r.actor, r.action, r._mapping["from"], r._mapping["to"], r.why) for r in rows]
    assert told == [
        ("周敏", "request.merged", b, a, ZHOU["why"]),
        ("何川", "request.unmerged", a, b, UNDO["why"]),
    ]
    assert [row.action for row in of_case] == ["case.merged"]
    assert [one.kind for one in history] == [ChangeKind.UNDO, ChangeKind.MERGE]
    assert history[1].undone_by == history[0].id


def test_not_the_same_can_be_said_and_unsaid(world: World) -> None:
    world.add("a")
    world.add("b", related="a")
    change = world.cases.keep_apart(world.ids["b"], world.ids["a"], **ZHOU)
    with world.store.read() as connection:
        kept_out = case_changes.apart_from(connection, [world.case("b")])
    assert [mark.request_id for mark in kept_out] == [world.ids["a"]]
    world.cases.undo(change.id, **UNDO)
    with world.store.read() as connection:
        assert case_changes.apart_from(connection, [world.case("b")]) == []
    world.cases.merge([world.case("b")], world.case("a"), **ZHOU)
    with pytest.raises(Refused, match="Split one of them out"):
        world.cases.keep_apart(world.ids["b"], world.ids["a"], **ZHOU)


def test_a_merge_that_reaches_the_limit_takes_all_open_requests_up(world: World) -> None:
    world.add("a", phone="13800000001", area="431003")
    world.add("a2", "a", phone="13800000002", area="431003")
    world.add("b", phone="13800000003", area="431003")
    world.add("b2", "b", state=RequestState.HELD, area="431003")
    world.add("b3", "b", state=RequestState.RECORDED)
    finish = world.decision("a").deadlines
    world.cases.merge([world.case("b")], world.case("a"), **ZHOU)
    for key in ("a", "a2", "b", "b2"):
        decision = world.decision(key)
        assert decision.lane.value == "coordination"
        assert "U4310-DC" in decision.co
        assert world.whats(key)[-1] == "escalated"
        assert world.whats(key).count("escalated") == 1
    assert "escalated" not in world.whats("b3")
    after = world.decision("a").deadlines
    assert finish is not None
    assert after is not None
    assert after.finish_by == finish.finish_by, "no clock restarts"
    # Once is enough: what was raised is not raised again.
    world.add("c")
    world.cases.merge([world.case("c")], world.case("a"), **ZHOU)
    assert world.whats("a").count("escalated") == 1
    assert world.whats("c") == ["routed", "merged", "escalated"]
    world.assert_whole()
