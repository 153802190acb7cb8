"""Imported once, by the process that ``forked`` forks from: what a run on the city loads at its start."""

from __future__ import annotations

import intake.cli.run  # noqa: F401
from intake.bootstrap import build_router
from intake.demo.world import SOURCES
from intake.settings import ModelSettings

homes = {source.home_area for source in SOURCES.values()}
build_router(ModelSettings(), homes).reader.prepare(homes)
