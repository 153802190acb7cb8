"""The page of a proposed change of the catalogue, and putting the change in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from intake.catalogue import Rule, versions
from intake.catalogue.lint import lint
from intake.catalogue.proposal import added_row, changed_row, with_row
from intake.errors import Conflict, NotFound, Refused
from intake.model.zone import CHINA
from intake.rehearse.replay import Rerouted, replay
from intake.store import corrections, desk_lists
from intake.store.case_facts import agreed_area
from intake.store.corrections import Proposal
from intake.web.context import DeskContext

REPLAYED = 5_000
"""Past requests that are decided again for the page, in some two seconds."""
SINCE = timedelta(days=365)
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Way:
    """One way to adopt a proposal: ``row`` changed in its place (``before``), or a row that is new."""

    name: str
    before: Rule | None
    row: Rule


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of one way of change: the ``moved`` of so many past requests go to another unit."""

    replayed: int
    moved: Sequence[Rerouted]

    @property
    def by_units(self) -> list[tuple[tuple[str | None, str | None], int]]:
        """Count the moves by the unit before and after, the most frequent first."""
        return Counter(one.lead for one in self.moved).most_common(SHOWN)


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal with the ways to adopt it; ``base`` is the catalogue that they start from."""

    proposal: Proposal
    ways: tuple[Way, ...]
    base: str


def open_proposals(context: DeskContext, *, sees_sensitive: bool) -> list[Proposal]:
    """List what is open, the best supported first, with the evidence that may be seen."""
    with context.store.read() as connection:
        listed = corrections.proposals(connection)
        ids = {seen.request_id for one in listed for seen in one.evidence}
        hidden = set() if sees_sensitive else desk_lists.sensitive_among(connection, ids)
    shown = (
        replace(one, evidence=tuple(e for e in one.evidence if e.request_id not in hidden))
        for one in listed
    )
    return [one for one in shown if one.evidence]


def read_proposal(context: DeskContext, number: int, *, sees_sensitive: bool) -> ProposalPage:
    """Read an open proposal; ``NotFound`` if there is none of that number that may be seen."""
    listed = open_proposals(context, sees_sensitive=sees_sensitive)
    found = next((one for one in listed if one.id == number), None)
    if found is None:
        raise NotFound.of("error.no_proposal", id=number)
    catalogue = context.catalogue
    ways = []
    before = next((row for row in catalogue.rules if row.id == found.rule), None)
    changed = changed_row(catalogue, found.rule, found.handler)
    area = agreed_area({seen.area for seen in found.evidence if seen.area})
    added = added_row(catalogue, found.category, found.handler, area, "分办台改派形成")
    if not (before and before.category == found.category and before.area == added.area):
        ways.append(Way("new", None, added))
    if changed is not None:
        ways.append(Way("row", before, changed))
    return ProposalPage(found, tuple(ways), catalogue.version)


def effect(context: DeskContext, way: Way) -> Effect:
    """Decide past requests once with the catalogue in force and once with the row."""
    router = context.router()
    wanted = router.under(with_row(router.catalogue.tables, way.row))
    past = replay(
        context.store, router, wanted,
        homes=context.homes, since=context.clock() - SINCE,
    )  # fmt: skip
    answers = list(islice(past, REPLAYED))
    return Effect(len(answers), [one for one in answers if one is not None])


def adopt(
    context: DeskContext, page: ProposalPage, way: Way, base: str, actor: str, why: str
) -> str:
    """Put the catalogue with the row in force from today, close the proposal; returns the version.

    Raises ``Conflict`` if another catalogue is in force than the person saw, ``Refused`` if it would
    have errors.
    """
    if base != page.base:
        raise Conflict.of("error.catalogue_changed")
    at = context.clock()
    today = at.astimezone(CHINA).date()
    tables = with_row(context.catalogue.tables, way.row)
    remarks = lint(tables.files, gazetteer=context.gazetteer, taxonomy=context.taxonomy, on=today)
    known = lint(
        context.catalogue.tables.files,
        gazetteer=context.gazetteer, taxonomy=context.taxonomy, on=today,
    )  # fmt: skip
    old = {(one.code, one.said) for one in known}
    for remark in remarks:
        if remark.severity == "error" and (remark.code, remark.said) not in old:
            raise Refused.of("error.catalogue_faulty", code=remark.code, rows=remark.ids)
    note = f"采纳建议{page.proposal.id}：{way.row.id}"
    versions.keep(context.store, tables, by=actor, at=at, note=note)
    versions.activate(context.store, tables.version, active_from=today, by=actor, at=at, why=why)
    context.desk.close_proposal(page.proposal.id, adopted=True, actor=actor, why=why)
    return tables.version
