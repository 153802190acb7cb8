"""The categories (事项分类): a tree of two levels, read from a table, and the roles some of them have."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from intake.errors import ConfigurationError
from intake.messages import EN, ZH, Language, renderer
from intake.settings import MODELS

CategoryRole = Literal[
    "emergency",  # life or property is in danger now
    "discipline",  # clues to a breach of discipline or law by an official
    "litigation",  # before a court or tribunal, or to be brought there
    "no_matter",  # the text asks for nothing recognisable
    "out_of_scope",  # no business of the government's, or of this one
    "conduct",  # how an office behaved
    "follow_up",  # how a request was answered
]
"""The part that a category plays in decisions; the column ``role`` names it."""
NO_ROLE = "none"
"""Written by a leaf that does not have its field's role."""
_KNOWN: Mapping[str, CategoryRole] = {role: role for role in get_args(CategoryRole)}

_TOWNSHIP = re.compile("乡镇|街道|属地")


@dataclass(frozen=True, slots=True)
class Category:
    """One category; ``code`` is two digits for a field, four for a leaf.

    ``departments`` names the units that usually handle it: 农业农村局+乡镇.
    """

    code: str
    name: str
    definition: str
    keywords: tuple[str, ...]
    departments: str = ""
    role: CategoryRole | None = None
    english: str = ""

    @property
    def parent(self) -> str | None:
        """The field that a leaf belongs to."""
        return self.code[:2] if len(self.code) > 2 else None

    @property
    def townships_too(self) -> bool:
        """Whether it is a township's business as well as, or instead of, a department's."""
        return not self.departments or bool(_TOWNSHIP.search(self.departments))


class Taxonomy:
    """All categories by code. ``states_roles`` is false for a table without the column ``role``, whose
    codes have the roles that they have in the shipped table.
    """

    def __init__(self, categories: dict[str, Category], *, states_roles: bool = True) -> None:
        self._categories = categories
        self.states_roles = states_roles

    @classmethod
    def load(cls, path: Path) -> Taxonomy:
        """Read the table.

        Raises ``ConfigurationError`` for a repeated code, a leaf without its field or an unknown role.
        """
        rows = _rows(path)
        states_roles = bool(rows) and "role" in rows[0]
        roles = _stated_roles(path, rows) if states_roles else shipped_roles()
        categories: dict[str, Category] = {}
        for row in rows:
            code = row["code"]
            if code in categories:
                raise ConfigurationError(f"{path}: category {code} stands twice.")
            words = tuple(word for word in row["keywords_zh"].split("|") if word)
            categories[code] = Category(
                code,
                row["name_zh"],
                row["definition_zh"],
                words,
                row.get("department_kind") or "",
                roles.get(code),
                row.get("name_en") or "",
            )
        for category in categories.values():
            if category.parent is not None and category.parent not in categories:
                raise ConfigurationError(f"{path}: {category.code} has no field {category.parent}.")
        return cls(categories, states_roles=states_roles)

    def get(self, code: str) -> Category | None:
        """Find a category."""
        return self._categories.get(code)

    def role(self, code: str | None) -> CategoryRole | None:
        """Return the role of a category; None for a category without a role or an unknown one."""
        category = self._categories.get(code) if code is not None else None
        return category.role if category else None

    @property
    def roles(self) -> frozenset[CategoryRole]:
        """The roles that some category has."""
        return frozenset(c.role for c in self._categories.values() if c.role is not None)

    def name(self, code: str | None, language: Language = ZH) -> str:
        """Return what a category is called: 农村人居环境; the code itself where it is unknown."""
        if code is None:
            return renderer(language).say("term.category.none")
        category = self._categories.get(code)
        if category is None:
            return code
        return category.english or category.name if language == EN else category.name

    def near(self, words: str) -> tuple[Category, ...]:
        """Find leaves whose name, keywords or definition have the words, in this order."""
        fields = (
            lambda leaf: leaf.name,
            lambda leaf: "|".join(leaf.keywords),
            lambda leaf: leaf.definition,
        )
        found = [leaf for field in fields for leaf in self.leaves if words in field(leaf)]
        return tuple(dict.fromkeys(found))

    @property
    def leaves(self) -> tuple[Category, ...]:
        """All leaves in the order of their codes."""
        return tuple(c for _, c in sorted(self._categories.items()) if c.parent is not None)


@lru_cache(maxsize=1)
def shipped_roles() -> Mapping[str, CategoryRole]:
    """Read the roles of the shipped table's codes, for tables that were made before there were any."""
    path = MODELS / "taxonomy" / "taxonomy.csv"
    return _stated_roles(path, _rows(path))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise ConfigurationError(
            f"The taxonomy {path} cannot be read: {error.strerror}.",
            hint="Set models.taxonomy to the table's path.",
        ) from error


def _stated_roles(path: Path, rows: list[dict[str, str]]) -> Mapping[str, CategoryRole]:
    """Read the column ``role``; a leaf with an empty cell has its field's."""
    given = {row["code"]: (row["role"] or "").strip() for row in rows}
    roles: dict[str, CategoryRole] = {}
    for code, own in given.items():
        said = own or given.get(code[:2], "")
        if said in _KNOWN:
            roles[code] = _KNOWN[said]
        elif said not in ("", NO_ROLE):
            raise ConfigurationError(
                f"{path}: category {code} has the unknown role {said}.",
                hint=f"Known roles: {', '.join(_KNOWN)}, {NO_ROLE}.",
            )
    return roles
