"""People's names, found by the words around them: 我叫…, 联系人:…, a number, the end of a letter.

Other names stay: an official named in their function (王局长) is not the citizen's identity,
and a surname alone identifies nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.model.rule_table import rules_beside
from intake.normalize.findings import Found

_RULES = rules_beside(__file__, "names")
_NOT_A_NAME = _RULES.word_set("not_a_name")
_NOT_IN_NAME = _RULES.word_set("not_in_name")
_NEVER_LAST = _RULES.word_set("never_last")
_MIDDLE = _RULES.word_set("middle")
_FRAME = _RULES.pattern("frame")
_LABEL = _RULES.pattern("label")
_TOLD_OF = _RULES.pattern("told_of")
_TELLING = _RULES.pattern("telling")
_SEX = _RULES.pattern("sex")
_SEXED = _RULES.pattern("sexed")
_SIGNED = _RULES.pattern("signed")
_LAST_LINE = _RULES.pattern("last_line")
_ANY_SURNAME = _RULES.pattern("any_surname")
_NUMBER_FOLLOWS = _RULES.pattern("number_follows")
_BEHIND_NUMBER = _RULES.pattern("behind_number")
_ANY_NAME = _RULES.pattern("any_name")
_CLAUSE = _RULES.pattern("clause")
_DESCRIBED = _RULES.pattern("described")
_DOTTED = _RULES.pattern("dotted")
_OTHER = _RULES.pattern("other")
_NICKNAME = _RULES.pattern("nickname")
_TITLE = _RULES.pattern("title")
_TITLED = _RULES.pattern("titled")
_SPACED = _RULES.pattern("spaced")
_PLAIN = _RULES.pattern("plain")
_SHAPED = _RULES.pattern("shaped")
_NEXT = _RULES.pattern("next")
_FUNCTION = _RULES.pattern("function")
_ENDS = _RULES.pattern("ends")
_WORD_FOLLOWS = _RULES.pattern("word_follows")
_SELDOM_LAST = _RULES.pattern("seldom_last")
_OF_A_PLACE = _RULES.pattern("of_a_place")
_DATED = _RULES.pattern("dated")
_BEHIND, _BEFORE = f"(?:{_RULES.source('repeats_behind')})", _RULES.source("repeats_before")
_SHORT, _LONG = 2, 3
_BRACKETS = ("[", "]")
_BEFORE_SEX = 6
_SAYS = ":：是为叫 】|"  # between a label and a name; without it 姓名楼号 would be one
_TAIL = 80


def find(text: str) -> Iterator[Found]:
    """Find the names that a frame or a signature announces."""
    framed = set()
    for frame in _FRAME.finditer(text):
        framed.add(frame.end())
        span = _in_frame(text, frame)
        if span is not None:
            yield from _with_others(text, *span)
    if ":" in text or "：" in text:
        for label in _LABEL.finditer(text):
            if label.end() in framed or text[label.end() : label.end() + 1] in _BRACKETS:
                continue
            end = _name_end(text, label.end(), strong=True)
            if end is not None:
                yield from _with_others(text, label.end(), end)
    for sex in _SEX.finditer(text) if "男" in text or "女" in text else ():
        said = _SEXED.search(text, max(0, sex.start() - _BEFORE_SEX), sex.start())
        if said and _is_name(said["name"], strong=True):
            yield Found("name", *said.span("name"), said["name"])
    yield from _told_of(text)
    tail = max(0, len(text) - _TAIL)
    if _LAST_LINE.search(text, tail):
        signed = _SIGNED.search(text, tail)
        if signed and _is_name(signed["name"]):
            yield Found("name", *signed.span("name"), signed["name"])


def _with_others(text: str, start: int, end: int) -> Iterator[Found]:
    """Return a name, and those that are put beside it."""
    yield Found("name", start, end, text[start:end])
    further = _NEXT.match(text, end)
    while further and further[further.lastgroup or 0][:2] not in _NOT_A_NAME:
        yield Found("name", *further.span(further.lastgroup or 0), further[further.lastgroup or 0])
        further = _NEXT.match(text, further.end())


def _told_of(text: str) -> Iterator[Found]:
    """Find other people's names: 老板叫王小明, 村民王小明反映, 学生王小明在实验小学上学."""
    for telling in _TELLING.finditer(text):
        start = telling.start() - _LONG
        if _shape_end(text, start) is not None:
            yield Found("name", start, telling.start(), text[start : telling.start()])
    for told in _TOLD_OF.finditer(text):
        name = told["shaped"] or told["name"]
        if told["shaped"]:
            if name[:2] not in _NOT_A_NAME:
                yield Found("name", *told.span("shaped"), name)
            continue
        called = told[0][0] == "叫"
        # 学生安全，: without a verb or a word for being called two characters are too few.
        certain = called or (len(name) > _SHORT and len(told["end"]) > 1)
        if certain and name[-1] not in _NEVER_LAST and _is_name(name):
            yield Found("name", *told.span("name"), name)


def beside(text: str, numbers: Sequence[Found]) -> Iterator[Found]:
    """Find the names right before or behind a telephone or identity number: 王小明 13800000000."""
    for number in numbers:
        before = max(0, number.start - 28)
        named = None
        if _ANY_SURNAME.search(text, before, number.start):
            named = _NUMBER_FOLLOWS.search(text, before, number.start)
        if named is None or not _is_name(named["name"]):
            named = _BEHIND_NUMBER.match(text, number.end)
        if named is not None and _is_name(named["name"]):
            yield Found("name", *named.span("name"), named["name"], number.own)


def may_repeat(name: str) -> bool:
    """Return whether a name is safe to look for by itself: 王小明 is, 阳光, 王某 and 市民 are not."""
    if "·" in name:
        return True
    return (
        len(name) > 2
        and _PLAIN.fullmatch(name) is not None
        and not _TITLED.match(name)
        and _is_name(name)
    )


def repeated(text: str, name: str) -> Iterator[Found]:
    """Find a name of two characters again; inside other words it means something else (高山)."""
    if _is_name(name):
        for match in re.finditer(f"{_BEHIND}{re.escape(name)}{_BEFORE}", text):
            yield Found("name", match.end() - len(name), match.end(), name)


def _in_frame(text: str, frame: re.Match[str]) -> tuple[int, int] | None:
    start = frame.end()
    if text[start : start + 1] in _BRACKETS:
        return None  # taken out before: 我叫[姓名]
    end = _name_end(text, start, strong=frame["strong"] is not None)
    if end is not None:
        return start, end
    if frame["strong"] and frame[0].rstrip()[-1] in ":：":  # 联系人: any text after it is a name
        found = _ANY_NAME.match(text, start)
        listed = found is None or found[0][:2] in _NOT_A_NAME or _FUNCTION.match(found[0], 1)
        if found and not listed and ("姓名" in frame[0] or _is_name(f" {found[0]}")):
            return found.span()
    if frame["weak"] or (frame["strong"] and text[start - 1] in ":："):
        clause = _CLAUSE.match(text, start)
        described = _DESCRIBED.search(clause[0]) if clause else None
        if described and _is_name(described["name"]):
            return start + described.start("name"), start + described.end("name")
    return None


def _name_end(text: str, start: int, *, strong: bool) -> int | None:
    """Return where the name that begins at ``start`` ends; None when there is none."""
    end = _end_by_context(text, start, strong=strong)
    return _shape_end(text, start) if end is None else end


def _shape_end(text: str, start: int) -> int | None:
    shaped = _SHAPED.match(text, start)
    return shaped.end() if shaped and shaped[0][:2] not in _NOT_A_NAME else None


def _end_by_context(text: str, start: int, *, strong: bool) -> int | None:
    """Return where the name that begins at ``start`` ends; None when there is none.

    A name of three characters is tried before one of two, and a sure end before a likely one.
    """
    dotted = _DOTTED.match(text, start)
    if dotted:
        return dotted.end()
    other = _OTHER.match(text, start) or (_NICKNAME.match(text, start) if strong else None)
    if other:
        return other.end()
    titled = _TITLED.match(text, start)
    if titled:
        followed = _ENDS.match(text, titled.end())
        return titled.end() if followed or strong else None
    spaced = _SPACED.match(text, start) if strong else None
    if spaced:
        return spaced.end()
    plain = _PLAIN.match(text, start)
    if plain is None or _FUNCTION.match(text, start + len(plain["single"] or "  ")):
        return None
    ends = [plain.end() - n for n in range(len(plain["given"]))]
    for end in ends:
        if (
            text[end - 1] not in _NEVER_LAST
            and _ENDS.match(text, end)
            and _is_name(text[start:end], strong=strong and text[start - 1] in _SAYS)
        ):
            return end
    for end in ends:
        name = text[start:end]
        if _WORD_FOLLOWS.match(text, end) and not _SELDOM_LAST.match(name[-1]):
            if (text[end] == "的" and not strong) or _OF_A_PLACE.match(text, end):
                continue  # 我是万科的业主
            if _is_name(name):
                return end
    return None


def _is_name(name: str, *, strong: bool = False) -> bool:
    if _DATED.fullmatch(name[1:]):
        return False
    if name[:2] in _NOT_A_NAME or _FUNCTION.fullmatch(name[1:]):
        return False
    if strong or _TITLE.fullmatch(name[1:]):
        return True
    # 子 and the like are not in names of two characters, but in the middle of names of three: 李子轩.
    return _NOT_IN_NAME.isdisjoint(
        name[2:] if len(name) == _LONG and name[1] in _MIDDLE else name[1:]
    )
