"""Raising a decision that was made before its matter came again and again: pure, values in and out."""

from __future__ import annotations

from datetime import datetime

from intake.catalogue import Catalogue
from intake.decide.deadlines import Policy
from intake.decide.dossier import Draft, dossier_of
from intake.decide.lanes import ESCALATED, RISING, ends_first, rise
from intake.messages import Renderer
from intake.model.decision import Decision
from intake.model.request import Request
from intake.store.case_facts import CaseFacts
from intake.understand.post import Understanding


def escalate(
    policy: Policy,
    catalogue: Catalogue,
    request: Request,
    decision: Decision,
    case: CaseFacts,
    *,
    home_area: str | None,
    at: datetime,
    words: Renderer,
) -> Decision | None:
    """Return the decision one lane up, with those who supervise; None if it does not go up, or did.

    Its unit, its reasons and who decided it stay, and no deadline becomes later.
    """
    if decision.lane not in RISING or any(r.code == ESCALATED for r in decision.reasons):
        return None
    understood = Understanding(decision.classification, decision.location, (), (), "")
    dossier = dossier_of(request, understood, home_area=home_area, case=case)
    units = catalogue.units
    draft = Draft(
        decision.category,
        decision.area,
        lead=units.get(decision.lead or ""),
        co=tuple(units[code] for code in decision.co if code in units),
        reasons=decision.reasons,
        renderer=words,
    )
    lane, above = rise(policy, draft, dossier, catalogue)
    deadlines = decision.deadlines
    if above and not (deadlines and ends_first(deadlines, above.deadlines)):
        deadlines = above.deadlines
    return decision.model_copy(
        update={
            "version": decision.version + 1,
            "lane": lane,
            "deadlines": deadlines,
            "co": tuple(dict.fromkeys((*decision.co, *(unit.id for unit in draft.co)))),
            "reasons": draft.reasons,
            "decided_at": at,
        }
    )
