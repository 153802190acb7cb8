"""What of a text says what the matter is: the part that is compared with other messages."""

from __future__ import annotations

import re
from collections.abc import Iterable

from intake.model.clean_text import Span
from intake.normalize.personal import PLACEHOLDER

# Clauses made of nothing but these are politeness: greeting, plea, thanks, farewell, signature.
_POLITE = (
    "尊敬的 敬爱的 亲爱的 各位 领导们 领导 书记 市长 县长 区长 省长 局长 镇长 主任 同志们 同志 "
    "工作人员 政府 您们 您好 你好 大家好 您 你们 上午好 下午好 晚上好 早上好 打扰了 打扰 辛苦了 "
    "百忙之中 在百忙之中 抽空 希望 恳请 恳求 请求 请 望 盼 盼望 期盼 期待 敬请 麻烦 烦请 强烈 "
    "再次 呼吁 要求 求 有关部门 相关部门 有关单位 相关单位 职能部门 各级 上级 主管部门 有关 相关 "
    "部门 单位 能够 能 可以 可否 尽快 尽早 及时 早日 立即 马上 认真 予以 给予 给 为 帮忙 帮助 "
    "协助 协调 关注 重视 核实 查处 调查 处理 解决 落实 答复 回复 回应 反馈 批示 监督 介入 一下 "
    "一个 满意 的 了 我们 我 问题 此事 这个 这件事 该 诉求 情况 老百姓 百姓 群众 做主 主持公道 "
    "公道 说法 谢谢 谢谢您 多谢 感谢 非常感谢 十分感谢 万分感谢 不胜感激 感激不尽 此致 敬礼 祝 "
    "工作顺利 身体健康 万事如意 好人一生平安 跪求 盼复 急盼 在线等 为盼 为谢 如题 市民 一名 一位 "
    "普通 热心 居民 业主 留言 反映"
)
_FIRST = frozenset(word[0] for word in _POLITE.split())
_LAST = frozenset(word[-1] for word in _POLITE.split())
# The run of words is possessive, so that it cannot backtrack.
_POLITE_CLAUSE = re.compile(rf"(?:{'|'.join(sorted(_POLITE.split(), key=len, reverse=True))})++")
_LABEL = re.compile(
    r"(?:我叫|本人|姓名|联系人|联系电话|联系方式|电话号码|电话|手机号码|手机号|手机|身份证号码|身份证号|身份证|微信号|微信"
    r"|车牌号|车牌|邮箱|银行卡号|卡号)[:：是为]? ?$"
)
_LONGEST_LABEL = 8
_CLAUSE = re.compile(r"[^\W_]+")
# The same where a text is nothing but ASCII, ideographs and marks, in half the time.
_ORDINARY_CLAUSE = re.compile("[0-9A-Za-z\u4e00-\u9fff]+")


def comparable(text: str, garbled: Iterable[Span] = (), *, ordinary: bool = False) -> str:
    """Leave greetings, pleas, thanks, placeholders, garbled stretches, punctuation and blanks out;
    letters in lower case.

    A text that is nothing but politeness is compared as it is. ``ordinary`` promises that the text is
    nothing but ASCII, ideographs and usual marks.
    """
    bare = _without(text, garbled)
    if "[" in text:
        bare = _without_placeholders(bare)
    clause = _ORDINARY_CLAUSE if ordinary else _CLAUSE
    clauses = clause.findall(bare) or clause.findall(text)
    matter = [
        words
        for words in clauses
        if words[0] not in _FIRST or words[-1] not in _LAST or not _POLITE_CLAUSE.fullmatch(words)
    ]
    return "".join(matter or clauses).lower()


def _without(text: str, garbled: Iterable[Span]) -> str:
    parts: list[str] = []
    done = 0
    for span in garbled:
        parts += (text[done : span.start], "\n")
        done = span.end
    return "".join(parts) + text[done:]


def _without_placeholders(text: str) -> str:
    """Take placeholders out, and what says that one follows: 电话[手机]."""
    parts, done = [], 0
    for match in PLACEHOLDER.finditer(text):
        label = _LABEL.search(text, max(done, match.start() - _LONGEST_LABEL), match.start())
        parts.append(text[done : label.start() if label else match.start()])
        done = match.end()
    return "".join(parts) + text[done:]
