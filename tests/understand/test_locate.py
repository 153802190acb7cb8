"""Places in citizens' sentences: one table of what each sentence must and must not say.

All sentences are written for these tests. Homes: Jilin 22, Liaocheng 3715, Chenzhou 4310, Lüliang 1411.
"""

from __future__ import annotations

import pytest

from intake.areas.gazetteer import Gazetteer
from intake.model.decision import Location
from intake.understand.locate import locate

JILIN, LIAOCHENG, CHENZHOU, LULIANG = "22", "3715", "4310", "1411"


def where(
    text: str, home: str = "", form: str = "", submitter: str = "", title: str = ""
) -> Location:
    return locate(
        Gazetteer.load((home,) if home else ()),
        title=title,
        text=text,
        form_area=form or None,
        home_area=home or None,
        submitter_area=submitter or None,
    )


CHAINS = [
    (JILIN, "吉林省农安县巴吉垒镇的水渠堵了", "220122109"),
    (JILIN, "榆树市五棵树镇街上没有路灯", "220182100"),
    (JILIN, "长春二道英俊镇停暖", "220105100"),
    (JILIN, "农安县境内的哈拉海镇，道路塌陷", "220122102"),
    (JILIN, "松原市宁江区伯都讷街道", "220702014"),
    (LIAOCHENG, "聊城市东昌府区新区街道路灯全灭", "371502003"),
    (LIAOCHENG, "高唐姜店镇污水横流", "371526108"),
    (LIAOCHENG, "莘县的古云镇没有公厕", "371522106"),
    (CHENZHOU, "湖南省郴州市宜章县一六镇敬老院", "431022108"),
    (CHENZHOU, "安仁县龙海镇山塘村没有自来水", "431028102208"),
    (CHENZHOU, "郴州北湖区的公交站牌倒了", "431002"),
    (LULIANG, "吕梁离石莲花池街道垃圾成堆", "141102003"),
    (LULIANG, "孝义兑镇的煤车扬尘", "141181100"),
    (LULIANG, "方山县大武镇卫生院", "141128103"),
    ("", "湖南省郴州市北湖区增福街道", "431002006"),
    ("11", "北京市朝阳区望京街道", "110105026"),
    ("4419", "东莞市石碣镇的路", "441900101"),
]

ALONE = [
    (JILIN, "公主岭停水三天", "220184"),
    (JILIN, "朝阳区的积雪没人清", "220104"),
    (JILIN, "前郭停电", "220721"),
    (JILIN, "延边的民宿乱收费", "2224"),
    (JILIN, "伏龙泉卫生院半夜没人", "220122101"),
    (LIAOCHENG, "茌平县的药店", "371503"),
    (LIAOCHENG, "古楼办事处不受理", "371502001"),
    (LIAOCHENG, "投诉三十里铺镇加油站", "371526105"),
    (LIAOCHENG, "临清市市场监管局没有回音", "371581"),
    (LIAOCHENG, "阳谷路边的树倒了", "371521"),
    (LIAOCHENG, "冠县自来水集团乱收费", "371525"),
    (CHENZHOU, "莽山乡的山路塌方", "431022205"),
    (LULIANG, "兴县县城没有停车场", "141123"),
    (LULIANG, "文水县孝义镇停水", "141121106"),
]

NO_PLACE = [
    (LIAOCHENG, "面临清退的商户怎么办"),
    (LIAOCHENG, "山东阿胶集团虚假宣传"),
    (LIAOCHENG, "振兴县域经济的建议"),
    (LIAOCHENG, "新华路堵车"),
    (LIAOCHENG, "阳谷大道坑洼"),
    (LIAOCHENG, "东方市场太乱"),
    (CHENZHOU, "投资兴建的厂房漏雨"),
    (CHENZHOU, "便宜章鱼吃坏肚子"),
    (CHENZHOU, "北湖公园的椅子坏了"),
    (CHENZHOU, "要建设美丽乡村和新农村"),
    (JILIN, "收集安全隐患"),
    (JILIN, "公交城管都不管"),
    (JILIN, "榆树被人砍了"),
    (JILIN, "吉林银行的机器吞卡"),
    (JILIN, "重庆路上有人摆摊"),
    (JILIN, "西安寄来的快递没到"),
    (JILIN, "长白山门票太贵"),
    (LULIANG, "两条路交口红绿灯坏了"),
    (LULIANG, "离石家庄很近的工厂"),
    (LULIANG, "学习刘胡兰精神"),
    (LULIANG, "我在北京市上班"),
]


@pytest.mark.parametrize(("home", "text", "area"), CHAINS)
def test_chains(home: str, text: str, area: str) -> None:
    found = where(text, home)
    assert found.area == area
    assert found.confidence >= 0.95


@pytest.mark.parametrize(("home", "text", "area"), ALONE)
def test_names_alone_within_the_home(home: str, text: str, area: str) -> None:
    found = where(text, home)
    assert found.area == area
    assert 0.6 < found.confidence < 0.99


@pytest.mark.parametrize(("home", "text"), NO_PLACE)
def test_words_that_are_no_places(home: str, text: str) -> None:
    found = where(text, home)
    assert found.area == home
    assert found.confidence == 0.3
    assert "home_area" in found.note


@pytest.mark.parametrize(
    ("home", "text", "area"),
    [
        (LIAOCHENG, "我是冠县人，在临清做工被欠薪", "371581"),
        (LIAOCHENG, "户籍地山东省莘县，孩子在东昌府区上学", "371502"),
        (JILIN, "老家农安，在公主岭打工，宿舍漏水", "220184"),
        (CHENZHOU, "我来自桂阳县，嘉禾县的工地不发工资", "431024"),
        (CHENZHOU, "我是桂阳县的居民，苏仙区的商场不退货", "431003"),
        (LULIANG, "籍贯汾阳，离石的公交不停", "141102"),
    ],
)
def test_the_senders_origin_is_not_the_place(home: str, text: str, area: str) -> None:
    assert where(text, home).area == area


def test_origin_alone_is_a_candidate_only() -> None:
    found = where("我是冠县人，小区电梯坏了", LIAOCHENG)
    assert found.area == LIAOCHENG
    assert [candidate.area for candidate in found.candidates] == ["371525"]


def test_residence_alone_is_taken_with_low_confidence() -> None:
    found = where("我是阳谷县的村民，村里没有路灯", LIAOCHENG)
    assert (found.area, found.confidence) == ("371521", 0.6)


@pytest.mark.parametrize(
    ("home", "form", "text", "area"),
    [
        (LIAOCHENG, "371521", "我县的公交太少", "371521"),
        (LIAOCHENG, "371521102", "去县医院看病没有号", "371521"),
        (CHENZHOU, "431022108", "我们镇没有幼儿园", "431022108"),
        (LULIANG, "141181", "我市的路灯不亮", "141181"),
        (JILIN, "220122104", "本县城管态度差", "220122"),
    ],
)
def test_deixis_points_to_the_forms_area(home: str, form: str, text: str, area: str) -> None:
    found = where(text, home, form)
    assert found.area == area
    assert found.confidence >= 0.5


@pytest.mark.parametrize(
    ("text", "home", "form", "area"),
    [
        ("太和镇停电", CHENZHOU, "", CHENZHOU),
        ("太和镇停电", CHENZHOU, "431021", "431021103"),
        ("太和镇停电", CHENZHOU, "431023", "431023114"),
        ("大岭镇派出所", JILIN, "", "2201"),
        ("三交镇的路", LULIANG, "", LULIANG),
        ("柳林县三交镇的路", LULIANG, "", "141125105"),
        ("和平村停电", CHENZHOU, "", CHENZHOU),
        ("和平村停电", CHENZHOU, "431003", "431003110206"),
        ("安仁县山塘村停水", CHENZHOU, "", "431028"),
    ],
)
def test_ambiguity_is_kept_or_narrowed(text: str, home: str, form: str, area: str) -> None:
    found = where(text, home, form)
    assert found.area == area
    if not form and len(found.candidates) > 1:
        assert "ambiguous" in found.note
        assert all(candidate.area.startswith(area) for candidate in found.candidates)


@pytest.mark.parametrize(
    ("home", "text", "area", "candidate"),
    [
        (CHENZHOU, "嘉禾县坦坪镇新谢家村养猪场排污", "431024108", "谢家村"),
        (LIAOCHENG, "莘县张寨镇东张庄村没有路", "371522116", "张庄村"),
        (JILIN, "伏龙泉镇泉岭村的垃圾", "220122101", "泉眼岭村"),
        (JILIN, "伏龙泉镇泉眼领村的垃圾", "220122101", "泉眼岭村"),
    ],
)
def test_a_village_spelled_otherwise_is_asked_not_asserted(
    home: str, text: str, area: str, candidate: str
) -> None:
    found = where(text, home)
    assert found.area == area
    assert "village_uncertain" in found.note
    assert any(candidate in named.name for named in found.candidates)


def test_a_village_alone_gives_its_county_at_most() -> None:
    found = where("东张庄村没有路灯", LIAOCHENG)
    assert (found.area, found.level) == ("371525", "county")
    assert found.confidence < 0.6
    assert found.candidates[0].area == "371525206208"


def test_part_of_a_longer_unknown_name_is_not_taken() -> None:
    found = where("反映神仙桥村的冶炼厂", CHENZHOU)
    assert found.area == CHENZHOU


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("高唐县和莘县都在停电", LIAOCHENG),
        ("从冠县到临清的客车停了", LIAOCHENG),
        ("阳谷县安乐镇、阎楼镇都没有公交", "371521"),
    ],
)
def test_several_places_give_what_they_share(text: str, area: str) -> None:
    found = where(text, LIAOCHENG)
    assert found.area == area
    assert "several_places" in found.note
    assert len(found.candidates) >= 2


def test_towns_that_the_statistics_moved_to_a_zone_follow_their_county() -> None:
    assert where("农安县合隆镇停电", JILIN).area == "220103171"
    assert where("长春市净月区新湖镇垃圾", JILIN).area == "220172101"


def test_the_form_is_deepened_contradicted_or_alone() -> None:
    agreed = where("桑阿镇的路坏了", LIAOCHENG, "371525")
    assert (agreed.area, agreed.confidence) == ("371525102", 0.9)
    shallow = where("聊城市的路坏了", LIAOCHENG, "371525")
    assert (shallow.area, shallow.confidence) == ("371525", 0.6)
    against = where("临清市的路坏了", LIAOCHENG, "371525")
    assert (against.area, against.confidence) == (LIAOCHENG, 0.4)
    assert {candidate.area for candidate in against.candidates} == {"371525", "371581"}
    alone = where("楼道灯不亮", LIAOCHENG, "371525")
    assert (alone.area, alone.confidence, alone.note) == ("371525", 0.5, "form_area")


def test_priors_in_order_when_the_text_is_silent() -> None:
    assert where("楼道灯不亮", LIAOCHENG, submitter="371521").area == "371521"
    assert where("楼道灯不亮", LIAOCHENG, "371525", "371521").area == "371525"
    assert where("楼道灯不亮", LIAOCHENG).confidence == 0.3
    named = where("聊城市的公园没有灯", LIAOCHENG, submitter="371521")
    assert (named.area, named.confidence) == (LIAOCHENG, 0.8), "a sender says less than the text"
    nowhere = where("楼道灯不亮")
    assert (nowhere.area, nowhere.level, nowhere.confidence) == (None, None, 0.0)


def test_outside_the_home_only_a_chain_counts() -> None:
    far = where("长沙市岳麓区的公司拖欠工资", CHENZHOU)
    assert (far.area, far.confidence, far.note) == ("430104", 0.6, "outside_home")
    assert where("长沙市的高铁何时通车", CHENZHOU).area == CHENZHOU
    assert where("岳麓区的公司拖欠工资", CHENZHOU).area == CHENZHOU


def test_traditional_characters_keep_their_offsets() -> None:
    found = where("舉報農安縣哈拉海鎮燒秸稈", JILIN)
    assert found.area == "220122102"
    assert [span.text for span in found.evidence] == ["農安縣", "哈拉海鎮"]


def test_official_traditional_characters_survive() -> None:
    assert (
        where("乾安县所字镇停水", JILIN).area
        == where("乾安縣所字鎮停水", JILIN).area
        == "220723104"
    )


@pytest.mark.parametrize("title", ["", "关于冠县停水的投诉"])
def test_offsets_count_title_newline_text(title: str) -> None:
    text = "清水镇从昨天起停水"
    content = f"{title}\n{text}" if title else text
    found = where(text, LIAOCHENG, title=title)
    assert found.area == "371525104"
    assert found.evidence
    for span in found.evidence:
        assert content[span.start : span.end] == span.text


def test_a_chain_does_not_reach_from_title_to_text() -> None:
    found = where("安乐镇停水", LIAOCHENG, title="投诉阳谷县")
    assert found.area == "371521105"
    assert [span.text for span in found.evidence] == ["阳谷县", "安乐镇"]


def test_an_alias_of_a_road_stays_with_the_city() -> None:
    assert where("郴州大道没有警示牌", CHENZHOU).area == CHENZHOU
    assert where("苏仙区郴州大道没有警示牌", CHENZHOU).area == "431003"


def test_unknown_area_codes_are_cut_to_what_is_known() -> None:
    assert where("停水", LIAOCHENG, "371525999").area == "371525"
    assert where("停水", LIAOCHENG, "9999").area == LIAOCHENG
