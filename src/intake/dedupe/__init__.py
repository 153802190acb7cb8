"""Finding what repeats: fingerprints, an index over them, and relations between requests."""

from intake.dedupe.deduper import Deduper
from intake.dedupe.relate import Subject

__all__ = ["Deduper", "Subject"]
