"""Writing rows of the audit trail on a page."""

from __future__ import annotations

from typing import Any, Protocol

SHORT = 8
"""Characters of an id that are shown."""
KINDS = {
    "request.escalated": "lane",
    "request.revised": "revision",
    "request.amended": "submission",
    "request.merged": "case",
    "request.unmerged": "case",
    "request.kept_apart": "case",
    "case.merged": "case",
    "case.unmerged": "case",
}
"""The kind of value in from and to, by action; a state for all other actions."""


class Words(Protocol):
    """The functions that write the parts of a row."""

    def t(self, code: str, **params: Any) -> str: ...
    def term(self, code: str, kind: str) -> str: ...
    def unit(self, unit_id: str | None) -> str: ...


def step(words: Words, row: Any, side: str) -> str:
    """Write the from or to of a row: a state with the unit it was with, a lane, a revision, a case."""
    value: str | None = row._mapping[side]
    if value is None:
        return ""
    kind = KINDS.get(row.action, "state")
    if kind == "revision":
        return words.t("page.revision", n=value)
    if kind == "case":
        return value[:SHORT]
    unit = (row.params or {}).get(f"{side}_unit")
    said = words.term(value, kind)
    return f"{said} {words.unit(unit)}" if unit else said


def reason(words: Words, row: Any) -> str:
    """Return the reason of a row: a person's words, or the program's message."""
    if row.why or row.message is None:
        return str(row.why)
    return words.t(row.message, **(row.params or {}))
