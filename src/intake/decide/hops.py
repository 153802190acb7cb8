"""Counting how often a request was sent round (退单, 改派), for the hop limit."""

from __future__ import annotations

from collections.abc import Iterable

from intake.model.decision import Decision, HoldReason, Outcome
from intake.store.audit import MACHINE

_RETURNED = (HoldReason.RETURNED, HoldReason.HOP_LIMIT)


def count_hops(history: Iterable[Decision]) -> int:
    """Count how often a unit that had the request lost it, in a history that begins with the oldest.

    A return and the reassignment that answers it are one hop; a reassignment without a return is one,
    too. What the desk does to a request that no unit has is none, and neither is what the machine makes
    of a citizen's edit.
    """
    hops, holder = 0, None
    for decision in history:
        dispatched = decision.outcome in (Outcome.AUTO, Outcome.SUGGEST)
        lead = decision.lead if dispatched else None
        returned = not dispatched and decision.hold in _RETURNED
        moved = lead is not None and lead != holder and decision.decided_by != MACHINE
        if holder is not None and (returned or moved):
            hops += 1
        if dispatched or returned:
            holder = lead
    return hops
