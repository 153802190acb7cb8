"""Words exchanged between two texts of which one was copied from the other.

A letter reused for a second estate, village or building is the first letter with a word exchanged. So
the texts are aligned and each exchange is judged in its place. A word that is exchanged at each
occurrence, or is the only difference, is the subject of the second letter. A person who writes the
same again changes words here and there, and hardly one of them twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein

from intake.messages import Message
from intake.model.rule_table import rules_beside
from intake.relate.matter import arabic

MANY_CHANGES = 6  # a text retyped or garbled all over; fewer, and a changed name is meant
ORDINALS = frozenset("一二三四五六七八九十0123456789东南西北上下前后甲乙丙丁")
_LONGEST_NAME = 12  # a longer stretch is another passage, not another name
_LONGEST_WORD = 8
_NAME_OF_MANY = 4  # letters; nobody puts so long a word for a single letter
_BETWEEN = 1  # letters that two names may have in common in the middle
_FEW_WORDS = 3  # exchanged, in a text that is otherwise the same
_LONGEST_NUMBER = 4  # beyond, it is of a rule or a document
_REACH = 3  # letters from the exchanged ones to the end of the name

_NAMING, _FAULTS = rules_beside(__file__, "naming"), rules_beside(__file__, "faults")
_ENDING = _NAMING.pattern("named")
_ENDS_NAMED = _NAMING.pattern("named_at_end")
_FUNCTION = _NAMING.pattern("function")
_NOT_NAMED = _NAMING.pattern("not_named")
_POINTING = _NAMING.pattern("pointing")
_LOT = _NAMING.pattern("lot")
_LATIN, _NUMERALS = (
    frozenset("abcdefghijklmnopqrstuvwxyz0123456789"),
    frozenset("一二三四五六七八九十百"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of each text in the place of the other; one of them may be empty.

    ``after`` is the text that follows in both.
    """

    left: slice
    right: slice
    old: str
    new: str
    after: str


@cache
def _everyday() -> re.Pattern[str]:
    """Return the finder of words that people vary when they repeat a matter, and of names of faults."""
    tables = (
        (_NAMING, "everyday"),
        (_NAMING, "generic"),
        (_FAULTS, "specific"),
        (_FAULTS, "general"),
    )
    # In this order, not longest first: of 物业费 the everyday 物业 goes, and 费 stays.
    return re.compile("|".join(word for table, group in tables for word in table.words(group)))


def changes_between(a: str, b: str) -> list[Change]:
    """Align two texts and return the differences that are no longer than a name."""
    stretches: list[list[int]] = []
    for op in Levenshtein.opcodes(a, b):
        if op.tag == "equal":
            continue
        if stretches and op.src_start - stretches[-1][1] <= _BETWEEN:
            stretches[-1][1::2] = op.src_end, op.dest_end  # 白云 → 白鹭洲 is one change
        else:
            stretches.append([op.src_start, op.src_end, op.dest_start, op.dest_end])
    found = []
    for start, stop, other_start, other_stop in stretches:
        if max(stop - start, other_stop - other_start) > _LONGEST_NAME:
            continue
        # Of a number or a hidden name (22, a3) the whole is meant, not the letter that differs.
        before = _token_before(a, start, {*a[start : start + 1], *b[other_start : other_start + 1]})
        behind = _token_behind(a, stop, {*a[stop - 1 : stop], *b[other_stop - 1 : other_stop]})
        left = slice(start - before, stop + behind)
        right = slice(other_start - before, other_stop + behind)
        found.append(Change(left, right, a[left], b[right], a[left.stop : left.stop + _REACH + 2]))
    return found


def _token_before(text: str, at: int, edge: set[str]) -> int:
    """Count the letters before ``at`` that belong to one number or Latin name with those at the edge."""
    for letters in (_LATIN, _NUMERALS):
        if edge & letters:
            start = at
            while start and text[start - 1] in letters:
                start -= 1
            return at - start
    return 0


def _token_behind(text: str, at: int, edge: set[str]) -> int:
    for letters in (_LATIN, _NUMERALS):
        if edge & letters:
            stop = at
            while stop < len(text) and text[stop] in letters:
                stop += 1
            return stop - at
    return 0


def find_swap(a: str, b: str, changes: Sequence[Change], *, same_person: bool) -> Message | None:
    """Return which name or number was exchanged between two texts, None if none was.

    A person may correct what was written before, so of one person's letters only what recurs or
    what is plainly a name counts.
    """
    times = Counter((change.old, change.new) for change in changes)
    for change in changes:
        one, other = change.old, change.new
        if not one or not other:
            continue
        recurs = times[one, other] > 1
        if _is_number(one) and _is_number(other):
            unit = _POINTING.match(change.after)
            if not unit or _is_same_number(one, other) or _moved(change, unit.group(), a, b):
                continue
            if recurs or len(changes) <= MANY_CHANGES:
                swapped = {"unit": unit.group(), "one": one, "other": other}
                return Message("relation.other_number", swapped)
        elif not _moved(change, "", a, b) and _is_other_name(
            change, recurs=recurs, changes=len(changes), words=len(times), same_person=same_person
        ):
            return Message("relation.other_name", {"one": one, "other": other})
    return None


def _moved(change: Change, unit: str, a: str, b: str) -> bool:
    """Return whether each text also has the other's word: the sentences are in another order."""
    return change.old + unit in b and change.new + unit in a


def _is_number(word: str) -> bool:
    return word.isdecimal() or _NUMERALS.issuperset(word)


def _is_same_number(one: str, other: str) -> bool:
    """Return whether two numbers are one in other figures, or too long to identify a thing."""
    return arabic(one) == arabic(other) or max(len(one), len(other)) > _LONGEST_NUMBER


def _is_other_name(
    change: Change, *, recurs: bool, changes: int, words: int, same_person: bool
) -> bool:
    """Return whether a name was exchanged for another, not a word for a like one."""
    one, other = change.old, change.new
    few = words <= _FEW_WORDS
    if one.isascii() and other.isascii() and _LOT.match(change.after):
        return recurs or few  # b2 and b28 of an estate's buildings
    if _is_one_name(one, other) or any(_says(word, change.after) for word in (one, other)):
        return False
    if one.isascii() and other.isascii():  # letters that hide a name
        return (recurs or few) and max(len(one), len(other)) <= _LONGEST_NUMBER
    ended = _is_ended(change, _REACH if few or recurs else 1)
    everyday = [len(_everyday().sub("", word)) < 2 <= len(word) for word in (one, other)]
    if all(everyday) if ended else any(everyday):
        return recurs and ended
    whole = min(len(one), len(other)) > 1
    if not whole and not (one.isascii() or other.isascii()):
        whole = max(len(one), len(other)) >= _NAME_OF_MANY  # 八方 for 天健一平方
    if recurs:
        return whole or (ended and not same_person)
    if same_person:
        return whole and ended
    short = max(len(one), len(other)) <= _LONGEST_WORD  # beyond, a clause was put in other words
    unlike = whole and short and 2 * len(set(one) & set(other)) < min(len(one), len(other))
    if few:
        return unlike or (ended and not any(everyday))
    return unlike and ended and changes <= MANY_CHANGES


def _says(word: str, after: str) -> bool:
    """Return whether a word is part of a sentence rather than of a name; 和 of 和平路 is not, nor 都 of 名都."""
    ending = _ENDS_NAMED.search(word)
    own = word[: ending.start()] if ending else word
    found = _NOT_NAMED.search(own if ending else own + after[:1])
    return found is not None and found.start() < len(own)


def _is_one_name(one: str, other: str) -> bool:
    """Return whether two spellings are of one name: cut short, letters transposed, a县 for a3区."""
    a, b = (word[:-1] if word[-1] in "市区县" else word for word in (one, other))
    return a in b or b in a or sorted(one) == sorted(other)


def _is_ended(change: Change, reach: int) -> bool:
    """Return whether the exchanged letters are the front of something that ends as names do."""
    front = f"{change.old}{change.after}"
    found = _ENDING.search(front, 1)
    if not found or found.start() > len(change.old) + reach - 1:
        return False
    return not _FUNCTION.search(front[: found.start()])
