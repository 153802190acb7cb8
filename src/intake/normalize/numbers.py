"""Numbers that lead to a person: telephones, identity cards, bank cards, as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.model.rule_table import RulePattern, rules_beside
from intake.normalize.findings import Found

_RULES = rules_beside(__file__, "numbers")
_ANY = _RULES.pattern("any")
_ID_CARD = _RULES.pattern("id_card")
_JOINED = _RULES.pattern("joined")
_MOBILE = _RULES.pattern("mobile")
_BRACKETED = _RULES.pattern("bracketed")
_LETTERED = _RULES.pattern("lettered")
_SPOKEN = _RULES.pattern("spoken")
_MIDDLE = _RULES.pattern("middle")
_BANK_CARD = _RULES.pattern("bank_card")
_LANDLINE = _RULES.pattern("landline")
_LOCAL = _RULES.pattern("local")
_SHORT_EXTENSION = _RULES.pattern("short_extension")
_NO_DIGIT = _RULES.pattern("no_digit")
_FIGURE = _RULES.pattern("figure")
_CLOSED = _RULES.pattern("closed_bracket")
_LONE_DIGIT = _RULES.pattern("lone_digit")
_PAUSE = _RULES.pattern("pause")
_DOCUMENT = _RULES.pattern("document")
_REACHED_BY = _RULES.pattern("reached_by")
_QUANTITY = _RULES.pattern("quantity")
_AFTER_LETTER = _RULES.pattern("after_letter")
_IDENTITY_WORD = _RULES.pattern("identity_word")
_DISABILITY = _RULES.pattern("disability")
_CARD_WORD = _RULES.pattern("card")
_VIRTUAL_WORD = _RULES.pattern("virtual")
_THIRD_PARTY = _RULES.pattern("third_party")
_INSTITUTION = _RULES.pattern("institution")
_DIGITS = str.maketrans("幺一二两三四五六七八九零〇○壹贰叁肆伍陆柒捌玖", "11223456789000123456789")
_LETTERS = str.maketrans("Oo", "00")
_MOST_PAUSES = 4  # 幺三八，零零零零，幺二三四; more is a list
_PROVINCES = {
    *(*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47)),
    *(*range(50, 55), *range(61, 66), 71, 81, 82, 83),
}
_CONTEXT = 24  # characters before a number that show whose or what it is
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
        # A mistyped number after a label still is somebody's; without a label it has to be correct.
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
    """Return whether the label before or the unit behind makes it a document's number or an amount."""
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


def _before(word: RulePattern, text: str, at: int) -> bool:
    before = text[max(0, at - _CONTEXT) : at]
    return not before.isascii() and word.search(before) is not None


def _only_digits(written: str) -> str:
    if written.isdecimal() and written.isascii():
        return written
    return _NO_DIGIT.sub("", written.translate(_DIGITS).upper())
