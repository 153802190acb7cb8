"""What a citizen wants (咨询 求助 投诉 举报 意见建议 表扬): a few transparent rules, first match wins.

It is a guess for the desk and for reports; where the channel's form says it, the form is right.
"""

from __future__ import annotations

import re

from intake.model.submission import MatterType

# The order is the rule: thanks only when nothing is asked for, an accusation before a question.
_TITLE_RULES: tuple[tuple[MatterType, re.Pattern[str]], ...] = (
    (
        MatterType.REPORT,
        re.compile(r"举报|检举|控告|揭发|传销|查处|取缔|严查|打击|非法(?!集资受)|偷税|贪污|骗取"),
    ),
    (MatterType.SUGGESTION, re.compile(r"建议|建言|设想|呼吁|能否.{0,8}(?:增加|改为|设立)")),
    (MatterType.PRAISE, re.compile(r"感谢|表扬|点赞|致谢|赞(?![成助])|锦旗")),
    (
        MatterType.CONSULTATION,
        re.compile(r"咨询|请问|询问|请教|是否|吗|什么时候|何时|怎么|如何|多少|哪些|[?？]"),
    ),
    (
        MatterType.COMPLAINT,
        re.compile(r"投诉|反映|扰民|乱|太|不作为|拖欠|违规|违法|强制|欺|骗|黑心|无人管|差|坑"),
    ),
    (MatterType.HELP, re.compile(r"求助|请求|恳请|盼|希望|帮|求|请")),
)


def guess_matter_type(title: str, text: str) -> MatterType | None:
    """Guess from the title, or from the text's first sentence when there is none; None if empty."""
    head = title.strip() or text.strip()[:40]
    if not head:
        return None
    for matter_type, pattern in _TITLE_RULES:
        if pattern.search(head):
            return matter_type
    return MatterType.COMPLAINT
