"""Cleaning a citizen's text, taking personal data out, finding several matters in one letter."""

from intake.normalize.clean import Cleaning, Personal, normalize

__all__ = ["Cleaning", "Personal", "matters", "normalize"]
