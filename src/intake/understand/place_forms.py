"""The forms in which people write an area's name, and the folding that lets writings meet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Literal

import opencc

from intake.areas.gazetteer import Area

Form = Literal["full", "alias", "road", "variant", "stem"]
FORM_RANK: dict[Form, int] = {"full": 0, "alias": 1, "road": 2, "variant": 3, "stem": 4}

_PEOPLES = (
    "(?:(?:蒙古|哈萨克|柯尔克孜|维吾尔)族?|(?:回|藏|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|傣|黎"
    "|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克"
    "|怒|俄罗斯|鄂温克|德昂|保安|裕固|京|独龙|鄂伦春|赫哲|门巴|珞巴|基诺|各)族)+"
)
_UPPER = re.compile(
    rf"(?P<stem>.{{2,}}?)(?:{_PEOPLES}自治(?P<short>[区州县旗])"
    r"|特别行政区|自治区|地区|林区|特区|新区|省|市|盟|县|区|自治旗|旗)$"
)
_TOWN = re.compile(
    rf"(?P<stem>.+?)(?:{_PEOPLES}(?P<short>[乡镇])|民族乡|街道办事处|街道|苏木|地区|镇|乡)$"
)
_TOWN_BEFORE = re.compile(r".{2,4}[镇乡](?=.{2})")
_VILLAGE_OFFICE = re.compile(r"(?:村民委员会|村委会|居民委员会|居委会)$")


@cache
def _fold_table() -> dict[int, str]:
    """Traditional to simplified, character for character, so that offsets stay."""
    blocks = [chr(point) for span in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for point in range(*span)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(blocks)).split("\n")
    return {ord(old): new for old, new in zip(blocks, simplified, strict=True) if old != new != ""}


@cache
def _folded() -> re.Pattern[str]:
    return re.compile(f"[{re.escape(''.join(map(chr, _fold_table())))}]")


def fold(text: str) -> str:
    """Text for matching, of the same length. Names are folded too, so 乾安 still meets 乾安."""
    # Nearly all texts have nothing to fold, and looking is ten times faster than translating.
    return text.translate(_fold_table()) if _folded().search(text) else text


def stem_of(area: Area) -> str:
    """The name without what kind of area it is (农安 of 农安县); ``""`` when too little is left."""
    if area.level == "village":
        stem = _VILLAGE_OFFICE.sub("", area.name).removesuffix("社区").removesuffix("村")
    else:
        found = (_TOWN if area.level == "town" else _UPPER).match(area.name)
        stem = found["stem"] if found else ""
    return stem if len(stem) > 1 else ""


def forms_of(area: Area) -> Iterator[tuple[str, Form]]:
    """Every form of an area's own name, official first; without aliases, not folded."""
    if area.level == "village":
        yield from _village_forms(area)
        return
    yield area.name, "full"
    stem = stem_of(area)
    found = (_TOWN if area.level == "town" else _UPPER).match(area.name)
    if found and found["short"]:
        yield found["stem"] + found["short"], "full"
    if area.level == "town" and found:
        base = found["stem"]
        for kind in ("镇", "乡", "街道", "办事处"):
            # Towns change their kind more often than the table changes its edition.
            if base + kind != area.name:
                yield base + kind, "variant"
    if stem:
        town_within = area.level == "town" and stem.endswith(("镇", "乡"))  # 湖屯镇街道
        yield stem, "variant" if town_within else "stem"


def _village_forms(area: Area) -> Iterator[tuple[str, Form]]:
    said = _VILLAGE_OFFICE.sub("", area.name)
    community = "社区" in area.name or "居" in area.name[len(said) :]
    if with_town := _TOWN_BEFORE.match(said):  # 蛟潭镇蛟潭居委会 beside 蛟潭村委会
        yield said + ("" if said.endswith("社区") else "社区" if community else "村"), "full"
        said = said[with_town.end() :]
    base = said.removesuffix("社区").removesuffix("村")
    if not base:
        return
    yield base + ("社区" if community else "村"), "full"
    yield base + ("村" if community else "社区"), "variant"
    if said.endswith(("村社区", "庄社区")):
        yield said, "full"
    if said.endswith(("屯", "庄", "寨", "沟", "堡", "营")):
        yield said, "variant"
    if len(base) > 1:
        yield base, "stem"
