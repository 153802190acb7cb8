"""What a guard is: a function that looks at a draft and takes out of it what must not be, saying why."""

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
    """The tables that guards go by; what is peculiar to a city stands there, not in the guards."""

    catalogue: Catalogue
    taxonomy: Taxonomy
    policy: Policy
    names: UnitNames


Guard = Callable[[Draft, Dossier, Rulebook], None]
