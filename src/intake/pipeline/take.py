"""Telling apart what a batch brings: new requests, changed ones, additions, and what is known already.

Pure: from what the store knows and the prepared items to what is to be written and decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from intake.contract.event import Amendment
from intake.messages import Message
from intake.model.ids import case_id
from intake.model.request import RequestState
from intake.model.standing import Standing
from intake.model.submission import SubmissionKind
from intake.pipeline.compose import request_of
from intake.pipeline.prepare import Prepared, PreparedItem, orphan_of
from intake.pipeline.text_changes import text_changes
from intake.store.audit import MACHINE
from intake.store.intents import Intents, TakenIn
from intake.store.landing import LandedItem, Rejection
from intake.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Known:
    """The store's facts about a batch: requests by id, and (source, external id, digest) of the
    submissions accepted for them before.
    """

    standings: Mapping[str, Standing]
    submissions: frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Addition:
    """An addition to a request, announced once it is decided: an amendment, or None for a withdrawal."""

    request_id: str
    amendment: Amendment | None


@dataclass(slots=True)
class TakenBatch:
    """A batch, sorted. ``standings`` holds the state of all its requests, undecided where new;
    ``fresh`` and ``changed`` hold the posts that wait for a decision, by request.
    """

    standings: dict[str, Standing]
    fresh: dict[str, Prepared] = field(default_factory=dict)
    changed: dict[str, Prepared] = field(default_factory=dict)
    additions: list[Addition] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    intents: Intents = field(default_factory=Intents)
    outcomes: list[tuple[LandedItem, str]] = field(default_factory=list)
    rejected: list[tuple[LandedItem, Rejection]] = field(default_factory=list)


def take(known: Known, items: Sequence[PreparedItem], vault: Vault) -> TakenBatch:
    """Sort the items, in order; an item whose post is unknown is rejected for now."""
    taken, seen = TakenBatch(dict(known.standings)), set(known.submissions)
    for item in items:
        orphan = orphan_of(item, taken.standings)
        if orphan is not None:
            taken.rejected.append((item.landed, orphan))
            taken.outcomes.append((item.landed, "quarantined"))
        else:
            taken.outcomes.append((item.landed, _take(taken, seen, item, vault)))
    return taken


def _take(
    taken: TakenBatch, seen: set[tuple[str, str, str]], item: PreparedItem, vault: Vault
) -> str:
    """Take one item in; returns its outcome (``new``, ``revision`` or ``redelivery``)."""
    outcome = "redelivery"
    for part in item.parts:
        own = part.submission
        key = (own.source, own.external_id, part.digest)
        if key in seen:
            continue
        standing = taken.standings.get(part.request_id)
        if own.kind is SubmissionKind.POST and standing is None:
            _accept(taken, part, item.landed, vault)
            outcome = "new"
        elif standing is not None:
            if own.kind is SubmissionKind.POST:
                _revise(taken, standing, part, item.landed, vault)
            else:
                _add(taken, standing, part)
            outcome = "revision" if outcome == "redelivery" else outcome
        seen.add(key)
        taken.intents.taken_in.append(TakenIn(item.landed.id, part.request_id, own, part.digest))
    return outcome


def _accept(taken: TakenBatch, part: Prepared, landed: LandedItem, vault: Vault) -> None:
    request = request_of(vault, part, landed, revision=1, case=case_id(part.request_id))
    taken.standings[request.id] = Standing(request, RequestState.HELD, landed.id)
    taken.fresh[request.id] = part
    taken.touched[request.id] = None
    _seal(taken, part, request.identity_ref)


def _revise(
    taken: TakenBatch, standing: Standing, part: Prepared, landed: LandedItem, vault: Vault
) -> None:
    if landed.id < standing.raw_id:
        return  # an older revision that was processed late; the newer text is kept
    old = standing.request
    request = request_of(vault, part, landed, revision=old.revision + 1, case=old.case_id)
    request = request.model_copy(update={"received_at": old.received_at})
    taken.standings[request.id] = replace(standing, request=request, raw_id=landed.id)
    taken.touched[request.id] = None
    waiting = taken.fresh if request.id in taken.fresh else taken.changed
    waiting[request.id] = part
    _seal(taken, part, request.identity_ref)
    taken.intents.audit(
        MACHINE, "request.revised", "request", request.id,
        before=str(old.revision), after=str(request.revision),
        why=Message("audit.edited_at_source"),
    )  # fmt: skip
    changes = text_changes(old, request) or None
    taken.additions.append(Addition(request.id, Amendment(kind="edit", changes=changes)))


def _add(taken: TakenBatch, standing: Standing, part: Prepared) -> None:
    own = part.submission
    taken.touched[standing.id] = None
    if own.kind is SubmissionKind.WITHDRAWAL:
        after = RequestState.WITHDRAWN
        taken.standings[standing.id] = replace(standing, state=after)
        taken.intents.audit(
            MACHINE, "request.withdrawn", "request", standing.id,
            before=standing.state.value, after=after.value, why=Message("audit.withdrawn"),
        )  # fmt: skip
        taken.additions.append(Addition(standing.id, None))
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
    taken.intents.audit(
        MACHINE, "request.amended", "request", standing.id,
        after=own.kind.value, why=Message("audit.added_at_source"),
    )  # fmt: skip
    taken.additions.append(Addition(standing.id, amendment))


def _seal(taken: TakenBatch, part: Prepared, reference: str | None) -> None:
    if reference is not None:
        taken.intents.seal(part.request_id, reference, part.clean.contact)
