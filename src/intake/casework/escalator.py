"""Taking a whole case one lane up when it was raised often enough (repeats count, I7).

What comes after the limit is decided higher at once; this is for the requests that came before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from intake.casework import announce
from intake.catalogue import Catalogue
from intake.decide.deadlines import Policy
from intake.decide.escalation import escalate
from intake.store import requests
from intake.store.audit import MACHINE
from intake.store.case_facts import CaseFacts
from intake.store.ledger import Entry, Ledger


@dataclass(frozen=True, slots=True)
class Escalator:
    """Raises cases by the limits of a policy; ``homes`` are the home areas of the sources."""

    policy: Policy
    catalogue: Catalogue
    homes: Mapping[str, str | None]

    def reached(self, case: CaseFacts) -> bool:
        """Say whether a case was raised often enough."""
        return self.policy.lanes.escalation.reached(case.requests, case.people, case.repeats)

    def open_members(
        self, connection: sa.Connection, case_id: str, known: Mapping[str, Entry]
    ) -> list[Entry]:
        """Give the open requests of a case, ready to be changed; those in ``known`` as they are there."""
        stored = requests.open_in_case(connection, case_id)
        missing = [found for found in stored if found.request.id not in known]
        current = requests.current_decisions(connection, [found.request.id for found in missing])
        return [
            *(entry for entry in known.values() if entry.request.case_id == case_id),
            *(Entry.of(found, current.get(found.request.id)) for found in missing),
        ]

    def escalate(self, ledger: Ledger, entries: Iterable[Entry], case: CaseFacts) -> list[Entry]:
        """Raise those that are open and were not raised before, one event each; gives those raised.

        Their rows are written by whoever called.
        """
        return [entry for entry in entries if self._raise(ledger, entry, case)]

    def _raise(self, ledger: Ledger, entry: Entry, case: CaseFacts) -> bool:
        request, former = entry.request, entry.decision
        if former is None or entry.state not in requests.OPEN:
            return False
        decision = escalate(
            self.policy, self.catalogue, request, former, case,
            home_area=self.homes.get(request.source), at=ledger.at,
        )  # fmt: skip
        if decision is None:
            return False
        version = entry.decision_version + 1
        entry.decision = decision.model_copy(update={"version": version})
        entry.decision_version = version
        why = decision.reasons[-1].text
        ledger.put_decision(request.id, entry.decision)
        ledger.put_audit(
            MACHINE, "request.escalated", "request", request.id,
            before=former.lane.value, after=decision.lane.value, why=why,
        )  # fmt: skip
        announce.escalated(ledger, entry, why)
        return True
