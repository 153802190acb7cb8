"""The door of an address: what singles out one household where the building is already named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.normalize.findings import Found

# Nearly every text has nothing like it, and then nothing else is looked for.
_ANY = re.compile(
    r"[单门栋幢座楼室住在址籍牌上下壁家#-](?:(?<=单)元|(?<=[上下壁门家])(?:的|是|邻居)?[0-9]{3}|(?<=[0-9]室)|(?<=[住在址籍牌])[^，。；,;\n]{2,36}?[0-9]号"
    r"|(?<=[门栋幢座楼#])[- ]?(?:[A-Z]座|[0-9]{1,2}-)?[0-9]{3}|(?<=-)[0-9]{1,2}-[0-9]{3})"
)
_FLAT = r"(?:\d{3,4}|[一二三四五六七八九零〇]{3,4})"
_FLAT_END = r"(?:号房|[室户号房])?(?![\d户人级间元平米栋])"
# 2单元501室, 三单元401, 1单元6楼东户, 5单元3层301号, 1门503.
_UNIT = re.compile(
    r"[单门](?<=[0-9一二三四五六七八九十东西南北中].)(?:(?<=单)元|(?<=门)(?=\d{3,4}))[ -]?"
    rf"(?:\d{{1,2}}[楼层][ -]?)?(?:{_FLAT}{_FLAT_END}"
    r"|[一二三四五六七八九十]{1,3}[楼层] ?[东西南北中左右]{1,2}[户门手]?"
    rf"|(?<=[楼层]) ?(?:[东西南北中左右]{{1,2}}[户门手]?|\d{{1,2}}[号室户])"
    r"|[东西南北中左右]{1,2}[户门])"
)
_NUMERAL_BEFORE = re.compile(r"(?:\d{1,2}|十?[一二三四五六七八九]|十|[东西南北中])$")
# 12栋1804, 6幢801室, 3号楼502, 9栋A座1204: nothing says unit.
_BUILDING = re.compile(
    r"[栋幢座楼#](?:(?<=[0-9A-Za-z一二三四五六七八九十][栋幢座])|(?<=[号#]楼)|(?<=[0-9]#))[- ]?"
    r"(?P<door>(?:[A-Z]座|\d{1,2}-)?\d{3,4}(?:号房|[室房号户])?)"
    r"(?![\d间级元平米人多个年]|[^，。；\n]{0,6}(?:门面|商铺|铺面))"
)
_DOOR_ENDS = re.compile(r"[，。,.;；、！!？?\s业住的漏家）)\[]|$")
_ESTATE = re.compile(
    "房号[:：]?$|门牌号?[:：]?$|[园苑区城府庭邸湾里居楼座栋幢家村郡墅住院舍号期公馆寓][A-Za-z]?[区座]?$"
)
# 3-2-501, 501室: by the hyphen and the last character, which are rarer than digits.
_TRIPLE = re.compile(r"-(?=[0-9]{1,2}-)[0-9]{1,2}-[0-9]{3,4}[室号]?(?![-0-9年/])")
_ROOM = re.compile("室(?<=[0-9]室)(?!内|外|温)")
_DIGITS_BEFORE = re.compile("[0-9]{1,4}$")
_HOME = re.compile(
    r"(?:我家|我住|我是|家住|住在|住的?|楼上|楼下|隔壁|对门|业主|地址|住址)[^，。；,;\n]{0,14}$"
)
# A number in a street or a village leads to a person only where somebody says to live there.
_LIVES = re.compile(
    r"[家我住现居户门](?:(?<=门)牌号?(?=[是为:：])|(?<=户)籍(?:所在地|地址?)|(?<=家)(?:住|庭住址|庭地址)|(?<=我)(?:家?住在?|家在|家地址)"
    r"|(?<=住)(?:[在址]|(?<![\u4e00-\u9fff]住)(?![房建宿院]))|(?<=现)住|(?<=居)住[在地])[址是为:：]{0,2} ?"
    r"[^，。；,;\n]{2,30}?(?P<door>\d{1,4}号(?:院?\d{1,2}排\d{1,3}号|附\d{1,3}号?)?)(?=[，。；,;\s]|的|$)"
)

# 楼上1503天天装修: whose neighbours they are.
_NEIGHBOUR = re.compile(
    r"(?:楼[上下]|隔壁|对门)(?:的|是|邻居)?(?P<door>\d{3,4})(?![\d元米平户人层号年月日度瓦块多余个栋幢路kKwW.-])"
)


def find(text: str) -> Iterator[Found]:
    """Find doors; the building stays, for that is where the matter is."""
    if _ANY.search(text) is None:
        return
    for match in _UNIT.finditer(text):
        before = _NUMERAL_BEFORE.search(text, max(0, match.start() - 3), match.start())
        if before and not match[0].endswith("00户"):
            yield _door(text, before.start(), match.end())
    for match in _BUILDING.finditer(text):
        named = match[0][-1] in "室房号户" and not match[0].endswith("00户")
        if named or _DOOR_ENDS.match(text, match.end()):
            yield _door(text, *match.span("door"))
    for match in (*_TRIPLE.finditer(text), *_ROOM.finditer(text)):
        before = _DIGITS_BEFORE.search(text, max(0, match.start() - 4), match.start())
        if before is None:
            continue
        if len(before[0]) < 3:
            sure = match[0] != "室" and _ESTATE.search(
                text, max(0, before.start() - 4), before.start()
            )
        else:
            sure = match[0] == "室" and _HOME.search(
                text, max(0, before.start() - 24), before.start()
            )
        if sure:
            yield _door(text, before.start(), match.end())
    for match in (*_LIVES.finditer(text), *_NEIGHBOUR.finditer(text)):
        yield _door(text, *match.span("door"))


def _door(text: str, start: int, end: int) -> Found:
    return Found("address_door", start, end, text[start:end])
