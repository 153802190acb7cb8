"""Which lane a request takes, and with it which clocks."""

from __future__ import annotations

from intake.catalogue import Catalogue, Unit
from intake.decide import reasons
from intake.decide.deadlines import Clocks, Policy
from intake.decide.dossier import Dossier, Draft
from intake.model.decision import Deadlines, HoldReason, Lane
from intake.model.zone import CHINA

NAMES = {
    Lane.LIVELIHOOD: "特别办",
    Lane.ORDINARY: "及时办",
    Lane.COORDINATION: "协调办",
    Lane.LEADERSHIP: "高位办",
    Lane.ON_THE_SPOT: "当场答复",
    Lane.NOT_ACCEPTED: "不予受理",
    Lane.EMERGENCY: "紧急",
}
ESCALATED = "escalated"
"""The code of the reason that says so."""
RISING = (Lane.ORDINARY, Lane.LIVELIHOOD, Lane.COORDINATION)
"""Lanes from which a matter raised again and again goes up."""


def choose_lane(
    policy: Policy, draft: Draft, dossier: Dossier, catalogue: Catalogue
) -> tuple[Lane, Deadlines | None]:
    """Choose the lane and compute its deadlines; a matter raised again and again goes up one lane."""
    lane, why = _plain_lane(policy, draft, dossier)
    draft.say("lane", lane.value, f"{NAMES[lane]}:{why}")
    clocks = _clocks(policy, draft, dossier, lane)
    limits = policy.lanes.escalation
    if lane in RISING and limits.reached(dossier.requests, dossier.people, dossier.repeats):
        lane, above = rise(policy, draft, dossier, catalogue)
        if above and not (clocks and ends_first(clocks.deadlines, above.deadlines)):
            clocks = above
    if clocks is None:
        return lane, None
    reasons.explain_clocks(draft, clocks)
    return lane, clocks.deadlines


def _plain_lane(policy: Policy, draft: Draft, dossier: Dossier) -> tuple[Lane, str]:
    signals = dossier.understanding.signals
    if dossier.answered_on_the_spot:
        return Lane.ON_THE_SPOT, "通话中已答复"
    if draft.hold is HoldReason.EMERGENCY:
        return Lane.EMERGENCY, "人身财产安全"
    if draft.hold is HoldReason.SENSITIVE:
        return Lane.LEADERSHIP, "重大敏感"
    if draft.hold is HoldReason.LEGAL_ROUTE or draft.rejected:
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


def rise(
    policy: Policy, draft: Draft, dossier: Dossier, catalogue: Catalogue
) -> tuple[Lane, Clocks | None]:
    """Give the lane above with its clocks, add those who supervise, and say why.

    Going up makes no deadline later: the caller keeps its clocks if they end first.
    """
    lane = Lane.COORDINATION
    above = _supervisors(policy, draft, dossier, catalogue)
    often = f"已有{dossier.people}人反映" if dossier.people > 1 else "同一人已反映"
    told = f",并报{above[0].name}" if above else ",督查单位未在单位表中"
    draft.say(
        "lane", ESCALATED, f"同一事项{often}{dossier.requests}次,升为{NAMES[lane]}{told}"
    )  # fmt: skip
    draft.co = (*draft.co, *above)
    return lane, _clocks(policy, draft, dossier, lane)


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
    taken = {
        unit.id for unit in (*draft.co, *((draft.lead,) if draft.lead else ()))
    } | draft.barred.keys()
    return tuple({u.id: u for u in units if u is not None and u.id not in taken}.values())[:1]


def _clocks(policy: Policy, draft: Draft, dossier: Dossier, lane: Lane) -> Clocks | None:
    found = policy.clocks(
        area=draft.area or dossier.home_area or "",
        channel=dossier.channel,
        matter_type=dossier.matter_type,
        lane=lane,
        received_at=dossier.received_at,
        profile=draft.finding.rule.profile if draft.finding else "",
    )
    ends = found.deadlines
    return found if ends.accept_by or ends.reply_by or ends.finish_by else None


def ends_first(one: Deadlines, other: Deadlines) -> bool:
    """Say whether the first has an end, and no later one than the other."""
    end, other_end = one.finish_by, other.finish_by
    return end is not None and (other_end is None or end <= other_end)
