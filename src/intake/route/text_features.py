"""What the category model sees of a text: characters and pairs, without place names.

Training and serving must call the same functions here; ``TOKENIZER`` is written into every bundle
and checked when one is loaded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import add

TOKENIZER = "hanzi-pairs/2"

Mask = Callable[[str], str]

# A petition's first screen says what it wants; after that it tells a life. Bounds the time too.
MAX_CHARS = 480

# Characters that stand before 市, 县, 村 … in running text and are no part of a name. Without them
# "修道路", "全村" or "我们小区" would be swallowed as if they were proper names.
_NOT_IN_NAME = (
    "的了在是和与及或从到向对为被把给让请求我你他她它们本该全各每某这那此其何哪有无没不一二两三几个多少"
    "省市县区镇乡村路街道巷号小大社学校城农公水线马景片园库新旧老好修建过进出住来去回上下前后内外"
    "反映投诉举报咨询建议希望领导尊敬您好关于还能会要都很太"
)
# Said as what they are not: one set is a third of a lookahead's time.
_IN_NAME = rf"[^\x00-\u4dff\ua000-\U0010ffff{_NOT_IN_NAME}]"
# 路 before 灯, 面, 边 … names no road; 市场 is no city; 村民, 县城 and 镇政府 keep their meaning.
_KIND = (
    r"(?<=[省县镇乡村])|(?<=市)(?!场|政|容|民|区)|(?<=区)(?!别|域|分)|(?<=街)(?=道)|(?<=社)(?=区)"
    r"|(?<=大)(?=道)|(?<=路)(?!灯|面|边|口|段|况|基|政|桥|费|程|线|过|由|人|上|障|途)"
)
# Begins with the kind's first character and looks back: those are rare, and no name holds one (but
# 州, which only follows letters). Which of the empty groups matches says how long the name is.
_PLACE = re.compile(
    rf"[省市县区镇乡村街社大路州](?:(?<={_IN_NAME}{{2}}.)(?:{_KIND})(?:(?<={_IN_NAME}{{3}}.)()|())"
    r"|(?<=[省市县区州])(?:(?<=[A-Z].)()|(?<=[A-Z]\d.)()|(?<=[A-Z]\d\d.)()))"
)
_NAME_LENGTHS = (0, 3, 2, 1, 2, 3)
# Characters of grammar and courtesy: every message is full of them, so they only blur the average
# that the model takes. A pair does not reach across one. Measured in CARD.md.
_GRAMMAR = (
    "的了是在我们你他她它这那有和就都也不要很个上一为到说去会着没看好自己吗呢吧啊请希望领导您"
)
# Hanzi that are not grammar.
_WORD = re.compile(rf"[^\x00-\u33ff\ua000-\U0010ffff{_GRAMMAR}]+|[a-zA-Z]+")


def mask_places(text: str) -> str:
    """Take the proper names of places out and leave what kind of place it was: 某某镇 → 镇.

    Without a gazetteer, so it errs on both sides; what matters is that the model cannot learn
    "this town complains about rubbish", and that training and serving err alike.
    """
    kept: list[str] = []
    done = 0
    for kind in _PLACE.finditer(text):
        kept.append(text[done : kind.start() - _NAME_LENGTHS[kind.lastindex or 0]])
        done = kind.start()
    return "".join(kept) + text[done:]


def words(title: str, text: str, mask: Mask = mask_places) -> list[str]:
    """Give what the model reads of a text: its runs of hanzi without grammar, its latin words.

    The title counts twice, because bodies are long and titles are to the point; a title that the
    body repeats is not added again. Empty when the text holds nothing to read.
    """
    body = text if not title or text.startswith(title) else f"{title} {text}"
    return _WORD.findall(mask(f"{title} {body}"[: MAX_CHARS + 2 * len(title)]))


def features(title: str, text: str, mask: Mask = mask_places) -> str:
    """Give the model's input on one line: hanzi, pairs of neighbouring hanzi, latin words.

    Empty when the text holds nothing to read; see :func:`words`.
    """
    tokens: list[str] = []
    for word in words(title, text, mask):
        if word.isascii():
            tokens.append(word.lower())
        else:
            tokens += word
            tokens += map(add, word, word[1:])
    return " ".join(tokens)
