"""The folder of learned bundles: which one is active, and which were before it.

The file ``active`` names the bundles in the order they were promoted, the active one last; without a
line, the bundle that the settings name is in force. It is replaced as a whole, never half written.
"""

from __future__ import annotations

import os
from pathlib import Path

from intake.errors import Refused
from intake.understand.classify import ACTIVE, promoted


def promote(shelf: Path, name: str) -> None:
    """Make a bundle of the folder the active one."""
    _write(shelf, [*promoted(shelf), name])


def roll_back(shelf: Path) -> tuple[str, str | None]:
    """Make the one before active again; return (the one put aside, the one now active).

    None means the bundle that the settings name. Raises :class:`Refused` where none was promoted.
    """
    names = promoted(shelf)
    if not names:
        raise Refused(
            f"No bundle in {shelf} was promoted; the one the settings name is in force.",
            hint="There is nothing to roll back.",
        )
    _write(shelf, names[:-1])
    return names[-1], names[-2] if len(names) > 1 else None


def _write(shelf: Path, names: list[str]) -> None:
    fresh = shelf / f"{ACTIVE}.new"
    with fresh.open("w", encoding="utf-8") as file:
        file.write("".join(f"{name}\n" for name in names))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(shelf / ACTIVE)
