"""The lane of a request, and its clocks."""

from __future__ import annotations

from intake.catalogue import Catalogue, Unit
from intake.decide import reasons
from intake.decide.deadlines import Clocks, Policy
from intake.decide.dossier import Dossier, Draft
from intake.messages import Message, Param
from intake.model.decision import Deadlines, HoldReason, Lane
from intake.model.zone import CHINA

ESCALATED = "escalated"
"""The code of the reason for it."""
RAISED = {
    (True, True): "decision.lane.raised_people",
    (True, False): "decision.lane.raised_people_alone",
    (False, True): "decision.lane.raised_person",
    (False, False): "decision.lane.raised_person_alone",
}
"""Raised by several people or by one, and whether there is a unit that supervises."""
RISING = (Lane.ORDINARY, Lane.LIVELIHOOD, Lane.COORDINATION)
"""Lanes from which a matter raised again and again goes up."""


def choose_lane(
    policy: Policy, draft: Draft, dossier: Dossier, catalogue: Catalogue
) -> tuple[Lane, Deadlines | None]:
    """Choose the lane and compute its deadlines; a matter raised again and again goes up one lane."""
    lane, (message, params) = _plain_lane(policy, draft, dossier)
    draft.say("lane", lane.value, message, **params, lane=lane.value)
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


def _plain_lane(policy: Policy, draft: Draft, dossier: Dossier) -> tuple[Lane, Message]:
    signals = dossier.understanding.signals
    if dossier.answered_on_the_spot:
        return Lane.ON_THE_SPOT, Message("decision.lane.on_the_spot")
    if draft.hold is HoldReason.EMERGENCY:
        return Lane.EMERGENCY, Message("decision.lane.emergency")
    if draft.hold is HoldReason.SENSITIVE:
        return Lane.LEADERSHIP, Message("decision.lane.sensitive")
    if draft.hold is HoldReason.LEGAL_ROUTE or draft.rejected:
        return Lane.NOT_ACCEPTED, Message("decision.lane.not_accepted")
    hazards = tuple(word for signal in signals if signal.kind == "hazard" for word in signal.words)
    if hazards:
        return Lane.LIVELIHOOD, Message("decision.lane.hazard", {"words": hazards})
    if draft.several:
        return Lane.COORDINATION, Message("decision.lane.several")
    if policy.is_livelihood(draft.category):
        return Lane.LIVELIHOOD, Message("decision.lane.livelihood")
    if len(draft.co) >= policy.lanes.coordination_units:
        return Lane.COORDINATION, Message("decision.lane.units", {"n": len(draft.co) + 1})
    return Lane.ORDINARY, Message("decision.lane.ordinary")


def rise(
    policy: Policy, draft: Draft, dossier: Dossier, catalogue: Catalogue
) -> tuple[Lane, Clocks | None]:
    """Return the lane above with its clocks, the supervising units and the reason.

    The higher lane makes no deadline later: the caller keeps its clocks if they end first.
    """
    lane = Lane.COORDINATION
    above = _supervisors(policy, draft, dossier, catalogue)
    told: dict[str, Param] = {"requests": dossier.requests, "lane": lane.value}
    if dossier.people > 1:
        told["people"] = dossier.people
    if above:
        told["unit"] = above[0].name
    draft.say("lane", ESCALATED, RAISED[dossier.people > 1, bool(above)], **told)
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
    """Return whether the first has an end, and no later one than the other."""
    end, other_end = one.finish_by, other.finish_by
    return end is not None and (other_end is None or end <= other_end)
