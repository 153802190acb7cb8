"""The names of one and the same field in the exports of different places, as data.

A name is compared after NFKC, without blanks, case and brackets, so that ``内 容``,
``来信（电）时间`` and ``Order_No`` are found. Within a field, an earlier alias wins.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from intake.errors import ConfigurationError

ALIASES: Mapping[str, tuple[str, ...]] = {
    field: tuple(names.split())
    for field, names in {
        "id": """
            工单编号 工单号 信件编号 信访件编号 诉求编号 办件编号
            信件索引号 业务编号 查询编号 受理编号 留言编号 流水号 编号
            order_no order_id service_request_id id
        """,
        "title": """
            标题 主题 留言主题 留言标题 信件标题 诉求标题 工单标题
            事项标题 title subject
        """,
        "body": """
            群众诉求 来件内容 留言内容 留言详情 信件内容 内容描述 事项内容
            来电内容 诉求描述 问题描述 诉求问题 主要诉求 诉求内容 咨询内容
            工单内容 办件内容 正文 内容 诉求 body content description text
        """,
        "submitted_at": """
            来电时间 来件时间 留言时间 诉求时间 来信时间 来信电时间
            来信日期 信访日期 写信时间 走访时间 走访日期 递交时间 反映时间
            咨询时间 提交时间 受理时间 案件时间 接收时间 发起时间 发表时间
            发布日期 受理日期 日期 时间 submitted_at requested_datetime
            created_at create_time time
        """,
        "updated_at": "更新时间 修改时间 updated_at updated_datetime update_time",
        "name": """
            来电人 来信人 诉求人 反映人 留言用户 留言人 咨询人 姓名 联系人
            群众姓名 citizen_name nickname name
        """,
        "phone": "联系电话 来电号码 手机号码 手机号 手机 电话 联系方式 phone tel",
        "virtual_phone": "虚拟号 是否虚拟号 virtual virtual_phone",
        "email": "邮箱 电子邮箱 email",
        "id_card": "身份证号 身份证号码 身份证 id_card",
        "address": "联系地址 家庭住址 住址 citizen_address",
        "area": """
            区划代码 事发区划 行政区划 所属区划 所属区域 事发区域 所属地区
            area_code area
        """,
        "place": "走访地点 事发地址 事发地点 诉求地址 地点 address_string place",
        "category": """
            诉求分类 诉求类别 事项分类 问题分类 问题类别 类别 领域
            所属领域 一级标签 domain_name category service_name
        """,
        "matter_type": """
            诉求类型 工单类型 信件类型 信件类别 留言类型 来信类型 类型
            type_name matter_type
        """,
        "addressee": "收信人 留言对象 致 写给 addressee",
        "submitter_unit": "提交单位 报送单位 上报单位 走访单位 submitter_unit",
        "disposition": "办结方式 处理方式 处置方式 答复方式 disposition",
        "status": "工单状态 办理状态 处理状态 状态 state_info status",
        "unit": """
            承办单位 责任单位 办理部门 处理部门 处理单位 办理机构 回复部门
            答复单位 回复单位 回复机构 答复部门 处办单位 处理对象 所属部门
            受理单位 agency_responsible unit
        """,
        "reply": """
            答复意见 答复内容 回复内容 受理意见 办理结果 处理结果
            status_notes reply
        """,
        "reply_at": "答复时间 回复时间 办结时间 reply_time reply_at",
        "solved": "是否解决 解决情况 solved",
        "satisfied": "是否满意 满意度 满意情况 satisfied",
        "history": "办理过程 流转记录 过程 history updates",
    }.items()
}

_BRACKETS = re.compile(r"[()\[\]【】{}]")
_BLANKS = re.compile(r"[\s_\-:*]+")


def fold(name: str) -> str:
    """Return the form in which two spellings of one column name are equal."""
    text = unicodedata.normalize("NFKC", name).lower()
    return _BLANKS.sub("", _BRACKETS.sub("", text))


_FOLDED: Mapping[str, tuple[str, ...]] = {
    field: tuple(fold(alias) for alias in aliases) for field, aliases in ALIASES.items()
}


def detect(names: Iterable[str], explicit: Mapping[str, str] | None = None) -> dict[str, str]:
    """Map our fields to a source's column names; ``explicit`` wins over what is recognised.

    A column serves one field only, so that an explicit mapping takes it away from a guess.
    """
    # The rows of one file or answer all have the same columns.
    return dict(_detect(tuple(names), tuple((explicit or {}).items())))


@lru_cache(maxsize=1024)
def _detect(
    names: tuple[str, ...], explicit: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    wanted = dict(explicit)
    taken = set(wanted.values())
    by_folded: dict[str, str] = {}
    for name in names:
        if name not in taken:
            by_folded.setdefault(fold(name), name)
    for field, aliases in _FOLDED.items():
        if field in wanted:
            continue
        found = next((by_folded[alias] for alias in aliases if alias in by_folded), None)
        if found is not None:
            wanted[field] = found
    return tuple(wanted.items())


@lru_cache(maxsize=1024)
def others(names: tuple[str, ...], field: str) -> tuple[str, ...]:
    """Return all columns that are usual names of a field, the most usual first.

    Some exports keep a text in one column for some rows and in another for the rest.
    """
    by_folded = {fold(name): name for name in reversed(names)}
    return tuple(by_folded[alias] for alias in _FOLDED[field] if alias in by_folded)


def check_fields(explicit: Mapping[str, str]) -> None:
    """Raise ``ConfigurationError`` for a field that does not exist; the error lists those that do."""
    unknown = sorted(set(explicit) - set(ALIASES))
    if unknown:
        raise ConfigurationError(
            f"Unknown field in the column mapping: {', '.join(unknown)}.",
            hint=f"Fields: {', '.join(ALIASES)}.",
        )
