"""Past requests under another catalogue: which would go elsewhere.

Each is decided twice with what was understood of it then (its stored category and place, or those a
person set right), once with the old tables and once with the new. Who repeats, whom a person chose and
the model of today play no part, so what differs is the tables' doing. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.model.decision import CategoryScore, Classification, Decision, Location
from intake.model.request import Request
from intake.store import requests
from intake.store.audit import MACHINE
from intake.store.engine import Store

PAGE = 500


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
) -> Iterator[Rerouted | None]:
    """Go through all past requests, one answer each: what would change, or None for nothing."""
    after = ""
    while True:
        with store.read() as connection:
            page = requests.decided_after(connection, after, since=since, limit=PAGE)
        for request, decision in page:
            yield _compare(request, decision, old, new, homes.get(request.source))
        if len(page) < PAGE:
            return
        after = page[-1][0].id


def _compare(
    request: Request, stored: Decision, old: Router, new: Router, home: str | None
) -> Rerouted | None:
    before, after = (_again(router, request, stored, home) for router in (old, new))
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


def _again(router: Router, request: Request, stored: Decision, home: str | None) -> Decision:
    understanding = router.reader.read_words(request.title, request.text, *_understood(stored))
    dossier = Dossier(
        channel=request.channel,
        received_at=request.received_at,
        understanding=understanding,
        matter_type=request.matter_type,
        home_area=home,
        submitter_unit=request.submitter_unit,
        answered_on_the_spot=request.answered_on_the_spot,
    )
    return router.decide(dossier, version=1, at=request.received_at)


def _understood(stored: Decision) -> tuple[Classification, Location]:
    """Give what the machine understood; where a person decided, what the person made of it."""
    if stored.decided_by == MACHINE or stored.category is None:
        return stored.classification, stored.location
    sure = CategoryScore(category=stored.category, confidence=1.0)
    classification = Classification(
        category=stored.category, confidence=1.0, auto=True, top=(sure,)
    )
    if stored.area in (None, stored.location.area):
        return classification, stored.location
    return classification, Location(area=stored.area, confidence=1.0)
