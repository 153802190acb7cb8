"""Settling a batch: what is new, what was changed, what it joins, who gets it — as rows of a ledger.

Runs inside the transaction that will write the ledger, one batch at a time (docs/adr/0002), so that
what it reads is still true when it commits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from intake.casework import announce
from intake.casework.escalator import Escalator
from intake.contract.event import Amendment
from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.model.correction import Lesson
from intake.model.decision import Decision, Outcome
from intake.model.ids import case_id, request_id
from intake.model.request import RequestState
from intake.model.submission import Contact, SubmissionKind
from intake.pipeline.compose import request_of, subject_of
from intake.pipeline.lesson_index import LessonIndex
from intake.pipeline.prepare import Prepared, PreparedItem, lone_follow_up, orphan_of
from intake.pipeline.text_changes import text_changes
from intake.relate import JOINING, Deduper, keep_apart
from intake.store import requests as store
from intake.store.audit import MACHINE
from intake.store.case_facts import CaseFacts, case_facts
from intake.store.landing import LandedItem, Rejection, is_landed
from intake.store.ledger import Entry, Ledger
from intake.store.vault import Vault
from intake.understand.post import Post

STATE = {
    Outcome.AUTO: RequestState.ROUTED,
    Outcome.SUGGEST: RequestState.ROUTED,
    Outcome.HOLD: RequestState.HELD,
    Outcome.RECORD: RequestState.RECORDED,
}


@dataclass(slots=True)
class SettlingBatch:
    """What is known while a batch is settled."""

    router: Router
    ledger: Ledger
    entries: dict[str, Entry]
    known: set[tuple[str, str, str]]
    fresh: dict[str, tuple[Prepared, LandedItem]] = field(default_factory=dict)
    changed: dict[str, tuple[Prepared, LandedItem]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)
    touched: dict[str, None] = field(default_factory=dict)
    related: dict[str, str] = field(default_factory=dict)
    later: list[Callable[[], None]] = field(default_factory=list)
    outcomes: list[tuple[LandedItem, str]] = field(default_factory=list)
    rejected: list[tuple[LandedItem, Rejection]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a batch: each item's outcome (I2), and why some wait in quarantine."""

    outcomes: list[tuple[LandedItem, str]]
    rejected: list[tuple[LandedItem, Rejection]]
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles batches with the given index and key."""

    deduper: Deduper
    vault: Vault
    homes: dict[str, str | None]
    clock: Callable[[], datetime]
    memory: LessonIndex = field(default_factory=LessonIndex)

    def settle(
        self, connection: sa.Connection, items: Sequence[PreparedItem], router: Router
    ) -> Settled:
        """Write everything that follows from the items, decided with ``router``."""
        batch = self._open(connection, items, router)
        for item in (self._adopt(connection, batch, item) for item in items):
            orphan = orphan_of(item, batch.entries)
            if orphan is not None:
                batch.rejected.append((item.landed, orphan))
                batch.outcomes.append((item.landed, "quarantined"))
            else:
                batch.outcomes.append((item.landed, self._take(batch, item)))
        self._relate(connection, batch)
        self._decide(connection, batch)
        for action in batch.later:
            action()
        batch.later.clear()  # they hold the batch, which holds them: it would wait for the collector
        for entry in (batch.entries[identifier] for identifier in batch.touched):
            batch.ledger.put_request(entry)
        batch.ledger.flush(connection)
        posts = tuple(part.submission.external_id for part, _ in batch.fresh.values())
        return Settled(batch.outcomes, batch.rejected, posts)

    def _open(
        self, connection: sa.Connection, items: Sequence[PreparedItem], router: Router
    ) -> SettlingBatch:
        ids = {identifier for item in items for identifier in item.request_ids}
        stored = store.by_ids(connection, ids)
        current = store.current_decisions(connection, stored)
        return SettlingBatch(
            router=router,
            ledger=Ledger(self.clock()),
            entries={key: Entry.of(found, current.get(key)) for key, found in stored.items()},
            known=store.known_submissions(connection, stored) if stored else set(),
        )

    def _adopt(
        self, connection: sa.Connection, batch: SettlingBatch, item: PreparedItem
    ) -> PreparedItem:
        """A follow-up to something that never came to us is a citizen's first word: a post."""
        lone = lone_follow_up(item, batch.entries)
        own = lone.submission if lone else None
        if lone is None or own is None or is_landed(connection, own.source, own.of or ""):
            return item
        post = own.model_copy(update={"kind": SubmissionKind.POST, "of": None})
        message = Post(post, lone.clean, self.homes.get(post.source))
        (understanding,) = batch.router.reader.read([message])
        own_id = request_id(post.source, post.external_id)
        return replace(
            item,
            parts=(replace(lone, request_id=own_id, submission=post, understanding=understanding),),
        )

    def _take(self, batch: SettlingBatch, item: PreparedItem) -> str:
        """Sort one raw item's submissions into new, changed, added and known."""
        outcome = "redelivery"
        for part in item.parts:
            own = part.submission
            key = (own.source, own.external_id, part.digest)
            if key in batch.known:
                continue
            entry = batch.entries.get(part.request_id)
            if own.kind is SubmissionKind.POST:
                if entry is None:
                    self._accept(batch, part, item.landed)
                    outcome = "new"
                else:
                    self._revise(batch, entry, part, item.landed)
                    outcome = "revision" if outcome == "redelivery" else outcome
            elif entry is not None:
                self._attach(batch, entry, part)
                outcome = "revision" if outcome == "redelivery" else outcome
            batch.known.add(key)
            batch.ledger.put_submission(item.landed.id, part.request_id, own, part.digest)
        return outcome

    def _accept(self, batch: SettlingBatch, part: Prepared, landed: LandedItem) -> None:
        case = case_id(part.request_id)
        batch.opened.add(case)
        request = request_of(self.vault, part, landed, revision=1, case=case)
        entry = Entry(request, RequestState.HELD, 0, 0, 0, landed.id, contact=part.clean.contact)
        batch.entries[request.id] = entry
        batch.fresh[request.id] = (part, landed)
        batch.touched[request.id] = None
        self._seal(batch, entry)

    def _revise(
        self, batch: SettlingBatch, entry: Entry, part: Prepared, landed: LandedItem
    ) -> None:
        if landed.id < entry.raw_id:
            return  # an older revision that was processed late; the newer text stands
        old = entry.request
        request = request_of(self.vault, part, landed, revision=old.revision + 1, case=old.case_id)
        entry.request = request.model_copy(update={"received_at": old.received_at})
        entry.raw_id, entry.contact = landed.id, part.clean.contact
        batch.touched[request.id] = None
        self._seal(batch, entry)
        if request.id in batch.fresh:
            batch.fresh[request.id] = (part, landed)
        else:
            batch.changed[request.id] = (part, landed)
        batch.ledger.put_audit(
            MACHINE, "request.revised", "request", request.id,
            before=f"revision {old.revision}", after=f"revision {request.revision}",
            why="来源处的内容有修改",
        )  # fmt: skip
        amendment = Amendment(kind="edit", changes=text_changes(old, request) or None)
        batch.later.append(lambda: announce.amended(batch.ledger, entry, amendment))

    def _attach(self, batch: SettlingBatch, entry: Entry, part: Prepared) -> None:
        own = part.submission
        batch.touched[entry.request.id] = None
        if own.kind is SubmissionKind.WITHDRAWAL:
            before, entry.state = entry.state, RequestState.WITHDRAWN
            batch.ledger.put_audit(
                MACHINE, "request.withdrawn", "request", entry.request.id,
                before=before.value, after=entry.state.value, why="来件人撤回",
            )  # fmt: skip
            batch.later.append(lambda: announce.withdrawn(batch.ledger, entry, "来件人撤回"))
            return
        rating = own.rating
        amendment = Amendment(
            kind=own.kind.value,
            text=part.clean.text,
            unit=own.unit,
            solved=rating.solved if rating else None,
            satisfied=rating.satisfied if rating else None,
            score=rating.score if rating else None,
        )
        batch.ledger.put_audit(
            MACHINE, "request.amended", "request", entry.request.id,
            after=own.kind.value, why="来源处有新的内容",
        )  # fmt: skip
        batch.later.append(lambda: announce.amended(batch.ledger, entry, amendment))

    def _relate(self, connection: sa.Connection, batch: SettlingBatch) -> None:
        """Find what new requests repeat; a joined case keeps the id its first request gave it."""
        if not batch.fresh and not batch.changed:
            return
        self.deduper.refresh(connection)
        subjects = [
            subject_of(self.vault, batch.entries[key], part)
            for key, (part, _) in batch.fresh.items()
        ]
        found = keep_apart(connection, subjects, self.deduper.relate(connection, subjects))
        final = []
        for subject, (case, relation) in zip(subjects, found, strict=True):
            entry = batch.entries[subject.request_id]
            if relation is not None:
                batch.ledger.put_relation(subject.request_id, relation)
                batch.related[subject.request_id] = relation.of
            if case != entry.request.case_id:
                entry.request = entry.request.model_copy(update={"case_id": case})
                subject = subject.model_copy(update={"case_id": case})
            final.append(subject)
            if relation is not None and relation.kind in JOINING:
                joined = relation
                batch.later.append(
                    lambda entry=entry, joined=joined: announce.merged(batch.ledger, entry, joined)  # type: ignore[misc]
                )
        final += [
            subject_of(self.vault, batch.entries[key], part)
            for key, (part, _) in batch.changed.items()
        ]
        self.deduper.remember(connection, final)

    def _decide(self, connection: sa.Connection, batch: SettlingBatch) -> None:
        waiting = {**batch.fresh, **batch.changed}
        if not waiting:
            return
        cases = {batch.entries[key].request.case_id for key in waiting}
        people = {
            key: self.vault.blind(part.clean.contact.phone) or key
            for key, (part, _) in batch.fresh.items()
        }
        # A case that a request of this batch opens has no past to be read.
        facts = case_facts(connection, cases - batch.opened, people.values())
        lessons = self.memory.recall(
            connection,
            {key: part.understanding for key, (part, _) in waiting.items() if part.understanding},
            {key: self.homes.get(part.submission.source) for key, (part, _) in waiting.items()},
            batch.related,
        )
        decided: list[tuple[Entry, Decision | None, RequestState]] = []
        for key, (part, _) in waiting.items():
            entry = batch.entries[key]
            case = facts.setdefault(entry.request.case_id, CaseFacts())
            if key in people:
                self._count(connection, batch, entry, case, people[key])
            former, before = entry.decision, entry.state
            if self._decide_one(batch, entry, part, case, lessons.get(key, ())):
                decided.append((entry, former, before))
            if entry.decision is not None:
                case.narrow(entry.decision.area)
        for entry, former, before in decided:
            self._enact(batch, entry, former, before)

    def _count(
        self,
        connection: sa.Connection,
        batch: SettlingBatch,
        entry: Entry,
        case: CaseFacts,
        person: str,
    ) -> None:
        """Count a new request of a case; the one that reaches the limit takes the others up, too."""
        limits = batch.router.policy.lanes.escalation
        before = limits.reached(case.requests, case.people, case.repeats)
        case.add(person)
        if before or not limits.reached(case.requests, case.people, case.repeats):
            return
        escalator = Escalator(batch.router.policy, batch.router.catalogue, self.homes)
        identifier = entry.request.case_id

        def escalate() -> None:
            members = escalator.open_members(connection, identifier, batch.entries)
            for raised in escalator.escalate(batch.ledger, members, case):
                batch.entries.setdefault(raised.request.id, raised)
                batch.touched[raised.request.id] = None

        batch.later.append(escalate)

    def _decide_one(
        self,
        batch: SettlingBatch,
        entry: Entry,
        part: Prepared,
        case: CaseFacts,
        lessons: tuple[Lesson, ...],
    ) -> bool:
        """Put a new decision into the entry, if the one in force may and need be replaced."""
        former, own = entry.decision, part.submission
        if former is not None and (
            former.decided_by != MACHINE or entry.state is RequestState.WITHDRAWN
        ):
            return False  # what a person decided stands; the edit is announced all the same
        if part.understanding is None:
            raise TypeError("a post reaches the decision without having been read")
        dossier = Dossier(
            channel=own.channel,
            received_at=entry.request.received_at,
            understanding=part.understanding,
            matter_type=entry.request.matter_type,
            home_area=self.homes.get(own.source),
            submitter_unit=own.submitter_unit,
            answered_on_the_spot=own.answered_on_the_spot,
            requests=case.requests,
            people=case.people,
            repeats=case.repeats,
            precedent=case.precedent,
            case_area=case.area,
            lessons=lessons,
        )
        decision = batch.router.decide(
            dossier, version=entry.decision_version + 1, at=batch.ledger.at
        )
        if former is not None and _same_dispatch(former, decision):
            return False
        entry.decision, entry.decision_version = decision, decision.version
        if entry.state is not RequestState.WITHDRAWN:  # taken back before it was ever decided
            entry.state = STATE[decision.outcome]
        return True

    @staticmethod
    def _enact(
        batch: SettlingBatch, entry: Entry, former: Decision | None, before: RequestState
    ) -> None:
        """Record and announce the decision that an entry now holds in place of ``former``."""
        decision = entry.decision
        if decision is None:
            raise TypeError("a decision is enacted before it is made")
        batch.ledger.put_decision(entry.request.id, decision)
        batch.ledger.put_audit(
            MACHINE, "request.decided", "request", entry.request.id,
            before=before.value if former else None, after=entry.state.value,
            why=decision.hold.value if decision.hold else f"rule {decision.rule}",
        )  # fmt: skip
        announce.decided(batch.ledger, entry, decision, former)

    def _seal(self, batch: SettlingBatch, entry: Entry) -> None:
        request, contact = entry.request, entry.contact or Contact()
        if request.identity_ref is not None:
            sealed = self.vault.seal(request.id, contact)
            batch.ledger.put_identity(request.identity_ref, request.id, sealed)


def _same_dispatch(one: Decision, other: Decision) -> bool:
    return (one.outcome in announce.DISPATCHED, one.lead, one.co, one.via, one.hold) == (
        other.outcome in announce.DISPATCHED, other.lead, other.co, other.via, other.hold,
    )  # fmt: skip
