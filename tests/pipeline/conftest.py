"""A small city with every channel, and the product on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pipeline_world import Product, small_corpus

from intake.bootstrap import Application
from intake.demo import City, settings_for
from intake.settings import build
from intake.store.vault import read_key


@pytest.fixture
def city() -> Iterator[City]:
    with City(small_corpus()) as city:
        yield city


@pytest.fixture
def make_product(
    city: City, tmp_path: Path, new_database: Callable[[str], str]
) -> Iterator[Callable[..., Product]]:
    """Make products on the city, each with its own store and queue unless told otherwise."""
    made: list[Application] = []
    # Beside a database server no key is made on first run.
    read_key(tmp_path / "identity.key", create=True)

    def make(engine: str = "sqlite", **tables: Any) -> Product:
        number = len(made)
        sources = [
            {**source, "fetch": {"read_timeout": 0.5, "total_timeout": 2, "attempts": 1}}
            for source in settings_for(city)["source"]
        ]
        settings = {
            "source": sources,
            "store": {"url": new_database(engine)},
            "queue": {"url": f"intake-sqlite:///{tmp_path}/queue{number}.db"},
            "identity": {"key_file": str(tmp_path / "identity.key")},
            **tables,
        }
        app = Application(build(settings, tmp_path, "the test"))
        made.append(app)
        return Product(app)

    yield make
    for app in made:
        app.close()


@pytest.fixture
def product(make_product: Callable[..., Product], engine: str) -> Product:
    """The product on each engine in turn."""
    return make_product(engine)
