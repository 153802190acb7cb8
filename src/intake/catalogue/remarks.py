"""The linter's remarks: place, fault, remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
ORDER: tuple[Severity, ...] = ("error", "warning", "note")
LISTED = 3


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark; ``ids`` are the rows concerned, ``line`` 0 means the whole file."""

    severity: Severity
    code: str
    file: str
    line: int
    ids: tuple[str, ...]
    said: str
    do: str

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}" if self.line else self.file


def on_row(file: str, line: int, row: str) -> Callable[[Severity, str, str, str], Remark]:
    """Return a function that makes remarks on one row from (severity, code, text, remedy)."""

    def remark(severity: Severity, code: str, said: str, do: str) -> Remark:
        return Remark(severity, code, file, line, (row,), said, do)

    return remark


def listed(names: Iterable[str]) -> str:
    """Write some names, and how many more there are."""
    found = list(names)
    more = f" and {len(found) - LISTED} more" if len(found) > LISTED else ""
    return ", ".join(found[:LISTED]) + more
