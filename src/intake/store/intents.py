"""Planned writes, as values: nothing reaches the store until they are applied.

Settling a batch, an action at the desk and an answer of a unit each fill intents. Only ``intake.store.apply``
numbers and writes them, all in one transaction. So neither a decision without its event nor an event without
its decision can exist.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from intake.contract.announce import Announcement
from intake.messages import Message, Params
from intake.model.decision import Decision
from intake.model.request import Relation
from intake.model.standing import Standing
from intake.model.submission import Contact, Submission


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A submission that was taken in: of which raw item, for which request."""

    raw_id: int
    request_id: str
    submission: Submission
    digest: str


@dataclass(frozen=True, slots=True)
class AuditNote:
    """One row of the audit trail, without personal data.

    ``why`` is what a person wrote, or a message where the program speaks. ``before`` and ``after`` are
    one code each (a state, a lane, a revision, a case's id); ``params`` are further values beside them.
    """

    actor: str
    action: str
    entity: str
    entity_id: str
    why: str | Message = ""
    before: str | None = None
    after: str | None = None
    params: Params | None = None


@dataclass(slots=True)
class Intents:
    """Everything that one batch, or one action of a person, is going to write.

    ``standings`` holds each request's final state; its version grows by one, however many changes
    were made. Events of a request are numbered in the order of ``announcements``.
    """

    standings: dict[str, Standing] = field(default_factory=dict)
    taken_in: list[TakenIn] = field(default_factory=list)
    decisions: list[tuple[str, Decision]] = field(default_factory=list)
    relations: list[tuple[str, Relation]] = field(default_factory=list)
    contacts: dict[str, tuple[str, Contact]] = field(default_factory=dict)
    announcements: list[Announcement] = field(default_factory=list)
    notes: list[AuditNote] = field(default_factory=list)

    def stand(self, standing: Standing) -> None:
        """Set the state of a request; the last one set counts."""
        self.standings[standing.id] = standing

    def seal(self, request_id: str, reference: str, contact: Contact) -> None:
        """Keep a citizen's contact, encrypted, under its reference; PERSONAL DATA."""
        self.contacts[reference] = (request_id, contact)

    def announce(self, announcements: Announcement | Iterable[Announcement]) -> None:
        """Add announcements after those already here."""
        if isinstance(announcements, Announcement):
            self.announcements.append(announcements)
        else:
            self.announcements.extend(announcements)

    def audit(
        self,
        actor: str,
        action: str,
        entity: str,
        entity_id: str,
        *,
        before: str | None = None,
        after: str | None = None,
        why: str | Message = "",
        params: Params | None = None,
    ) -> None:
        """Add an audit row."""
        self.notes.append(AuditNote(actor, action, entity, entity_id, why, before, after, params))
