"""A small invented city at a routing desk: what the desk's tests and screenshots look at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal

from pydantic import SecretStr

from intake.bootstrap import build_router
from intake.casework.back_channel import BackChannel, BackMessage
from intake.casework.cases import Cases
from intake.casework.escalator import Escalator
from intake.casework.routing_desk import Desk
from intake.catalogue import Catalogue
from intake.catalogue.taxonomy import Taxonomy
from intake.connect.connector import Page
from intake.contract import announce
from intake.decide.in_force import RouterInForce
from intake.decide.router import Router
from intake.errors import MalformedItem, SourceUnavailable
from intake.model.channel import Channel
from intake.model.clean_text import Span
from intake.model.decision import (
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
from intake.model.submission import Contact, RawItem
from intake.settings import MODELS, DeskSettings, ModelSettings, SystemSettings
from intake.store import landing, outbox, people
from intake.store.apply import apply
from intake.store.engine import Store
from intake.store.intents import Intents
from intake.store.tables import metadata
from intake.store.vault import Vault, masked
from intake.web.context import DeskContext
from intake.web.security import hash_password

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
PASSWORD = "ji-mu-ban-qiao-7"
DOWN = SourceUnavailable.of(
    "error.source.failed", source="liuyanban", where="liuyan.example", status=502
)
VERSIONS = Versions(model="cls-7f3a", catalogue="catalogue@1", areas="areas-2023", policy="p@1")
HOSTILE_TITLE = "<script>alert('标题')</script>"
HOSTILE_TEXT = (
    '冠县清泉街道"><img src=x onerror=alert(1)>路灯不亮，{{ 7*7 }} 电话[手机]，夜里\ufffd\ufffd危险'
)


@cache
def router() -> Router:
    """The shipped model and tables."""
    return build_router(ModelSettings(), ["3715"])


def catalogue() -> Catalogue:
    """The shipped catalogue."""
    return router().catalogue


@cache
def taxonomy() -> Taxonomy:
    """The shipped categories."""
    return Taxonomy.load(MODELS / "taxonomy" / "taxonomy.csv")


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """A store with requests, people and sources, and the context of a desk over it."""

    store: Store
    clock: Clock = field(default_factory=Clock)
    ids: dict[str, str] = field(default_factory=dict)
    secure_cookies: bool = False

    def __post_init__(self) -> None:
        with self.store.engine.begin() as connection:
            metadata.create_all(connection)
        self.catalogue = catalogue()
        self.vault = Vault(b"k" * 32)
        shipped = router()
        self.routers = RouterInForce(
            self.store, shipped, lambda: shipped.classifier, self.clock, poll=0
        )
        self.desk = Desk(self.store, lambda: self.routers().catalogue, self.clock)
        self.back_channel = BackChannel(
            self.store, lambda: self.routers().reader.names, self.clock, lambda: 3
        )
        escalator = Escalator(shipped.policy, self.catalogue, {})
        self.cases = Cases(self.store, escalator, self.clock)

    def context(self) -> DeskContext:
        """What the application is made of."""
        systems = {
            "hotline-system": SystemSettings(token=SecretStr("feed-one"), identities=True),
            "archive": SystemSettings(token=SecretStr("feed-two")),
            "water": SystemSettings(token=SecretStr("feed-three"), units=("U371525-GS",)),
        }
        return DeskContext(
            store=self.store,
            desk=self.desk,
            back_channel=self.back_channel,
            cases=self.cases,
            router=self.routers,
            taxonomy=taxonomy(),
            gazetteer=router().gazetteer,
            settings=DeskSettings(systems=systems, secure_cookies=self.secure_cookies),
            clock=self.clock,
            vault=self.vault,
            homes={"冠县热线": "3715"},
        )

    def add_people(self, password_hash: str) -> None:
        """Two at the desk, one who may see 高位办."""
        with self.store.write() as connection:
            people.add(connection, "周敏", password_hash, ("desk",), NOW)
            people.add(connection, "何川", password_hash, ("desk",), NOW)
            people.add(connection, "沈岚", password_hash, ("lead",), NOW)

    def add_request(
        self,
        key: str,
        title: str,
        text: str,
        *,
        hours_ago: float = 5,
        state: RequestState = RequestState.HELD,
        hold: HoldReason | None = None,
        lane: Lane = Lane.ORDINARY,
        lead: str | None = None,
        co: tuple[str, ...] = (),
        category: str | None = None,
        area: str | None = "371525",
        place: str = "",
        days: float = 5,
        day_kind: Literal["workday", "calendar"] = "workday",
        channel: Channel = Channel.HOTLINE,
        case_of: str | None = None,
        relation: RelationKind = RelationKind.SHARED,
        contact: Contact | None = None,
    ) -> str:
        """Write one request with its decision, audit row and event; gives its id."""
        identifier = request_id("liaocheng-12345", key)
        received = self.clock() - timedelta(hours=hours_ago)
        known = contact or Contact(name="试名", phone="13800001234")
        request = Request(
            id=identifier,
            source="liaocheng-12345",
            channel=channel,
            external_id=key,
            revision=1,
            case_id=case_id(self.ids[case_of] if case_of else identifier),
            title=title,
            text=text,
            submitted_at=received,
            received_at=received,
            contact_masked=masked(known),
            identity_ref=f"ref-{key}",
            reply_over=channel,
        )
        decision = self._decision(
            title, text, hold=hold, state=state, lane=lane, lead=lead, co=co,
            category=category, area=area, place=place, received=received, days=days,
            day_kind=day_kind,
        )  # fmt: skip
        standing, intents = Standing(request, state, 1, decision), Intents()
        intents.decisions.append((identifier, decision))
        intents.seal(identifier, f"ref-{key}", known)
        intents.audit(
            "machine", "request.decided", "request", identifier, after=state.value,
            why=hold.value if hold else "rule R0001",
        )  # fmt: skip
        intents.announce(announce.decided(standing, None))
        intents.stand(standing)
        if case_of:
            why = ("同一小区", "内容相近 0.91")
            joined = Relation(of=self.ids[case_of], kind=relation, score=0.91, why=why)
            intents.relations.append((identifier, joined))
        with self.store.write() as connection:
            apply(connection, intents, at=received, vault=self.vault)
        self.ids[key] = identifier
        return identifier

    def _decision(
        self, title: str, text: str, *, hold: HoldReason | None, state: RequestState, lane: Lane,
        lead: str | None, co: tuple[str, ...], category: str | None, area: str | None, place: str,
        received: datetime, days: float, day_kind: Literal["workday", "calendar"],
    ) -> Decision:  # fmt: skip
        outcomes = {RequestState.HELD: Outcome.HOLD, RequestState.ROUTED: Outcome.AUTO}
        start = f"{title}\n{text}".find(place) if place else 0
        evidence = (Span(start=start, end=start + len(place), text=place),) if place else ()
        top = tuple(
            CategoryScore(category=code, confidence=share)
            for code, share in ((category or "0901", 0.62), ("0405", 0.2), ("0806", 0.11))
        )
        reasons: tuple[Reason, ...] = (
            Reason(step="classify", code="model", text="按正文判断分类，第一候选62%"),
            Reason(step="locate", code="text", text=f"正文写明“{place or '未写地点'}”"),
            Reason(step="catalogue", code="R0001", text="适用县级主管部门的默认规则"),
        )
        if hold:
            reasons += (Reason(step="hold", code=hold.value, text="需要人工确认"),)
        return Decision(
            version=1,
            outcome=outcomes.get(state, Outcome.RECORD),
            category=category,
            matter_type=None,
            area=area,
            location=Location(area=area, level="county", confidence=0.9, evidence=evidence),
            classification=Classification(category=category, confidence=0.62, auto=False, top=top),
            lead=lead,
            co=co,
            lane=lane,
            deadlines=Deadlines(
                profile="county-5",
                accept_by=received + timedelta(days=1),
                reply_by=received + timedelta(days=3),
                finish_by=received + timedelta(days=days),
                day_kind=day_kind,
            ),
            confidence=0.62,
            hold=hold,
            rule="R0001",
            reasons=reasons,
            versions=VERSIONS,
            decided_at=received,
        )

    def publish_all(self) -> None:
        """Stand in for the relay: the broker has confirmed everything."""
        with self.store.write() as connection:
            while rows := outbox.unsent(connection, 500):
                outbox.mark_sent(connection, [row.id for row in rows], self.clock())

    def add_sources(self) -> None:
        """Two sources, one of which sent what nobody can read, and one that is down."""
        good = RawItem.of("liaocheng-12345", "w-1", b"{}", fetched_at=NOW)
        bad = RawItem.of(
            "liaocheng-12345", "w-2", "<b>来电人：试名 13800001234</b>".encode("gb18030"),
            fetched_at=NOW, content_type="text/html; charset=gb2312", ref="sheet 3, row 9",
        )  # fmt: skip
        binary = RawItem.of(
            "liaocheng-12345", "w-3", bytes(range(256)) * 12, fetched_at=NOW,
            content_type="application/octet-stream",
        )  # fmt: skip
        page = Page((good, bad, binary), {"row": 3}, filtered={"internal_test": 2})
        with self.store.write() as connection:
            landing.land(connection, "liaocheng-12345", "hotline", page, NOW)
            landing.pull_failed(connection, "liuyanban", "board", DOWN, NOW)
        with landing.claim(self.store, 10) as claim, claim.settle() as connection:
            one, two, three = claim.items
            landing.finish(connection, [(one, "new"), (two, "quarantined"), (three, "quarantined")])
            landing.reject(
                connection,
                [
                    (
                        two,
                        landing.Rejection.of(
                            "parse", MalformedItem.of("error.item.no_text"), "missing column"
                        ),
                    ),
                    (
                        three,
                        landing.Rejection.of(
                            "parse", MalformedItem.of("error.item.not_spreadsheet", file="a.xlsx")
                        ),
                    ),
                ],
                NOW,
            )

    def messages(self) -> Iterator[BackMessage]:
        """What units sent back."""
        yield BackMessage(
            id="m-1", request_id=self.ids["lamp"], unit="U371525-CG", what="returned",
            reason="路灯由城建投资公司管护", basis="冠县路灯移交协议", proposed_unit="U371525-ZJ",
            at=self.clock(),
        )  # fmt: skip


def fill(world: World) -> None:
    """A working day's requests."""
    held, routed = RequestState.HELD, RequestState.ROUTED
    world.add_request(
        "pipe", "铺设供水管道占了耕地，补偿一直没给",
        "冠县清水镇铺供水管道，从我家麦地里穿过去，当时说好秋后补偿，到现在没有人管。"
        "我的电话[手机]，请有关部门给个说法。",
        hold=HoldReason.UNCLEAR, lead="U371525-GS", co=("U371525-NY",), category="0806",
        place="冠县清水镇", hours_ago=30,
    )  # fmt: skip
    world.add_request(
        "place", "小区门口的路坑坑洼洼", "幸福路口一下雨就积水，老人孩子出门不方便。",
        hold=HoldReason.PLACE_AMBIGUOUS, area="3715", category="0103", hours_ago=6,
        channel=Channel.MAILBOX,
    )  # fmt: skip
    world.add_request(
        "secret", "反映重大安全隐患的材料", "这一件只有领导办理席能看。",
        hold=HoldReason.SENSITIVE, lane=Lane.LEADERSHIP, hours_ago=8,
    )  # fmt: skip
    world.add_request(
        "hostile", HOSTILE_TITLE, HOSTILE_TEXT, hold=HoldReason.SEVERAL_MATTERS,
        lead="U371525-CG", category="0103", place="冠县清泉街道", hours_ago=3,
    )  # fmt: skip
    world.add_request(
        "heat", "供暖温度不够", "冠县崇文街道和苑小区室内只有十四度。", state=routed,
        lane=Lane.LIVELIHOOD, lead="U371525-GR", category="0404", place="冠县崇文街道",
        hours_ago=80, days=3,
    )  # fmt: skip
    world.add_request(
        "heat2", "和苑小区暖气不热", "冠县崇文街道和苑小区，邻居家里也是冷的。", state=routed,
        lane=Lane.LIVELIHOOD, lead="U371525-GR", category="0404", case_of="heat", hours_ago=50, days=2.5,
    )  # fmt: skip
    world.add_request(
        "heat3", "暖气问题牵出的举报", "同一小区，内容敏感。", state=held,
        lane=Lane.LEADERSHIP, hold=HoldReason.SENSITIVE, case_of="heat", hours_ago=20,
    )  # fmt: skip
    world.add_request(
        "lamp", "路灯半年不亮", "冠县振兴路东头路灯坏了半年。", state=routed,
        lead="U371525-CG", category="0103", hours_ago=26,
    )  # fmt: skip
    world.add_request(
        "spot", "咨询社保缴费时间", "已在电话里答复。", state=RequestState.RECORDED,
        lane=Lane.ON_THE_SPOT, category="1203",
    )  # fmt: skip
    world.add_request("gone", "已经解决，撤回", "不用办了。", state=RequestState.WITHDRAWN)
    world.add_sources()
    for message in world.messages():
        world.back_channel.take(message)


def known_password_hash() -> str:
    """The hash of ``PASSWORD``."""
    return hash_password(PASSWORD)
