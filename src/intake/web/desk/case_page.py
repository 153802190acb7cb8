"""Everything the page of a case shows: its requests, what may belong to it, what people did to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from intake.store import case_changes, desk_lists
from intake.store.case_changes import CaseChange, ChangeKind
from intake.store.case_facts import CaseFacts, case_facts
from intake.store.engine import Connection
from intake.store.requests import Listed
from intake.web.security import SignedIn

LISTED = 200
SUGGESTED = 8
HISTORY = 8


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A request of another case that may be about the same matter as ``mine`` of this one."""

    mine: str
    line: Listed
    case_id: str
    version: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case as the pages show it; ``version`` is what a person decides on."""

    id: str
    version: int
    former_ids: list[str]
    facts: CaseFacts
    suggestions: list[Suggestion]
    history: list[CaseChange]

    def can_be_undone(self, change: CaseChange) -> bool:
        """Return whether to offer it."""
        return change.undone_by is None and change.kind is not ChangeKind.UNDO


def read_case(connection: Connection, case: str, who: SignedIn) -> CasePage:
    """Read what the pages of a case and of its requests have in common."""
    return CasePage(
        id=case,
        version=case_changes.version(connection, case),
        former_ids=case_changes.former_ids(connection, case),
        facts=case_facts(connection, [case], ())[case],
        suggestions=_suggestions(connection, case, who),
        history=case_changes.history(connection, case, HISTORY),
    )


def relations_of(connection: Connection, ids: list[str]) -> dict[str, list[Any]]:
    """Return for each of the requests how it relates to earlier ones among them."""
    found: dict[str, list[Any]] = {}
    for row in desk_lists.relations_between(connection, ids):
        found.setdefault(row.request_id, []).append(row)
    return found


def _suggestions(connection: Connection, case: str, who: SignedIn) -> list[Suggestion]:
    found: dict[str, tuple[float, str, tuple[str, ...]]] = {}
    for row in desk_lists.related_elsewhere(
        connection, case, sees_sensitive=who.sees_sensitive, limit=SUGGESTED
    ):
        found.setdefault(row.other, (row.score, row.own, tuple(row.why)))
    best = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))[:SUGGESTED]
    lines = desk_lists.lines(connection, [other for other, _ in best])
    cases = case_changes.cases_of(connection, [other for other, _ in best])
    return [
        Suggestion(
            own, lines[other], cases[other], case_changes.version(connection, cases[other]), why
        )
        for other, (_, own, why) in best
    ]
