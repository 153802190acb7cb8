"""What leads to a person by letters and digits: mail addresses, messengers' accounts, number plates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.normalize.findings import Found

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,18}"
    r"(?![A-Za-z0-9])"
)
_PLATE_BODY = "0-9A-HJ-NP-Za-hj-np-z"
_ACCOUNT_OR_PLATE = re.compile(
    r"[微薇威维加vVwWqQ扣鹅京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼](?:"
    r"(?<![A-Za-z].)(?:"
    r"(?P<qq>(?<=[qQ])(?:[qQ]|(?=[:：]))|(?<=扣)扣|(?<=企鹅)(?=号))"
    r"|(?<=[微薇威维])信|(?<=加)(?:我|个)?(?:微信?|[vVwW][xX]?)|(?<=[vV])(?:[xX]|[❤♥]?信|(?=[:：]))"
    r"|(?<=薇)[❤♥]|(?<=[wW])(?:[xX]|e[cC]hat))"
    r"(?:号码?|账号|帐号|联系(?:方式)?|添加|搜索?|[iI][dD])?(?:也?是|为)?[:：]? ?"
    r"(?P<account>(?=[A-Za-z_-]*[0-9]|[A-Za-z]{2})[A-Za-z0-9][A-Za-z0-9_-]{4,19})(?![A-Za-z0-9@.])"
    # 新 is also a word: 最新A12345款.
    rf"|(?<=[\u4e00-\u9fff])(?<![最全更崭创翻]新)(?P<plate>[A-HJ-NP-Za-hj-np-z] ?[·•. -]? ?"
    rf"(?:临(?=[0-9]{{4,5}}(?![0-9])))?"
    rf"(?=[A-Za-z]{{0,2}}[0-9])[{_PLATE_BODY}]{{1,4}}[ -]?[{_PLATE_BODY}]{{1,5}}[挂学警港澳]?)(?![0-9A-Za-z])"
    r")"
)
_NO_MARK = re.compile(r"[^0-9A-Za-z挂学警港澳]")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def emails(text: str) -> Iterator[Found]:
    """Find mail addresses; surer than the numbers that many of them begin with."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Found("email", *match.span(), match[0])


def find(text: str) -> Iterator[Found]:
    """Find accounts of messengers and number plates (of any vehicle: each has an owner)."""
    for match in _ACCOUNT_OR_PLATE.finditer(text):
        account = match["account"]
        if account is None:
            if 5 <= len(_NO_MARK.sub("", match["plate"][1:])) <= 6:
                yield Found("plate", *match.span(), match[0], own=False)
        elif _MOBILE.fullmatch(account) is None:  # that one leads to the person as a telephone
            yield Found("qq" if match["qq"] else "wechat", *match.span("account"), account)
