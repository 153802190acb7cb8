"""Settling a batch: read what it depends on, conclude what follows, write it.

Runs inside the transaction that also writes, one batch at a time (docs/adr/0002), so that what it reads
is still true when it commits. Reading is here; ``take`` and ``conclude`` are pure; ``apply`` writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from intake.decide.hops import count_hops
from intake.decide.router import Router
from intake.model.ids import case_id, request_id
from intake.model.request import Relation
from intake.model.standing import Standing
from intake.model.submission import SubmissionKind
from intake.pipeline.compose import subject_of
from intake.pipeline.conclude import Surroundings, conclude, rising_cases
from intake.pipeline.lesson_index import LessonIndex
from intake.pipeline.prepare import PreparedItem, lone_follow_up
from intake.pipeline.take import Known, TakenBatch, take
from intake.relate import Deduper, Subject, keep_apart
from intake.store import requests as store
from intake.store.apply import apply
from intake.store.case_facts import case_facts
from intake.store.engine import Connection
from intake.store.landing import LandedItem, Rejection, is_landed
from intake.store.vault import Vault
from intake.understand.post import Post


@dataclass(frozen=True, slots=True)
class Settled:
    """The result of a batch: each item's outcome, and why some are in quarantine.

    ``posts`` are the external ids of new posts, which others may have waited for.
    """

    outcomes: list[tuple[LandedItem, str]]
    rejected: list[tuple[LandedItem, Rejection]]
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles batches with the given index and key; ``homes`` are the home areas of the sources."""

    deduper: Deduper
    vault: Vault
    homes: Mapping[str, str | None]
    clock: Callable[[], datetime]
    lessons: LessonIndex = field(default_factory=LessonIndex)

    def settle(
        self, connection: Connection, items: Sequence[PreparedItem], router: Router
    ) -> Settled:
        """Write everything that follows from the items, decided with ``router``."""
        at = self.clock()
        known = self._known(connection, items)
        taken = take(known, self._adopt(connection, known, items, router), self.vault)
        subjects, related = self._relate(connection, taken)
        around = self._surroundings(connection, taken, related, router)
        conclude(taken, around, router, self.homes, at)
        apply(connection, taken.intents, at=at, vault=self.vault)
        self.deduper.remember(connection, subjects)
        posts = tuple(part.submission.external_id for part in taken.fresh.values())
        return Settled(taken.outcomes, taken.rejected, posts)

    def _known(self, connection: Connection, items: Sequence[PreparedItem]) -> Known:
        ids = {identifier for item in items for identifier in item.request_ids}
        standings = store.standings(connection, ids)
        seen = store.known_submissions(connection, standings) if standings else set()
        return Known(standings, frozenset(seen))

    def _adopt(
        self,
        connection: Connection,
        known: Known,
        items: Sequence[PreparedItem],
        router: Router,
    ) -> list[PreparedItem]:
        """A follow-up to something that never came to us is a citizen's first word: a post."""
        ids, adopted = set(known.standings), []
        for item in items:
            lone = lone_follow_up(item, ids)
            own = lone.submission if lone else None
            if lone is None or own is None or is_landed(connection, own.source, own.of or ""):
                adopted.append(item)
            else:
                post = own.model_copy(update={"kind": SubmissionKind.POST, "of": None})
                (understanding,) = router.reader.read(
                    [Post(post, lone.clean, self.homes.get(post.source))]
                )
                own_id = request_id(post.source, post.external_id)
                part = replace(
                    lone, request_id=own_id, submission=post, understanding=understanding
                )
                adopted.append(replace(item, parts=(part,)))
            ids |= {
                part.request_id
                for part in adopted[-1].parts
                if part.submission.kind is SubmissionKind.POST
            }
        return adopted

    def _surroundings(
        self,
        connection: Connection,
        taken: TakenBatch,
        related: Mapping[str, Relation | None],
        router: Router,
    ) -> Surroundings:
        """Read what the decisions depend on."""
        waiting = {**taken.fresh, **taken.changed}
        if not waiting:
            return Surroundings()
        people = {
            key: self.vault.blind(part.clean.contact.phone) or key
            for key, part in taken.fresh.items()
        }
        opened = {case_id(key) for key in taken.fresh}
        cases = {taken.standings[key].request.case_id for key in waiting}
        around = Surroundings(
            related=related,
            people=people,
            # A case that a request of this batch opens has no past to be read.
            cases=case_facts(connection, cases - opened, people.values()),
            lessons=self.lessons.recall(
                connection,
                {key: part.understanding for key, part in waiting.items() if part.understanding},
                {key: self.homes.get(part.submission.source) for key, part in waiting.items()},
                {key: relation.of for key, relation in related.items() if relation},
            ),
            hops={
                key: count_hops(store.decisions(connection, key))
                for key in taken.changed
                if taken.standings[key].decision is not None
            },
        )
        members = {
            case: store.open_standings(connection, case)
            for case in rising_cases(taken, around, router, self.homes)
        }
        return replace(around, members=members)

    def _relate(
        self, connection: Connection, taken: TakenBatch
    ) -> tuple[list[Subject], dict[str, Relation | None]]:
        """Find what new requests repeat; a request that joins a case is in that case from here on.

        Returns the index entries of all requests that were read, and the relations of the new ones.
        """
        if not taken.fresh and not taken.changed:
            return [], {}
        self.deduper.refresh(connection)
        subjects = [
            subject_of(self.vault, taken.standings[key].request, part)
            for key, part in taken.fresh.items()
        ]
        found = keep_apart(
            connection,
            subjects,
            self.deduper.relate(connection, subjects),
            self.deduper.language,
        )
        final = []
        for subject, (case, _) in zip(subjects, found, strict=True):
            standing = taken.standings[subject.request_id]
            if case != standing.request.case_id:
                taken.standings[standing.id] = _in_case(standing, case)
                subject = subject.model_copy(update={"case_id": case})
            final.append(subject)
        final += [
            subject_of(self.vault, taken.standings[key].request, part)
            for key, part in taken.changed.items()
        ]
        relations = {
            subject.request_id: relation
            for subject, (_, relation) in zip(subjects, found, strict=True)
        }
        return final, relations


def _in_case(standing: Standing, case: str) -> Standing:
    return replace(standing, request=standing.request.model_copy(update={"case_id": case}))
