"""The deduper over real stores: batches, restarts, rollbacks, revisions."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.model.request import Relation, RelationKind
from intake.relate import Deduper, Subject
from intake.store.fingerprints import move_fingerprints
from intake.store.tables import fingerprint, metadata

from .conftest import START, Make

Related = list[tuple[str, Relation | None]]
PLACES = ("锦湖小区", "东林花园", "石桥村", "育才小学", "新河路", "远达公司")
FAULTS = (
    "停水三天没有人通知,自来水厂电话打不通",
    "电梯又把人困在里面,物业叫了一个小时才来",
    "垃圾堆在门口没有人清运,夏天臭得不能开窗",
    "半夜还在施工打桩,孩子第二天上学起不来",
    "路灯坏了两个月,晚上走路全靠手机照",
)


def process(deduper: Deduper, database: sa.Engine, batch: list[Subject]) -> Related:
    """Do what the pipeline does with a batch."""
    with database.begin() as connection:
        deduper.refresh(connection)
        found = deduper.relate(connection, batch)
        deduper.remember(
            connection,
            [
                s.model_copy(update={"case_id": case})
                for s, (case, _) in zip(batch, found, strict=True)
            ],
        )
    return found


def stream(make: Make, count: int, seed: int = 5) -> list[Subject]:
    """A day of calls in which places and faults come again, some of them copied."""
    rng = random.Random(seed)
    subjects: list[Subject] = []
    for i in range(count):
        if subjects and rng.random() < 0.3:
            text = rng.choice(subjects).comparable + rng.choice(("请尽快", "盼复", "谢谢"))
        else:
            text = rng.choice(PLACES) + rng.choice(FAULTS) + rng.choice(FAULTS)
        person = f"{rng.randrange(8):02d}"
        subjects.append(make(f"r{i}", text, contact_key=person, days=i / 10))
    return subjects


def test_later_batches_find_what_earlier_ones_stored(make: Make, database: sa.Engine) -> None:
    deduper = Deduper()
    text = "锦湖小区" + FAULTS[0]
    first = make("a", text, contact_key="1")
    assert process(deduper, database, [first]) == [(first.case_id, None)]
    [(case, relation)] = process(deduper, database, [make("b", text + "盼复", contact_key="2")])
    assert case == first.case_id
    assert relation.of == "a"
    # The third joins the case that the second was put into, not one of its own.
    [(case, _)] = process(deduper, database, [make("c", text + "求回电", contact_key="3")])
    assert case == first.case_id


def test_batch_size_does_not_change_the_answers(make: Make, database: sa.Engine) -> None:
    subjects = stream(make, 60)
    single, whole = Deduper(), Deduper()
    one_by_one = [process(single, database, [subject])[0] for subject in subjects]
    with database.begin() as connection:
        connection.execute(sa.delete(fingerprint))
    assert process(whole, database, subjects) == one_by_one
    assert sum(relation is not None for _, relation in one_by_one) > 20


def test_restart_gives_the_answers_of_the_one_that_ran_on(make: Make, database: sa.Engine) -> None:
    subjects = stream(make, 80)
    running = Deduper()
    for start in range(0, 60, 7):
        process(running, database, subjects[start : min(start + 7, 60)])
    restarted = Deduper()
    with database.begin() as connection:
        running.refresh(connection)
        restarted.refresh(connection)
        asked = subjects[60:]
        assert restarted.relate(connection, asked) == running.relate(connection, asked)
        assert any(relation for _, relation in running.relate(connection, asked))


def test_rollback_leaves_no_trace(make: Make, database: sa.Engine) -> None:
    deduper = Deduper()
    first = make("a", "锦湖小区" + FAULTS[0])
    with database.connect() as connection, connection.begin() as transaction:
        deduper.refresh(connection)
        deduper.relate(connection, [first])
        deduper.remember(connection, [first])
        transaction.rollback()
    again = make("b", first.comparable)
    assert process(deduper, database, [again]) == [(again.case_id, None)]
    assert process(deduper, database, [make("c", first.comparable)])[0][1].of == "b"


def test_processes_see_each_others_commits(make: Make, database: sa.Engine) -> None:
    one, other = Deduper(), Deduper()
    first = make("a", "石桥村" + FAULTS[4])
    process(one, database, [first])
    [(case, relation)] = process(other, database, [make("b", first.comparable)])
    assert (case, relation.of) == (first.case_id, "a")
    assert process(one, database, [make("c", first.comparable)])[0][0] == first.case_id


def test_revision_replaces_and_never_relates_to_itself(make: Make, database: sa.Engine) -> None:
    deduper = Deduper()
    old = make("a", "东林花园" + FAULTS[1])
    process(deduper, database, [old])
    new = make("a", "新河路" + FAULTS[3] + "一直到凌晨三点")
    assert process(deduper, database, [new]) == [(old.case_id, None)]
    assert process(deduper, database, [make("b", old.comparable)])[0][1] is None
    assert process(deduper, database, [make("c", new.comparable)])[0][1].of == "a"


def test_revision_within_a_batch_replaces_too(make: Make, database: sa.Engine) -> None:
    old, new = make("a", "东林花园" + FAULTS[1]), make("a", "新河路" + FAULTS[3] + "一直到凌晨三点")
    asked = [old, new, make("b", old.comparable), make("c", new.comparable)]
    found = process(Deduper(), database, asked)
    assert [relation and relation.of for _, relation in found] == [None, None, None, "a"]


def test_suggestion_keeps_the_own_case(make: Make, database: sa.Engine) -> None:
    deduper = Deduper()
    text = "的孩子家长:食堂的菜连续三天有异物,班主任让我们不要往外说,请查一查供餐的是谁"
    process(deduper, database, [make("a", "育才小学" + text, contact_key="1")])
    other = make("b", "明远小学" + text, contact_key="2")
    [(case, relation)] = process(deduper, database, [other])
    assert relation.kind == RelationKind.RELATED
    assert case == other.case_id


def test_merge_at_the_desk_is_followed(make: Make, database: sa.Engine) -> None:
    deduper = Deduper()
    first = make("a", "锦湖小区" + FAULTS[0])
    process(deduper, database, [first])
    with database.begin() as connection:
        move_fingerprints(connection, ["a"], "merged-case")
    assert process(deduper, database, [make("b", first.comparable)])[0][0] == "merged-case"


def test_the_nearest_of_several_is_chosen(make: Make, database: sa.Engine) -> None:
    text = "锦湖小区" + FAULTS[0] + FAULTS[2]
    stored = [
        make("copy", text[:30] + "另外物业也联系不上,没有人出来解释"),
        make("same", text, days=1),
    ]
    # Two cases on purpose: the first is a copy of a half, the second is the whole.
    with database.begin() as connection:
        deduper = Deduper()
        deduper.remember(connection, stored)
    assert process(deduper, database, [make("b", text, days=2)])[0][0] == stored[1].case_id


def test_no_phone_and_no_person_is_readable_in_the_store(make: Make, database: sa.Engine) -> None:
    process(Deduper(), database, [make("a", "石桥村" + FAULTS[0], contact_key="ab12")])
    with database.begin() as connection:
        row = connection.execute(sa.select(fingerprint)).one()
    assert row.contact_key == "ab12"
    assert set(row._mapping) == {
        "seq", "request_id", "case_id", "source", "channel", "title", "text", "exact", "sketch", "names",
        "numbers", "faults", "area", "contact_key", "person_key", "received_at",
    }  # fmt: skip


texts = st.text(st.sampled_from("锦湖小区石桥村电梯停水的了路3 ,。a"), max_size=40) | st.text(
    max_size=40
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(bodies=st.lists(st.tuples(texts, texts, st.sampled_from("xyz")), max_size=12))
def test_any_text_is_related_in_order_and_never_to_itself(
    make: Make, bodies: list[tuple[str, str, str]]
) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    metadata.create_all(engine)
    batch = [
        make(f"r{i % 9}", text, title=title, contact_key=person)
        for i, (title, text, person) in enumerate(bodies)
    ]
    found = process(Deduper(), engine, batch)
    assert len(found) == len(batch)
    earlier: set[str] = set()
    cases: set[str] = set()
    for subject, (case, relation) in zip(batch, found, strict=True):
        if relation:
            assert relation.of != subject.request_id
            assert relation.of in earlier
            assert 0 < relation.score <= 1
        assert case in cases | {subject.case_id}
        earlier.add(subject.request_id)
        cases.add(case)
    with engine.begin() as connection:
        connection.execute(sa.delete(fingerprint))
    assert process(Deduper(), engine, batch) == found
    engine.dispose()


def test_naive_time_is_refused_by_the_store(make: Make, database: sa.Engine) -> None:
    naive = make("a", FAULTS[0], received_at=START.replace(tzinfo=None))
    with pytest.raises(sa.exc.StatementError), database.begin() as connection:
        Deduper().remember(connection, [naive])
