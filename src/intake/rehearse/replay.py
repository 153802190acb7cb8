"""Past requests under another catalogue: which would go elsewhere.

Past requests go through the pipeline once more, in the order in which they were received, on a
throw-away store. Each is decided with the old tables; on the very same dossier it is also decided with
the new ones, so what differs is the tables' doing. What was understood then (the stored category and
place, or those that a person set right) counts, not the model of today. Nothing is written elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.model.decision import CategoryScore, Classification, Decision, Location
from intake.model.ids import request_id
from intake.model.request import Request
from intake.model.submission import Contact, Submission
from intake.rehearse.rehearsal import WINDOW_DAYS, Rehearsal
from intake.store import requests
from intake.store.audit import MACHINE
from intake.store.case_changes import phones
from intake.store.engine import Store
from intake.understand.post import Post, Understanding
from intake.understand.reader import Reader

PAGE = 500
Understood = tuple[Classification, Location]


@dataclass(frozen=True, slots=True)
class Rerouted:
    """A request that would go to other units; ``lead`` and ``co`` are unit ids, old and new."""

    request_id: str
    received_at: datetime
    category: str | None
    area: str | None
    lead: tuple[str | None, str | None]
    co: tuple[tuple[str, ...], tuple[str, ...]]
    rule: tuple[str | None, str | None]


def replay(
    store: Store,
    old: Router,
    new: Router,
    *,
    homes: Mapping[str, str | None],
    since: datetime | None = None,
    window_days: int = WINDOW_DAYS,
) -> Iterator[Rerouted | None]:
    """Go through all past requests, one answer each: what would change, or None for nothing."""
    understood: dict[str, Understood] = {}
    router = _ComparingRouter.of(old, new, understood)
    after: tuple[datetime, str] | None = None
    with Rehearsal(lambda: router, on_disk=True, window_days=window_days) as rehearsal:
        while True:
            with store.read() as connection:
                page = requests.decided_after(connection, after, since=since, limit=PAGE)
                handles = phones(connection, [request.id for request, _ in page])
            understood.clear()
            understood |= {request.id: _understood(decision) for request, decision in page}
            router.decided.clear()
            rehearsal.run([_as_sent(one, handles.get(one.id)) for one, _ in page], homes)
            for request, _ in page:
                yield _difference(request, *router.decided[request.id])
            if len(page) < PAGE:
                return
            after = page[-1][0].received_at, page[-1][0].id


def _as_sent(request: Request, handle: str | None) -> Submission:
    """Return the request as a submission; ``handle`` replaces its phone, which is not needed."""
    return Submission(
        source=request.source,
        channel=request.channel,
        external_id=request.external_id,
        title=request.title,
        body=request.text,
        submitted_at=request.received_at,
        contact=Contact(phone=handle),
        form_area=request.form_area,
        form_category=request.form_category,
        matter_type=request.matter_type,
        submitter_unit=request.submitter_unit,
        answered_on_the_spot=request.answered_on_the_spot,
    )


def _difference(request: Request, before: Decision, after: Decision) -> Rerouted | None:
    if before.lead == after.lead and set(before.co) == set(after.co):
        return None
    return Rerouted(
        request_id=request.id,
        received_at=request.received_at,
        category=after.category,
        area=after.area,
        lead=(before.lead, after.lead),
        co=(before.co, after.co),
        rule=(before.rule, after.rule),
    )


def _understood(stored: Decision) -> Understood:
    """Return what the machine understood; where a person decided, what the person made of it."""
    if stored.decided_by == MACHINE or stored.category is None:
        return stored.classification, stored.location
    sure = CategoryScore(category=stored.category, confidence=1.0)
    classification = Classification(
        category=stored.category, confidence=1.0, auto=True, top=(sure,)
    )
    if stored.area in (None, stored.location.area):
        return classification, stored.location
    return classification, Location(area=stored.area, confidence=1.0)


@dataclass(frozen=True)
class _RememberingReader(Reader):
    """Reads the words of messages anew; category and place are those that were understood then.

    ``readings`` keeps what the other catalogue's words make of the same message, by the identity of
    what this reader made of it.
    """

    understood: Mapping[str, Understood] = field(default_factory=dict)
    other: Reader | None = None
    readings: dict[int, tuple[str, Understanding]] = field(default_factory=dict)

    def read(self, posts: Sequence[Post]) -> list[Understanding]:
        self.readings.clear()
        return [self._read(post) for post in posts]

    def _read(self, post: Post) -> Understanding:
        key = request_id(post.submission.source, post.submission.external_id)
        words = post.clean.title, post.clean.readable, *self.understood[key]
        own = self.read_words(*words)
        if self.other is not None:
            self.readings[id(own)] = key, self.other.read_words(*words)
        return own


@dataclass(frozen=True)
class _ComparingRouter(Router):
    """Decides by one catalogue and keeps, by request, what both make of the same dossier."""

    other: Router | None = None
    decided: dict[str, tuple[Decision, Decision]] = field(default_factory=dict)

    @classmethod
    def of(  # type: ignore[override]
        cls, old: Router, new: Router, understood: Mapping[str, Understood]
    ) -> _ComparingRouter:
        parts = {one.name: getattr(old.reader, one.name) for one in fields(Reader)}
        reader = _RememberingReader(**parts, understood=understood, other=new.reader)
        own = {one.name: getattr(old, one.name) for one in fields(Router)}
        return cls(**{**own, "reader": reader}, other=new)

    def decide(self, dossier: Dossier, *, version: int, at: datetime) -> Decision:
        decision = Router.decide(self, dossier, version=version, at=at)
        if isinstance(self.reader, _RememberingReader) and self.other is not None:
            key, reading = self.reader.readings[id(dossier.understanding)]
            same = replace(dossier, understanding=reading)
            self.decided[key] = decision, self.other.decide(same, version=version, at=at)
        return decision
