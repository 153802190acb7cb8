"""The content of ``bundle.json``: how texts are read, the engines, the thresholds."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from intake.understand.classify.features import Reading

MANIFEST = "bundle.json"
Kind = Literal["fasttext", "linear"]


class Thresholds(BaseModel):
    """The calibrated probabilities from which on no person is needed; see the bundle's card.

    ``auto`` holds for every label that ``per_category`` does not name; ``parent`` for naming the
    first level when no leaf is sure; ``several`` for a second first level in a text that counts its matters.
    """

    model_config = ConfigDict(frozen=True)

    auto: float = Field(ge=0, le=1)
    parent: float = Field(ge=0, le=1)
    several: float = Field(ge=0, le=1)
    per_category: dict[str, float] = Field(default_factory=dict)

    def of(self, category: str) -> float:
        """Return the confidence that ``category`` needs."""
        return self.per_category.get(category, self.auto)


class EngineFile(BaseModel):
    """One engine: its file, and its part in the answer.

    Each engine's scores become log-probabilities at its own ``temperature``; their sum with these
    ``weight``s becomes the answer at the bundle's temperature.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    file: str
    sha256: str
    weight: float = Field(gt=0)
    temperature: float = Field(gt=0)


class BundleManifest(BaseModel):
    """The content of ``bundle.json``; ``data`` and ``metrics`` are for people, the rest is checked.

    ``parents`` names the parent of each label, and is empty where labels have none.
    ``knots`` are those of :func:`~intake.understand.classify.calibration.straightened`.
    ``cutoffs`` holds, for precisions beside ``target_precision``, the confidence that reached them on
    the texts held out (keys are percentages); 1 where none did.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    created: str
    format: str
    reading: Reading
    engines: tuple[EngineFile, ...] = Field(min_length=1)
    labels: tuple[str, ...] = Field(min_length=2)
    parents: tuple[str, ...] = ()
    temperature: float = Field(gt=0)
    knots: tuple[tuple[float, float], ...] = ()
    target_precision: float
    thresholds: Thresholds
    cutoffs: dict[str, float] = Field(default_factory=dict)
    data: dict[str, Any]
    metrics: dict[str, Any]

    @property
    def version(self) -> str:
        """Name the bundle and its engines' content."""
        digest = hashlib.sha256("".join(engine.sha256 for engine in self.engines).encode())
        return f"{self.name}@{digest.hexdigest()[:12]}"


def parents_of(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parent of each label: its first two digits where all labels are codes of four."""
    if all(len(label) == 4 and label.isdigit() and label.isascii() for label in labels):
        return tuple(label[:2] for label in labels)
    return ()
