"""Numbers that lead to a person: telephones, identity cards, bank cards, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.normalize.findings import Found

_NUMERAL = "[幺一二两三四五六七八九零〇○壹贰叁肆伍陆柒捌玖0-9]"
_DIGITS = str.maketrans("幺一二两三四五六七八九零〇○壹贰叁肆伍陆柒捌玖", "11223456789000123456789")
# Nearly every text has no such run, and then nothing else is looked for.
_ANY = re.compile(
    "[(（0-9幺一二三四五六七八零壹][0-9Oo幺一二两三四五六七八九零〇○壹贰叁肆伍陆柒捌玖 .,，()（）·—–-]{6}"
)
_ENDS = r"(?![0-9])"
_SEPARATOR = "[ .·—–-]"
_EXTENSION = (
    r"(?:(?: ?(?:转分机|转接|分机号?|转)[:：]? ?|[-#—]|[,，]{2} ?)(?P<extension>\d{1,6})(?!\d))?"
)
# With a word for numbers of platforms before, less is enough: 小号13800001234,88, …#88#.
_SHORT_EXTENSION = re.compile(r"[,，#] ?(?P<extension>\d{1,6})#?(?!\d)")
_BIRTHDAY = "(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12][0-9]|3[01])"
_ID_CARD = re.compile(
    rf"[1-8](?<![0-9].)\d{{5}}(?:[ -]?(?:18|19|20)\d\d[ -]?{_BIRTHDAY}[ -]?\d{{3}}[0-9Xx]"
    rf"|\d\d{_BIRTHDAY}\d{{3}})(?P<degree>[0-9]{{2}})?(?![0-9A-Za-z])"
)
_JOINED = re.compile(rf"1(?<![0-9].)[3-9]\d{{9}}(?=1[3-9]\d{{9}}{_ENDS})")
_MOBILE = re.compile(
    r"[0(（+18](?<![0-9].)(?<![0-9][.].)"
    r"(?:(?<=1)|(?<=[(（0+8])(?:[+]?(?:0|(?<=[0+8]))?(?:8?6)[)）]?[ -]?)?1)"
    r"(?P<rest> ?[3-9](?:[ .·—–-]?\d){9})"
    rf"{_EXTENSION}{_ENDS}"
)
# +86（138）0013 8000, and (0635) 8 2 1 2 3 4 5.
_BRACKETED = re.compile(
    r"[(（](?:1[3-9]\d[)）][ -]?\d{4}[ -]?\d{4}|0\d{2,3}[)）](?: ?\d){7,8})(?!\d)"
)
_NO_DIGIT = re.compile("[^0-9X]")
_FIGURE = re.compile("[0-9]")
_CLOSED = re.compile("[)）]")
_LONE_DIGIT = re.compile(f"{_SEPARATOR}[0-9](?:{_SEPARATOR}|$)")
_SPOKEN = re.compile(rf"[幺一壹1](?<!{_NUMERAL}.)(?:[ ，,、-]?{_NUMERAL}){{10}}(?!{_NUMERAL})")
_PAUSE = re.compile("[，,、]")
_MOST_PAUSES = 4  # 幺三八，零零零零，幺二三四; more is a list
# 191O4321O956: the letter, by mistake or to get past a filter.
_LETTERED = re.compile(r"1[3-9](?<![0-9A-Za-z].{2})(?=[0-9]*[Oo])[0-9Oo]{9}(?![0-9A-Za-z])")
_LETTERS = str.maketrans("Oo", "00")
# The middle number of a platform, which leads to somebody for some days.
_MIDDLE = re.compile(rf"9(?<![0-9].)50[0-9]{{2}}(?:[ -]?[0-9]){{6,13}}{_EXTENSION}{_ENDS}")
_BANK_CARD = re.compile(
    r"[3-69](?<![0-9].)(?<![0-9][.].)\d{3}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?![0-9A-Za-z])"
)
_SUBSCRIBER = r"[2-9](?:\d{2,3}[ -]?(?:\d{4}|\d\d[ -]\d\d)|\d{3}[ -]\d{3})"
_LANDLINE = re.compile(
    r"[0(（+8](?<![0-9].)(?<![0-9][.].)"
    r"(?:(?<=0)|(?<=[(（])0|(?<=\+)86[ -]?0?|(?<=8)6[ -]0?)(?:10|2\d|[3-9]\d\d)[)）]?"
    rf"[ —–-]{{0,2}}{_SUBSCRIBER}"
    rf"{_EXTENSION}{_ENDS}"
)
_LOCAL = re.compile(
    r"(?:座机|固话|固定电话|宅电|家电|小灵通|电话|联系方式|传真)(?:号码?)?[:：是为]{0,2} ?"
    rf"(?P<number>(?!9){_SUBSCRIBER}|(?=[0-9]*[零一二三四五六七八九])(?:[零〇0]{_NUMERAL}{{2,3}}[ -]?)?"
    rf"(?![零〇幺一九019]){_NUMERAL}{{7,8}}(?!{_NUMERAL})){_EXTENSION}(?![\d-])"
)
# A label that says: this long number is a paper's, a parcel's or a meter's.
_DOCUMENT = re.compile(
    r"(?:单号|编号|编码|户号|表号|[水电气暖]表|序号|序列号|订单|合同|发票|文号|案号|工单|受理号?|流水号?|税号|信用代码"
    r"|票据?号|证号|许可证|账单|房号|学号|学籍号|条码|条形码|运单|快递|宽带账号|缴费号|档案号|登记号|单元号|保单|批号|车架号"
    r"|代码|备案号?|型号|邮编|考号)(?P<between>[^，。；,;\n]{0,6})$"
    r"|第$|[0-9A-Za-z][_-]$|代码[:：]?[0-9A-Za-z]{4,20}[，,、 ]?号码[:：]?$"
)
_REACHED_BY = re.compile("电话|手机|联系|拨打|致电|微信")
_QUANTITY = re.compile(
    r"[.]\d| ?(?:元|块钱|万|亿|平米|平方|公里|千瓦|吨|人次|度电|[A-Za-z]|年[^级]|月\d)"
)
_AFTER_LETTER = re.compile(r"(?:tel|phone|mobile|call|mob|电|话)$", re.IGNORECASE)
_IDENTITY_WORD = re.compile(r"(?:身份证?|证件|户口)[^，。；,;\n]{0,10}$")
_DISABILITY = re.compile(r"残疾[^，。；,;\n]{0,8}$")
_CARD_WORD = re.compile(
    r"(?:银行|卡号|账号|帐号|账户|帐户|储蓄卡|工资卡|信用卡|借记卡|社保卡|存折|[农工建中交]行|邮储|信合|打到|打在|转到|汇到)[^，。；,;\n]{0,10}$"
)
_VIRTUAL_WORD = re.compile(
    r"(?:(?:虚拟|隐私|中间|保护|临时)(?:小?号|电话|号码)|小号|[(（]虚拟[)）])[^，。；,;\n]{0,6}$"
)
# Whose telephone it is when it is not the writer's; 我 or 本人 in between makes it the writer's.
_THIRD_PARTY = re.compile(
    r"(?:物业|老板|经理|他的|她的|对方|支书|书记|主任|开发商|司机|房东|中介|商家|店家|包工头|负责人|客服|卖家"
    r"|公司|单位|施工|医生|老师|校长|法人|工头|机主|骗子|局|中心|办公室|车主|村委会?)[^，。；,;\n我本]{0,8}$"
)
# A telephone on the desk of an office, a shop or a hotline leads to no person.
_INSTITUTION = re.compile(
    r"(?:[局厅委办院所站校镇乡行]|中心|政府|公司|前台|街道|热线|客服|监督|举报|投诉|咨询|服务|维修|值班|报修|物业|居委会|村部"
    r"|村委会?|营业厅|医保|社区|大厅|学校|供电|供水|燃气)(?:的|公开|办公室?)?"
    r"(?:电话|座机|固话|联系方式|联系电话|号码|热线|传真)?(?:号码?)?[:：是为]{0,2} ?[(（]?$"
)
_PROVINCES = {
    *(*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47)),
    *(*range(50, 55), *range(61, 66), 71, 81, 82, 83),
}
_CONTEXT = 24  # characters before a number that say whose or what it is
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
NUMBERS = frozenset({"mobile", "landline", "virtual_number", "id_card"})


def find(text: str) -> list[Found]:
    """Find the numbers of persons, the surer first where they overlap; public ones (12345, 400-…),
    amounts, dates and papers' are none.
    """
    first = _ANY.search(text)
    if first is None:
        return []
    start = max(0, first.start() - 3)
    finders = (
        _id_cards, _middles, _bank_cards, _joined, _mobiles, _bracketed, _lettered, _spoken, _landlines,
    )  # fmt: skip
    return [piece for finder in finders for piece in finder(text, start)]


def _id_cards(text: str, start: int) -> Iterator[Found]:
    for match in _ID_CARD.finditer(text, start):
        digits = _only_digits(match[0])
        labelled = _before(_IDENTITY_WORD, text, match.start())
        if int(digits[:2]) not in _PROVINCES:
            continue
        if match["degree"]:  # a certificate of disability: the identity number, kind and degree
            if _before(_DISABILITY, text, match.start()):
                yield Found("id_card", *match.span(), digits[:-2])
            continue
        # A mistyped number still is somebody's where a label says so; without one it has to be right.
        if labelled or (_checks(digits) and not _is_something_else(text, match)):
            yield Found("id_card", *match.span(), digits)


def _checks(digits: str) -> bool:
    if len(digits) != 18:
        return False
    weighed = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return digits[-1] == "10X98765432"[weighed % 11]


def _joined(text: str, start: int) -> Iterator[Found]:
    """Two mobile numbers without anything in between."""
    for match in _JOINED.finditer(text, start):
        if not _is_something_else(text, match):
            yield Found("mobile", *match.span(), match[0])
            end = match.end() + 11
            yield Found("mobile", match.end(), end, text[match.end() : end])


def _mobiles(text: str, start: int) -> Iterator[Found]:
    for match in _MOBILE.finditer(text, start):
        grouped = match["rest"]
        gaps = len(grouped.lstrip()) - 10
        if 0 < gaps < 9 and (gaps > 4 or _LONE_DIGIT.search(grouped)):
            continue  # a list, or years and months: 1971.12-1972.1
        if _is_something_else(text, match):
            continue
        own = not _before(_THIRD_PARTY, text, match.start())
        at = match.start() + (match[0][0] in "(（" and not _CLOSED.search(match[0]))
        digits, extension = "1" + _only_digits(grouped), match["extension"]
        if extension:
            yield Found("virtual_number", at, match.end(), f"{digits}转{extension}", own)
        elif _before(_VIRTUAL_WORD, text, match.start()):
            short = _SHORT_EXTENSION.match(text, match.end())
            value = f"{digits}转{short['extension']}" if short else digits
            end = short.end() if short else match.end()
            yield Found("virtual_number", at, end, value, own)
        else:
            yield Found("mobile", at, match.end(), digits, own)


def _bracketed(text: str, start: int) -> Iterator[Found]:
    if "(" not in text and "（" not in text:
        return
    for match in _BRACKETED.finditer(text, max(0, start - 1)):
        digits = _only_digits(match[0])
        if digits[0] == "1":
            own = not _before(_THIRD_PARTY, text, match.start())
            yield Found("mobile", *match.span(), digits, own)
        elif not _before(_INSTITUTION, text, match.start()):
            yield _landline(text, match.start(), match.end(), match[0], None)


def _lettered(text: str, start: int) -> Iterator[Found]:
    for match in _LETTERED.finditer(text, start):
        if not _is_something_else(text, match):
            own = not _before(_THIRD_PARTY, text, match.start())
            yield Found("mobile", *match.span(), match[0].translate(_LETTERS), own)


def _spoken(text: str, start: int) -> Iterator[Found]:
    for match in _SPOKEN.finditer(text, start):
        written = match[0]
        if written.isascii():
            continue
        digits = _only_digits(written)
        if digits[1] not in "3456789" or (_FIGURE.search(written) and len(written) > len(digits)):
            continue  # a list of figures, and then a word: 13 15 17 18 19 22六
        if len(_PAUSE.findall(written)) > _MOST_PAUSES:
            continue
        if not _is_something_else(text, match):
            own = not _before(_THIRD_PARTY, text, match.start())
            yield Found("mobile", *match.span(), digits, own)


def _middles(text: str, start: int) -> Iterator[Found]:
    for match in _MIDDLE.finditer(text, start):
        digits, extension = _only_digits(match[0]), match["extension"]
        if extension:
            yield Found(
                "virtual_number", *match.span(), f"{digits.removesuffix(extension)}转{extension}"
            )
        elif _before(_VIRTUAL_WORD, text, match.start()):
            yield Found("virtual_number", *match.span(), digits)


def _bank_cards(text: str, start: int) -> Iterator[Found]:
    for match in _BANK_CARD.finditer(text, start):
        digits = _only_digits(match[0])
        labelled = _before(_CARD_WORD, text, match.start())
        if labelled or (_passes_luhn(digits) and not _is_something_else(text, match)):
            yield Found("bank_card", *match.span(), digits)


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _landlines(text: str, start: int) -> Iterator[Found]:
    for match in _LANDLINE.finditer(text, start):
        if not (_is_something_else(text, match) or _before(_INSTITUTION, text, match.start())):
            yield _landline(text, match.start(), match.end(), match[0], match["extension"])
    for match in _LOCAL.finditer(text):
        start = match.start("number")
        if not _before(_INSTITUTION, text, start):
            yield _landline(text, start, match.end(), match["number"], match["extension"])


def _landline(text: str, start: int, end: int, written: str, extension: str | None) -> Found:
    digits = _only_digits(written)
    if extension:
        digits = digits.removesuffix(extension)
        digits = f"{digits}转{extension}"
    if digits.startswith("86"):
        digits = "0" + digits[2:].removeprefix("0")
    return Found("landline", start, end, digits, not _before(_THIRD_PARTY, text, start))


def _is_something_else(text: str, match: re.Match[str]) -> bool:
    """Say whether the label before or the unit behind makes it a document's number or an amount."""
    start, end = match.span()
    if _QUANTITY.match(text, end):
        return True
    before = text[max(0, start - _CONTEXT) : start]
    if before[-1:] in " ," and before.isascii():  # a list of numbers
        return False
    if before[-1:].isascii() and before[-1:].isalpha() and not _AFTER_LETTER.search(before):
        return True
    document = _DOCUMENT.search(before)
    return document is not None and not _REACHED_BY.search(document["between"] or "")


def _before(word: re.Pattern[str], text: str, at: int) -> bool:
    before = text[max(0, at - _CONTEXT) : at]
    return not before.isascii() and word.search(before) is not None


def _only_digits(written: str) -> str:
    if written.isdecimal() and written.isascii():
        return written
    return _NO_DIGIT.sub("", written.translate(_DIGITS).upper())
