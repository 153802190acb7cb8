"""The packages that only training needs: the extra ``train``, which serving does without."""

from __future__ import annotations

from importlib import import_module

from intake.errors import ConfigurationError
from intake.understand.classify.manifest import Kind

_PACKAGES: dict[Kind, tuple[str, str]] = {
    "fasttext": ("fasttext", "fastText (fasttext-numpy2)"),
    "linear": ("sklearn", "scikit-learn"),
}


def require(kind: Kind) -> None:
    """Raise ``ConfigurationError``, with what to install, where an engine cannot be fitted here."""
    module, called = _PACKAGES[kind]
    try:
        import_module(module)
    except ImportError as error:
        raise ConfigurationError(
            f"The {kind} engine is fitted with {called}, which is not installed.",
            hint="Install citizen-intake[train].",
        ) from error


def can_fit(kind: Kind) -> bool:
    """Return whether an engine can be fitted here."""
    try:
        require(kind)
    except ConfigurationError:
        return False
    return True
