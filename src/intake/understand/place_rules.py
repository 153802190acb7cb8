"""What Chinese text around a place name says about it: judged by a few characters on each side.

Every rule here errs to the shallow side: a name that is wrongly refused costs a level or a
question to the desk, a name that is wrongly taken sends a citizen's matter to the wrong county.
"""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import Literal

Role = Literal["incident", "resident", "origin"]
"""``incident``: where the matter is. ``resident``: where the sender says they live, which is often
the same. ``origin``: where the sender comes from, or what a matter is compared with."""

DeixisLevel = Literal["province", "city", "county", "town", "village"]

_WORDS: dict[str, list[str]] = tomllib.loads(
    (resources.files("intake_models") / "areas" / "words.toml").read_text(encoding="utf-8")
)
EVERYDAY_STEMS = frozenset(_WORDS["everyday_stems"])
EVERYDAY_PLACES = frozenset(_WORDS["everyday_villages"] + _WORDS["everyday_towns"])
_WORDS_BEFORE = frozenset(_WORDS["words_before"])
_WORDS_AFTER = frozenset(_WORDS["words_after"])
_WORDS_BEFORE_A_NAME = frozenset(_WORDS["words_before_a_name"])
_DIRECTIONS = frozenset("前后东西南北上中下大小新老旧")
# Characters that end what commonly stands before a place; after any other, a town's or village's
# name may have begun further left (神|仙桥村, 新|谢家村).
_BEFORE_A_NAME = frozenset(
    "在位于到往去从至自由向对和与及跟给是为有我们的了着过住望映诉报助问询议求请系、来经途距离驻赴回"
    "进出因就让但而且等称说看知查理决注治年月日号时应响归属管建修叫把被将使该这那里边内外现今原即如做居"
)

# 路 before 边, 灯, 面 … begins 路边, 路灯, 路面 and is no road's name; 临清路上 may be one.
_ROAD = (
    r"[一二三四五六七八九十东西南北中]{0,2}"
    r"(?:路(?![边灯面段旁])|大?街(?!道|上|面|头)|大道|巷|弄|胡同|高速|高架|立交)"
)
_ROAD_BEHIND = re.compile(_ROAD)
_ROAD_INITIALS = frozenset("一二三四五六七八九十东西南北中路大街巷弄胡高立")
_NOT_THE_PLACE = re.compile(
    rf"{_ROAD}|银行|农商|建工|集团|公司|股份|实业|置业|地产|酒店|宾馆|饭店|饭庄|餐厅|大厦|广场|花园"
    r"|花苑|家园|公馆|公寓|小区|新村|名城|国际|华府|府邸|苑|公园|大学|学院|机场|水库|大桥|桥|湖"
    r"|山(?!区)|江|河|岭|话|菜|方言|特产|拉面|面馆|牌|号|[鸭鹅茶酒枣梨瓜柚橙]|街道|社区"
    r"|[县区镇乡村屯庄沟寨堡]|里(?!面|边|的|有|没)"
)
_OF_A_MARKET = frozenset("场价值")
_INSTITUTION = re.compile(
    r"(?:国营|国有|第?[一二三四五六七八九十]+|[东南西北县市区新老])*"
    r"(?:[农林牧渔盐茶牛]|种[畜猪马羊蜂]|蚕种|良种(?:繁育)?|原种|畜牧|奶牛|葡萄|果树(?:示范)?|果林|园艺|苗圃)场"
    r"|(?:[东南西北县市区新老]|国家级|省级|经济|技术|高新|产业|旅游|综合|工业|农业|科技|物流|生态|文化|城乡一体化)*"
    r"(?:[开发度假示范保税城工园]{1,4}区|园区?|管委会|管理委员会|林业局|林草局|农科所|林业站|苗圃|劳教所)"
)
_COUNTRYSIDE = re.compile(r"[村镇下间亲里愁土音]")
_AFTER = re.compile(
    r"(?P<people>(?:本地|这边|那边)?人(?![民大行才社事员口力家工均为身体们防])|籍|户籍|户口)"
    r"|(?P<citizen>(?:这边|那边|本地)?的?(?:一[名个位群帮])?(?:普通|外地|贫困)?(?:村民|居民|市民|业主|农民|民工|务工|打工"
    r"|群众|老百姓|学生|老师|教师|工人|司机|退休|党员|低保户|残疾人|退伍)|的(?=[，。,；;\s]|$))"
    r"|(?P<comma>[，,。；;\s])"
)
"""What follows a name and says that it is where people are from, or else where they live."""
_NO_INCIDENT = re.compile(
    r"(?:(?:户籍|户口|籍贯|原籍|祖籍|老家|出生|来自|身份证(?:[地住]址|上)?|生源地|毕业于|嫁到|娘家)"
    r"(?:地址|地|所在地)?(?:[是在为于系属落]|就是|[:：，,])?"
    r"|(?:像|参照|参考|借鉴|学习|相比|对比|不如|如同|譬如|例如|隔壁|邻近|相邻|毗邻)的?)\Z"
)
"""What stands before where the sender comes from, or before what a matter is compared with."""
_ENDS_OF_NO_INCIDENT = frozenset(
    "籍证上口贯家生自址地于到是在为系属落:：，,像照考鉴习比如同壁近邻的"
)
_I_AM = re.compile(r"(?:我|本人|俺|我们|俺们|咱)(?:就)?(?:是|系|乃)(?:一[名个位])?(?:来自)?$")
_I_LIVE = re.compile(r"(?:现住|家住|住在|居住在|居住于|租住|住|家在|现居)$")

_WE = r"(?:(?:我|咱|俺)们?|本|该|这个|全)"
_DEIXIS = re.compile(
    rf"{_WE}(?P<ours>省|市|县|区|镇|乡|街道办?|村|社区)(?![别域间委]|里的人)"
    r"|(?:(?<![一-鿿])|(?<=[在到去往向找被由经的]))(?P<office>[县市区镇乡])"
    r"(?:人民医院|中医院|医院|一中|政府|城管|城区|里|上|委)"
)
_DEIXIS_LEVEL: dict[str, DeixisLevel] = {
    "省": "province",
    "市": "city",
    "县": "county",
    "区": "county",
    "镇": "town",
    "乡": "town",
    "街": "town",
    "村": "village",
    "社": "village",
}

_LINK = re.compile(r"[ \t　]?(?:[，,(（]|(?:境内|辖区内?|下辖|下面|所辖|范围内|内)?的?)[ \t　]?")
_LINK_INITIALS = frozenset(" \t　，,(（境辖下所范内的")

_VILLAGE_NAME = re.compile(
    r"(?P<stem>[一-鿿]{1,4}?)(?:村|屯|社区)(?![委民干部支书主长组里内口道]{2})"
)
_REST_OF_A_VILLAGE = re.compile(
    r"[^\W在的有和与等全各本我们是离到]{1,3}(?:村(?![委民干部支书主长组里内口道])|屯|庄|社区|区(?![别域间]))"
)
_NO_VILLAGE = re.compile(r"[某各全个有的本该这那每我你他咱俺些是在和及与对为就把被让们]")

SCHOOL_OR_CLINIC = re.compile(
    r"(?:中心|完全)?(?:小学|中学|学校|幼儿园|卫生[室院所]|敬老院|派出所|中心校)"
)


def is_everyday_name(name: str) -> bool:
    """Whether an official name is also what any such place is called (新农村, 工业园区, 良种场)."""
    return name in EVERYDAY_PLACES or _INSTITUTION.fullmatch(name) is not None


def is_part_of_a_word(folded: str, start: int, end: int) -> bool:
    """Whether the characters at the name's edges belong to words (投资兴建 holds no 资兴)."""
    return (
        folded[max(0, start - 1) : start + 1] in _WORDS_BEFORE
        or folded[end - 1 : end + 1] in _WORDS_AFTER
    )


def is_scenery(name: str) -> bool:
    """Whether a bare stem is as likely the lake, hill or road that a place is called after."""
    return name[-1] in "湖山江河岭溪峡岛路街巷弄道桥"


def names_something_else(folded: str, end: int) -> bool:
    """Whether a bare stem is followed by what makes it a road, a firm, a lake or another name."""
    return _NOT_THE_PLACE.match(folded, end) is not None


def is_road(folded: str, end: int) -> bool:
    """Whether a road's ending follows (冠县|大街): then the name is the road's."""
    if folded[end : end + 1] not in _ROAD_INITIALS:
        return False
    return _ROAD_BEHIND.match(folded, end) is not None


def has_direction(folded: str, start: int) -> bool:
    """Whether a bare stem stands behind a direction or size that makes it another name (东|临清)."""
    return folded[max(0, start - 1) : start] in _DIRECTIONS


def after_link(folded: str, end: int) -> int:
    """Where the next name of a chain may begin (农安县境内|伏龙泉镇); never beyond a line break."""
    if folded[end : end + 1] not in _LINK_INITIALS:
        return end
    link = _LINK.match(folded, end)
    return link.end() if link else end


def runs_on(folded: str, end: int) -> bool:
    """Whether a name's last character belongs to another word (幸福乡|村, 红星乡|镇, 临清市|场)."""
    last = folded[end - 1]
    if last == "市":
        return folded[end : end + 1] in _OF_A_MARKET
    return last == "乡" and _COUNTRYSIDE.match(folded, end) is not None


def begins_here(folded: str, start: int) -> bool:
    """Whether a town's or village's name surely begins at ``start`` and not further left."""
    before = folded[max(0, start - 2) : start]
    if not before or not "一" <= before[-1] <= "鿿" or before[-1] in _BEFORE_A_NAME:
        return True
    if before in _WORDS_BEFORE_A_NAME:
        return True
    return before[-1] in "省市县区镇乡" and before[0] in "我本咱俺该全"


def role_of(folded: str, start: int, end: int) -> Role:
    """What the place at ``start``..``end`` is to the matter."""
    if folded[start - 1 : start] in _ENDS_OF_NO_INCIDENT and _NO_INCIDENT.search(
        folded, max(0, start - 8), start
    ):
        return "origin"
    after = _AFTER.match(folded, end)
    if after is None:
        return "incident"
    if after["people"]:
        return "origin"
    before = folded[max(0, start - 8) : start]
    if _I_LIVE.search(before) or (after["citizen"] and _I_AM.search(before)):
        return "resident"
    return "incident"


def deixis(folded: str) -> tuple[int, int, DeixisLevel] | None:
    """The first 我县, 本镇 or bare 县医院 in a text: offsets, and the level it points to."""
    found = _DEIXIS.search(folded)
    if found is None:
        return None
    word = found["ours"] or found["office"]
    return found.start(), found.end(), _DEIXIS_LEVEL[word[0]]


def is_longer_village(folded: str, end: int) -> bool:
    """Whether a village's stem is only the beginning of another village's name (大宾|前村)."""
    return _REST_OF_A_VILLAGE.match(folded, end) is not None


def may_name_a_village(folded: str, end: int) -> bool:
    """Whether a village-like name may follow; tells quickly that none does."""
    near = folded[end : end + 14]
    return "村" in near or "屯" in near or "社" in near


def village_like(folded: str, at: int) -> tuple[int, int, str] | None:
    """A village-like name that begins at ``at``: offsets and its stem."""
    found = _VILLAGE_NAME.match(folded, at)
    if found is None or _NO_VILLAGE.search(found["stem"]) or found[0] in EVERYDAY_PLACES:
        return None
    return found.start(), found.end(), found["stem"]
