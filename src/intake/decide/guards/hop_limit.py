"""A request that units sent back too often is not sent round again by the machine."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def waits(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Hold from the lane table's number of returns on."""
    if dossier.returns >= book.policy.lanes.hops.limit:
        draft.wait(HoldReason.HOP_LIMIT, "decision.hold.hop_limit", n=dossier.returns)
