"""The product's scenarios: what came in, and what must have come out. One test per story.

A story that needs a later capability is expected to fail, with the reason; docs/acceptance.md lists
them, and a test keeps that list true.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from stories_world import Played, run

from intake.casework.back_channel import BackMessage
from intake.catalogue import Catalogue, Query
from intake.catalogue.versions import fetch
from intake.model.channel import Channel
from intake.model.decision import Decision, HoldReason, Lane, Outcome
from intake.model.request import RelationKind, RequestState
from intake.operate.hot_matters import HotMatter, find_hot

CHINA = ZoneInfo("Asia/Shanghai")
DISPATCHED = (Outcome.AUTO, Outcome.SUGGEST)
ESCALATED = "cn.intake.request.escalated.v1"


def hot(played: Played, *, until: datetime, days: int) -> list[HotMatter]:
    """What was hot at a time."""
    with played.app.store.read() as connection:
        return find_hot(connection, until=until, days=days)


def test_s1_rubbish_in_a_village_the_gazetteer_does_not_know(played: Played) -> None:
    key = "s1-quanling-rubbish"
    decision = played.decision(key)
    assert decision.area == "220122101"
    candidates = [candidate.name for candidate in decision.location.candidates]
    assert any("泉眼岭村" in name for name in candidates)
    assert any(reason.code == "ask" for reason in decision.reasons)
    assert decision.category in ("0901", "0705")
    assert decision.lead == "U220122101-ZF"
    assert set(decision.co) == {"U220122-NY", "U220122-HB"}
    assert decision.lane is Lane.LIVELIHOOD
    assert played.request(key).request.reply_over == Channel.HOTLINE


def test_s2_the_neighbour_on_the_board(played: Played) -> None:
    key = "s2-quanling-neighbour"
    request = played.request(key).request
    assert "农安县伏龙泉镇泉岭村" in request.title + request.text
    assert "(nóng)" not in request.title + request.text
    assert played.case(key) == played.case("s1-quanling-rubbish")
    assert [r.kind for r in played.relations(key)] == [RelationKind.SHARED]
    assert request.reply_over == Channel.BOARD
    assert request.id != played.ids["s1-quanling-rubbish"]


def test_s3_the_archive_bureau_hands_in_a_road(played: Played) -> None:
    decision = played.decision("archive-road-1")
    assert decision.category in ("0103", "0107", "0201")
    assert decision.lead == "U371502-ZJ"
    assert "U371502001-ZF" in decision.co
    everybody = (decision.lead, *decision.co, *decision.informed, *decision.via)
    assert "U3715-DAG" not in everybody


def test_s4_the_town_government_is_accused(played: Played) -> None:
    key = "peizhai-subsidy"
    decision = played.decision(key)
    assert decision.lead == "U371502-ZF"
    everybody = (decision.lead, *decision.co, *decision.informed, *decision.via)
    assert "U371502107-ZF" not in everybody
    assert any(r.step == "guard" and "于集镇人民政府" in r.text for r in decision.reasons)
    assert not [e for e in played.events(key) if "U371502107-ZF" in e["data"]["units"]]


@pytest.mark.parametrize("estate", ["fangzhi-roof", "xiangyang-pipe", "xinghua-roof"])
def test_s5_calls_about_renovated_estates(played: Played, estate: str) -> None:
    keys = [key for key in played.keys(story="S5") if key.startswith(estate)]
    if not keys:
        pytest.fail(f"the corpus has no calls about {estate}")
    assert len({played.case(key) for key in keys}) == 1


def test_s5_is_a_hot_matter_with_its_growth_and_places(played: Played) -> None:
    end = max(played.messages[key].submitted_at for key in played.keys(story="S5"))
    found = hot(played, until=end + timedelta(hours=1), days=7)
    matter = next(m for m in found if m.kind == "place" and m.category == "0107")
    assert matter.area == "371502"
    assert matter.now >= 10
    assert matter.now > 10 * (matter.expected or 0)
    assert matter.people >= 10
    assert len(matter.places) >= 3
    assert dict(matter.channels).keys() == {"hotline"}


def test_s6_pipes_through_arable_land(played: Played) -> None:
    decision = played.decision("guanxian-pipe-land")
    assert decision.area == "371525"
    assert decision.category == "0806"
    assert decision.lead == "U371525-GS"
    assert "U371525-SL" in decision.co
    assert decision.deadlines is not None
    assert decision.deadlines.finish_by is not None


def test_s7_rubble_and_a_deadline_over_new_year(played: Played) -> None:
    decision = played.decision("zijingjie-rubble")
    assert decision.area == "371521"
    assert decision.category == "0305"
    assert decision.lead == "U371521-CG"
    assert decision.deadlines is not None
    assert decision.deadlines.finish_by is not None
    # 31 Dec, then holiday to 3 Jan, Sunday the 4th is worked, 5, 6, 7.
    end = decision.deadlines.finish_by.astimezone(CHINA)
    assert end == datetime(2026, 1, 7, 23, 59, 59, tzinfo=CHINA)


def test_s8_answered_on_the_spot(played: Played) -> None:
    keys = played.keys(story="S8")
    assert len(keys) > 10
    for key in keys:
        decision = played.decision(key)
        assert (decision.outcome, decision.lane) == (Outcome.RECORD, Lane.ON_THE_SPOT)
        assert decision.deadlines is None
        assert played.request(key).state is RequestState.RECORDED
        assert played.events(key)[0]["data"]["units"] == ["desk"]


def test_s9_migrant_workers_wages(played: Played) -> None:
    decision = played.decision("zhongliang-wages-1")
    assert decision.area == "431002"
    assert decision.category == "1201"
    assert decision.lead == "U431002-RS"
    assert "U431002-ZJ" in decision.co
    assert decision.lane is Lane.LIVELIHOOD
    assert played.case("zhongliang-wages-1") == played.case("zhongliang-wages-2")


def test_s10_the_same_words_about_two_villages(played: Played) -> None:
    one, other = "tashui-pool-guiyang", "tashui-pool-huatang"
    assert played.decision(one).area == "431021109209"
    assert played.decision(other).area == "431002101211"
    assert played.case(one) != played.case(other)


def test_s11_a_village_that_is_only_a_candidate(played: Played) -> None:
    decision = played.decision("tanping-farm-1")
    assert decision.area == "431024108"
    assert any("谢家村" in candidate.name for candidate in decision.location.candidates)
    assert decision.category in ("0705", "0702")
    assert decision.lead == "U431024-HB"


def test_s12_an_estate_without_power_again_and_again(played: Played) -> None:
    keys = played.keys(story="S12")
    assert len(keys) == 6
    assert len({played.case(key) for key in keys}) == 1
    assert played.case("aoyuan-lift") != played.case(keys[0])  # the same estate, another matter
    kinds = {relation.kind for key in keys for relation in played.relations(key)}
    assert {RelationKind.REPEAT, RelationKind.SHARED} <= kinds
    lanes = {played.decision(key).lane for key in keys}
    assert Lane.COORDINATION in lanes
    for key in keys:
        assert played.decision(key).lead == "U4310-GD"
        assert played.events(key)  # each is owed an answer of its own


def test_s12_goes_up_with_the_earlier_requests(played: Played) -> None:
    """What joins today goes up as one: in lane, to supervision, each once; the clocks run on."""
    own = [key for key in played.keys(story="S12") if played.case(key) == s12_case(played)]
    assert len(own) >= 5
    for key in own:
        decision = played.decision(key)
        assert decision.lane is Lane.COORDINATION
        assert "U4310-DC" in decision.co
        assert [e["type"] for e in played.events(key)].count(ESCALATED) <= 1
    raised = [key for key in own if any(e["type"] == ESCALATED for e in played.events(key))]
    assert len(raised) >= 2
    for key in raised:
        events = played.events(key)
        first, last = (
            next(e for e in order if e["data"].get("decision"))["data"]["decision"]["deadlines"]
            for order in (events, events[::-1])
        )
        assert last["finish_by"] <= first["finish_by"]


def s12_case(played: Played) -> str:
    """The case that most of them are in."""
    cases = [played.case(key) for key in played.keys(story="S12")]
    return max(cases, key=cases.count)


def test_s13_an_avenue_named_after_the_city(played: Played) -> None:
    decision = played.decision("chenzhou-avenue-1")
    assert decision.area == "4310"
    assert decision.lead == "U4310-ZJ"
    assert decision.lane is Lane.LIVELIHOOD


def test_s14_a_rating_is_not_a_new_request(played: Played) -> None:
    key = "s14-rated"
    own = played.messages[key]
    assert {happening.kind for happening in own.then} >= {"rating", "official_reply"}
    kinds = [event["data"].get("amendment", {}).get("kind") for event in played.events(key)]
    assert "rating" in kinds
    assert "official_reply" in kinds
    (rating,) = [
        e for e in played.events(key) if e["data"].get("amendment", {}).get("kind") == "rating"
    ]
    said = rating["data"]["amendment"]
    wanted = next(happening for happening in own.then if happening.kind == "rating")
    assert said.get("solved") == wanted.solved
    assert said.get("satisfied") == wanted.satisfied


def test_s15_major_and_sensitive(played: Played) -> None:
    for key in ("s15-tailings", "s15-collective"):
        decision = played.decision(key)
        assert decision.outcome is Outcome.HOLD
        assert decision.hold is HoldReason.SENSITIVE
        assert decision.lane is Lane.LEADERSHIP


def test_s16_plates_that_were_never_posted(played: Played) -> None:
    key = "s16-plate"
    decision, request = played.decision(key), played.request(key).request
    assert request.addressee is not None
    assert "书记" in request.addressee
    assert decision.category == "0602"
    assert decision.lead == "U1411-JJ"
    assert {"U141182-YZ", "U141182-JT"} <= set(decision.co)
    assert "virtual_phone" in request.flags
    assert request.reply_over == Channel.BOARD


def test_s17_stalls_prices_and_goods(played: Played) -> None:
    decision = played.decision("s17-stalls")
    assert decision.area == "141181"
    assert decision.lead == "U141181-CG"
    assert "U141181-SJ" in decision.co
    assert decision.via == ("U141181-WB",)
    assert "U141181-WB" not in (decision.lead, *decision.co)
    assert any(reason.code == "several_matters" for reason in decision.reasons)


def test_s18_a_summer_of_school_places(played: Played) -> None:
    keys = played.keys(story="S18")
    assert len(keys) == 40
    schools = [key for key in keys if (played.decision(key).category or "").startswith("10")]
    # 1001 or its neighbours; some ask for a bus or a deed, on the way to a school place.
    assert len(schools) >= 0.8 * len(keys)
    for key in keys:
        assert played.events(key)
    unplaced = [key for key in keys if key.startswith("no-place-a")]
    for key in unplaced:
        assert played.decision(key).location.confidence < 0.5


def test_s18_is_a_hot_matter(played: Played) -> None:
    """Nothing older is known, so there is no past yet that it could outgrow: listed for its size."""
    end = max(played.messages[key].submitted_at for key in played.keys(story="S18"))
    found = hot(played, until=end + timedelta(hours=1), days=90)
    matter = found[0]
    assert (matter.kind, matter.category, matter.area) == ("place", "1001", "1411")
    assert matter.expected is None
    assert matter.now >= 15
    assert matter.people >= 15
    assert {area for area, _ in matter.places} >= {"1411", "141102"}
    assert dict(matter.channels).keys() == {"board"}


def test_s19_heating_and_a_house_about_to_fall(played: Played) -> None:
    heat = played.decision("relocation-heat-1")
    assert heat.category == "0404"
    assert heat.lead == "U141128-GR"
    house = played.decision("s19-qiaogou")
    assert house.area == "1411"
    assert house.category == "0108"
    assert house.hold is HoldReason.PLACE_AMBIGUOUS


def dispatched(played: Played, key: str) -> Decision:
    """The decision on a message that is with a unit, for which the desk may have to nod."""
    if played.decision(key).outcome not in DISPATCHED:
        stored = played.request(key)
        played.app.desk().accept(stored.request.id, version=stored.version, actor="沈岚")
    return played.decision(key)


def test_s20_a_late_answer_is_urged(played: Played) -> None:
    """Its deadline lies months before the corpus is read, so a person urges; the machine's urging is
    in tests/casework/test_supervision.py.
    """
    before = dispatched(played, "s20-late")
    stored = played.request("s20-late")
    played.app.supervision().urge(
        stored.request.id, version=stored.version, actor="沈岚", why="路还没有修，来件人再次来电"
    )
    urged = played.events("s20-late")[-1]
    assert urged["type"] == "cn.intake.request.urged.v1"
    assert before.lead in urged["data"]["units"]
    assert played.decision("s20-late") == before  # the clock runs on, the unit is the same


def test_s20_a_bad_answer_is_sent_back(played: Played) -> None:
    before = dispatched(played, "s20-bad")
    assert before.lead is not None
    played.app.back_channel().take(
        BackMessage(
            id="resolved-1", request_id=played.ids["s20-bad"], unit=before.lead, what="resolved",
            reason="已清理", at=played.app.clock(),
        )
    )  # fmt: skip
    stored = played.request("s20-bad")
    assert stored.state is RequestState.ANSWERED
    played.app.supervision().rework(
        stored.request.id, version=stored.version, actor="沈岚", why="垃圾还在，请重新办理"
    )
    reworked = played.events("s20-bad")[-1]
    assert reworked["type"] == "cn.intake.request.reworked.v1"
    assert reworked["data"]["why"] == "垃圾还在，请重新办理"
    assert played.request("s20-bad").state is RequestState.ROUTED
    assert played.decision("s20-bad") == before


def test_s20_not_ours(played: Played) -> None:
    """The third of the three different things."""
    key = "s20-not-ours"
    before = dispatched(played, key)
    assert before.lead == "U141122-HB"
    played.app.back_channel().take(
        BackMessage(
            id="return-1",
            request_id=played.ids[key],
            unit="U141122-HB",
            what="returned",
            reason="河道清淤归水利部门",
            basis="三定方案第四条",
            proposed_unit="U141122-SL",
            at=played.app.clock(),
        )
    )
    after = played.decision(key)
    assert (after.outcome, after.hold) == (Outcome.HOLD, HoldReason.RETURNED)
    assert after.lead == "U141122-SL"
    assert after.deadlines == before.deadlines  # the clock runs on
    assert "三定方案第四条" in after.reasons[-1].text
    recalled = [e for e in played.events(key) if e["type"].endswith(".recalled.v1")]
    assert recalled[-1]["data"]["former_units"][0] == "U141122-HB"


def test_s21_everything_is_read_again_from_the_start(played: Played) -> None:
    def read_again() -> None:
        with played.app.store.write() as connection:
            connection.exec_driver_sql("UPDATE source_state SET cursor = '{}'")
        run(played.app)

    # The first time brings late replies to posts older than the boards' window of re-reading.
    before = played.query("SELECT count(*) FROM request")
    read_again()
    events = played.query("SELECT count(*), max(position) FROM outbox")
    read_again()
    assert played.query("SELECT count(*) FROM request") == before
    assert played.query("SELECT count(*), max(position) FROM outbox") == events


def test_s22_why_was_this_sent_to_us(played: Played) -> None:
    decision = played.decision("guanxian-pipe-land")
    router = played.app.router
    assert decision.versions == router.versions
    assert decision.rule in {rule.id for rule in router.catalogue.rules}
    steps = [reason.step for reason in decision.reasons]
    assert {"classify", "locate", "catalogue", "lane"} <= set(steps)
    assert all(reason.text for reason in decision.reasons)


def test_s22_the_catalogue_of_that_day_is_still_there(played: Played) -> None:
    for key in ("guanxian-pipe-land", "peizhai-subsidy", "s17-stalls", "s16-plate"):
        decision, request = played.decision(key), played.request(key).request
        then = Catalogue(fetch(played.app.store, decision.versions.catalogue))
        found = then.look_up(
            Query(
                decision.area or "",
                decision.category or "",
                decision.matter_type,
                frozenset(f"tag={tag}" for tag in decision.tags),
                request.received_at.astimezone(CHINA).date(),
                request.channel,
            )
        )
        assert found is not None
        assert found.rule.id == decision.rule
        assert tuple(unit.id for unit in found.via) == decision.via
