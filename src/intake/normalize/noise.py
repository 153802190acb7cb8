"""The parts of a message without meaning for the matter: glosses, menus of pages, quoted mail."""

from __future__ import annotations

import re

from intake.model.rule_table import rules_beside
from intake.normalize.traced import Traced

_RULES = rules_beside(__file__, "noise")
TONED = _RULES.source("toned")
_GLOSS = _RULES.pattern("gloss")
_FURNITURE = _RULES.pattern("furniture_line")
_QUOTE = _RULES.pattern("quoted")
_QUOTED_FIRST = _RULES.pattern("quoted_first")
_CLIENT = _RULES.pattern("client")
_LONGEST_LINE = 100  # a longer text of one line is no menu
_CJK = re.compile("[\u3400-\u9fff]")


def drop_glosses(text: Traced) -> None:
    """Take machine-made pinyin after ideographs out; 通過(guò) → 通過. Real brackets stay."""
    if "(" in text.text or "（" in text.text:
        text.sub(_GLOSS, "")


def has_lines_to_cut(text: str) -> bool:
    """Return whether there is quoted mail or a menu; both are lines of their own."""
    if "\n" not in text:
        if len(text) > _LONGEST_LINE:
            return False
    elif _QUOTE.search(text):
        return True
    return _FURNITURE.search(text) is not None or _CLIENT.search(text) is not None


def drop_furniture(text: Traced) -> None:
    """Drop whole lines that a web page or a mail program put there, not the writer."""
    text.sub(_FURNITURE, "")
    text.sub(_CLIENT, "")
    text.strip()


def cut_quote(text: Traced) -> bool:
    """Cut quoted earlier mail off; a message that is nothing but a quotation (forwarded) is kept."""
    found = _QUOTE.search(text.text) if "\n" in text.text else None
    if found is None:
        return False
    if _CJK.search(text.text[: found.start()]):
        text.keep(0, found.start())
        return True
    quoted = _QUOTED_FIRST.match(text.text, found.start())
    if quoted is None or not _CJK.search(text.text[quoted.end() :]):
        return False
    text.keep(quoted.end(), len(text.text))  # the answer is below the quoted mail
    return True
