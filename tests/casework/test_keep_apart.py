"""The hook that keeps apart what a person took apart."""

from __future__ import annotations

import pytest
from cases_world import NOW, SOURCE, World

from intake.model.channel import Channel
from intake.model.request import Relation, RelationKind
from intake.relate import Subject, keep_apart

Found = tuple[str, Relation | None]


def subject(world: World, name: str, phone: str | None) -> Subject:
    return Subject(
        request_id=name, case_id=f"own-{name}", source=SOURCE, channel=Channel.HOTLINE, title="",
        comparable="", contact_key=world.vault.blind(phone), received_at=NOW,
    )  # fmt: skip


@pytest.fixture
def parted(world: World) -> World:
    """b of 13800000002 was taken out of the case of a."""
    world.add("a", phone="13800000001")
    world.add("b", "a", phone="13800000002")
    world.cases.split([world.ids["b"]], actor="周敏", why="另一处")
    return world


def kept(world: World, subjects: list[Subject], found: list[Found]) -> list[Found]:
    with world.store.read() as connection:
        return keep_apart(connection, subjects, found)


def joins(world: World, kind: RelationKind, of: str | None = None) -> Found:
    return world.case("a"), Relation(of=of or world.ids["a"], kind=kind, score=0.9)


def test_whoever_was_taken_out_is_only_suggested(parted: World) -> None:
    subjects = [subject(parted, "n", "13800000002"), subject(parted, "m", "13800000009")]
    shared = joins(parted, RelationKind.SHARED)
    follows = joins(parted, RelationKind.SHARED, "n")
    one, other = kept(parted, subjects, [shared, shared])
    assert one[0] == "own-n"
    assert one[1] is not None
    assert one[1].kind is RelationKind.RELATED
    assert "此前由人工移出并案" in one[1].why
    assert other == shared
    # What joined it within the same batch goes where it goes.
    assert kept(parted, subjects, [shared, follows])[1] == ("own-n", follows[1])


def test_a_repeat_of_ones_own_request_in_that_case_joins(parted: World) -> None:
    own = [subject(parted, "n", "13800000002")]
    repeat = joins(parted, RelationKind.REPEAT)
    assert kept(parted, own, [repeat]) == [repeat]


def test_marks_follow_merges_and_undo(parted: World) -> None:
    own = [subject(parted, "n", "13800000002")]
    shared = joins(parted, RelationKind.SHARED)
    merge = parted.cases.merge([parted.case("b")], parted.case("a"), actor="周敏", why="还是一处")
    assert kept(parted, own, [shared]) == [shared], "a person has joined them since"
    parted.cases.undo(merge.id, actor="周敏", why="不是")
    assert kept(parted, own, [shared])[0][0] == "own-n"


def test_without_marks_nothing_changes(world: World) -> None:
    world.add("a")
    found: list[Found] = [joins(world, RelationKind.SHARED), ("own-m", None)]
    subjects = [subject(world, "n", "13800000002"), subject(world, "m", None)]
    assert kept(world, subjects, found) is found
