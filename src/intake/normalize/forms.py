"""Messages written as a form: 来电人:… 联系电话:… 诉求:… taken apart into fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from intake.model.rule_table import rules_beside

_RULES = rules_beside(__file__, "forms")
_ROLE_OF = _RULES.labels("label")
_LABEL = _RULES.pattern("labelled")
# The end of the label before the citizen's words; without one a text is no form. Found by its colon,
# which is rarer than the words.
_BODY_ENDS = sorted({label[-2:] for label in _RULES.words("label.body")})
_BODY = re.compile(f"[:：】|](?:{'|'.join(f'(?<={end}.)|(?<={end} .)' for end in _BODY_ENDS)})")
_NOTHING = {"", *_RULES.words("nothing")}
_EDGE = " \n;；,，|"
_LONGEST_VALUE = 40  # a personal value; what is longer holds the citizen's words as well
PERSONAL = frozenset({"name", "landline", "id_card", "address_door", "email"})

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """The places of a form's parts: the citizen's words, personal values by role, other fields."""

    body: tuple[Range, ...]
    title: Range | None = None
    personal: tuple[tuple[str, Range], ...] = ()
    fields: dict[str, Range] = field(default_factory=dict)


def read_form(text: str) -> Form | None:
    """Take a form-shaped message apart; None for prose and for a form without content.

    A form has a label for the citizen's words and at least one more. Personal values are never
    among ``fields``. Words before the first label, lines below a value, and values that are too long
    stay part of the body: nothing is lost.
    """
    if (
        not (":" in text or "：" in text or "】" in text or " | " in text)
        or _BODY.search(text) is None
    ):
        return None
    labels = list(_LABEL.finditer(text))
    roles = [_ROLE_OF[label["boxed"] or label["plain"]] for label in labels]
    if len(labels) < 2 or "body" not in roles:
        return None
    title: Range | None = None
    body = [_trimmed(text, 0, labels[0].start())]
    personal: list[tuple[str, Range]] = []
    fields: dict[str, Range] = {}
    ends = [*(label.start() for label in labels[1:]), len(text)]
    for label, role, end in zip(labels, roles, ends, strict=True):
        if role == "body":
            body.append(_trimmed(text, label.end(), end))
            continue
        line = text.find("\n", label.end(), end)
        value = _trimmed(text, label.end(), end if line < 0 else line)
        if role in PERSONAL and value[1] - value[0] > _LONGEST_VALUE:
            body.append(_trimmed(text, label.start(), end))
            continue
        if line >= 0:
            body.append(_trimmed(text, line, end))
        if text[slice(*value)] in _NOTHING:
            continue
        if role == "title" and title is None:
            title = value
        elif role in PERSONAL:
            personal.append((role, value))
        else:
            fields.setdefault(label["boxed"] or label["plain"], value)
    words = tuple(part for part in body if part[0] < part[1])
    return Form(words, title, tuple(personal), fields) if words else None


def _trimmed(text: str, start: int, end: int) -> Range:
    while start < end and text[start] in _EDGE:
        start += 1
    while start < end and text[end - 1] in _EDGE:
        end -= 1
    return start, end
