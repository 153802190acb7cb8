"""Finding mail addresses, messengers' accounts and number plates: they identify a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.model.rule_table import rules_beside
from intake.normalize.findings import Found

_RULES = rules_beside(__file__, "accounts")
_EMAIL = _RULES.pattern("email")
_ACCOUNT_OR_PLATE = _RULES.pattern("account_or_plate")
_NO_MARK = _RULES.pattern("no_mark")
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
