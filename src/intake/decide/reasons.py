"""Reasons of a decision: messages and their parameters."""

from __future__ import annotations

from collections.abc import Iterable

from intake.areas.gazetteer import Gazetteer
from intake.catalogue import RuleFinding
from intake.decide.deadlines import Clocks
from intake.decide.dossier import Dossier, Draft
from intake.messages import Param

DIGITS = {"town": 9, "county": 6, "city": 4, "province": 2}
"""How long the area code of a level is."""
POINTS = ("priority", "area", "scope", "category", "condition", "matter_type")
"""The points of a rule's specificity, the weightiest first."""
CLOCKS = {
    "workday": "decision.lane.workdays",
    "calendar": "decision.lane.days",
    "unspecified": "decision.lane.days_unspecified",
}
WORTH_SAYING = 0.01


def name_category(draft: Draft, dossier: Dossier) -> None:
    """Return the reason of the category: how sure it is, and the next best ones."""
    found = dossier.understanding.classification
    if found.category is None:
        draft.say("classify", "nothing", "decision.classify.nothing")
        return
    others = tuple(
        score.category
        for score in found.top
        if score.category != found.category and score.confidence >= WORTH_SAYING
    )
    told: dict[str, Param] = {"category": found.category, "share": round(found.confidence, 4)}
    if others:
        draft.say(
            "classify", found.category, "decision.classify.found_others", **told, others=others
        )
    else:
        draft.say("classify", found.category, "decision.classify.found", **told)


def name_place(draft: Draft, dossier: Dossier, gazetteer: Gazetteer) -> None:
    """Add the reason of the place to the draft, with the words that name it."""
    found = dossier.understanding.location
    words = tuple(dict.fromkeys(span.text for span in found.evidence))
    if found.area is None:
        _place_unknown(draft, words)
    else:
        told: dict[str, Param] = {
            "place": gazetteer.full_name(found.area),
            "share": round(found.confidence, 4),
        }
        if words:
            draft.say("locate", found.area, "decision.locate.named", **told, words=words)
        else:
            draft.say("locate", found.area, "decision.locate.form", **told)
    if found.candidates:
        places = tuple(candidate.name for candidate in found.candidates[:3])
        draft.say("locate", "ask", "decision.locate.ask", places=places)


def _place_unknown(draft: Draft, words: tuple[str, ...]) -> None:
    if words:
        draft.say("locate", "none", "decision.locate.unknown_named", words=words)
    else:
        draft.say("locate", "none", "decision.locate.unknown")


def explain_rule(draft: Draft, finding: RuleFinding, area: str) -> None:
    """Return the reason of the rule: its unit here, and why the runner-up lost."""
    rule = finding.rule
    basis: dict[str, Param] = {"rule": rule.id, "basis": rule.basis.partition(":")[0]}
    if finding.rejected:
        draft.say(
            "catalogue", "rejected", "decision.catalogue.rejected",
            **basis, rejected=finding.rejected,
        )  # fmt: skip
    elif finding.lead is None:
        if finding.missing is not None:
            code, params = finding.missing
            draft.say("catalogue", "missing", code, **{**basis, **params})
    elif finding.co:
        co = tuple(unit.name for unit in finding.co)
        draft.say(
            "catalogue", rule.id, "decision.catalogue.lead_co",
            **basis, lead=finding.lead.name, co=co,
        )  # fmt: skip
    else:
        draft.say("catalogue", rule.id, "decision.catalogue.lead", **basis, lead=finding.lead.name)
    if finding.raised:
        _raised(draft, finding, area)
    if finding.lead is not None and finding.losers:
        _runner_up(draft, finding)
    if finding.via:
        units = tuple(unit.name for unit in finding.via)
        draft.say("catalogue", "via", "decision.catalogue.via", units=units)


def _raised(draft: Draft, finding: RuleFinding, area: str) -> None:
    """Add the reason for a higher unit: the place is not known well enough, or there is no such unit."""
    handler = finding.rule.handler
    if len(area) >= DIGITS.get(handler.level, 0):
        draft.say("catalogue", "raised", "decision.catalogue.raised", kind=handler.name)
    elif handler.level == "county":
        draft.say("catalogue", "raised", "decision.catalogue.county_unknown")
    else:
        draft.say("catalogue", "raised", "decision.catalogue.place_unknown", level=handler.level)


def _runner_up(draft: Draft, finding: RuleFinding) -> None:
    loser = finding.losers[0]
    point = why_lost(finding.rule.specificity, loser.specificity)
    if point is None:
        draft.say("catalogue", "runner_up", "decision.catalogue.runner_up_equal", rule=loser.id)
    else:
        draft.say(
            "catalogue", "runner_up", "decision.catalogue.runner_up", rule=loser.id, point=point
        )


def explain_clocks(draft: Draft, clocks: Clocks) -> None:
    """Return the reason of the deadlines, with what is assumed and what may still change."""
    row = clocks.profile
    ends: dict[str, Param] = {
        "accept": "" if row.accept_days is None else row.accept_days,
        "reply": "" if row.reply_days is None else row.reply_days,
        "finish": "" if row.finish_days is None else row.finish_days,
    }
    draft.say("lane", row.profile, CLOCKS[row.day_kind], profile=row.profile, **ends)
    if row.certainty == "assumed":
        draft.say("lane", "assumed", "decision.lane.assumed")
    if clocks.deadlines.provisional:
        draft.say("lane", "provisional", "decision.lane.provisional")


def why_lost(won: Iterable[int], lost: Iterable[int]) -> str | None:
    """Return the first point of specificity in which a rule fell behind; None where they are equal."""
    return next(
        (point for point, ours, theirs in zip(POINTS, won, lost, strict=True) if ours != theirs),
        None,
    )
