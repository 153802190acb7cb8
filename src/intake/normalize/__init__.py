"""normalize: what a citizen sent, made into text to read, to compare and to route by."""

from intake.normalize.clean import Cleaning, Personal, normalize
from intake.normalize.matters import matters

__all__ = ["Cleaning", "Personal", "matters", "normalize"]
