"""Subjects in our own words, and a store to relate them in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from intake.model.channel import Channel
from intake.model.ids import case_id
from intake.relate import Subject
from intake.store.engine import Store

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Make = Callable[..., Subject]


@pytest.fixture
def database(store: Store) -> sa.Engine:
    """An empty store of each kind."""
    return store.engine


@pytest.fixture
def make() -> Make:
    """Make a subject; ``days`` after the start, everything else overridable."""

    def subject(request_id: str, text: str, *, days: float = 0, **given: object) -> Subject:
        values: dict[str, object] = {
            "request_id": request_id,
            "case_id": case_id(request_id),
            "source": "hotline",
            "channel": Channel.HOTLINE,
            "title": "",
            "comparable": text,
            "received_at": START + timedelta(days=days),
        }
        return Subject.model_validate(values | given)

    return subject
