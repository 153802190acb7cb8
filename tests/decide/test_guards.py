"""Whom a request must never reach: the seeds' stories, in sentences written for these tests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from catalogue_world import dossier, shipped, tables_of

from intake.catalogue.taxonomy import CategoryRole, Taxonomy
from intake.decide.router import Router
from intake.model.channel import Channel
from intake.model.decision import Decision, HoldReason, Lane, Outcome

AT = datetime(2026, 6, 1, 3, tzinfo=UTC)
LIAOCHENG, CHENZHOU, LULIANG = "3715", "4310", "1411"


def decided(text: str, router: Router | None = None, **known: object) -> Decision:
    router = router or shipped()
    return router.decide(dossier(router, text, **known), version=1, at=AT)  # type: ignore[arg-type]


def guard_said(decision: Decision, code: str) -> str:
    return next(r.text for r in decision.reasons if (r.step, r.code) == ("guard", code))


def test_the_archive_bureau_never_gets_its_own_upload_back() -> None:
    decision = decided(
        "走访时居民反映小区内道路坑洼,请予整修",
        category="0103", area="371502001", home=LIAOCHENG,
        channel=Channel.OUTREACH, submitter="聊城市档案馆",
    )  # fmt: skip
    assert decision.lead == "U371502-ZJ"
    assert "U371502001-ZF" in decision.co
    everybody = (decision.lead, *decision.co, *decision.informed, *decision.via)
    assert "U3715-DAG" not in everybody


def test_a_unit_whose_own_matter_it_would_be_does_not_get_its_upload_back_either() -> None:
    decision = decided(
        "走访发现村口垃圾成堆", category="0901", area="371525102", home=LIAOCHENG,
        channel=Channel.OUTREACH, submitter="U371525102-ZF",
    )  # fmt: skip
    assert decision.lead == "U371525-ZF"
    assert "不能转回" in guard_said(decision, "submitter")
    assert "U371525102-ZF" not in (*decision.co, *decision.informed)


def test_a_submitter_s_name_means_the_one_of_the_source_s_city() -> None:
    """正阳街道 and 湖西街道 exist in more than one city."""
    decision = decided(
        "走访发现楼道堆物", category="1306", area="371502004", home=LIAOCHENG,
        channel=Channel.OUTREACH, submitter="湖西街道办事处",
    )  # fmt: skip
    assert decision.lead == "U371502-ZF"
    assert "湖西街道" in guard_said(decision, "submitter")


@pytest.mark.parametrize(
    "name",
    ["冠县城市管理局", "冠县城管局", "冠县城管", "县城管局", "冠县综合行政执法局", "冠县执法局", "冠县 城管局",
     "冠县城管局市政科", "冠县城市管理和综合执法局"],
)  # fmt: skip
def test_however_a_submitter_writes_its_name_it_gets_nothing_back(name: str) -> None:
    decision = decided(
        "走访发现路边摊占道", category="0302", area="371525", home=LIAOCHENG,
        channel=Channel.OUTREACH, submitter=name,
    )  # fmt: skip
    assert "U371525-CG" not in (decision.lead, *decision.co, *decision.informed, *decision.via)


def test_a_submitter_that_nobody_can_tell_is_asked_about() -> None:
    known = {"category": "0302", "area": "371525", "home": LIAOCHENG, "channel": Channel.OUTREACH}
    unknown = decided("走访发现路边摊占道", submitter="那边的工作组", **known)
    assert (unknown.outcome, unknown.hold) == (Outcome.HOLD, HoldReason.NO_RULE)
    body = decided("走访发现路边摊占道", submitter="聊城市农科院", **known)
    assert body.outcome is not Outcome.HOLD  # known to have no unit: nothing can go back to it


@pytest.mark.parametrize("parent", ["U371525-CG", "U3715-CG"])
def test_superiors_that_go_round_in_a_circle_end_in_a_hold(parent: str) -> None:
    units = shipped().catalogue.tables.files["units.csv"]
    round_trip = re.sub(r"(?m)^(U(?:371525|3715)-CG,(?:[^,]*,){4})[^,]*", rf"\1{parent}", units)
    assert round_trip != units
    router = _with(**{"units.csv": round_trip})
    decision = decided(
        "冠县城管局和聊城市城管局互相推诿", router, category="0302", area="371525", home=LIAOCHENG
    )
    assert (decision.outcome, decision.hold) == (Outcome.HOLD, HoldReason.SUPERIOR_UNKNOWN)
    assert decision.lead is None


def test_the_accused_is_not_on_the_way_to_another_either() -> None:
    decision = decided(
        "孝义市委办公室不作为,路边摊占道", category="0302", area="141181", home=LULIANG,
        channel=Channel.BOARD,
    )  # fmt: skip
    assert decision.via == ()
    assert decision.lead == "U141181-CG"


def test_who_handed_it_in_is_not_on_its_way_either() -> None:
    decision = decided(
        "路边摊占道", category="0302", area="141181", home=LULIANG, channel=Channel.BOARD,
        submitter="孝义市委办公室",
    )  # fmt: skip
    assert (decision.lead, decision.via) == ("U141181-CG", ())


def test_a_village_that_accuses_its_town_government_goes_to_the_county() -> None:
    decision = decided(
        "镇政府拖欠我们村户户通的奖补,三年了没给", category="0903", area="371502107",
        home=LIAOCHENG,
    )  # fmt: skip
    assert decision.lead == "U371502-ZF"
    assert "U371502107-ZF" not in (*decision.co, *decision.informed, *decision.via)
    assert "须回避" in guard_said(decision, "accused")


def test_held_when_the_superior_of_the_accused_is_not_known() -> None:
    tables = shipped().catalogue.tables
    orphaned = tables.files["units.csv"].replace(
        "ZF,town,371502107,U371502-ZF", "ZF,town,371502107,"
    )
    assert orphaned != tables.files["units.csv"]
    router = _with(**{"units.csv": orphaned})
    decision = decided(
        "镇政府拖欠我们村户户通的奖补,三年了没给", router, category="0903", area="371502107",
        home=LIAOCHENG,
    )  # fmt: skip
    assert (decision.outcome, decision.hold) == (Outcome.HOLD, HoldReason.SUPERIOR_UNKNOWN)
    assert decision.lead is None


def test_an_accused_bureau_goes_to_the_bureau_above_and_that_one_s_to_the_government() -> None:
    text = "城管局不作为,对占道经营不管不问"
    county = decided(text, category="0302", area="371502", home=LIAOCHENG)
    assert (county.lead, county.informed) == ("U3715-CG", ())
    router = shipped()
    assert router.catalogue.units["U3715-CG"].parent == "U3715-ZF"


def test_a_unit_that_is_only_asked_to_act_is_not_accused() -> None:
    decision = decided("请城管局处理门口摊贩乱收费", category="0302", area="371502", home=LIAOCHENG)
    assert decision.lead == "U371502-CG"


def test_an_accused_unit_is_not_brought_back_as_supervisor() -> None:
    """Escalation adds the supervision office; not when it handed the matter in itself."""
    router = shipped()
    known = dossier(
        router, "小区没有正式用电,业主入住三年", category="0402", area="431002",
        home=CHENZHOU, submitter="U4310-DC",
    )  # fmt: skip
    decision = router.decide(replace(known, requests=9, people=9), version=1, at=AT)
    assert decision.lane is Lane.COORDINATION
    assert "U4310-DC" not in decision.co


@pytest.mark.parametrize(
    ("text", "regulator"),
    [
        ("工地上的农民工工资拖欠半年", "U371525-ZJ"),
        ("国道改造的公路工程欠薪,工资没发", "U371525-JT"),
        ("修水库的水利工程拖欠工资", "U371525-SL"),
    ],
)
def test_wages_go_to_labour_with_the_industry_s_regulator(text: str, regulator: str) -> None:
    decision = decided(text, category="1201", area="371525", home=LIAOCHENG)
    assert decision.lead == "U371525-RS"
    assert decision.co == (regulator,)


def test_wages_of_a_building_site_in_chenzhou() -> None:
    decision = decided(
        "中梁首府工地拖欠农民工工资", category="1201", area="431002", home=CHENZHOU,
        channel=Channel.BOARD,
    )  # fmt: skip
    assert (decision.lead, decision.co) == ("U431002-RS", ("U431002-ZJ",))
    assert decision.lane is Lane.LIVELIHOOD


def test_street_stalls_go_to_city_management_with_market_supervision() -> None:
    decision = decided(
        "路边摊占道,水果价高,没有合格证", category="0302", area="141181", home=LULIANG,
        channel=Channel.BOARD,
    )  # fmt: skip
    assert decision.lead == "U141181-CG"
    assert decision.co == ("U141181-SJ",)
    assert decision.via == ("U141181-WB",)
    hotline = decided("路边摊占道", category="0302", area="141181", home=LULIANG)
    assert hotline.via == ()


@pytest.mark.parametrize(
    ("area", "lead", "housing"),
    [
        ("431003", "U4310-GD", "U431003-ZJ"),
        ("431002", "U4310-GD", "U431002-ZJ"),
        ("371525", "U371525-GD", "U371525-ZJ"),
        ("220122", "U220122-GD", "U220122-ZJ"),
    ],
)
def test_a_flat_without_power_goes_to_the_power_company_with_the_housing_bureau(
    area: str, lead: str, housing: str
) -> None:
    text = "小区交房三年未通正式电,业主一直用临时用电"
    decision = decided(text, category="0402", area=area, home=area[:4])
    assert decision.lead == lead
    assert housing in decision.co


def test_a_department_s_matter_is_not_pushed_down_to_a_township() -> None:
    """A local rule sends stalls to the town; the default's department takes the lead again."""
    rule = "X1,371525,subtree,0302,*,,kind:ZF@town,,,0,,,,local,图省事\n"
    router = _with(**{"rules.csv": shipped().catalogue.tables.files["rules.csv"] + rule})
    decision = decided("摊贩占道", router, category="0302", area="371525102", home=LIAOCHENG)
    assert decision.rule == "X1"
    assert decision.lead == "U371525-CG"
    assert decision.co == ("U371525102-ZF",)
    assert "不下派乡镇" in guard_said(decision, "township")


def test_without_any_other_rule_the_pushed_down_matter_is_held() -> None:
    head = shipped().catalogue.tables.files["rules.csv"].splitlines()[0]
    rule = "X1,371525,subtree,0302,*,,kind:ZF@town,,,0,,,,local,图省事"
    router = _with(**{"rules.csv": f"{head}\n{rule}\n"})
    decision = decided("摊贩占道", router, category="0302", area="371525102", home=LIAOCHENG)
    assert decision.hold is HoldReason.NO_RULE
    assert any("不能下派" in reason.text for reason in decision.reasons)


@pytest.mark.parametrize(
    ("text", "category", "hold"),
    [
        ("楼下着火了,火势很大", "1702", HoldReason.EMERGENCY),
        ("村支书贪污低保金", "1301", HoldReason.LEGAL_ROUTE),
        ("法院一审判决书下来了我不服", "1902", HoldReason.LEGAL_ROUTE),
    ],
)
def test_what_has_a_lawful_route_of_its_own_waits_for_a_person(
    text: str, category: str, hold: HoldReason
) -> None:
    decision = decided(text, category=category, area="371525", home=LIAOCHENG)
    assert (decision.outcome, decision.hold) == (Outcome.HOLD, hold)


@pytest.mark.parametrize(
    ("role", "text", "hold"),
    [
        ("emergency", "路灯不亮", HoldReason.EMERGENCY),
        ("discipline", "路灯不亮", HoldReason.LEGAL_ROUTE),
        ("litigation", "法院一审判决书下来了我不服", HoldReason.LEGAL_ROUTE),
        ("no_matter", "路灯不亮", HoldReason.UNCLEAR),
        ("conduct", "路灯不亮", None),
        (None, "路灯不亮", None),
    ],
)
def test_what_a_category_s_role_means_does_not_hang_on_its_code(
    role: CategoryRole | None, text: str, hold: HoldReason | None
) -> None:
    router = shipped()
    lights = router.taxonomy.get("0104")
    assert lights is not None
    router = replace(router, taxonomy=Taxonomy({"0104": replace(lights, role=role)}))
    decision = decided(text, router, category="0104", area="371525", home=LIAOCHENG)
    assert decision.hold is hold


@pytest.mark.parametrize(
    ("role", "accused"),
    [("", True), ("utility", False)],  # of a utility, that it fails is the matter itself
)
def test_what_a_kind_s_role_means_does_not_hang_on_its_code(role: str, accused: bool) -> None:
    kinds = f"kind,name,role,level,words\nCG,城管,{role},county,净街队\n"
    decision = decided(
        "净街队不管,摊贩占道五天了", _with(**{"kinds.csv": kinds}), category="0302",
        area="371525", home=LIAOCHENG,
    )  # fmt: skip
    assert (decision.lead != "U371525-CG") is accused


def test_the_gravest_reason_to_wait_is_the_one_shown() -> None:
    decision = decided(
        "楼下着火了,火势很大,另外第二件事是路灯不亮", category="0104", area="37", home="37"
    )
    assert decision.hold is HoldReason.EMERGENCY
    waits = [reason.code for reason in decision.reasons if reason.step == "hold"]
    assert waits[0] != HoldReason.EMERGENCY
    assert HoldReason.EMERGENCY in waits


def test_a_hop_limit_ends_ping_pong() -> None:
    router = shipped()
    known = dossier(router, "路灯不亮", category="0104", area="371525", home=LIAOCHENG)
    limit = router.policy.lanes.hops.limit
    fine = router.decide(replace(known, returns=limit - 1), version=1, at=AT)
    over = router.decide(replace(known, returns=limit), version=1, at=AT)
    assert fine.outcome is not Outcome.HOLD
    assert over.hold is HoldReason.HOP_LIMIT


def _with(**files: str) -> Router:
    """The shipped tables with some files replaced."""
    return shipped().under(tables_of({**shipped().catalogue.tables.files, **files}))
