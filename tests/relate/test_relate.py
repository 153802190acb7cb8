"""What counts as one matter, what as a suggestion, and what as nothing: samples in our own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa

from intake.model.channel import Channel
from intake.model.request import Relation, RelationKind
from intake.relate import Deduper, Subject
from intake.store.tables import metadata

from .conftest import Make

Compare = Callable[[Subject, Subject], Relation | None]

HEATING = (
    "龙湾小区从十一月开始供热,三号楼整栋室内温度只有十四度,老人孩子在家要穿棉衣,"
    "打热力公司电话说管道老化要等明年换,物业也推给热力公司,我们一千多户居民等不到明年"
)
POTHOLE = (
    "河东街与建业路交叉口往北两百米有一个大坑,下雨积水看不见深浅,上周已经有两辆电动车摔倒,"
    "旁边没有任何警示标志,请尽快把路面补好"
)


@pytest.fixture
def compare() -> Iterator[Compare]:
    """Relate a second text to a first one through a real deduper."""
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    metadata.create_all(engine)

    def relation(first: Subject, second: Subject) -> Relation | None:
        with engine.begin() as connection:
            found = Deduper().relate(connection, [first, second])
        assert found[0] == (first.case_id, None)
        joined = found[1][0] == first.case_id
        assert joined == (found[1][1] is not None and found[1][1].kind != RelationKind.RELATED)
        return found[1][1]

    yield relation
    engine.dispose()


@pytest.mark.parametrize(
    "edited",
    [
        "上个月就反映过了没有人管," + HEATING,
        HEATING + "现在已经是一月了还没有人来测温,请领导派人来看一看",
        HEATING.replace("老人孩子在家要穿棉衣", "老人小孩在家里都得穿着棉袄").replace(
            "整栋", "整幢楼"
        ),
        HEATING[len(HEATING) // 2 :],
        HEATING[40:] + HEATING[:40],
    ],
    ids=["prefix", "append", "edited", "half", "reordered"],
)
def test_copies_with_changes_are_one_matter(compare: Compare, make: Make, edited: str) -> None:
    relation = compare(
        make("a", HEATING, contact_key="11"), make("b", edited, contact_key="22", days=4)
    )
    assert relation.kind == RelationKind.SHARED
    assert "相隔4天" in relation.why


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (HEATING, "龙湾小区", "翠微小区"),
        (HEATING, "三号楼", "七号楼"),
        (POTHOLE, "河东街与建业路", "人和街与学府路"),
        ("星辰小学门口早晚接送的车停在路中间,公交车过不去,孩子在车缝里走", "星辰小学", "兰台小学"),
        ("柳林镇白杨村的水渠去年冲垮了没有人修,今年浇不上地", "白杨村", "石佛村"),
        ("盛达公司拖欠我们工资26000元,从去年八月拖到现在,老板电话不接", "26000元", "81500元"),
        ("坐17路公交车上班,早高峰四十分钟不来一辆,来了也挤不上去", "17路", "29路"),
    ],
)
def test_same_text_about_another_thing_never_joins(
    compare: Compare, make: Make, text: str, old: str, new: str
) -> None:
    assert old in text
    relation = compare(
        make("a", text, contact_key="11"),
        make("b", text.replace(old, new), contact_key="22", days=2),
    )
    assert relation is None or relation.kind == RelationKind.RELATED
    if relation:
        assert any("不同：" in reason for reason in relation.why)


def test_same_text_in_another_county_or_village_never_joins(compare: Compare, make: Make) -> None:
    text = "村口垃圾池半个月没有清运,苍蝇很多,夏天味道大得不敢开窗,盼着早点拉走"
    for one, other in (("371502", "371523"), ("371502103201", "371502103207")):
        relation = compare(make("a", text, area=one), make("b", text, area=other))
        assert relation.kind == RelationKind.RELATED
    assert compare(make("a", text, area="3715"), make("b", text, area="371502103201"))


def test_different_words_about_one_thing_join_different_people(
    compare: Compare, make: Make
) -> None:
    relation = compare(
        make("a", "御龙湾小区北门外新盖了搅拌站,罐车整夜进出,吵得睡不着", contact_key="11"),
        make(
            "b",
            "本人家里有刚出生的孩子,楼下就是混凝土厂的灰,窗台一天一层,恳请把它迁走",
            title="御龙湾旁边的搅拌站什么时候搬",
            contact_key="22",
            days=9,
        ),
    )
    assert relation.kind == RelationKind.SHARED
    assert "同一小区或场所：御龙湾" in relation.why
    assert any(reason.startswith("同类问题：搅拌站") for reason in relation.why)


def test_one_estate_with_two_matters_stays_two_cases(compare: Compare, make: Make) -> None:
    relation = compare(
        make("a", "御龙湾小区二期的电梯三天两头困人,维保公司换个零件就走", contact_key="11"),
        make("b", "御龙湾小区南门口每晚有人跳广场舞,音响开到十点半", contact_key="22", days=1),
    )
    assert relation is None or relation.kind == RelationKind.RELATED


def test_short_text_without_a_name_needs_the_same_person(compare: Compare, make: Make) -> None:
    first = make("a", "路灯不亮,请维修", contact_key="11")
    stranger = compare(first, make("b", "路灯不亮,请维修", contact_key="22"))
    assert stranger.kind == RelationKind.RELATED
    again = compare(first, make("b", "路灯不亮,请维修", contact_key="11", days=5))
    assert again.kind == RelationKind.REPEAT


def test_stock_phrases_of_one_person_do_not_join_his_topics(compare: Compare, make: Make) -> None:
    phrase = "在全市大力推进民生实事的大背景下不应如此"
    relation = compare(
        make("a", "城北没有公共图书馆,借一本书要转两趟车," + phrase, contact_key="11"),
        make(
            "b",
            "滨河公园的厕所晚上七点就锁门,散步的老人只好回家," + phrase,
            contact_key="11",
            days=20,
        ),
    )
    assert relation is None or relation.kind == RelationKind.RELATED


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"contact_key": "11", "source": "board", "channel": Channel.BOARD}, "redelivery"),
        ({"contact_key": None, "source": "board", "channel": Channel.BOARD}, "redelivery"),
        ({"contact_key": "11"}, "redelivery"),  # sent twice at once
        ({"contact_key": "11", "title": "恳请解决供热问题"}, "redelivery"),
        ({"contact_key": "11", "days": 5}, "repeat"),
        ({"contact_key": "11", "source": "board", "channel": Channel.BOARD, "days": 60}, "repeat"),
        ({"contact_key": "22", "source": "board", "channel": Channel.BOARD}, "shared"),
        ({"contact_key": "22"}, "shared"),
    ],
)
def test_identical_text_by_person_and_source(
    compare: Compare, make: Make, given: dict[str, object], kind: str
) -> None:
    relation = compare(make("a", HEATING, contact_key="11"), make("b", HEATING, **given))
    assert relation.kind == kind
    assert relation.score > 0.9
    assert "正文完全相同" in relation.why or "title" in given


def test_users_of_two_sources_are_not_known_to_differ(compare: Compare, make: Make) -> None:
    ours = make("a", HEATING, person_key="hotline:7")
    other_source = make(
        "b", HEATING, person_key="board:9", source="board", channel=Channel.BOARD, days=1
    )
    assert compare(ours, other_source).kind == RelationKind.REDELIVERY
    assert compare(ours, make("b", HEATING, person_key="hotline:8")).kind == RelationKind.SHARED


def test_person_is_told_by_phone_in_the_reasons(compare: Compare, make: Make) -> None:
    relation = compare(
        make("a", HEATING, contact_key="11"), make("b", HEATING + "求回复", contact_key="11")
    )
    assert relation.why[0] == "电话相同"
    assert relation.why[1].startswith("正文9")
    assert relation.why[-1] == "同一天"


def test_beyond_the_window_nothing_is_related(compare: Compare, make: Make) -> None:
    assert compare(make("a", HEATING), make("b", HEATING, days=364)) is not None
    assert compare(make("a", HEATING), make("b", HEATING, days=366)) is None


def test_empty_texts_are_not_alike(compare: Compare, make: Make) -> None:
    assert compare(make("a", ""), make("b", "")) is None
    assert compare(make("a", "。!", title="?"), make("b", HEATING)) is None


def test_an_estate_is_named_by_its_building_number(compare: Compare, make: Make) -> None:
    relation = compare(
        make("a", "住在云栖里12号楼,电梯三天两头困人,维保的人只会重启", contact_key="11"),
        make(
            "b", "云栖里5号楼的电梯昨晚又停在六楼,把放学的孩子困了半小时", contact_key="22", days=2
        ),
    )
    assert relation.kind == RelationKind.SHARED
    assert "同一小区或场所：云栖里" in relation.why


def test_what_a_name_ends_with_is_not_what_is_wrong(compare: Compare, make: Make) -> None:
    """顺达驾校 names the school; what is wrong is the fee, and the language."""
    relation = compare(
        make("a", "我在顺达驾校报名交了四千五,现在关门了,钱退不了", contact_key="11"),
        make("b", "顺达驾校教练骂人,要求换教练", contact_key="22", days=6),
    )
    assert relation is None or relation.kind == RelationKind.RELATED


def test_a_shared_name_is_no_shared_text(compare: Compare, make: Make) -> None:
    """Two brief messages about one estate are alike in its name and in how people complain."""
    relation = compare(
        make("a", "幸福里小区3栋一楼的早餐店每天四点开始剁馅,吵得睡不着", contact_key="11"),
        make("b", "幸福里小区7栋旁边的工地夜里施工到两点,吵得睡不着", contact_key="22", days=2),
    )
    assert relation is None or relation.kind == RelationKind.RELATED


def test_what_is_named_first_must_be_wrong_for_both(compare: Compare, make: Make) -> None:
    first = make("a", "龙湾小区每天晚上停电,电压不稳,空调都不敢开", contact_key="11")
    other = make(
        "b", "龙湾小区三栋的电梯突然往下坠了一层,不是停电,请派人检验", contact_key="22", days=1
    )
    relation = compare(first, other)
    assert relation is None or relation.kind == RelationKind.RELATED


def test_what_a_citizen_tells_apart_stays_apart(compare: Compare, make: Make) -> None:
    first = make("a", "龙湾小区暖气停了三天,用电暖气又跳闸,屋里只有十度", contact_key="11")
    told = "龙湾小区一到做饭时间就跳闸,要换线,和停暖是{}"
    apart = compare(first, make("b", told.format("两码事"), contact_key="22", days=1))
    assert apart.kind == RelationKind.RELATED
    joined = compare(first, make("b", told.format("一起开始的"), contact_key="22", days=1))
    assert joined.kind == RelationKind.SHARED


def test_namesakes_in_two_towns_stay_apart(compare: Compare, make: Make) -> None:
    first = make("a", "永丰街道凤凰苑小区暖气不热,屋里十四度", contact_key="11", area="371502006")
    second = "兰台街道凤凰苑小区从元旦起暖气就是凉的,物业让等"
    apart = compare(first, make("b", second, contact_key="22", area="371502005", days=1))
    assert apart.kind == RelationKind.RELATED
    assert "乡镇（街道）不同：兰台街道/永丰街道" in apart.why
    joined = compare(first, make("b", second.removeprefix("兰台街道"), area="371502", days=1))
    assert joined.kind == RelationKind.SHARED


def test_who_says_that_it_is_not_the_first_time_repeats(compare: Compare, make: Make) -> None:
    first = make("a", "龙湾小区每天晚上停电,电压不稳,空调都不敢开")
    told = "龙湾小区今晚又停电三个小时,冰箱里的菜全坏了"
    assert compare(first, make("b", told, days=4)).kind == RelationKind.SHARED
    again = compare(first, make("b", "第三次反映了," + told, days=4))
    assert again.kind == RelationKind.REPEAT
    assert "诉求人称曾经反映过" in again.why
    stranger = compare(
        make("a", first.comparable, contact_key="11"),
        make("b", "第三次反映了," + told, contact_key="22", days=4),
    )
    assert stranger.kind == RelationKind.SHARED


def test_another_addressee_makes_no_other_letter(compare: Compare, make: Make) -> None:
    letter = "尊敬的{}," + HEATING * 2
    relation = compare(
        make("a", letter.format("张书记"), title="恳请解决供热", contact_key="11"),
        make("b", letter.format("刘主任"), title="一封求助信", contact_key="11"),
    )
    assert relation.kind == RelationKind.REDELIVERY


@pytest.mark.parametrize(("days", "joined"), [(140, True), (200, False)])
def test_the_same_trouble_half_a_year_later_is_a_new_matter(
    compare: Compare, make: Make, days: float, joined: bool
) -> None:
    """Copies are joined for a year; what is told in other words, by another person, is not."""
    first = make("a", "状元府小区停水两天,没有人通知", contact_key="11")
    again = "状元府小区从昨天起又停水了,这已经是第三回"
    relation = compare(first, make("b", again, contact_key="22", days=days))
    assert relation is not None
    assert (relation.kind != RelationKind.RELATED) == joined


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (
            "锦绣花园北门工地夜里十一点还在打桩,孩子睡不着",
            "锦绣花园旁边工地凌晨还在施工,老人受不了",
            True,
        ),
        (
            "动力港健身中心突然关门,卡里还剩一年",
            "动力港健身中心老板跑路,充值的两千多退不了",
            True,
        ),
        (
            "动力港健身中心突然关门,卡里还剩一年",
            "力美健身中心老板跑路,充值的两千多退不了",
            False,
        ),
        ("翠竹园楼下酒吧低音炮震得睡不着", "翠竹园门口每晚跳广场舞,音响太大", False),
        ("金色港湾遛狗的人从不牵绳,咬了孩子", "金色港湾大型犬到处跑,吓得孩子不敢下楼", True),
    ],
)
def test_shops_and_estates_with_other_endings_are_things_too(
    compare: Compare, make: Make, one: str, other: str, joined: bool
) -> None:
    place = {"area": "371525"}
    relation = compare(
        make("a", one, contact_key="11", **place),
        make("b", other, contact_key="22", days=3, **place),
    )
    assert (relation is not None and relation.kind != RelationKind.RELATED) == joined


def test_a_crossing_is_known_by_its_two_roads(compare: Compare, make: Make) -> None:
    first = make("a", "解放路与建设街交叉口红绿灯坏了三天,早高峰堵得不行", contact_key="11")
    again = make("b", "建设街和解放路路口的信号灯不亮,已经出了两起事故", contact_key="22", days=1)
    road = make("c", "解放路路面坑洼,建设街那段更严重,车都颠坏了", contact_key="33", days=1)
    other = make("d", "解放路与人民街交叉口红绿灯坏了,没人管", contact_key="44", days=1)

    relation = compare(first, again)
    assert relation.kind == RelationKind.SHARED
    assert any(why.startswith("同一路口") for why in relation.why)
    for apart in (road, other):
        relation = compare(first, apart)
        assert relation is None or relation.kind == RelationKind.RELATED


def test_a_bus_line_is_known_by_its_number(compare: Compare, make: Make) -> None:
    first = make("a", "公交12路最近半小时才来一趟,老人等车受罪", contact_key="11")
    again = make("b", "12路公交车间隔太长,今天等了四十分钟", contact_key="22", days=2)
    other = make("c", "112路公交车间隔太长,今天等了四十分钟", contact_key="33", days=2)

    assert compare(first, again).kind == RelationKind.SHARED
    relation = compare(first, other)
    assert relation is None or relation.kind == RelationKind.RELATED
