"""The matter type (咨询 求助 投诉 举报 意见建议 表扬) by a few rules; the first match wins.

It is a guess for the desk and for reports. Where the channel's form has it, the form is right.
"""

from __future__ import annotations

from intake.model.rule_table import rules_beside
from intake.model.submission import MatterType

_RULES = rules_beside(__file__, "matter_types")
# The order of the table is the rule: thanks only when nothing is asked for, an accusation before a question.
_IN_TURN = tuple((MatterType(row.label), _RULES.pattern(row.id)) for row in _RULES.rows.values())


def guess_matter_type(title: str, text: str) -> MatterType | None:
    """Guess from the title, or from the text's first sentence when there is none; None if empty."""
    head = title.strip() or text.strip()[:40]
    if not head:
        return None
    for matter_type, pattern in _IN_TURN:
        if pattern.search(head):
            return matter_type
    return MatterType.COMPLAINT
