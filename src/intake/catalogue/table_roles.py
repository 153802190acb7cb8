"""Roles that no table may lack: without one of them a guard has nothing to go by, and would be silent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from intake.catalogue.kinds import Kinds
from intake.catalogue.rows import KindRole
from intake.catalogue.table_files import KINDS, Tables
from intake.catalogue.taxonomy import CategoryRole, Taxonomy
from intake.errors import ConfigurationError

TAXONOMY = "taxonomy.csv"
CATEGORY_ROLES: Mapping[CategoryRole, str] = {
    "emergency": "what the classifier takes for an emergency is sent like any other message",
    "discipline": "clues to a breach of discipline are sent to a unit, not shown to a person",
    "litigation": "what is before a court is sent to a unit, not answered with the lawful route",
    "no_matter": "messages that ask for nothing are sent to a unit",
    "out_of_scope": "what is no business of the government's counts as a second matter",
    "conduct": "a complaint about an office's conduct counts as a second matter",
    "follow_up": "dissatisfaction with an answer counts as a second matter",
}
"""By role: what does not work when no category has it."""
KIND_ROLES: Mapping[KindRole, str] = {
    "government": "a government counts as the department that a township's matter needs",
    "utility": "a failing supply counts as a complaint about the company, which then never gets it",
}
"""By role: what does not work when no kind of unit has it."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A role that nothing has: in which table, and what stops working."""

    role: str
    table: str
    stops: str

    def __str__(self) -> str:
        what = "category" if self.table == TAXONOMY else "kind of unit"
        return f"no {what} has the role {self.role}: {self.stops}"


def lacks(taxonomy: Taxonomy, kinds: Kinds) -> Iterator[Lack]:
    """Yield every role that no category or no kind has."""
    for role, stops in CATEGORY_ROLES.items():
        if role not in taxonomy.roles:
            yield Lack(role, TAXONOMY, stops)
    for kind_role, stops in KIND_ROLES.items():
        if kind_role not in kinds.roles:
            yield Lack(kind_role, KINDS, stops)


def require_roles(taxonomy: Taxonomy, tables: Tables) -> None:
    """Raise ``ConfigurationError`` for tables that name roles and leave one out.

    Tables without any role, made before there were roles, pass: ``intake doctor`` and the linter list
    what they lack.
    """
    stated = {TAXONOMY: taxonomy.states_roles, KINDS: KINDS in tables.files}
    found = [lack for lack in lacks(taxonomy, Kinds(tables.kinds.rows)) if stated[lack.table]]
    if found:
        raise ConfigurationError(
            f"{found[0].table}: {'; '.join(map(str, found))}.",
            hint="Write the role in the column role of the row that has it (docs/catalogue.md).",
        )
