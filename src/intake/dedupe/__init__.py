"""Finding what repeats: fingerprints, an index over them, and relations between requests."""

from intake.dedupe.apart import keep_apart
from intake.dedupe.deduper import Deduper
from intake.dedupe.relate import JOINING, Subject

__all__ = ["JOINING", "Deduper", "Subject", "keep_apart"]
