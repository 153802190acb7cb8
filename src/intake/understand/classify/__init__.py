"""Classifying a text: calibrated linear models over its grams, which abstain when unsure.

A bundle is a directory with a file for each engine, ``bundle.json`` (:class:`BundleManifest`) and a
card. Serving needs numpy alone; ``intake.learn`` makes bundles.
"""

from intake.understand.classify.abstention import BundleClassifier
from intake.understand.classify.bundle import (
    ACTIVE,
    BundleInForce,
    in_force,
    load_bundle,
    promoted,
    read_manifest,
)
from intake.understand.classify.manifest import MANIFEST, BundleManifest, EngineFile, Thresholds
from intake.understand.classify.protocol import Classifier, Engine, Probabilities

__all__ = [
    "ACTIVE",
    "MANIFEST",
    "BundleClassifier",
    "BundleInForce",
    "BundleManifest",
    "Classifier",
    "Engine",
    "EngineFile",
    "Probabilities",
    "Thresholds",
    "in_force",
    "load_bundle",
    "promoted",
    "read_manifest",
]
