"""Several matters in one letter: where each of them seems to stand, for a person to confirm."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import combinations, pairwise

from intake.model.clean_text import Span

_ONE_TO_TEN = "一二三四五六七八九十"
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩"
_IN_TURN = ("首先", "其次", "再次", "最后")
_BEGINS = r"(?:^|(?<=[\n。；;！!？?：:，, ]))"
_DIGITS = r"[1-9]\d?"


def _chinese(written: str) -> int:
    return _ONE_TO_TEN.find(written) + 1


# How people number what they have to say: how the first of each style is written, the pattern, and the
# way to read the number.
_STYLES: tuple[tuple[tuple[str, ...], re.Pattern[str], Callable[[str], int]], ...] = (
    (("一、", "一.", "一．"), re.compile(rf"{_BEGINS}([{_ONE_TO_TEN}])[、.．]"), _chinese),
    (("(一", "（一"), re.compile(rf"{_BEGINS}[(（]([{_ONE_TO_TEN}])[)）]"), _chinese),
    (
        ("1、", "1.", "1．", "1)", "1）"),
        re.compile(rf"{_BEGINS}({_DIGITS})(?:、|[.．](?!\d)|[)）])"),
        int,
    ),
    (("(1", "（1"), re.compile(rf"{_BEGINS}[(（]({_DIGITS})[)）]"), int),
    (("①",), re.compile(rf"([{_CIRCLED}])"), lambda mark: _CIRCLED.index(mark) + 1),
    (
        ("第一",),
        re.compile(rf"{_BEGINS}第([{_ONE_TO_TEN}])(?:个问题|件事|点|[，,、：:])"),
        _chinese,
    ),
    (("一是",), re.compile(rf"{_BEGINS}([{_ONE_TO_TEN}])是"), _chinese),
    (
        ("首先",),
        re.compile(rf"{_BEGINS}({'|'.join(_IN_TURN)})[，,]"),
        lambda word: _IN_TURN.index(word) + 1,
    ),
)
_FIRST = frozenset("一1①首")  # characters without which nothing is counted
# A list of these is one matter told in points.
_ONE_MATTER = re.compile(
    "(?:诉求|请求|要求|事实|理由|经过|证据|依据|原因|措施|条件|材料|情况|规定|承诺|后果|危害|目的)[^。！？\n]{0,8}$"
)
_SEVERAL = re.compile(
    "[两二三四五六几多0-9]个?(?:问题|件事|方面|事项|点)|以下问题|下列问题|如下问题|问题如下"
)
_MORE = re.compile(
    r"(?:另外|此外|另有|还有(?!的|些|你)|再有|再者|除此之外|另(?!一方面)"
    r"|同时(?=还?(?:反映|想问|投诉|咨询))"
    r"|(?:还|再|顺便|也)(?:想|要)(?:反映|投诉|咨询|问)(?:一下|一个)?|(?:还|再|顺便)(?:反映|投诉|咨询)(?:一下|一个)?)"
)
_ENDS = frozenset("\n。；;！!？?，,")  # what stands before it
_DATED = re.compile(
    r"[，,、：:\s]*(?:于|在|自|从)?(?:(?:19|20)?\d\d ?[年.-]|[一二三四五六七八九十\d]{1,3}月|当天|次日|后来|第二天)"
)
_PLEA = re.compile("[，,：:]?(?:我们?)?(?:希望|请|恳请|望|盼|感谢|谢谢|强烈要求|要求)")
# A matter says that something is wrong, or asks.
_TROUBLE = re.compile(
    "[不没无未坏乱差脏堵漏吵臭欠拖占违贵烂断停慢难黑缺少破塌裂危毒丢偷超病死假锈渗咬堆涨困伤摔垮烟尘]|打桩|施工|投诉|举报|问|建议|能否|何时|什么|怎么|扰民|噪音|污染|积水|损坏"
)
_SENTENCE, _ITEM = re.compile(r"[^。！!？?\n]+"), re.compile(r"[^；;]+")
_SEMICOLON, _LISTED = re.compile("[；;]"), 3
_SHORTEST = 6  # characters that a matter takes to be told
_LONGEST = 160  # of a point that nobody announced as a matter; longer ones argue
_LONGEST_BEFORE = 300  # of what stands before 另外; a longer story goes on with it
# Pairs of characters; what one letter's matters are about they hardly share, beyond words for everything.
_MOST_SHARED = 1
_SAYS_NOTHING = frozenset(
    "的了没不是有人在我们你他她它也都就还和与及或而但被把对向从到为以于等这那个些什么怎一二三四五两几多少"
    "请望希求问题领导政府部门小区业主居民群众市县区镇村街路上下里前后中时年月日天可能会要应该无未修处理解决"
)
_ARGUES = re.compile("根据|规定|依据|法律|《|质疑|证据|违反|事实")


def matters(text: str) -> tuple[Span, ...]:
    """Give stretches of a clean text that seem to be matters of their own; none when it seems to be one.

    Candidates, chosen rather too few than too many: numbered points, or three between semicolons, that
    are told apart by their words, and what 另外 or 此外 adds. Numbered demands, facts and dates about
    one thing are one matter.
    """
    for starts in _series(text):
        spans = _points(text, starts)
        if spans:
            return spans
    return _listed(text) or _additions(text)


def _series(text: str) -> list[list[re.Match[str]]]:
    """Give runs of numbers 1, 2, 3 … in one style, the one that begins first in front."""
    found = []
    if _FIRST.isdisjoint(text):
        return []
    for ones, pattern, number in _STYLES:
        for one in ones:
            if one in text:
                break
        else:
            continue
        run: list[re.Match[str]] = []
        for match in pattern.finditer(text):
            if number(match[1]) == len(run) + 1:
                run.append(match)
        if len(run) > 1:
            found.append(run)
    return sorted(found, key=lambda run: run[0].start())


def _points(text: str, marks: Sequence[re.Match[str]]) -> tuple[Span, ...]:
    before = text[: marks[0].start()]
    if _ONE_MATTER.search(before):
        return ()
    ends = [*(mark.start() for mark in marks[1:]), _end_of_last(text, marks)]
    points = [(mark.end(), end) for mark, end in zip(marks, ends, strict=True)]
    told = [text[start:end] for start, end in points]
    if sum(_DATED.match(words) is not None for words in told) * 2 >= len(told):
        return ()
    if sum(map(_is_matter, told)) * 3 < len(told) * 2:  # 垃圾池离学校太近 among two that are plain
        return ()
    if not _SEVERAL.search(before[-40:]) and not _differ(told):
        return ()
    spans = (_span(text, mark.start(), end) for mark, end in zip(marks, ends, strict=True))
    return tuple(spans)


def _end_of_last(text: str, marks: Sequence[re.Match[str]]) -> int:
    """The last point ends with its line, or its sentence where the others are one each."""
    start = marks[-1].end()
    line = text.find("\n", start)
    return len(text) if line < 0 else line


def _listed(text: str) -> tuple[Span, ...]:
    """Three things or more in a sentence, set apart by semicolons, that have no words in common."""
    if text.count("；") + text.count(";") < _LISTED - 1:
        return ()
    for sentence in _SENTENCE.finditer(text):
        if len(_SEMICOLON.findall(sentence[0])) < _LISTED - 1:
            continue
        if _ONE_MATTER.search(text[: sentence.start()][-20:]):
            continue
        told = [item.span() for item in _ITEM.finditer(text, *sentence.span())]
        words = [text[start:end] for start, end in told]
        if len(told) >= _LISTED and all(map(_is_matter, words)) and _differ(words):
            return tuple(_span(text, start, end) for start, end in told)
    return ()


def _additions(text: str) -> tuple[Span, ...]:
    starts = [0]
    for more in _MORE.finditer(text):
        if more.start() and text[more.start() - 1] not in _ENDS:
            continue
        words = text[more.end() : _next_break(text, more.end())]
        told = text[starts[-1] : more.start()]
        if (
            not _PLEA.match(words)
            and _is_matter(words)
            and _is_matter(told)
            and len(told) <= _LONGEST_BEFORE
            and not _ARGUES.search(words)
            and _shared(words, told) <= _MOST_SHARED
        ):
            starts.append(more.start())
    if len(starts) < 2:
        return ()
    return tuple(_span(text, start, end) for start, end in pairwise([*starts, len(text)]))


def _next_break(text: str, start: int) -> int:
    found = re.compile("[。！!？?\n]").search(text, start + _SHORTEST)
    return found.start() if found else len(text)


def _is_matter(words: str) -> bool:
    return len(words.strip()) >= _SHORTEST and _TROUBLE.search(words) is not None


def _differ(told: Sequence[str]) -> bool:
    if any(len(words) > _LONGEST or _ARGUES.search(words) for words in told):
        return False
    return all(_shared(b, a) <= _MOST_SHARED for a, b in combinations(told, 2))


def _shared(words: str, others: str) -> int:
    """Count the pairs of characters that say something and stand in both."""
    pairs = {
        a + b
        for a, b in pairwise(words)
        if "\u4e00" <= a <= "\u9fff"
        and "\u4e00" <= b <= "\u9fff"
        and _SAYS_NOTHING.isdisjoint(a + b)
    }
    return sum(pair in others for pair in pairs)


def _span(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    start += len(part) - len(part.lstrip())
    part = part.strip()
    return Span(start=start, end=start + len(part), text=part)
