"""What a person corrected once is not done wrong again, before anything is trained anew."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.bootstrap import Application
from intake.casework.back_channel import BackMessage
from intake.model.decision import Decision, HoldReason, Outcome
from intake.pipeline.lesson_index import LessonIndex
from intake.settings import build
from intake.store import corrections, requests
from intake.store.requests import StoredRequest
from intake.store.tables import correction
from intake.store.vault import read_key

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
STALLS = "冠县清泉街道{}夜市摊贩占道经营"


@dataclass
class World:
    """The product on one folder, and a person at the desk."""

    app: Application
    folder: Path

    def take(self, name: str, text: str) -> Decision:
        """Pull and process one message; gives its decision. A new process each time."""
        table = f"工单编号,群众诉求,来电时间\n{name},{text},2026-05-20 08:30:00\n"
        (self.folder / f"{name}.csv").write_text(table, "utf-8")
        (puller,) = self.app.pullers()
        puller.drain(threading.Event(), lambda _report: None)
        processor = self.app.processor()
        while processor.run_once().items:
            pass
        return self.found(name)[1]

    def found(self, name: str) -> tuple[StoredRequest, Decision]:
        with self.app.store.read() as connection:
            rows = requests.decided_after(connection, None, since=None, limit=100)
            ((own, decision),) = [row for row in rows if row[0].external_id == name]
            return requests.get(connection, own.id), decision

    def correct(self, name: str, lead: str, **changed: str) -> str:
        stored, _ = self.found(name)
        self.app.desk().reassign(
            stored.request.id, version=stored.version, actor="wang", why="职责在他处",
            lead=lead, **changed,
        )  # fmt: skip
        return stored.request.id


@pytest.fixture
def world(tmp_path: Path, new_database: Callable[[str], str], engine: str) -> Iterator[World]:
    (tmp_path / "drop").mkdir()
    read_key(tmp_path / "identity.key", create=True)
    source = {
        "name": "drop", "connector": "folder", "home_area": "3715",
        "options": {"path": str(tmp_path / "drop"), "settle_seconds": 0},
    }  # fmt: skip
    table = {
        "source": [source],
        "store": {"url": new_database(engine)},
        "queue": {"url": f"intake-sqlite:///{tmp_path}/queue.db"},
        "identity": {"key_file": str(tmp_path / "identity.key")},
    }
    with Application(build(table, tmp_path, "the test"), clock=lambda: NOW) as app:
        yield World(app, tmp_path / "drop")


def steps(decision: Decision) -> list[str]:
    return [reason.step for reason in decision.reasons]


def test_a_row_that_a_person_overruled_is_not_followed_in_that_county(world: World) -> None:
    first = world.take("one", STALLS.format("南街"))
    assert (first.lead, first.rule) == ("U371525-CG", "R0018")
    corrected = world.correct("one", "U371525-SJ")
    later = world.take("two", "冠县崇文街道步行街烧烤摊摆到人行道上占道经营")
    assert (later.rule, later.lead) == ("R0018", "U371525-SJ")
    (reason,) = [reason for reason in later.reasons if reason.step == "memory"]
    assert corrected in reason.text
    assert reason.params is not None
    assert reason.params["day"] == "2026-06-01"


def test_other_counties_and_other_matters_go_where_they_went(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    world.correct("one", "U371525-SJ")
    elsewhere = world.take("two", "莘县莘亭街道夜市摊贩占道经营")
    other = world.take("three", "冠县清泉街道育才路路灯不亮已经一周")
    for decision in (elsewhere, other):
        assert decision.lead != "U371525-SJ"
        assert "memory" not in steps(decision)


def test_a_correction_that_was_returned_or_taken_back_teaches_nothing(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    request = world.correct("one", "U371525-SJ")
    world.app.back_channel().take(
        BackMessage(
            id="b1", request_id=request, unit="U371525-SJ", what="returned", reason="非本单位职责",
            at=NOW,
        )
    )  # fmt: skip
    assert world.take("two", STALLS.format("崇文步行街烧烤摊和")).lead == "U371525-CG"
    world.correct("one", "U371525-SJ")
    world.correct("one", "U371525-CG")
    assert world.take("three", "冠县烟庄街道集市路口水果摊占道经营").lead == "U371525-CG"


def test_correcting_what_the_memory_led_to_takes_the_lesson_back(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    world.correct("one", "U371525-SJ")
    assert world.take("two", "冠县崇文街道步行街烧烤摊占道经营").lead == "U371525-SJ"
    world.correct("two", "U371525-CG")
    assert world.take("three", "冠县烟庄街道集市路口水果摊占道经营").lead == "U371525-CG"


def test_a_near_copy_of_a_corrected_message_is_read_as_that_was(world: World) -> None:
    text = "冠县清泉街道{}小区门口有几家烧烤店每天晚上把桌子摆到路边，油烟很大，占道经营到半夜，希望处理"
    first = world.take("one", text.format("阳光花园"))
    corrected = world.correct("one", "U371525-ZJ", category="0104")
    again = world.take("two", text.format("月亮花园"))
    with world.app.store.read() as connection:
        cases = {requests.get(connection, world.found(n)[0].request.id).request.case_id
                 for n in ("one", "two")}  # fmt: skip
    assert len(cases) == 2  # else it would be the same case's precedent
    assert first.category != "0104"
    assert (again.category, again.lead) == ("0104", "U371525-ZJ")
    assert any(r.step == "memory" and corrected in r.text for r in again.reasons)
    assert "memory" not in steps(
        world.take("three", text.format("莘县星辰花园").replace("冠县清泉街道", ""))
    )


def test_an_emergency_stays_one(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    world.correct("one", "U371525-SJ")
    fire = world.take("two", "冠县崇文街道步行街摊贩占道经营。现在煤气罐着火了有人被困")
    assert (fire.outcome, fire.hold) == (Outcome.HOLD, HoldReason.EMERGENCY)


def test_what_was_wrong_is_inferred_or_what_was_ticked(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    request = world.correct("one", "U371525-SJ")
    world.correct("one", "U371521-ZJ", category="0104", area="371521")
    stored, _ = world.found("one")
    world.app.desk().reassign(
        request, version=stored.version, actor="wang", why="重复", lead="U371525-CG",
        wrong=("duplicate",),
    )  # fmt: skip
    with world.app.store.read() as connection:
        made = corrections.of_request(connection, request)
    assert [(one.wrong, one.inferred) for one in made] == [
        (("catalogue",), True),
        (("category", "area"), True),
        (("duplicate",), False),
    ]
    assert {one.before.lead for one in made} == {"U371525-CG"}


def test_after_a_return_the_correction_is_of_what_the_machine_said(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    stored, _ = world.found("one")
    request = stored.request.id
    world.app.back_channel().take(
        BackMessage(
            id="b1", request_id=request, unit="U371525-CG", what="returned",
            reason="非本单位职责", proposed_unit="U371525-SJ", at=NOW,
        )
    )  # fmt: skip
    stored, _ = world.found("one")
    world.app.desk().accept(request, version=stored.version, actor="wang")
    with world.app.store.read() as connection:
        (made,) = corrections.of_request(connection, request)
        (proposal,) = corrections.proposals(connection)
    assert (made.wrong, made.inferred) == (("catalogue",), True)
    assert (made.before.lead, made.after.lead) == ("U371525-CG", "U371525-SJ")
    assert (proposal.rule, proposal.handler) == ("R0018", "kind:SJ@county")
    assert [seen.request_id for seen in proposal.evidence] == [request]


def test_a_correction_that_commits_late_is_seen_all_the_same(world: World) -> None:
    world.take("one", STALLS.format("南街"))
    world.correct("one", "U371525-SJ")
    memory = LessonIndex()
    with world.app.store.write() as connection:
        connection.execute(sa.update(correction).values(id=100))
    with world.app.store.read() as connection:
        memory.recall(connection, {}, {}, {})
    world.take("two", "莘县莘亭街道夜市摊贩占道经营")
    world.correct("two", "U371522-SJ")
    with world.app.store.write() as connection:
        connection.execute(sa.update(correction).where(correction.c.id != 100).values(id=99))
    with world.app.store.read() as connection:
        memory.recall(connection, {}, {}, {})
    assert {100, 99} == set(memory._keys)
