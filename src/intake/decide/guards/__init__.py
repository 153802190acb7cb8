"""Guards: whom a request must never reach, and what only a person may send on.

One file a rule. They run in this order, each on what the ones before left. To add one: a file with a
function like the others, its line here, and what it goes by as a role or words in the tables.
"""

from __future__ import annotations

from intake.decide.dossier import Dossier, Draft
from intake.decide.guards import (
    accused_unit,
    emergency,
    hop_limit,
    lawful_route,
    no_matter,
    no_unit,
    sensitive,
    submitter,
    superior,
    township,
)
from intake.decide.guards.rule import Guard, Rulebook

__all__ = ["GUARDS", "Guard", "Rulebook", "guard"]

GUARDS: tuple[Guard, ...] = (
    # Who must not handle it, and who does instead.
    submitter.never_back,
    accused_unit.never_to,
    superior.stands_in,
    township.not_pushed_down,
    # What a person must see before anybody acts; the gravest of these is the reason shown.
    emergency.waits,
    sensitive.waits,
    lawful_route.waits,
    hop_limit.waits,
    # What nobody could act on.
    no_matter.waits,
    no_unit.waits,
)


def guard(draft: Draft, dossier: Dossier, book: Rulebook) -> None:
    """Apply every rule."""
    for rule in GUARDS:
        rule(draft, dossier, book)
