"""The example settings are settings: the model takes them, and the secrets come from outside."""

from __future__ import annotations

import os
import shlex
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from intake.connect.connector import load as load_connector
from intake.errors import ConfigurationError
from intake.settings import Settings, SourceSettings, load

DEPLOY = Path(__file__).parents[2] / "deploy"
EXAMPLE = DEPLOY / "intake.toml"


def environment() -> dict[str, str]:
    """Read the example of the secrets the way a service manager does: one assignment a line."""
    lines = (DEPLOY / "secrets.env.example").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return dict(part.split("=", 1) for line in wanted for part in shlex.split(line))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("INTAKE_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def with_secrets(bare: None, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    return load(EXAMPLE)


def check_sources(sources: Iterable[SourceSettings]) -> None:
    for source in sources:
        load_connector(source.connector).Config.model_validate(source.options)


@pytest.mark.usefixtures("bare")
def test_the_file_alone_lacks_only_the_token_and_says_so() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(EXAMPLE)
    assert "cannot be used: desk.systems.tickets.token: Field required." in caught.value.message


def test_the_environment_gives_the_addresses_and_the_tokens(with_secrets: Settings) -> None:
    assert with_secrets.store.url.get_secret_value().startswith("postgresql+psycopg://")
    assert with_secrets.queue.url.get_secret_value().startswith("amqp://")
    assert with_secrets.desk.systems["tickets"].token.get_secret_value() == "change-me"
    assert with_secrets.desk.systems["tickets"].identities
    assert with_secrets.desk.secure_cookies
    assert "change-me" not in repr(with_secrets.store) + repr(with_secrets.desk)


def test_no_secret_stands_in_the_file() -> None:
    def leaves(value: Any, name: str = "") -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from leaves(inner, key)
        elif isinstance(value, list):
            for inner in value:
                yield from leaves(inner, name)
        else:
            yield name

    names = set(leaves(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))))
    assert not names & {"url", "token", "password", "user", "headers"}


def test_the_sources_of_the_file_are_valid_for_their_connectors() -> None:
    tables = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))["source"]
    check_sources([SourceSettings(**table) for table in tables])


def test_sources_with_credentials_come_from_the_environment_whole(with_secrets: Settings) -> None:
    """The environment's list replaces the file's, as both files say."""
    assert "liaocheng-outreach-files" not in {source.name for source in with_secrets.source}
    assert {source.connector for source in with_secrets.source} >= {"hotline", "mailbox"}
    check_sources(with_secrets.source)


def test_every_secret_of_the_example_has_to_be_changed() -> None:
    for name, value in environment().items():
        assert "change-me" in value, name
