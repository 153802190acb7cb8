"""A guard is a function that removes from a draft what must not be, and adds the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from intake.catalogue import Catalogue
from intake.catalogue.taxonomy import Taxonomy
from intake.catalogue.unit_names import UnitNames
from intake.decide.deadlines import Policy
from intake.decide.dossier import Dossier, Draft


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The tables that guards use; everything that differs between cities is in them."""

    catalogue: Catalogue
    taxonomy: Taxonomy
    policy: Policy
    names: UnitNames


Guard = Callable[[Draft, Dossier, Rulebook], None]
