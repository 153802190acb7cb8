"""Finding the things, identifying numbers and faults that a message names.

There is no gazetteer here and no punctuation in the text, so names are found by their endings
(花园, 路, 公司, 村 …) and cut at words that no name contains. The right edge of a name is certain, the left
one is not: :func:`same_name` therefore compares from the right.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from intake.model.rule_table import rules_beside
from intake.relate.unnamed import bus_lines, crossings, of_town

_NAMING = rules_beside(__file__, "naming")
_FAULTS = rules_beside(__file__, "faults")
_CUT = _NAMING.pattern("cut")
_OLD = _NAMING.pattern("old")
_OLD_ENDS = ("老", "旧", "个")
_LATIN = re.compile(r"[a-z0-9]{2,}$")
_DROPPED = re.compile(r"[\W_]+")
_NUMBER = _NAMING.pattern("number")
_UNIT = {"幢": "栋", "号楼": "栋", "路公交": "公交", "路车": "公交", "中": "中学"}
_DIGIT = {d: str(i) for i, d in enumerate("零一二三四五六七八九")} | {"两": "2"}
MONEY = frozenset({"元", "万元", "亿元", "亿"})


@dataclass(frozen=True, slots=True)
class Matter:
    """The things (``kind:name``), numbers (``unit:number``) and faults that a text names.

    ``faults`` are names of concepts; those that are only supporting evidence start with ``~``.
    """

    names: tuple[str, ...]
    numbers: tuple[str, ...]
    faults: tuple[str, ...]


_KIND = _NAMING.labels("named") | _NAMING.labels("unnamed")
_GENERIC = _NAMING.word_set("generic") | _NAMING.word_set("everyday")
_KIND_WORDS = list(_KIND)
_WORD_KINDS = list(_KIND.values())
_ENDING_FINDER = AhoCorasick(
    _KIND_WORDS, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
)
# A specific concept (搅拌站) names the cause. A general one (噪音) names its effect, fits
# many matters at one place, and only supports.
_FAULT_OF = _FAULTS.labels("specific") | {
    word: f"~{name}" for word, name in _FAULTS.labels("general").items()
}
_FAULT_NAMES = list(_FAULT_OF.values())
_FAULT_FINDER = AhoCorasick(
    list(_FAULT_OF), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.DFA
)

_DENIED = "不是"

_PLACED = ("estate", "school", "village", "body")  # kinds of things that a matter can be about
_STREET = ("crossing", "line")  # and, where none of those is named, these
UNIQUE = frozenset({"estate", *_STREET})
"""Kinds of which there is one of a name within a city."""
_MAX_STEM = 6
_MAX_NAMES = 12
_MAX_NUMBERS = 12


def plain(text: str) -> str:
    """Return the letters and digits of a text in lower case, nothing else."""
    return (text if text.isalnum() else _DROPPED.sub("", text)).lower()


def read_matter(title: str, text: str) -> Matter:
    """Read the things, numbers and faults of a message; ``title`` and ``text`` are results of :func:`plain`."""
    whole = f"{title}\n{text}"
    names = _names(whole)
    numbers: dict[str, None] = {}
    for match in _NUMBER.finditer(whole):
        number, unit = match.groups()
        unit = _UNIT.get(unit, unit)
        numbers[f"{unit}:{arabic(number)}"] = None
        if unit == "栋" and (name := _named_before(whole, match.start())):
            names.append((match.start(), name))
            names.sort()
    names += [(at, f"{kind}:{name}") for at, kind, name in of_town(whole)]
    names.sort()
    edges = {place for edge, _ in names for place in (edge - 1, edge)}  # 卫生 of 卫生院, too
    names += [(at, f"crossing:{roads}") for at, roads in crossings(whole)]
    names += [(at, f"line:{line}") for at, line in bus_lines(whole)]
    return Matter(
        names=tuple(dict.fromkeys(name for _, name in names))[:_MAX_NAMES],
        numbers=tuple(numbers)[:_MAX_NUMBERS],
        faults=tuple(dict.fromkeys(_faults(whole, edges))),
    )


def _names(text: str) -> list[tuple[int, str]]:
    """Return position and ``kind:name`` for each ending with a stem before it."""
    found = []
    name = kind = ""
    edge = 0  # where the last name ended: the next does not reach back over it
    for word, start, end in _ENDING_FINDER.find_matches_as_indexes(text):
        this = _WORD_KINDS[word]
        if name and start == edge:
            if this == "tail" and kind in ("estate", "road"):
                kind, edge = "estate", end  # 丽湖新城+小区, 建新巷+小区
                continue
            if kind == this and this in ("estate", "body"):
                name, edge = name + _KIND_WORDS[word], end  # 丽湖+新城
                continue
        if name:
            found.append((edge, f"{kind}:{name}"))
        if this == "none":
            name, edge = "", end
            continue
        stem = _stem(text[max(edge, start - _MAX_STEM) : start])
        if not stem:
            name = ""
            continue  # 湾 in 龙湾小区: no name by itself, but part of the one that follows
        tail = this == "tail"
        kind, name, edge = (
            "estate" if tail else this,
            stem if tail else stem + _KIND_WORDS[word],
            end,
        )
    if name:
        found.append((edge, f"{kind}:{name}"))
    return found


def _named_before(text: str, at: int) -> str:
    """Return the estate's name before a building's number; it may have any ending."""
    stem = _stem(text[max(0, at - _MAX_STEM) : at])
    if 3 <= len(stem) < _MAX_STEM and not _ENDING_FINDER.find_matches_as_indexes(stem):
        return f"estate:{stem}"
    return ""


@lru_cache(maxsize=16_384)
def _stem(before: str) -> str:
    """Return the part of a name before its ending, empty if that is no name."""
    stem = _OLD.sub("", before) if before[-1:] in _OLD_ENDS else before
    cut = _CUT.match(stem)
    if cut:
        stem = stem[cut.end() :]
    if len(stem) < 2 or stem in _GENERIC or stem[-2:] in _GENERIC:
        latin = None if stem else _LATIN.search(before)
        return latin.group() if latin else ""
    return stem


def arabic(number: str) -> str:
    """Make 三 and 3, 十六 and 16 equal; longer numerals stay as they are written."""
    if len(number) == 1 and number in _DIGIT:
        return _DIGIT[number]
    if len(number) <= 3 and "十" in number:
        tens, _, ones = number.partition("十")
        return _DIGIT.get(tens, "1") + _DIGIT.get(ones, "0")
    return number


def _faults(text: str, edges: Container[int]) -> Iterable[str]:
    """Return the faults. The ending of a name (顺达驾校) is no fault; ``edges`` are ends of names."""
    found = _FAULT_FINDER.find_matches_as_indexes(text)
    found = [match for match in found if match[2] not in edges]
    if _DENIED in text:  # 不是停电,是电梯自己的问题
        found = [match for match in found if not text.endswith(_DENIED, 0, match[1])]
    return [_FAULT_NAMES[word] for word, _, _ in found]


@lru_cache(maxsize=65_536)
def same_name(one: str, other: str) -> bool:
    """Return whether two ``kind:name`` mean one thing: equal except for noise at the left edge or an ending."""
    kind, _, a = one.partition(":")
    other_kind, _, b = other.partition(":")
    if kind != other_kind:
        return False
    if a == b or (kind not in _STREET and (a.endswith(b) or b.endswith(a))):
        return True
    return (
        kind == "estate"
        and len(root(a)) >= 2
        and root(a) == root(b)
        and (a == root(a) or b == root(b))
    )


def shared_names(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of ours that are also among theirs, in our order, as the shorter writes it."""
    mine, other = _by_end(ours), _by_end(theirs)
    if mine.keys().isdisjoint(other):
        return ()
    found: dict[str, None] = {}
    for name in ours:
        for same in other.get(end_of(name), ()):
            if same_name(name, same):
                found[min(name, same, key=len)] = None
    return tuple(found)


def other_names(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[str]:
    """Return the names of ours that are not among theirs."""
    by_end = _by_end(theirs)
    return [
        name
        for name in ours
        if not any(same_name(name, same) for same in by_end.get(end_of(name), ()))
    ]


@lru_cache(maxsize=4_096)
def focal_names(names: tuple[str, ...], title: str) -> tuple[str, ...]:
    """Return the things that a message is about: those named in its title, else the first in its text."""
    placed = tuple(name for name in names if kind_of(name) in _PLACED)
    titled = tuple(name for name in placed if root(name.partition(":")[2]) in title)
    return titled or placed[:1] or tuple(name for name in names if kind_of(name) in _STREET)


def kind_of(name: str) -> str:
    """Return the kind of a ``kind:name``."""
    return name.partition(":")[0]


@lru_cache(maxsize=65_536)
def is_distinctive(name: str) -> bool:
    """Return whether a ``kind:name`` identifies one thing; 自来水公司 and 实验中学 exist everywhere.

    A stem as long as the window that it was cut from has swallowed other words.
    """
    stem = root(name.partition(":")[2])
    return kind_of(name) in _STREET or (
        2 <= len(stem) < _MAX_STEM
        and stem not in _KIND
        and stem[-2:] not in _GENERIC
        and not _FAULT_FINDER.find_matches_as_indexes(stem)
    )


def may_be_distinctive(name: str) -> bool:
    """Return whether a ``kind:name`` is distinctive, or would be without the words that it swallowed."""
    return len(root(name.partition(":")[2])) >= _MAX_STEM or is_distinctive(name)


@lru_cache(maxsize=65_536)
def end_of(name: str) -> str:
    """Return what spellings of one ``kind:name`` have in common: the last two letters of its root."""
    return root(name.partition(":")[2])[-2:]


@lru_cache(maxsize=4_096)
def _by_end(names: tuple[str, ...]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(end_of(name), []).append(name)
    return grouped


@lru_cache(maxsize=65_536)
def root(name: str) -> str:
    """Return a name without its ending: 丽湖 of 丽湖新城."""
    for size in (4, 3, 2, 1):
        if len(name) - size >= 2 and name[-size:] in _KIND:
            return name[:-size]
    return name
