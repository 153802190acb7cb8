"""normalize: what a citizen sent, made into text to read, to compare and to route by."""

from intake.normalize.clean import Cleaning, Personal, normalize

__all__ = ["Cleaning", "Personal", "matters", "normalize"]
