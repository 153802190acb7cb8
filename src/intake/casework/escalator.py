"""Taking a whole case one lane up when it was raised often enough.

What comes after the limit is decided higher at once; this is for the requests that came before. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.catalogue import Catalogue
from intake.contract import announce
from intake.decide.deadlines import Policy
from intake.decide.escalation import escalate
from intake.messages import ZH, Renderer, renderer
from intake.model.standing import Standing
from intake.store import requests
from intake.store.audit import MACHINE
from intake.store.case_facts import CaseFacts
from intake.store.intents import Intents


@dataclass(frozen=True, slots=True)
class Escalator:
    """Raises cases by the limits of a policy; ``homes`` are the home areas of the sources."""

    policy: Policy
    catalogue: Catalogue
    homes: Mapping[str, str | None]
    renderer: Renderer = field(default_factory=lambda: renderer(ZH))

    def reached(self, case: CaseFacts) -> bool:
        """Return whether a case was raised often enough."""
        return self.policy.lanes.escalation.reached(case.requests, case.people, case.repeats)

    def escalate(
        self, intents: Intents, members: Iterable[Standing], case: CaseFacts, at: datetime
    ) -> list[Standing]:
        """Escalate the members that are open and were not escalated before, one event each.

        Returns their new states; the caller adds these to the intents.
        """
        raised = (self._raise(intents, member, case, at) for member in members)
        return [standing for standing in raised if standing is not None]

    def _raise(
        self, intents: Intents, standing: Standing, case: CaseFacts, at: datetime
    ) -> Standing | None:
        request, former = standing.request, standing.decision
        if former is None or standing.state not in requests.OPEN:
            return None
        decision = escalate(
            self.policy, self.catalogue, request, former, case,
            home_area=self.homes.get(request.source), at=at, words=self.renderer,
        )  # fmt: skip
        if decision is None:
            return None
        after = replace(standing, decision=decision)
        why = decision.reasons[-1]
        intents.decisions.append((request.id, decision))
        intents.audit(
            MACHINE, "request.escalated", "request", request.id,
            before=former.lane.value, after=decision.lane.value, why=why.coded or why.text,
        )  # fmt: skip
        intents.announce(announce.escalated(after, why.text))
        return after
