"""Messages written as a form: 来电人:… 联系电话:… 诉求:… taken apart into fields."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ROLES = {
    "name": (
        "来电人姓名 来电人 来信人姓名 来信人 联系人姓名 联系人 投诉人 反映人 举报人 诉求人 申请人 "
        "留言人 市民姓名 姓名 市民"
    ),
    "landline": "来电号码 联系电话 联系方式 联系号码 来电电话 手机号码 手机号 手机 电话号码 电话",
    "id_card": "身份证号码 身份证号 身份证 证件号码",
    "address_door": "家庭住址 家庭地址 联系地址 通讯地址 居住地址 住址 现住址",
    "email": "电子邮箱 电子邮件 邮箱",
    "title": "诉求标题 工单标题 信件标题 留言标题 标题 主题",
    "body": (
        "诉求内容 诉求描述 主要诉求 具体诉求 群众诉求 市民诉求 反映内容 反映问题 反映事项 来电内容 "
        "来信内容 留言内容 信件内容 投诉内容 举报内容 咨询内容 工单内容 事项内容 问题描述 详细内容 "
        "具体内容 诉求事由 事由 诉求 内容 正文"
    ),
    "field": (
        "工单编号 工单号 诉求编号 信件编号 编号 来电时间 受理时间 登记时间 反映时间 时间 事发地点 "
        "事发地址 事发区域 事件地点 发生地点 诉求地点 地点 地址 所属区域 所属地区 所属区县 区域 "
        "诉求类型 诉求类别 问题类型 问题类别 事项类别 信件类型 类别 类型 诉求目的 紧急程度 "
        "承办单位 来源渠道 受理渠道 是否保密 是否公开 备注 性别 年龄 涉事单位 被反映单位 "
        "被投诉单位 被投诉人 走访地点 提交单位 处理结果 办理结果 答复意见"
    ),
}
_ROLE_OF = {label: role for role, labels in _ROLES.items() for label in labels.split()}
_ALTERNATIVES = "|".join(sorted(_ROLE_OF, key=len, reverse=True))
_LABEL = re.compile(
    rf"【(?P<boxed>{_ALTERNATIVES})】 ?[:：]? ?"
    rf"|(?:^|(?<=[\s;；，,。|]))(?P<plain>{_ALTERNATIVES})(?: ?[:：] ?| \| )"
)
# How the label of what the citizen says ends; without one a text is no form. Found by its colon,
# which is rarer than the words.
_BODY_ENDS = sorted({label[-2:] for label in _ROLES["body"].split()})
_BODY = re.compile(f"[:：】|](?:{'|'.join(f'(?<={end}.)|(?<={end} .)' for end in _BODY_ENDS)})")
_NOTHING = frozenset(
    {"", "无", "不详", "匿名", "保密", "未知", "空", "-", "/", "不愿透露", "未提供", "无名氏"}
)
_EDGE = " \n;；,，|"
_LONGEST_VALUE = 40  # a personal value; what is longer holds the citizen's words as well
PERSONAL = frozenset({"name", "landline", "id_card", "address_door", "email"})

Range = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """Where the parts of a form stand: the citizen's words, personal values by role, other fields."""

    body: tuple[Range, ...]
    title: Range | None = None
    personal: tuple[tuple[str, Range], ...] = ()
    fields: dict[str, Range] = field(default_factory=dict)


def read_form(text: str) -> Form | None:
    """Take a form-shaped message apart; None when it is prose, or a form that says nothing.

    A form has a label for what the citizen says and at least one more. Personal values are never
    among ``fields``. Words before the first label, lines below a value, and values too long to be
    one stay part of the body: nothing is lost.
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
