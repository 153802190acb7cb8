"""Reading a bundle from disk, after checking that it is whole and fits this program."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from intake.errors import ConfigurationError
from intake.understand.classify.abstention import BundleClassifier
from intake.understand.classify.embedding import load_fasttext
from intake.understand.classify.features import FORMAT
from intake.understand.classify.linear import load_linear
from intake.understand.classify.manifest import MANIFEST, BundleManifest, EngineFile, Kind
from intake.understand.classify.protocol import Engine

ACTIVE = "active"
_LOADERS: dict[Kind, Callable[[Path], tuple[Engine, int]]] = {
    "fasttext": load_fasttext,
    "linear": load_linear,
}
_REBUILD = "Restore the whole directory, or build it again with: intake train, or make bundle."


def load_bundle(path: Path) -> BundleClassifier:
    """Load the bundle in directory ``path``.

    Raises :class:`ConfigurationError` when files are missing, damaged, or made for another way of
    reading texts.
    """
    manifest = read_manifest(path)
    engines = [_load(path, part, len(manifest.labels)) for part in manifest.engines]
    return BundleClassifier(engines, manifest)


def read_manifest(path: Path) -> BundleManifest:
    """Read ``bundle.json`` alone. Raises ``ConfigurationError`` where it is missing or unusable."""
    try:
        manifest = BundleManifest.model_validate_json((path / MANIFEST).read_bytes())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ConfigurationError(
            f"No classifier bundle in {path}: {MANIFEST} is missing.",
            hint="Name a directory made by: intake train, or make bundle.",
        ) from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ConfigurationError(
            f"Classifier bundle {path}: {MANIFEST} cannot be read: {error.error_count()} fields are wrong"
            f" or missing, first {'.'.join(map(str, first['loc'])) or 'the whole'}: {first['msg']}.",
            hint=_REBUILD,
        ) from error
    if manifest.format != FORMAT:
        raise ConfigurationError(
            f"Classifier bundle {path} reads texts as {manifest.format}; this program, as {FORMAT}.",
            hint="Build the bundle again with this version.",
        )
    if manifest.parents and len(manifest.parents) != len(manifest.labels):
        raise ConfigurationError(
            f"Classifier bundle {path}: {MANIFEST} has {len(manifest.labels)} labels and"
            f" {len(manifest.parents)} parents.",
            hint=_REBUILD,
        )
    return manifest


def _load(path: Path, part: EngineFile, labels: int) -> Engine:
    file = path / part.file
    if not file.is_file():
        raise ConfigurationError(
            f"Classifier bundle {path}: {part.file} is missing.", hint=_REBUILD
        )
    if hashlib.sha256(file.read_bytes()).hexdigest() != part.sha256:
        raise ConfigurationError(
            f"Classifier bundle {path}: {part.file} is not the file that {MANIFEST} names"
            " (SHA-256 differs).",
            hint=f"It is damaged or was replaced by hand. {_REBUILD}",
        )
    try:
        engine, own = _LOADERS[part.kind](file)
    except (ValueError, KeyError, OSError) as error:
        raise ConfigurationError(
            f"Classifier bundle {path}: {part.file} is no {part.kind} engine.", hint=_REBUILD
        ) from error
    if own != labels:
        raise ConfigurationError(
            f"Classifier bundle {path}: the labels differ: {own} in {part.file}, {labels} in {MANIFEST}.",
            hint=_REBUILD,
        )
    return engine


def promoted(shelf: Path) -> list[str]:
    """Names of the learned bundles in ``shelf`` that were promoted, the active one last."""
    try:
        return (shelf / ACTIVE).read_text(encoding="utf-8").split()
    except (FileNotFoundError, NotADirectoryError):
        return []


def in_force(configured: Path, shelf: Path) -> Path:
    """Return the folder of the active learned bundle, else of the configured one."""
    names = promoted(shelf)
    return shelf / names[-1] if names else configured


class BundleInForce:
    """The classifier of the active learned bundle, else of the configured one; loaded when it changes."""

    def __init__(self, configured: Path, shelf: Path) -> None:
        self._configured, self._shelf = configured, shelf
        self._folder: Path | None = None
        self._loaded: BundleClassifier | None = None

    def __call__(self) -> BundleClassifier:
        """Return the classifier; ``ConfigurationError`` where the bundle cannot be used."""
        folder = in_force(self._configured, self._shelf)
        if self._loaded is None or folder != self._folder:
            self._loaded, self._folder = load_bundle(folder), folder
        return self._loaded
