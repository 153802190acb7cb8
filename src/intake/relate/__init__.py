"""Finding what repeats: fingerprints, the index of texts, relations between requests."""

from intake.relate.deduper import Deduper
from intake.relate.keep_apart import keep_apart
from intake.relate.relations import JOINING, Subject

__all__ = ["JOINING", "Deduper", "Subject", "keep_apart"]
