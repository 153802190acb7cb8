"""Fixtures of the desk's tests: a real application over a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk_browser import Browser, SignIn
from desk_world import World, fill, known_password_hash
from starlette.applications import Starlette

from intake.store.engine import open_store
from intake.web.app import create_app
from intake.web.context import new_token
from intake.web.security import Sessions


@pytest.fixture(scope="session")
def password_hash() -> str:
    return known_password_hash()


@pytest.fixture
def world(tmp_path: Path, password_hash: str) -> Iterator[World]:
    made = World(open_store(f"sqlite:///{tmp_path}/desk.db"))
    made.add_people(password_hash)
    fill(made)
    yield made
    made.store.close()


@pytest.fixture
def app(world: World) -> Starlette:
    return create_app(world.context())


@pytest.fixture
def visitor(app: Starlette) -> Browser:
    return Browser(app)


@pytest.fixture
def sign_in(app: Starlette, world: World) -> SignIn:
    """Give somebody a session (without the cost of a password), each in a browser of their own."""

    sessions = Sessions(world.store, world.clock, new_token, 10)

    def signed_in(name: str) -> Browser:
        browser = Browser(app)
        browser.http.cookies.set("desk", sessions.open(name))
        return browser

    return signed_in


@pytest.fixture
def desk(sign_in: SignIn) -> Browser:
    """周敏 of the desk, signed in."""
    return sign_in("周敏")
