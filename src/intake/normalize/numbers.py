"""Numbers and codes that lead to a person: telephones, identity and bank cards, plates, doors."""

from __future__ import annotations

import re

from intake.normalize.findings import Candidate, Found, Kind

_ALONE = r"(?<![0-9A-Za-z].)"  # the character before the first one, which is consumed already
_EXTENSION = r"(?: ?(?:转分机|分机号?|转)[:：]? ?\d{1,6}|[-#]\d{1,6}(?!\d))?"
_EXTENSION_WORD = re.compile("转分机|分机号?|转|#")
_NUMERAL = "[幺一二两三四五六七八九零〇○]"
_SPOKEN = str.maketrans("幺一二两三四五六七八九零〇○", "11223456789000")
_PLATE = "0-9A-HJ-NP-Za-hj-np-z"
_ACCOUNT = (
    r"(?:号码?|账号)?[:：是为]? ?(?P<{}_value>(?=[A-Za-z_-]*\d|[A-Za-z]{{2}})[A-Za-z0-9][A-Za-z0-9_-]{{4,19}})"
    r"(?![A-Za-z0-9@.])"
)
# A label that says: this long number is a paper's or a meter's.
_DOCUMENT = re.compile(
    r"(?:单号|编号|编码|户号|表号|序号|订单|合同|发票|文号|案号|工单|受理号|流水号|税号|信用代码|票号|证号"
    r"|许可证|账单|房号|学号|条码|运单|快递|宽带账号|缴费号)[^，。；,;\n]{0,6}$"
)
_QUANTITY = re.compile(r"\.\d| ?(?:元|块钱|万|亿|平米|平方|公里|千瓦|吨|人次|度电)")
_IDENTITY_WORD = re.compile(r"身份证[^，。；,;\n]{0,8}$")
_CARD_WORD = re.compile(
    r"(?:银行|卡号|账号|帐号|账户|储蓄卡|工资卡|信用卡|社保卡)[^，。；,;\n]{0,10}$"
)
_VIRTUAL_WORD = re.compile(r"(?:虚拟|隐私|中间)号[^，。；,;\n]{0,6}$")
# Whose telephone it is when it is not the writer's; 我 or 本人 in between makes it the writer's.
_THIRD_PARTY = re.compile(
    r"(?:物业|老板|经理|他的|她的|对方|支书|书记|主任|开发商|司机|房东|中介|商家|店家|包工头|负责人|客服|卖家"
    r"|公司|单位|施工|医生|老师|校长|法人|工头|机主|骗子|局|中心|办公室|车主|村委会?)[^，。；,;\n我本]{0,8}$"
)
_ESTATE = re.compile("[园苑区城府庭邸湾里居楼座栋幢家村郡墅住院舍号]$")
_PROVINCES = {
    *(*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47)),
    *(*range(50, 55), *range(61, 66), 71, 81, 82, 83),
}


def _is_something_else(candidate: Candidate) -> bool:
    """Say whether the label before or the unit behind makes it a document's number or an amount."""
    return _QUANTITY.match(candidate.after) is not None or (
        _DOCUMENT.search(candidate.before) is not None
        and _IDENTITY_WORD.search(candidate.before) is None
    )


def _digits(candidate: Candidate) -> str:
    return re.sub(r"[^0-9X]", "", candidate.written.translate(_SPOKEN).upper())


def _id_card(candidate: Candidate) -> Found | None:
    # Not by the check digit: a mistyped number still is somebody's. Province and birthday must fit.
    digits = _digits(candidate)
    labelled = _IDENTITY_WORD.search(candidate.before) is not None
    if int(digits[:2]) not in _PROVINCES or (len(digits) == 15 and not labelled):
        return None
    return None if _is_something_else(candidate) else Found("id_card", digits)


def _bank_card(candidate: Candidate) -> Found | None:
    digits = _digits(candidate)
    sure = _CARD_WORD.search(candidate.before) is not None or _passes_luhn(digits)
    return Found("bank_card", digits) if sure and not _is_something_else(candidate) else None


def _passes_luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _telephone(kind: str, candidate: Candidate) -> Found | None:
    if _is_something_else(candidate):
        return None
    number, _, extension = _EXTENSION_WORD.sub(
        "转", candidate.written.translate(_SPOKEN)
    ).partition("转")
    digits, extension = re.sub(r"\D", "", number), re.sub(r"\D", "", extension)
    if (
        kind == "mobile"
    ):  # a country code before the eleven digits; what follows a hyphen after them
        digits = digits.removeprefix("0").removeprefix("86")
        digits, extension = digits[:11], digits[11:] or extension
    own = _THIRD_PARTY.search(candidate.before) is None
    if kind == "mobile" and (extension or _VIRTUAL_WORD.search(candidate.before)):
        kind = "virtual"
    return Found(kind, f"{digits}转{extension}" if extension else digits, own)


def _mobile(candidate: Candidate) -> Found | None:
    return _telephone("mobile", candidate)


def _landline(candidate: Candidate) -> Found | None:
    return _telephone("landline", candidate)


def _wechat(candidate: Candidate) -> Found | None:
    # Most people's account is their mobile number, which leads to them without the messenger.
    is_mobile = re.fullmatch(r"1[3-9]\d{9}", candidate.written)
    return _mobile(candidate) if is_mobile else Found("wechat", candidate.written)


def _door(candidate: Candidate) -> Found | None:
    # 1单元500户 counts households; no door is numbered 500. 3-2-501 is a door only behind a place.
    if candidate.written.endswith("00户"):
        return None
    if "单元" not in candidate.written and "-" in candidate.written:
        return Found("door", candidate.written) if _ESTATE.search(candidate.before) else None
    return Found("door", candidate.written)


ID_CARD = Kind(
    name="id_card",
    word="身份证",
    first="1-8",
    pattern=rf"{_ALONE}\d{{5}}(?:[ -]?(?:18|19|20)\d\d[ -]?(?:0[1-9]|1[0-2])[ -]?(?:0[1-9]|[12]\d|3[01])"
    r"[ -]?\d{3}[0-9Xx]|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3})(?![0-9A-Za-z])",
    accept=_id_card,
)
MOBILE = Kind(
    name="mobile",
    word="手机",
    first="018+",
    pattern=rf"{_ALONE}(?<!\d\..)(?:(?<=[0+]) ?(?:86[ -]?)?1|(?<=8)6[ -]?1|(?<=1))"
    rf"(?:[3-9]\d(?:[ .-]?\d{{4}}[ .-]?\d{{4}}|[ -]?\d{{3}}[ -]?\d{{3}}[ -]?\d\d)|(?: \d){{10}})"
    rf"{_EXTENSION}(?![0-9A-Za-z])",
    accept=_mobile,
)
SPOKEN = Kind(
    name="spoken",
    word="手机",
    first="幺一",
    pattern=rf"(?<!{_NUMERAL}.)[三四五六七八九](?:[ -]?{_NUMERAL}){{9}}(?!{_NUMERAL})",
    accept=_mobile,
)
BANK_CARD = Kind(
    name="bank_card",
    word="银行卡",
    first="3-69",
    pattern=rf"{_ALONE}(?<!\d\..)\d{{3}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?(?![0-9A-Za-z])",
    accept=_bank_card,
)
LANDLINE = Kind(
    name="landline",
    word="固话",
    first="(（0",
    pattern=rf"(?:(?<=[(（])0|(?<=0){_ALONE})(?:10|2\d|[3-9]\d\d)[)）]?[ —-]{{0,2}}[2-9]\d{{2,3}}[ -]?\d{{4}}"
    rf"{_EXTENSION}(?![0-9A-Za-z])",
    accept=_landline,
)
LOCAL = Kind(
    name="local",
    word="固话",
    first="座固电联",
    pattern=r"(?:(?<=座)机|(?<=固)话|(?<=电)话|(?<=联)系方式)(?:号码?)?[:：是为]? ?"
    r"(?P<local_value>[2-8]\d{2,3}[ -]?\d{4})(?![\d-])",
    accept=_landline,
)
PLATE = Kind(
    name="plate",
    word="车牌",
    first="京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼",
    pattern=rf"[A-HJ-NP-Za-hj-np-z][·• .-]?(?=[A-Za-z]{{0,2}}\d)[{_PLATE}]{{4,5}}[{_PLATE}挂学警港澳](?![0-9A-Za-z])",
    accept=lambda candidate: Found("plate", candidate.written, own=False),
)
WECHAT = Kind(
    name="wechat",
    word="微信",
    first="微薇威加vVwW",
    pattern=rf"(?<![A-Za-z].)(?:(?<=[微薇威])信|(?<=加)微信?|(?<=[vV])(?:[xX]|信)|(?<=[wW])[xX]){_ACCOUNT.format('wechat')}",
    accept=_wechat,
)
QQ = Kind(
    name="qq",
    word="QQ",
    first="qQ扣",
    pattern=rf"(?<![A-Za-z].)(?:(?<=[qQ])[qQ]|(?<=扣)扣){_ACCOUNT.format('qq')}",
    accept=lambda candidate: Found("qq", candidate.written),
)
DOOR = Kind(
    name="door",
    word="门牌",
    first="0-9一二三四五六七八九十",
    pattern=r"(?:(?<=\d)\d?单元 ?\d{3,4}(?:号房|[室户号房])?(?![\d户人])"
    r"|(?<=[一-十])十?[一-九]?单元 ?\d{3,4}(?:号房|[室户号房])?(?![\d户人])"
    r"|(?<=[栋幢座楼]\d)\d{2,3}(?:号房|[室房号])(?!间)|(?<=[栋幢]\d)\d{2,3}(?=[，。,.;；\s业住的]|$)"
    r"|(?<=[一-龥]\d)\d?-\d{1,2}-\d{3,4}(?![-0-9年/]))",
    accept=_door,
)
KINDS = (ID_CARD, MOBILE, SPOKEN, BANK_CARD, LANDLINE, LOCAL, PLATE, WECHAT, QQ, DOOR)
