"""Following a correction of another case: pure, from lessons to the one that applies, if any.

One correction must not carry off other matters. It is followed only where the machine is about to
repeat what was corrected, where the corrected unit is responsible for the place, and never where the
message is one for the lawful route or an emergency.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from intake.catalogue import Catalogue, RuleFinding
from intake.catalogue.taxonomy import CategoryRole, Taxonomy
from intake.decide.dossier import Draft
from intake.messages import Param
from intake.model.correction import TEACHES, Lesson
from intake.model.zone import CHINA

COUNTY = 6
NEVER: frozenset[CategoryRole] = frozenset({"discipline", "emergency"})
"""Roles of categories that a person must see; no lesson applies to them."""


def applicable(
    draft: Draft, lessons: Sequence[Lesson], catalogue: Catalogue, taxonomy: Taxonomy, on: date
) -> Lesson | None:
    """Return the lesson that applies to the draft: a near one, otherwise the last one of its row."""
    if draft.rejected or taxonomy.role(draft.category) in NEVER:
        return None
    for lesson in lessons:
        teaches = lesson.near and TEACHES.intersection(lesson.made.wrong)
        if teaches and _repeats(draft, lesson) and _responsible(draft, lesson, catalogue, on):
            return lesson
    return _of_rule(draft, lessons, catalogue, on)


def follow(
    draft: Draft,
    lesson: Lesson,
    catalogue: Catalogue,
    find: Callable[[str, str], RuleFinding | None],
    on: date,
) -> None:
    """Put the corrected category, area and units into the draft, with the reason."""
    made = lesson.made
    area = _area(draft, lesson)
    if lesson.near and (made.after.category, area) != (draft.category, draft.area):
        draft.category, draft.area = made.after.category, area
        draft.finding = find(draft.category or "", area or "")
        draft.via = draft.finding.via if draft.finding else ()
    draft.lead = catalogue.units[made.after.lead or ""]
    named = (catalogue.units.get(code) for code in lesson.co)
    draft.co = tuple(unit for unit in named if unit is not None and unit.valid_on(on))
    told: dict[str, Param] = {
        "day": made.corrected_at.astimezone(CHINA).date().isoformat(),
        "request": made.request_id,
        "unit": draft.lead.name,
    }
    if lesson.near:
        draft.say("memory", "near", "decision.memory.near", **told)
    else:
        draft.say("memory", "rule", "decision.memory.rule", **told, rule=made.rule or "")


def _repeats(draft: Draft, lesson: Lesson) -> bool:
    """Return whether this request has the category of the corrected one, before or after correction."""
    made = lesson.made
    if draft.category not in (None, made.before.category, made.after.category):
        return False
    return draft.lead is None or draft.lead.id != made.after.lead or (
        draft.category != made.after.category
    )  # fmt: skip


def _responsible(draft: Draft, lesson: Lesson, catalogue: Catalogue, on: date) -> bool:
    """Return whether the corrected unit's own area holds the place, and the place is in that county."""
    unit, area = catalogue.units.get(lesson.made.after.lead or ""), _area(draft, lesson) or ""
    there = lesson.made.after.area or ""
    return (
        unit is not None
        and unit.valid_on(on)
        and area.startswith(unit.area)
        and area[:COUNTY] == there[:COUNTY]
    )


def _area(draft: Draft, lesson: Lesson) -> str | None:
    """Return the place, put right where the machine reads the one that was corrected."""
    made = lesson.made
    if lesson.near and "area" in made.wrong and draft.area == made.before.area:
        return made.after.area
    return draft.area


def _of_rule(
    draft: Draft, lessons: Sequence[Lesson], catalogue: Catalogue, on: date
) -> Lesson | None:
    """Return the last lesson about the row that decides this one, if it names another unit."""
    if draft.finding is None or draft.lead is None:
        return None
    rule, lead = draft.finding.rule.id, draft.lead.id
    # Corrections of what a lesson itself had led to take it back; the latest comes first.
    undone: set[str | None] = set()
    for lesson in lessons:
        made = lesson.made
        if lesson.near or (made.rule, made.before.category) != (rule, draft.category):
            continue
        if "catalogue" not in made.wrong:
            undone.add(made.before.lead)
        elif made.before.lead == lead:
            taken_back = made.after.lead in undone
            fits = made.after.category == draft.category and _responsible(
                draft, lesson, catalogue, on
            )
            return lesson if fits and not taken_back else None
    return None
