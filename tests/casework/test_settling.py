"""Cases on the way of a message, from a mailbox to its events: the limit is reached, the desk's changes
are respected by what comes later.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from intake.bootstrap import Application
from intake.demo import City, CorpusMessage, settings_for
from intake.model.decision import Decision
from intake.model.request import RelationKind
from intake.settings import build
from intake.store import audit, requests
from intake.store.vault import read_key

FIRST = datetime(2026, 3, 2, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
POWER = (
    "苏仙区翠湖花园交房快两年了,整个小区用的还是施工临时电,一到晚上就跳闸,冰箱里的东西坏了好几回,"
    "老人吸氧机都不敢停。开发商说在办,供电公司说没有收到申请,请市里协调尽快接通正式用电。"
)
HEAT = (
    "苏仙区翠湖花园3号楼的电梯从上个月起三天两头停运,十八楼的老人下不了楼,物业说维修资金批不下来,"
    "住户只好爬楼梯上下,请有关部门督促维修,并说明资金为什么动用不了。"
)


def letter(key: str, day: float, text: str = POWER, person: int = 1) -> CorpusMessage:
    """A letter to the mayor of Chenzhou."""
    return CorpusMessage(
        key=key, source="chenzhou-mailbox", channel="mailbox", title=text[:14],
        submitted_at=FIRST + timedelta(days=day), body=text, name="郑小满",
        phone=f"1380000{person:04}", email=f"p{person}@example.com",
    )  # fmt: skip


@dataclass
class Town:
    """A product on a city with these letters."""

    app: Application
    city: City

    def run(self) -> None:
        for puller in self.app.pullers():
            puller.drain(threading.Event(), lambda _report: None)
        processor = self.app.processor()
        while processor.run_once().items:
            pass

    def id(self, key: str) -> str:
        sql = "SELECT id FROM request WHERE external_id = '{}'"
        return str(self.query(sql.format(self.city.external_ids[key]))[0][0])

    def case(self, key: str) -> str:
        with self.app.store.read() as connection:
            return requests.get(connection, self.id(key)).request.case_id

    def decision(self, key: str) -> Decision:
        with self.app.store.read() as connection:
            return requests.current_decisions(connection, [self.id(key)])[self.id(key)]

    def relation(self, key: str) -> RelationKind:
        with self.app.store.read() as connection:
            (found,) = requests.relations(connection, self.id(key))
            return found.kind

    def events(self, key: str) -> list[dict[str, Any]]:
        sql = "SELECT body FROM outbox WHERE request_id = '{}' ORDER BY sequence"
        return [json.loads(body) for (body,) in self.query(sql.format(self.id(key)))]

    def whats(self, key: str) -> list[str]:
        return [event["type"].split(".")[-2] for event in self.events(key)]

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with self.app.store.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


Make = Callable[..., Town]


@pytest.fixture
def town(tmp_path: Path, new_database: Callable[[str], str]) -> Iterator[Make]:
    opened: list[Any] = []
    read_key(tmp_path / "identity.key", create=True)

    def make(*letters: CorpusMessage, engine: str = "sqlite", until: float = 100) -> Town:
        city = City(letters, opened=FIRST + timedelta(days=until))
        city.start()
        settings = {
            **settings_for(city),
            "store": {"url": new_database(engine)},
            "identity": {"key_file": str(tmp_path / "identity.key")},
        }
        app = Application(build(settings, tmp_path, "the test"))
        opened.append((app, city))
        made = Town(app, city)
        made.run()
        return made

    yield make
    for app, city in opened:
        app.close()
        city.stop()


def test_the_one_that_reaches_the_limit_takes_the_earlier_up(town: Make, engine: str) -> None:
    letters = [letter(f"n{n}", n, person=n) for n in range(1, 7)]
    made = town(*letters[:2], letters[2], *letters[3:], engine=engine, until=3.5)
    before = {key: made.decision(key) for key in ("n1", "n2", "n3")}
    assert {decision.lane.value for decision in before.values()} != {"coordination"}
    made.city.advance(24 * 10)
    made.run()
    assert len({made.case(f"n{n}") for n in range(1, 7)}) == 1
    for key, former in before.items():
        assert made.whats(key).count("escalated") == 1
        event = made.events(key)[-1]
        decision = made.decision(key)
        assert decision.lane.value == "coordination"
        assert "U4310-DC" in decision.co
        assert "U4310-DC" in event["data"]["units"]
        assert decision.lead == former.lead
        assert decision.version == former.version + 1
        assert former.deadlines is not None
        assert decision.deadlines is not None
        assert decision.deadlines.finish_by <= former.deadlines.finish_by  # type: ignore[operator]
        with made.app.store.read() as connection:
            trail = audit.trail(connection, "request", made.id(key))
        (row,) = [row for row in trail if row.action == "request.escalated"]
        assert (row.actor, row._mapping["to"]) == ("machine", "coordination")
    for key in ("n4", "n5", "n6"):
        assert made.decision(key).lane.value == "coordination"
        assert "escalated" not in made.whats(key), "decided higher at once"
    # Every one of them is owed an answer: a request, a decision and an event of its own.
    assert {made.whats(f"n{n}")[0] for n in range(1, 7)} <= {"routed", "held"}


def test_within_one_batch_the_earlier_go_up_too(town: Make) -> None:
    made = town(*(letter(f"n{n}", n, person=n) for n in range(1, 6)))
    whats = [made.whats(f"n{n}").count("escalated") for n in range(1, 6)]
    assert whats == [1, 1, 1, 0, 0]
    assert {made.decision(f"n{n}").lane.value for n in range(1, 6)} == {"coordination"}


def test_one_person_alone_is_heard_the_third_time(town: Make) -> None:
    made = town(*(letter(f"n{n}", 20 * n, person=1) for n in range(1, 4)))
    assert len({made.case(f"n{n}") for n in range(1, 4)}) == 1
    assert [made.whats(f"n{n}").count("escalated") for n in range(1, 4)] == [1, 1, 0]
    assert any("同一人已反映3次" in r.text for r in made.decision("n3").reasons)


def test_what_comes_after_a_merge_joins_the_merged_case(town: Make, engine: str) -> None:
    made = town(
        letter("power", 1), letter("heat", 2, HEAT, 2), letter("later", 9, HEAT, 3),
        engine=engine, until=5,
    )  # fmt: skip
    old = made.case("heat")
    assert old != made.case("power")
    made.app.cases().merge([old], made.case("power"), actor="周敏", why="同一小区一并办")
    made.city.advance(24 * 10)
    made.run()
    assert made.case("later") == made.case("heat") == made.case("power") != old


def test_what_was_split_is_not_joined_again_by_the_same_evidence(town: Make, engine: str) -> None:
    made = town(
        letter("one", 1, person=1), letter("other", 2, POWER[:-28], person=2),
        letter("third", 7, person=3), letter("other-again", 8, person=2),
        engine=engine, until=5,
    )  # fmt: skip
    assert made.case("other") == made.case("one")
    made.app.cases().split([made.id("other")], actor="周敏", why="其实是另一期")
    made.city.advance(24 * 10)
    made.run()
    # Word for word what the first wrote, but from somebody whose matter is another one.
    assert made.case("other-again") != made.case("one")
    assert made.relation("other-again") is RelationKind.RELATED
    # Somebody whose matter nobody has judged yet joins as before.
    assert made.case("third") == made.case("one")
