"""Which lane a request takes, and with it which clocks (DESIGN §6.5)."""

from __future__ import annotations

from intake.decision import Deadlines, HoldReason, Lane
from intake.route.catalogue import Catalogue, Unit
from intake.route.dossier import Dossier, Draft
from intake.route.policy import CHINA, Policy

NAMES = {
    Lane.LIVELIHOOD: "特别办",
    Lane.ORDINARY: "及时办",
    Lane.COORDINATION: "协调办",
    Lane.LEADERSHIP: "高位办",
    Lane.ON_THE_SPOT: "当场答复",
    Lane.NOT_ACCEPTED: "不予受理",
    Lane.EMERGENCY: "紧急",
}


def choose_lane(
    policy: Policy, draft: Draft, dossier: Dossier, catalogue: Catalogue
) -> tuple[Lane, Deadlines | None]:
    """Choose the lane and compute its deadlines; a matter raised again and again goes up one lane.

    Going up never makes a deadline later: the earlier of both lanes' clocks counts.
    """
    lane, why = _plain_lane(policy, draft, dossier)
    draft.say("lane", lane.value, f"{NAMES[lane]}:{why}")
    deadlines = _deadlines(policy, draft, dossier, lane)
    if lane in (Lane.ORDINARY, Lane.LIVELIHOOD) and _escalates(policy, dossier):
        lane = Lane.COORDINATION
        draft.say(
            "lane", "escalated",
            f"同一事项已有{dossier.people}人反映{dossier.requests}次,升为{NAMES[lane]}并报督查",
        )  # fmt: skip
        deadlines = _earlier(deadlines, _deadlines(policy, draft, dossier, lane))
        draft.co = (*draft.co, *_supervisors(policy, draft, dossier, catalogue))
    if deadlines is not None and deadlines.provisional:
        draft.say("lane", "provisional", "节假日安排尚未公布,期限为暂定")
    return lane, deadlines


def _plain_lane(policy: Policy, draft: Draft, dossier: Dossier) -> tuple[Lane, str]:
    signals = dossier.understanding.signals
    if dossier.answered_on_the_spot:
        return Lane.ON_THE_SPOT, "通话中已答复"
    if draft.hold is HoldReason.EMERGENCY:
        return Lane.EMERGENCY, "人身财产安全"
    if draft.hold is HoldReason.SENSITIVE:
        return Lane.LEADERSHIP, "重大敏感"
    if draft.hold is HoldReason.LEGAL_ROUTE or (draft.finding and draft.finding.rejected):
        return Lane.NOT_ACCEPTED, "不属受理范围,告知途径"
    hazards = [word for signal in signals if signal.kind == "hazard" for word in signal.words]
    if hazards:
        return Lane.LIVELIHOOD, f"有现实危险或已有人受损({'、'.join(hazards)})"
    if draft.several:
        return Lane.COORDINATION, "一件多诉"
    if policy.is_livelihood(draft.category):
        return Lane.LIVELIHOOD, "基本民生"
    if len(draft.co) >= policy.lanes.coordination_units:
        return Lane.COORDINATION, f"涉及{len(draft.co) + 1}个单位"
    return Lane.ORDINARY, "一般事项"


def _escalates(policy: Policy, dossier: Dossier) -> bool:
    limits = policy.lanes.escalation
    return dossier.requests >= limits.requests and dossier.people >= limits.people


def _supervisors(
    policy: Policy, draft: Draft, dossier: Dossier, catalogue: Catalogue
) -> tuple[Unit, ...]:
    area, on = draft.area or dossier.home_area or "", dossier.received_at.astimezone(CHINA).date()
    units = (
        catalogue.unit_of_kind(kind, area[:length], on)
        for kind in policy.lanes.escalation.inform_kinds
        for length in (4, 2)
        if len(area) >= length
    )
    taken = {unit.id for unit in (*draft.co, *((draft.lead,) if draft.lead else ()))}
    return tuple({u.id: u for u in units if u is not None and u.id not in taken}.values())[:1]


def _deadlines(policy: Policy, draft: Draft, dossier: Dossier, lane: Lane) -> Deadlines | None:
    found = policy.deadlines(
        area=draft.area or dossier.home_area or "",
        channel=dossier.channel,
        matter_type=dossier.matter_type,
        lane=lane,
        received_at=dossier.received_at,
    )
    return found if found.accept_by or found.reply_by or found.finish_by else None


def _earlier(one: Deadlines | None, other: Deadlines | None) -> Deadlines | None:
    if one is None or other is None:
        return one or other
    if one.finish_by and other.finish_by:
        return one if one.finish_by <= other.finish_by else other
    return one if one.finish_by else other
