"""A world on each engine in turn."""

from __future__ import annotations

import pytest
from cases_world import World

from intake.store.engine import Store


@pytest.fixture
def world(store: Store) -> World:
    return World(store)
