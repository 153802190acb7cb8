"""Messages as rows of the city's interfaces, each place with field names of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from intake.demo.world import SOURCES, Happened, View, World
from intake.model.zone import CHINA

TOKEN = "city-token"  # noqa: S105 - the key to a city of cardboard
Row = dict[str, Any]

_STEPS = {
    "follow_up": "追记", "rating": "回访", "official_reply": "答复", "withdrawal": "撤单",
}  # fmt: skip

ENGLISH_FIELDS = {
    "id": "order_no",
    "title": "brief",
    "body": "detail",
    "submitted_at": "call_time",
    "updated_at": "mtime",
    "name": "caller",
    "phone": "caller_no",
    "virtual_phone": "caller_no_virtual",
    "area": "district",
    "category": "class1",
    "matter_type": "kind_name",
    "disposition": "closed_how",
    "history": "log",
}
"""The English hotline's names of our fields; they are ``fields`` in its options."""


def rows(world: World, source: str, since: datetime | None) -> list[Any]:
    """Return all rows changed at or after ``since``, oldest change first; broken ones at the end."""
    views = sorted(world.views(source), key=lambda view: (view.updated_at, view.number))
    found: list[Any] = [
        _row(world, source, view) for view in views if since is None or view.updated_at >= since
    ]
    return found + _broken(source, world) if since is None or since <= world.opened else found


def _row(world: World, source: str, view: View) -> Row:
    reads = world.count_read(f"{source}/{view.external_id}")
    if SOURCES[source].connector == "outreach":
        return _upload(view)
    return _english(view, reads) if SOURCES[source].style == "english" else _chinese(view, reads)


def _chinese(view: View, reads: int) -> Row:
    message = view.message
    return {
        "工单编号": view.external_id,
        "标题": view.title,
        "工单内容": view.body,
        "来电时间": local(message.submitted_at),
        "更新时间": local(view.updated_at),
        "来电人": message.name,
        "联系电话": message.phone,
        "虚拟号": "是" if message.virtual else "否",
        "事发区划": message.form_area,
        "诉求分类": message.form_category,
        "诉求类型": message.matter_type,
        "办结方式": "当场答复" if message.disposition == "answered_on_the_spot" else "转办",
        "阅读次数": reads,
        "办理过程": [
            {"编号": f"{view.external_id}-0", "环节": "签收", "时间": local(message.submitted_at)},
            *(_step(view, entry) for entry in view.happened if entry.what.kind != "edit"),
        ],
    }


def _step(view: View, entry: Happened) -> Row:
    what = entry.what
    return {
        "编号": f"{view.external_id}-{entry.number}",
        "环节": _STEPS[what.kind],
        "时间": local(entry.at),
        "内容": what.body,
        "承办单位": what.unit,
        "是否解决": _answer(what.solved, "已解决", "未解决"),
        "是否满意": _answer(what.satisfied, "满意", "不满意"),
    }


def _english(view: View, reads: int) -> Row:
    message = view.message
    return {
        "order_no": view.external_id,
        "brief": view.title,
        "detail": view.body,
        "call_time": f"{message.submitted_at.astimezone(CHINA):%Y/%m/%d %H:%M:%S}",
        "mtime": int(view.updated_at.timestamp()),
        "caller": message.name,
        "caller_no": message.phone,
        "caller_no_virtual": message.virtual,
        "district": message.form_area,
        "class1": message.form_category,
        "kind_name": message.matter_type,
        "closed_how": message.disposition,
        "hits": reads,
        "log": [
            {
                "id": f"{view.external_id}-{entry.number}",
                "kind": entry.what.kind,
                "time": int(entry.at.timestamp()),
                "content": entry.what.body,
                "unit": entry.what.unit,
                "solved": entry.what.solved,
                "satisfied": entry.what.satisfied,
            }
            for entry in view.happened
            if entry.what.kind != "edit"
        ],
    }


def _upload(view: View) -> Row:
    message = view.message
    return {
        "流水号": view.external_id,
        "标题": view.title,
        "提交单位": message.submitter_unit,
        "走访时间": local(message.submitted_at),
        "更新时间": local(view.updated_at),
        "群众姓名": message.name,
        "联系电话": message.phone,
        "群众诉求": view.body,
        "区划代码": message.form_area,
        "类别": message.form_category,
        "诉求类型": message.matter_type,
        "办理过程": [_step(view, entry) for entry in view.happened if entry.what.kind != "edit"],
    }


def _broken(source: str, world: World) -> list[Any]:
    """Rows as a careless exporter sends them: cut in the middle, without text, not a row at all."""
    prefix, at = SOURCES[source].id_prefix, local(world.opened)
    if SOURCES[source].style == "english":
        return [f'{{"order_no": "{prefix}-CUT", "detail": "来电', {"order_no": f"{prefix}-EMPTY"}]
    name = "流水号" if SOURCES[source].connector == "outreach" else "工单编号"
    return [
        f'{{"{name}": "{prefix}-CUT", "更新时间": "{at}", "内',
        {name: f"{prefix}-EMPTY", "更新时间": at},
    ]


def local(at: datetime) -> str:
    """Write a time as the city's clocks show it."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"


def _answer(value: bool | None, yes: str, no: str) -> str | None:
    return None if value is None else yes if value else no
