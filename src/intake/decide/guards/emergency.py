"""A possible emergency waits for a person, who passes it to 110, 119, 120 or 122 at once."""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards.rule import Rulebook
from intake.model.decision import HoldReason

TRANSFERRED = "transferred"
"""The signal that the operator has passed it on already; then the outcome is what matters."""
PERHAPS = 0.15
"""A false alarm costs the desk a minute, a missed one may cost a life."""


def waits(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Hold where words, category or catalogue indicate an emergency."""
    understood = dossier.understanding
    urgent = sum(
        score.confidence
        for score in understood.classification.top
        if book.taxonomy.role(score.category) == "emergency"
    )
    signal = understood.last("emergency")
    if signal or draft.rejected == "emergency" or urgent >= PERHAPS:
        if signal is None:
            draft.wait(HoldReason.EMERGENCY, "decision.hold.emergency_category")
            return
        passed_on = any(one.name == TRANSFERRED for one in understood.signals)
        message = "decision.hold.emergency_transferred" if passed_on else "decision.hold.emergency"
        draft.wait(HoldReason.EMERGENCY, message, words=signal.words)
