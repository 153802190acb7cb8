"""The desk's words: what codes of the program are called on the pages."""

from __future__ import annotations

from collections.abc import Mapping

from intake.contract.event import EventKind
from intake.model.channel import AnswerWay
from intake.model.decision import HoldReason, Lane, Outcome
from intake.model.request import RelationKind, RequestState
from intake.store.case_changes import ChangeKind

ANSWERS: Mapping[str, str] = {
    AnswerWay.CALL: "电话回复",
    AnswerWay.MESSAGE: "单独回复",
    AnswerWay.PUBLIC: "公开答复",
    AnswerWay.SUBMITTER: "经上报单位转告",
    AnswerWay.NOBODY: "该渠道无人等候答复",
}
LANES: Mapping[str, str] = {
    Lane.LIVELIHOOD: "特别办",
    Lane.ORDINARY: "及时办",
    Lane.COORDINATION: "协调办",
    Lane.LEADERSHIP: "高位办",
    Lane.ON_THE_SPOT: "当场答复",
    Lane.NOT_ACCEPTED: "不予受理",
    Lane.EMERGENCY: "紧急",
}
HOLDS: Mapping[str, str] = {
    HoldReason.UNCLEAR: "事项不明",
    HoldReason.NO_RULE: "目录无规则",
    HoldReason.PLACE_AMBIGUOUS: "地点不明",
    HoldReason.SEVERAL_MATTERS: "一件多事",
    HoldReason.ACCUSATION: "反映单位或个人",
    HoldReason.SUPERIOR_UNKNOWN: "上级单位不明",
    HoldReason.SENSITIVE: "重大敏感",
    HoldReason.EMERGENCY: "紧急警情",
    HoldReason.LEGAL_ROUTE: "法定途径",
    HoldReason.RETURNED: "单位退单",
    HoldReason.HOP_LIMIT: "多次转派",
    HoldReason.DESK: "人工挂起",
}
STATES: Mapping[str, str] = {
    RequestState.HELD: "待人工",
    RequestState.ROUTED: "已派",
    RequestState.ANSWERED: "已办复",
    RequestState.RECORDED: "已记录",
    RequestState.WITHDRAWN: "已撤回",
}
OUTCOMES: Mapping[str, str] = {
    Outcome.AUTO: "自动派发",
    Outcome.SUGGEST: "已派，建议复看",
    Outcome.HOLD: "转人工",
    Outcome.RECORD: "只记录",
}
RELATIONS: Mapping[str, str] = {
    RelationKind.REDELIVERY: "同一来件",
    RelationKind.REPEAT: "同一人再次反映",
    RelationKind.SHARED: "多人反映同一事",
    RelationKind.RELATED: "相关",
}
STEPS: Mapping[str, str] = {
    "classify": "分类",
    "locate": "定位",
    "relate": "并案",
    "catalogue": "派单目录",
    "memory": "前案",
    "guard": "校验",
    "lane": "通道",
    "outcome": "派法",
    "hold": "转人工",
    "desk": "人工",
}
WRONG: Mapping[str, str] = {
    "category": "分类错",
    "area": "地点错",
    "catalogue": "目录规则错",
    "duplicate": "并案错",
    "other": "其他",
}
WHATS: Mapping[str, str] = {
    EventKind.ROUTED: "派单",
    EventKind.REROUTED: "改派",
    EventKind.HELD: "转人工",
    EventKind.RECORDED: "记录",
    EventKind.RECALLED: "收回",
    EventKind.AMENDED: "补充",
    EventKind.MERGED: "并案",
    EventKind.UNMERGED: "拆案",
    EventKind.ESCALATED: "升级",
    EventKind.URGED: "催办",
    EventKind.REWORKED: "退回重办",
    EventKind.WITHDRAWN: "撤回",
}
LEVELS: Mapping[str, str] = {
    "province": "省",
    "city": "市",
    "county": "县区",
    "town": "乡镇街道",
    "village": "村居",
}
ACTIONS: Mapping[str, str] = {
    "request.decided": "系统分办",
    "request.accepted": "同意建议",
    "request.reassigned": "改派",
    "request.held": "挂起",
    "request.received": "签收",
    "request.returned": "退单",
    "request.co_returned": "协办退回",
    "request.replied": "单位答复",
    "request.resolved": "单位办结",
    "request.unresolvable": "单位说明无法办理",
    "request.co_answered": "协办已办",
    "request.rated": "来件人评价",
    "request.urged": "催办",
    "request.reworked": "退回重办",
    "request.revised": "来件修改",
    "request.amended": "来件补充",
    "request.withdrawn": "来件撤回",
    "request.merged": "并案",
    "request.unmerged": "拆案",
    "request.kept_apart": "标为不同事项",
    "request.escalated": "升级",
    "identity.disclosed": "身份信息被调取",
}
CASE_CHANGES: Mapping[str, str] = {
    ChangeKind.MERGE: "并案",
    ChangeKind.SPLIT: "拆案",
    ChangeKind.APART: "标为不同事项",
    ChangeKind.UNDO: "撤销",
}
STAGES: Mapping[str, str] = {
    "parse": "解析",
    "normalize": "清洗",
    "dedupe": "查重",
    "route": "分办",
    "settle": "入库",
}
BACK: Mapping[str, str] = {
    "accepted": "签收",
    "replied": "答复",
    "resolved": "办结",
    "unresolvable": "无法办理",
    "rated": "评价",
    "returned": "退单",
}


def word(words: Mapping[str, str], code: str | None) -> str:
    """Give the word for a code; the code itself where there is no word, so that nothing is hidden."""
    return "" if code is None else words.get(code, code)
