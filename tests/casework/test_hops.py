"""How often a request may be sent round: counted from its decisions, and what the limit does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cases_world import World, escalator

from intake.casework.back_channel import BackChannel, BackMessage
from intake.casework.routing_desk import Desk
from intake.decide.hops import count_hops
from intake.model.decision import (
    Classification,
    Decision,
    HoldReason,
    Lane,
    Location,
    Outcome,
    Versions,
)
from intake.store import requests

ROUND = ("U371502-ZJ", "U371502-CG", "U371502-JT")


def decision(lead: str | None, *, hold: HoldReason | None = None, by: str = "machine") -> Decision:
    return Decision(
        version=1, outcome=Outcome.HOLD if hold else Outcome.AUTO, location=Location(),
        classification=Classification(), lead=lead, hold=hold, lane=Lane.ORDINARY, confidence=1,
        versions=Versions(model="m", catalogue="c", areas="a", policy="p"),
        decided_at=datetime(2026, 3, 1, tzinfo=UTC), decided_by=by,
    )  # fmt: skip


RETURNED = decision("B", hold=HoldReason.RETURNED, by="A")


@pytest.mark.parametrize(
    ("history", "hops"),
    [
        ([], 0),
        ([decision("A")], 0),
        ([decision("A"), RETURNED], 1),
        ([decision("A"), RETURNED, decision("B", by="desk-1")], 1),
        ([decision("A"), decision("B", by="desk-1")], 1),
        ([decision("A"), decision("B"), decision("C")], 0),  # edits, decided anew by the machine
        ([decision("A", hold=HoldReason.UNCLEAR), decision("B", by="desk-1")], 0),
        ([decision("A"), RETURNED, decision("B", by="desk-1"), RETURNED], 2),
    ],
)
def test_what_counts(history: list[Decision], hops: int) -> None:
    assert count_hops(history) == hops


def test_the_return_beyond_the_limit_goes_to_arbitration(world: World) -> None:
    world.add("hole")
    own = world.ids["hole"]
    desk = Desk(world.store, lambda: escalator().catalogue, world.tick)
    units = BackChannel(world.store, lambda: escalator().catalogue, world.tick, lambda: 2)
    holds = []
    for number, lead in enumerate(ROUND):
        with world.store.read() as connection:
            stored = requests.get(connection, own)
        if number:
            desk.reassign(own, version=stored.version, actor="desk-1", why="职责", lead=lead)
        message = {
            "id": str(number), "request_id": own, "unit": lead, "what": "returned",
            "reason": "不属我单位职责", "at": world.now,
        }  # fmt: skip
        units.take(BackMessage.model_validate(message), "tickets")
        holds.append(world.decision("hole").hold)
    assert holds == [HoldReason.RETURNED, HoldReason.RETURNED, HoldReason.HOP_LIMIT]
