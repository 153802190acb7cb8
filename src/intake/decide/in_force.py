"""Versions of the dispatch catalogue: storing one, putting it in force, and which one is in force.

A decision is made with the version in force on the day it is made (in China), and names it. The
settings' folder is the version before the first activation; it is stored when a process starts
deciding with it, so that every decision can be explained with its own tables.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from intake import log
from intake.catalogue.versions import AT_START, fetch, keep
from intake.decide.router import Router
from intake.errors import ConfigurationError, StoreBusy
from intake.model.zone import CHINA
from intake.store import catalogue_versions
from intake.store.engine import Store
from intake.understand.classify import Classifier

_log = log.get("catalogue")
POLL_SECONDS = 5.0


@dataclass(slots=True)
class RouterInForce:
    """Returns the router with the catalogue and the classifier in force; it checks for new ones at
    most every ``poll`` seconds.

    It is cheap to call for every batch. While the store is out of reach it returns the last router, and
    it keeps the last classifier while a promoted one cannot be loaded.
    """

    store: Store
    initial: Router
    classifier: Callable[[], Classifier]
    clock: Callable[[], datetime]
    poll: float = POLL_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    _router: Router | None = field(default=None, init=False)
    _asked: float = field(default=0.0, init=False)

    def __call__(self) -> Router:
        """Return the router to decide with."""
        now = self.monotonic()
        if self._router is None or now - self._asked >= self.poll:
            try:
                self._router = self._ask(self._router or self.initial)
            except StoreBusy:
                if self._router is None:
                    raise
            self._asked = now
        return self._router

    def keep_initial(self) -> None:
        """Store the settings' folder, if it is what decisions are made with today."""
        tables = self.initial.catalogue.tables
        if self().catalogue.version == tables.version:
            keep(self.store, tables, by=AT_START, at=self.clock(), note="the settings' folder")

    def _ask(self, current: Router) -> Router:
        wanted = self._under_tables(current)
        classifier = self._classifier(current)
        if classifier is not wanted.classifier:
            wanted = wanted.with_reader(wanted.reader.with_classifier(classifier))
        if wanted.catalogue.version != current.catalogue.version:
            _log.info(
                "catalogue.changed",
                before=current.catalogue.version,
                after=wanted.catalogue.version,
            )
        if classifier.version != current.classifier.version:
            _log.info(
                "classifier.changed",
                before=current.classifier.version,
                after=classifier.version,
            )
        return wanted

    def _under_tables(self, current: Router) -> Router:
        today = self.clock().astimezone(CHINA).date()
        with self.store.read() as connection:
            version = (
                catalogue_versions.in_force(connection, today) or self.initial.catalogue.version
            )
        if version == current.catalogue.version:
            return current
        if version == self.initial.catalogue.version:
            return self.initial
        return self.initial.under(fetch(self.store, version))

    def _classifier(self, current: Router) -> Classifier:
        try:
            return self.classifier()
        except ConfigurationError as error:
            _log.warning("classifier.not_loaded", reason=error.message)
            return current.classifier
