"""A request without a unit waits for a person, who names one."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason


def waits(draft: Draft, _: Dossier, __: Rulebook) -> None:
    """Hold what has no lead, unless the catalogue wants nobody to handle it."""
    if draft.lead is None and draft.rejected is None:
        draft.wait(
            HoldReason.NO_RULE if draft.category else HoldReason.UNCLEAR,
            "decision.hold.no_unit",
        )
