"""People's names, where a frame says that a name follows: 我叫…, 联系人:…, or a number comes next."""

from __future__ import annotations

import re

from intake.normalize.findings import Candidate, Found, Kind

# The surnames of more than 99 % of people, and the compound ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘蒋蔡余于杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温常倪康牛樊葛岳齐庞颜庄聂章鲁岑柳俞翟鲍华欧游裴左关梅包宁曲焦卜成巩柴辛管柯房娄戚翁凌涂甘项祝"
    "缪耿骆詹阮卓苗尚霍童纪舒单靳路骨屈古季蒲谷尤冉邢安盛兰申桂简车符敖佟池褚艾盖席扈晏费"
    "易粟阳谈明喻操竺隋臧麻宫祁仇鄢禹帅揭匡敬蔺巫冼栗景仲滕楼占湛卞狄解苑辜班牟边宗刁郁丛窦阙闵姬全"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|南宫|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯"
_NAME = rf"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}?|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)"
# What stands behind a name, so that 我叫王伟住在 ends at 王伟.
_AFTER = (
    r"(?=[\s，,。.、；;：:!！?？()（）\[\]【】<>《》/|0-9+*＊—-]|$|先生|女士|小姐|同志|电话|手机|联系|微信|身份|家住|家在|现住|住"
    r"|现在|现年|今年|系|是|男|女|反映|投诉|举报|咨询|来电|想|要|在|来自|因|由于|于|的|日期|被|户籍|出生|生于)"
)
_STRONG = (
    "我叫 我名叫 本人叫 本人姓名 姓名 联系人 来电人 来信人 投诉人 反映人 举报人 申请人 诉求人 "
    "留言人 署名 户主姓名 户主 签名 上访人 信访人 业主姓名 报修人"
)
# These are followed by a name less often than by what one is: 我是高中生, 本人于昨日.
_WEAK = ("我是", "本人")
# 我是某某镇某某村村民王小明，: who one is, and then the name.
_DESCRIBED = (
    r"(?:(?<=我)是|(?<=本)人[是系]?)[^，。；、,.;!！?？\n]{1,24}?"
    r"(?:村民|居民|业主|职工|员工|市民|住户|家长|学生|农民|教师|个体户)"
)
# Characters that make two or three of them a role, a place or a time instead of a name.
_NO_NAME = frozenset(
    "人民户主员工生师长家村庄镇乡县市区省州街路号楼栋院店厂司校园里老年月日时的了在是有和与及从到被把对我你他她它们"
    "这那个不没已将要可能为由以请问题想希望来去上下前后今昨就也还都位名种本父母亲妻夫儿女子孙友同事代表群众居农商业物者次每城温章"
)
# Ordinary words that begin with a surname.
_ORDINARY = (
    "中学 大学 小学 高中 高温 高速 高度 高峰 大厦 中心 小车 大棚 方式 方便 方法 方面 包括 关于 "
    "于是 成都 成为 安全 安置 金额 温度 时间 马上 马路 路面 路口 路灯 温馨 白天 白色 黄色 水表 "
    "江边 平时 常常 向您 向领 华为 柏油 简单 单位 全家 全部 "
    "曾在 曾经 房屋 陈述 盖章 阳光 牛奶 谈话 满意 江南"
)
_NO_NAMES = frozenset(_ORDINARY.split())
_ROLES = re.compile("(?:师傅|老师|医生|经理|书记|主任|[局市县镇校]长|老板|先生)$")
_WHOLE = re.compile(_NAME)
_BEFORE_NAME = "联系|找|我是|叫|租客|业主|居民|村民|住户|市民|邻居"
_NUMBER_FOLLOWS = re.compile(
    rf"(?:^|[\s，,。；;：:、]|{_BEFORE_NAME})({_NAME})(?:[ ，,:：、(（]{{0,2}}[男女]?[ ，,:：、(（]{{0,2}}"
    r"(?:联系电话|电话|手机号码?|手机|联系方式|身份证号?码?)?[:：是为]? ?)$"
)
_SIGNED = re.compile(
    rf"(?:敬礼|谢谢|感谢|[。!！?？])[!！。]?\s*\n\s*({_NAME})\s*"
    r"(?:\n?\s*(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?\s*)?$"
)


def _accept(candidate: Candidate) -> Found | None:
    name = candidate.written
    if _ROLES.search(name):
        return None
    strong = candidate.frame.startswith(tuple(_STRONG.split()))
    return Found("name", name) if _is_name(name, strong=strong) else None


def _is_name(name: str, *, strong: bool = False) -> bool:
    if name[:2] in _NO_NAMES or name[-2:] in _NO_NAMES:
        return False
    return strong or _NO_NAME.isdisjoint(name[1:])


def _frames(words: list[str]) -> str:
    """Give the frames as alternatives, the first character (already consumed) looked back at."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(f"(?<={word[0]}){word[1:]}" for word in longest_first)


_FRAMES = (*_STRONG.split(), *_WEAK)
NAME = Kind(
    name="name",
    word="姓名",
    first="".join({word[0] for word in _FRAMES}),
    # 我 and 业 are everywhere; the next character rules most of them out at once.
    pattern=rf"(?=[{''.join({word[1] for word in _FRAMES})}])"
    rf"(?:(?:{_frames(_STRONG.split())})[:：是为叫]? ?|(?:{_frames([*_WEAK])})"
    rf"|{_DESCRIBED}(?={_NAME}[，。,;；\s]))"
    rf"(?P<name_value>{_NAME}){_AFTER}",
    accept=_accept,
)


def before_number(text: str) -> tuple[int, str] | None:
    """Find a name that ends ``text``, which a telephone or identity number follows: (start, name)."""
    found = _NUMBER_FOLLOWS.search(text)
    return (found.start(1), found[1]) if found and _is_name(found[1]) else None


def may_repeat(name: str) -> bool:
    """Say whether a name is safe to look for by itself: 王小明 is, 阳光 and 市民 are not."""
    return len(name) > 2 and _WHOLE.fullmatch(name) is not None and _is_name(name)


def signature(text: str) -> tuple[int, int] | None:
    """Find the name that a message is signed with, alone on its last line: (start, end)."""
    found = _SIGNED.search(text, max(0, len(text) - 60))
    return found.span(1) if found and _is_name(found[1]) else None
