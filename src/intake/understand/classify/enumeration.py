"""Finding where a text that numbers its matters begins the next one."""

from __future__ import annotations

from intake.model.rule_table import rules_beside

_NEXT_MATTER = rules_beside(__file__, "text_parts").pattern("next_matter")


def split_matters(text: str) -> list[str]:
    """Cut a text where it begins to count another matter; one part for a text that counts none."""
    return _NEXT_MATTER.split(text)
