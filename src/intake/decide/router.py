"""The router: from a reading and known facts to a decision (unit, deadlines, reasons).

It touches no store: it takes values and returns values. Messages are read before, by
``intake.understand.reader``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from intake.areas.gazetteer import Gazetteer
from intake.catalogue import Catalogue, RuleFinding, Search, Tables
from intake.catalogue.taxonomy import Taxonomy
from intake.decide import lessons, reasons
from intake.decide.deadlines import Policy
from intake.decide.dossier import Dossier, Draft, Reasons
from intake.decide.guards import Rulebook, guard
from intake.decide.lanes import choose_lane
from intake.messages import ZH, Language, Names, Param, Renderer
from intake.model.decision import Decision, HoldReason, Outcome, Versions
from intake.understand.classify import Classifier
from intake.understand.parts import other_matters
from intake.understand.reader import Reader

TAGGED = 2.0
PLACE = {
    (False, False): "decision.hold.place",
    (True, False): "decision.hold.place_perhaps",
    (False, True): "decision.hold.place_ask",
    (True, True): "decision.hold.place_perhaps_ask",
}
"""Where the place is too shallow: whether candidates are known, and whether a county's unit would lead.

Only then is a call to the citizen worth it.
"""
SENT = {Outcome.AUTO: "decision.outcome.auto", Outcome.SUGGEST: "decision.outcome.suggest"}
UNSURE_PLACE = 0.5
"""A place known only from the source's home area is less sure than this."""


@dataclass(frozen=True, slots=True)
class Router:
    """Decides by tables; immutable, so threads may share it. ``reader`` reads what it decides on."""

    reader: Reader
    taxonomy: Taxonomy
    catalogue: Catalogue
    policy: Policy
    renderer: Renderer
    _reasons: Reasons = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls,
        classifier: Classifier,
        gazetteer: Gazetteer,
        taxonomy: Taxonomy,
        tables: Tables,
        language: Language = ZH,
    ) -> Router:
        """Put a router and its reader together over one catalogue; it explains itself in ``language``."""
        catalogue = Catalogue(tables)
        reader = Reader.of(classifier, gazetteer, catalogue)
        names: dict[str, Names] = {
            "category": taxonomy.name,
            "area": lambda code, _: gazetteer.full_name(code) or code,
            "kind": catalogue.kinds.called,
            "lane": tables.lanes.called,
        }
        return cls(reader, taxonomy, catalogue, Policy.of(tables), Renderer(language, names))

    @property
    def gazetteer(self) -> Gazetteer:
        """The areas."""
        return self.reader.gazetteer

    @property
    def classifier(self) -> Classifier:
        """The model."""
        return self.reader.classifier

    @property
    def versions(self) -> Versions:
        """Name everything a decision is made with."""
        return _versions(
            self.classifier.version,
            self.catalogue.version,
            self.gazetteer.version,
            self.policy.version,
        )

    def under(self, tables: Tables) -> Router:
        """Return the same router under other tables."""
        return Router.of(
            self.classifier, self.gazetteer, self.taxonomy, tables, self.renderer.language
        )

    def with_reader(self, reader: Reader) -> Router:
        """Return the same router with another reader."""
        return replace(self, reader=reader)

    def decide(self, dossier: Dossier, *, version: int, at: datetime) -> Decision:
        """Decide, with every reason in the order it was found."""
        draft = Draft(
            dossier.understanding.classification.category,
            dossier.understanding.location.area or dossier.home_area,
            renderer=self.renderer,
            made=self._reasons,
        )
        reasons.name_category(draft, dossier)
        reasons.name_place(draft, dossier, self.gazetteer)
        self._place_of_case(draft, dossier)
        self._look_up(draft, dossier)
        if dossier.precedent is None:
            self._recall(draft, dossier)
        self._remember(draft, dossier)
        guard(draft, dossier, self._rulebook)
        lane, deadlines = choose_lane(self.policy, draft, dossier, self.catalogue)
        outcome = self._outcome(draft, dossier)
        return Decision(
            version=version,
            outcome=outcome,
            category=draft.category,
            matter_type=dossier.matter_type,
            area=draft.area,
            location=dossier.understanding.location,
            classification=dossier.understanding.classification,
            lead=draft.lead.id if draft.lead else None,
            co=tuple(unit.id for unit in draft.co),
            informed=tuple(unit.id for unit in draft.informed),
            via=tuple(unit.id for unit in draft.via),
            lane=lane,
            deadlines=deadlines,
            confidence=round(min(draft.sure, 1.0), 4),
            hold=draft.hold,
            rule=draft.finding.rule.id if draft.finding else None,
            tags=tuple(s.name for s in dossier.understanding.signals),
            reasons=draft.reasons,
            versions=self.versions,
            decided_at=at,
        )

    def _place_of_case(self, draft: Draft, dossier: Dossier) -> None:
        """A message that names no place, on a matter whose place is known, is about that place."""
        known, found = dossier.case_area, dossier.understanding.location
        if (
            known is not None
            and found.confidence < UNSURE_PLACE
            and len(known) > len(draft.area or "")
            and known.startswith(draft.area or "")
        ):
            draft.area = known
            name = self.gazetteer.full_name(known)
            draft.say("locate", "case", "decision.locate.case", place=name)

    def _look_up(self, draft: Draft, dossier: Dossier) -> None:
        """Find the lead; categories and places that lead to the same unit add up."""
        top = dossier.understanding.classification.top
        leaves = {score.category: score.confidence for score in top}
        if draft.category and len(draft.category) > 2:
            leaves.setdefault(draft.category, dossier.understanding.classification.confidence)
        if not leaves or draft.area is None:
            return
        find = self._search(dossier)
        found = {category: find(category, draft.area) for category in leaves}
        chosen = _likeliest(leaves, found)
        finding = found[chosen]
        if finding is None:
            draft.say("catalogue", "no_rule", "decision.catalogue.no_rule", category=chosen)
            return
        finding, area = self._settle_place(finding, chosen, draft, dossier, find)
        # Where only the field is sure, the decision still names the leaf that its rule is about.
        draft.finding, draft.area, draft.category = finding, area, chosen
        draft.lead, draft.co, draft.via = finding.lead, finding.co, finding.via
        agreeing = sum(
            confidence
            for category, confidence in leaves.items()
            if category == chosen
            or (
                finding.lead is not None
                and (other := found[category]) is not None
                and other.lead is finding.lead
            )
        )
        draft.sure = agreeing * self._sure_of_place(draft, finding, dossier)
        reasons.explain_rule(draft, finding, area)
        self._other_matters(draft, chosen, dossier, find)

    def _search(self, dossier: Dossier) -> Search:
        """Return the catalogue, asked under this request's conditions and on its day."""
        conditions = {
            f"tag={signal.name}" for signal in dossier.understanding.signals if signal.kind == "tag"
        }
        return self.catalogue.search(
            dossier.matter_type, frozenset(conditions), dossier.day, dossier.channel
        )

    def _settle_place(
        self, finding: RuleFinding, category: str, draft: Draft, dossier: Dossier, find: Search
    ) -> tuple[RuleFinding, str]:
        """Settle an ambiguous place: go on if every candidate leads to the same unit, otherwise hold."""
        area = draft.area or ""
        location = dossier.understanding.location
        handler = finding.rule.handler
        too_shallow = finding.raised or (
            finding.lead is None and handler.form == "kind" and finding.rejected is None
        )
        if not too_shallow:
            return finding, area
        within = [c for c in location.candidates if c.area.startswith(area) and c.area != area]
        findings = [find(category, candidate.area) for candidate in within]
        leads = {found.lead.id for found in findings if found and found.lead and not found.raised}
        if within and len(leads) == 1 and None not in findings and findings[0] is not None:
            draft.say("locate", "same_unit", "decision.locate.same_unit")
            return findings[0], area
        names = tuple(candidate.name for candidate in within[:3])
        if len(area) < reasons.DIGITS.get(handler.level, 0):
            message = PLACE[bool(names), handler.level == "county"]
            told: dict[str, Param] = {"places": names} if names else {}
            draft.wait(HoldReason.PLACE_AMBIGUOUS, message, level=handler.level, **told)
        return finding, area

    def _sure_of_place(self, draft: Draft, finding: RuleFinding, dossier: Dossier) -> float:
        location, lead = dossier.understanding.location, finding.lead
        home = dossier.home_area or ""
        if lead is not None and home.startswith(lead.area):
            return 1.0  # the unit serves the whole home area: where exactly does not matter
        if location.confidence >= UNSURE_PLACE or draft.area != (location.area or home):
            return 1.0
        return 0.6

    def _other_matters(self, draft: Draft, chosen: str, dossier: Dossier, find: Search) -> None:
        """Add a reason for the other matters; hold unless the main one's units handle them all."""
        area = draft.area or ""
        others = other_matters(
            dossier.understanding.parts,
            chosen,
            draft.lead,
            lambda category: find(category, area),
            self.taxonomy,
        )
        told: dict[str, Param] = {
            "categories": tuple(m.category for m in others),
            "units": tuple(m.unit.name for m in others),
        }
        asked = any(signal.kind == "several" for signal in dossier.understanding.signals)
        missing = tuple(m.unit for m in others if m.unit not in draft.co)
        if asked or missing:
            draft.co = (*draft.co, *missing)
            if others:
                draft.wait(HoldReason.SEVERAL_MATTERS, "decision.hold.several_matters", **told)
            else:
                draft.wait(HoldReason.SEVERAL_MATTERS, "decision.hold.split")
        elif others:
            draft.say("catalogue", "several_matters", "decision.catalogue.several_matters", **told)
        draft.several = bool(asked or others)

    def _recall(self, draft: Draft, dossier: Dossier) -> None:
        """Do not repeat what a person corrected on a like matter."""
        on = dossier.day
        lesson = lessons.applicable(draft, dossier.lessons, self.catalogue, self.taxonomy, on)
        if lesson is None:
            return
        lessons.follow(draft, lesson, self.catalogue, self._search(dossier), on)
        if lesson.near:
            alone, looked_over = self.policy.lanes.cost.limits
            draft.sure = max(draft.sure, (alone + looked_over) / 2)

    def _remember(self, draft: Draft, dossier: Dossier) -> None:
        """Follow what a person decided on the same matter before."""
        precedent = dossier.precedent
        lead = self.catalogue.units.get(precedent.lead or "") if precedent else None
        if precedent is None or lead is None:
            return
        draft.lead = lead
        draft.co = tuple(u for code in precedent.co if (u := self.catalogue.units.get(code)))
        draft.category, draft.sure = precedent.category, 1.0
        draft.say(
            "desk",
            "precedent",
            "decision.desk.precedent",
            actor=precedent.decided_by,
            unit=lead.name,
        )

    @property
    def _rulebook(self) -> Rulebook:
        return Rulebook(self.catalogue, self.taxonomy, self.policy, self.reader.names)

    def _outcome(self, draft: Draft, dossier: Dossier) -> Outcome:
        if dossier.answered_on_the_spot:
            draft.hold = None
            draft.say("lane", "on_the_spot", "decision.lane.answered")
            return Outcome.RECORD
        if draft.hold is not None:
            return Outcome.HOLD
        cost, sure = self.policy.lanes.cost, min(draft.sure, 1.0)
        outcome = cost.cheapest(sure)
        if outcome is Outcome.HOLD:
            draft.wait(HoldReason.UNCLEAR, "decision.hold.unsure", share=round(sure, 4))
        elif draft.rejected and draft.lead is None:
            return Outcome.RECORD
        else:
            draft.say("outcome", outcome.value, SENT[outcome], share=round(sure, 4))
        return outcome


@lru_cache(maxsize=8)
def _versions(model: str, catalogue: str, areas: str, policy: str) -> Versions:
    return Versions(model=model, catalogue=catalogue, areas=areas, policy=policy)


def _likeliest(leaves: Mapping[str, float], found: Mapping[str, RuleFinding | None]) -> str:
    """Return the category the classifier is surest of; a rule whose tag the text bears out counts double."""

    def weight(category: str) -> float:
        finding = found[category]
        tagged = finding is not None and finding.rule.condition.startswith("tag=")
        return leaves[category] * (TAGGED if tagged else 1.0)

    return max(leaves, key=weight)
