"""One event of each kind from fixed nouns: what we promise byte for byte.

``python tests/contract/golden_events.py`` writes them to golden/; a difference there is a change of
the contract and wants a second look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from intake.contract import announce
from intake.contract.announce import Announcement
from intake.contract.event import Amendment, EventKind
from intake.model.channel import Channel
from intake.model.clean_text import Span
from intake.model.decision import (
    AreaCandidate,
    CategoryScore,
    Classification,
    Deadlines,
    Decision,
    HoldReason,
    Lane,
    Location,
    Outcome,
    Reason,
    Versions,
)
from intake.model.ids import case_id, request_id
from intake.model.request import Relation, RelationKind, Request, RequestState
from intake.model.standing import Standing
from intake.model.submission import Attachment, MatterType
from intake.store.apply import apply
from intake.store.engine import open_store
from intake.store.intents import Intents
from intake.store.tables import metadata

GOLDEN = Path(__file__).with_name("golden")
SOURCE, NUMBER = "demo-12345", "GD20260302000001"
RECEIVED = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
AT = datetime(2026, 3, 2, 1, 31, 5, 250_000, tzinfo=UTC)
ID = request_id(SOURCE, NUMBER)
EARLIER = request_id(SOURCE, "GD20260301000009")

REQUEST = Request(
    id=ID,
    source=SOURCE,
    channel=Channel.HOTLINE,
    external_id=NUMBER,
    revision=1,
    case_id=case_id(ID),
    title="路灯不亮",
    text="阳谷县谷山路的路灯全都不亮,晚上走路很危险。",
    matter_type=MatterType.COMPLAINT,
    submitted_at=RECEIVED,
    received_at=RECEIVED,
    addressee="市长",
    form_area="371521",
    form_category="市政设施",
    submitter_unit="某档案馆",
    contact_masked="周** 138****1001",
    identity_ref="idr_" + "0123456789abcdef" * 2,
    reply_over=Channel.HOTLINE,
    attachments=(
        Attachment(name="路灯.jpg", content_type="image/jpeg", size=2048, digest="ab" * 32),
    ),
    flags=("virtual_phone",),
)
ROUTED = Decision(
    version=1,
    outcome=Outcome.AUTO,
    category="0104",
    matter_type=MatterType.COMPLAINT,
    area="371521",
    location=Location(
        area="371521",
        level="county",
        confidence=0.9,
        evidence=(Span(start=0, end=3, text="阳谷县"),),
        candidates=(AreaCandidate(area="371521", name="山东省聊城市阳谷县", score=0.9),),
        note="文中的谷山路不是区划",
    ),
    classification=Classification(
        category="0104",
        confidence=0.95,
        auto=True,
        top=(CategoryScore(category="0104", confidence=0.95),),
        matter_type=MatterType.COMPLAINT,
        evidence=("路灯",),
    ),
    lead="U371521-CG",
    co=("U371521-ZJ",),
    informed=("U371521100-ZF",),
    lane=Lane.ORDINARY,
    deadlines=Deadlines(
        profile="D-DEMO",
        accept_by=datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC),
        finish_by=datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC),
    ),
    confidence=0.9,
    rule="R-0104",
    tags=("school",),
    reasons=(Reason(step="classify", code="confident", text="文中有“路灯”。"),),
    versions=Versions(model="m-1", catalogue="c-1", areas="a-1", policy="p-1"),
    decided_at=AT,
)
REROUTED = ROUTED.model_copy(
    update={"version": 2, "lead": "U371521-GD", "co": (), "informed": (), "decided_by": "desk-1"}
)
HELD = ROUTED.model_copy(
    update={"outcome": Outcome.HOLD, "hold": HoldReason.UNCLEAR, "informed": (), "co": ()}
)
RECORDED = ROUTED.model_copy(
    update={
        "outcome": Outcome.RECORD, "lane": Lane.ON_THE_SPOT, "lead": None, "co": (),
        "informed": (), "deadlines": None, "rule": None,
    }
)  # fmt: skip
RELATION = Relation(of=EARLIER, kind=RelationKind.REPEAT, score=0.97, why=("同一联系方式",))
FORMER_CASE = case_id(EARLIER)
ESCALATED = ROUTED.model_copy(
    update={
        "version": 2,
        "lane": Lane.COORDINATION,
        "co": ("U371521-ZJ", "U3715-DC"),
        "reasons": (
            *ROUTED.reasons,
            Reason(step="lane", code="escalated", text="同一事项已有3人反映4次,升为协调办。"),
        ),
    }
)
RATING = Amendment(kind="rating", text="修好了", solved=True, satisfied=False)

Telling = Callable[[Standing], Announcement | list[Announcement]]
HAPPENINGS: dict[str, tuple[Decision, int, Telling]] = {
    "routed": (ROUTED, 0, lambda now: announce.decided(now, None)),
    "rerouted": (REROUTED, 1, lambda now: announce.decided(now, ROUTED, "改派给供电公司")),
    "held": (HELD, 0, lambda now: announce.decided(now, None)),
    "recorded": (RECORDED, 0, lambda now: announce.decided(now, None)),
    "amended": (ROUTED, 1, lambda now: announce.amended(now, RATING)),
    "merged": (ROUTED, 1, lambda now: announce.merged(now, RELATION)),
    "merged-by-desk": (
        ROUTED,
        1,
        lambda now: announce.merged(now, RELATION, former_case=FORMER_CASE, why="同一盏路灯"),
    ),
    "unmerged": (
        ROUTED,
        1,
        lambda now: announce.unmerged(now, former_case=FORMER_CASE, why="不是同一盏路灯"),
    ),
    "escalated": (
        ESCALATED,
        1,
        lambda now: announce.escalated(now, ESCALATED.reasons[-1].text),
    ),
    "urged": (ROUTED, 1, lambda now: announce.urged(now, "已超过办结期限（2026-03-09 23:59）")),
    "reworked": (ROUTED, 1, lambda now: announce.reworked(now, "路灯仍不亮")),
    "withdrawn": (ROUTED, 1, lambda now: announce.withdrawn(now, "来件人撤回")),
}


def _plainly(kind: EventKind) -> tuple[Decision, int, Telling]:
    """How a type is announced that tells nothing of its own: to whoever has the request, and why."""
    return ROUTED, 1, lambda now: announce.told(now, kind, "说明原因")


TYPES = {what.partition("-")[0] for what in HAPPENINGS} | {"recalled"}
HAPPENINGS |= {kind.value: _plainly(kind) for kind in EventKind if kind not in TYPES}


def golden_events() -> Iterator[tuple[str, str]]:
    """Give each event with the name of its file, written by the same code as in the product."""
    for name, (decision, sequence, tell) in HAPPENINGS.items():
        for body in _written(decision, sequence, tell):
            what = body.partition('"type":"cn.intake.request.')[2].partition(".v1")[0]
            audience = body.partition('"audience":"')[2].partition('"')[0]
            yield f"{name}-{what}-{audience}.json", body


def _written(decision: Decision, sequence: int, tell: Telling) -> list[str]:
    store = open_store("sqlite://")
    now = Standing(REQUEST, RequestState.ROUTED, 1, decision, version=0, sequence=sequence)
    intents = Intents()
    intents.announce(tell(now))
    intents.stand(now)
    try:
        with store.write() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            apply(connection, intents, at=AT)
            rows = connection.exec_driver_sql("SELECT body FROM outbox ORDER BY id")
            return [body for (body,) in rows]
    finally:
        store.close()


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for file, content in golden_events():
        (GOLDEN / file).write_text(content + "\n", encoding="utf-8")
