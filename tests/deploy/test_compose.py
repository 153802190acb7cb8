"""The compose file: one container per role, each with no more than it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from compose_yaml import read_compose
from typer.main import get_command

from intake.cli.commands import app

DEPLOY = Path(__file__).parents[2] / "deploy"
COMPOSE = read_compose(DEPLOY / "compose.yaml")
ROLES = ("pull", "process", "publish", "desk")
OURS = (*ROLES, "migrate")


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][name]
    return found


def test_there_is_a_service_for_every_role_and_server() -> None:
    assert set(COMPOSE["services"]) == {*OURS, "postgres", "rabbitmq"}
    assert int(service("process")["deploy"]["replicas"]) == 2


@pytest.mark.parametrize("name", OURS)
def test_a_role_runs_its_command_on_the_example_settings(name: str) -> None:
    command, option, path = service(name)["command"]
    assert command == name
    assert command in get_command(app).commands  # type: ignore[attr-defined]
    assert option == "--config"
    assert f"./intake.toml:{path}:ro" in service(name)["volumes"]


@pytest.mark.parametrize("name", OURS)
def test_a_role_cannot_do_more_than_it_must(name: str) -> None:
    own = service(name)
    assert own["read_only"] is True
    assert own["user"].split(":")[0] not in ("0", "root")
    assert own["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in own["security_opt"]
    assert own["mem_limit"]
    # Only the index of texts is written, a cache that is safe to lose.
    written = [volume for volume in own["volumes"] if not volume.endswith(":ro")]
    assert written == (["index:/var/lib/intake/index"] if name == "process" else [])


def test_nothing_is_privileged_and_no_secret_is_in_the_file() -> None:
    for name, own in COMPOSE["services"].items():
        assert not {"privileged", "cap_add", "devices", "pid", "ipc", "network_mode"} & set(own)
        for key in own.get("environment", {}):
            assert "PASSWORD" not in key or key.endswith("_FILE"), (name, key)
            assert not key.endswith(("__URL", "TOKENS")), (name, key)


def test_only_who_seals_or_opens_identities_gets_the_key() -> None:
    with_key = {name for name in OURS if "identity_key" in service(name).get("secrets", [])}
    assert with_key == {"process", "desk"}


def test_a_role_starts_when_what_it_needs_answers() -> None:
    assert service("migrate")["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ROLES:
        needs = service(name)["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["rabbitmq"]["condition"] == "service_healthy"
    for name in ("postgres", "rabbitmq", "desk"):
        assert service(name)["healthcheck"]["test"]


def test_only_the_desk_is_reachable_and_only_from_this_machine() -> None:
    ports = {name: own["ports"] for name, own in COMPOSE["services"].items() if "ports" in own}
    assert ports == {"desk": ["127.0.0.1:8060:8060"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_the_image_runs_as_the_user_of_the_compose_file_and_holds_no_secret() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert f"USER {service('pull')['user']}" in lines
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in ignored if line and not line.startswith("#")]
    assert rules[0] == "*"
    root = DEPLOY.parent
    for copied in (line.split()[1:-1] for line in lines if line.startswith("COPY ")):
        for name in copied:
            if not name.startswith(("--from", "/")):
                assert (root / name).exists(), name
                assert f"!{name}" in rules, name
