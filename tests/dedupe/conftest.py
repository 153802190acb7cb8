"""Subjects in our own words, and a store to relate them in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from intake.dedupe import Subject
from intake.request import Channel, case_id
from intake.store.tables import metadata

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Make = Callable[..., Subject]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An empty store of each kind, its tables in a schema of their own on PostgreSQL."""
    if request.param == "sqlite":
        engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        metadata.create_all(engine)
        yield engine
        engine.dispose()
        return
    url = os.environ.get("INTAKE_TEST_POSTGRESQL")
    if not url:
        pytest.skip("INTAKE_TEST_POSTGRESQL is not set")
    plain = sa.make_url(url).set(drivername="postgresql+psycopg")
    admin = sa.create_engine(plain, isolation_level="AUTOCOMMIT")
    schema = f"dedupe_{os.getpid()}"
    with admin.connect() as connection:
        connection.execute(sa.schema.CreateSchema(schema))
    engine = sa.create_engine(plain, connect_args={"options": f"-csearch_path={schema}"})
    metadata.create_all(engine)
    try:
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.execute(sa.schema.DropSchema(schema, cascade=True))
        admin.dispose()


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
