"""The categories (事项分类): a tree of two levels, read from a table."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from intake.errors import ConfigurationError

_TOWNSHIP = re.compile("乡镇|街道|属地")


@dataclass(frozen=True, slots=True)
class Category:
    """One category; ``code`` is two digits for a field, four for a leaf.

    ``departments`` says in words whose business it usually is: 农业农村局+乡镇.
    """

    code: str
    name: str
    definition: str
    keywords: tuple[str, ...]
    departments: str = ""

    @property
    def parent(self) -> str | None:
        """The field that a leaf belongs to."""
        return self.code[:2] if len(self.code) > 2 else None

    @property
    def townships_too(self) -> bool:
        """Whether it is a township's business as well as, or instead of, a department's."""
        return not self.departments or bool(_TOWNSHIP.search(self.departments))


class Taxonomy:
    """All categories by code."""

    def __init__(self, categories: dict[str, Category]) -> None:
        self._categories = categories

    @classmethod
    def load(cls, path: Path) -> Taxonomy:
        """Read the table; a code twice or a leaf without its field is an error."""
        try:
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        except OSError as error:
            raise ConfigurationError(
                f"The taxonomy {path} cannot be read: {error.strerror}.",
                hint="Set models.taxonomy to the table's path.",
            ) from error
        categories: dict[str, Category] = {}
        for row in rows:
            code = row["code"]
            if code in categories:
                raise ConfigurationError(f"{path}: category {code} stands twice.")
            words = tuple(word for word in row["keywords_zh"].split("|") if word)
            categories[code] = Category(
                code, row["name_zh"], row["definition_zh"], words, row.get("department_kind") or ""
            )
        for category in categories.values():
            if category.parent is not None and category.parent not in categories:
                raise ConfigurationError(f"{path}: {category.code} has no field {category.parent}.")
        return cls(categories)

    def get(self, code: str) -> Category | None:
        """Find a category."""
        return self._categories.get(code)

    def name(self, code: str | None) -> str:
        """Write a category for people: 农村人居环境; the code itself where it is unknown."""
        if code is None:
            return "未分类"
        category = self._categories.get(code)
        return category.name if category else code

    @property
    def leaves(self) -> tuple[Category, ...]:
        """All leaves in the order of their codes."""
        return tuple(c for _, c in sorted(self._categories.items()) if c.parent is not None)
