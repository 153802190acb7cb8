"""Messages changed on purpose: told again in other shapes, or the same words about another thing.

Written apart from the product's own name finder, so that what it cannot see is measured, too.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

LETTERS = "天地人家水电路灯车门楼层早晚年月大小上下左右前后东西南北多少好坏新旧高低开关来去看听说问"
PREFIXES = (
    "这个问题上个月就打过电话,一直没有人理。",
    "领导好,我是第二次写信了,情况还是老样子,现在再说一遍。",
    "转邻居的话,我们这里都一样:",
)
SUFFIXES = (
    "已经拖了很久,到今天还是没有人来看过,请给一个准确的时间。",
    "以上都是实情,随时可以到现场来看,照片也可以提供。",
    "昨天问过社区,社区说管不了,只好再找上面。",
)
STEMS = "云峰 锦澜 石泉 青禾 龙桥 白鹭 枫林 紫檀 长河 金沙 望江 双井 南塘 北岭 赤岗 凤鸣 麒麟 松柏 瑞祥 永丰"
# Estates whose name ends like any word.
PLAIN = "保利林语 万科金域 恒大绿洲 碧桂园 融创壹号 中梁首玺 天健一平方 龙湖原著 金地艺境 八方 红星美凯 绿地之窗"
_STEM = re.compile(
    r"(?<![\u4e00-\u9fff])?([\u4e00-\u9fff]{2})"
    r"(小区|花园|公寓|家园|新城|广场|村|镇|大道|路|街|公司|学校|小学|中学|幼儿园)"
)
_NO_STEM = re.compile(
    r"[的了在是和与及或从到向对被把给让请我你他她它们该每某这那此其何有无没不个也都就还很太等因由于省市县区"
    r"镇乡村号期至离后前又问称如果要再各种住条修两多一二三道马公全本农民老山社居安商物高名小大中学校"
    r"主业投诉反映周边旁附近整分限责技政府银行开房地产发作成像想起日段为快将说]"
)
_NUMBER = re.compile(r"(?<![\d.])(\d{1,3})(栋|号楼|幢|路公交|路车|标段|组)")
_AREA = re.compile(r"[A-Z]\d{1,2}(?=[区县市])")
_ESTATE = frozenset({"小区", "花园", "公寓", "家园", "新城"})


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is handed in."""

    title: str
    body: str


Pair = tuple[Text, Text]
Make = Callable[[Text, random.Random], Pair | None]


def _body(change: Callable[[str, random.Random], str]) -> Make:
    def make(text: Text, chance: random.Random) -> Pair | None:
        return text, Text(text.title, change(text.body, chance))

    return make


def _edit(share: float) -> Callable[[str, random.Random], str]:
    """Replace, drop or double letters here and there, ``share`` of them all."""

    def edit(body: str, chance: random.Random) -> str:
        letters = list(body)
        for at in chance.sample(range(len(letters)), int(share * len(letters))):
            letters[at] = chance.choice(
                ("", chance.choice(LETTERS), letters[at] + chance.choice(LETTERS))
            )
        return "".join(letters)

    return edit


def _half(body: str, chance: random.Random) -> str:
    middle = len(body) // 2
    return body[:middle] if chance.random() < 0.5 else body[middle:]


def _reorder(body: str, chance: random.Random) -> str:
    sentences = re.findall(r"[^。！？!?]+[。！？!?]*", body)
    if len(sentences) < 3:
        middle = len(body) // 2
        return body[middle:] + body[:middle]
    chance.shuffle(sentences)
    return "".join(sentences)


def _swap_name(*endings: str) -> Make:
    """Put another stem before one of ``endings``, everywhere in the message."""

    def make(text: Text, chance: random.Random) -> Pair | None:
        whole = text.title + "\n" + text.body
        for stem, ending in _STEM.findall(whole):
            if ending in endings and not _NO_STEM.search(stem) and stem in text.body:
                new = chance.choice([s for s in STEMS.split() if s != stem])
                return text, _replaced(text, stem, new)
        return None

    return make


def _swap_plain(text: Text, chance: random.Random) -> Pair | None:
    """Call an estate by a name without an ending, and by another in the copy."""
    whole = text.title + "\n" + text.body
    for stem, ending in _STEM.findall(whole):
        if ending in _ESTATE and not _NO_STEM.search(stem) and stem in text.body:
            one, other = chance.sample(PLAIN.split(), 2)
            return _replaced(text, stem + ending, one), _replaced(text, stem + ending, other)
    return None


def _swap_area(text: Text, chance: random.Random) -> Pair | None:
    found = _AREA.search(text.body)
    if not found:
        return None
    old = found.group()
    new = chance.choice([a for a in ("B4", "C3", "K8", "M2", "A9") if a != old])
    return text, _replaced(text, old, new)


def _swap_number(text: Text, chance: random.Random) -> Pair | None:
    found = _NUMBER.search(text.body)
    if not found:
        return None
    number, unit = found.groups()
    new = chance.choice([str(n) for n in range(2, 40) if str(n) not in text.body])
    return text, _replaced(text, number + unit, new + unit)


def _replaced(text: Text, old: str, new: str) -> Text:
    return Text(text.title.replace(old, new), text.body.replace(old, new))


SAME: dict[str, Make] = {
    "prefix": _body(lambda body, chance: chance.choice(PREFIXES) + body),
    "append": _body(lambda body, chance: body + chance.choice(SUFFIXES)),
    "10 % of letters edited": _body(_edit(0.10)),
    "25 % of letters edited": _body(_edit(0.25)),
    "half": _body(_half),
    "reordered": _body(_reorder),
}
OTHER: dict[str, Make] = {
    "estate swapped": _swap_name(*_ESTATE, "广场"),
    "estate without an ending swapped": _swap_plain,
    "village or town swapped": _swap_name("村", "镇"),
    "road swapped": _swap_name("路", "街", "大道"),
    "company or school swapped": _swap_name("公司", "学校", "小学", "中学", "幼儿园"),
    "county swapped": _swap_area,
    "number swapped": _swap_number,
}


def pairs(texts: list[Text], make: Make, wanted: int, seed: int) -> Iterator[Pair]:
    """Give up to ``wanted`` pairs of an original and what ``make`` makes of it."""
    chance = random.Random(seed)
    for text in texts:
        if wanted and len(text.body) >= 40 and (pair := make(text, chance)):
            wanted -= 1
            yield pair
