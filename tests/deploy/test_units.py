"""The systemd units: what systemd itself says of them, and who gets the key."""

from __future__ import annotations

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from intake.cli.commands import app

UNITS = Path(__file__).parents[2] / "deploy" / "systemd"
COMMON = UNITS / "intake-.service.d" / "50-common.conf"
SERVICES = sorted(path.name for path in UNITS.glob("*.service"))
MOST_EXPOSED = 15
"""Of 100 in systemd's own counting; the network, which the roles need, makes up most of it."""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units with a program that is really there, so that systemd can look for it."""
    if shutil.which("systemd-analyze") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("systemd-analyze is not installed")
        pytest.skip("systemd-analyze is not installed")
    folder = tmp_path_factory.mktemp("systemd")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    shutil.copy(folder / "intake-process@.service", folder / "intake-process@1.service")
    program = Path(sys.executable).with_name("intake")
    for path in folder.glob("*.service"):
        text = path.read_text(encoding="utf-8").replace("/opt/intake/bin/intake", str(program))
        path.write_text(text, encoding="utf-8")
    return folder


def analyze(folder: Path, *arguments: str) -> str:
    """Run systemd-analyze; any warning or failure fails the test."""
    done = subprocess.run(
        ["systemd-analyze", *arguments], cwd=folder, capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr


def instance(service: str) -> str:
    return service.replace("@.", "@1.")


def test_every_role_has_a_unit_and_every_unit_a_command() -> None:
    assert SERVICES == [
        "intake-desk.service", "intake-process@.service", "intake-publish.service",
        "intake-pull.service", "intake-run.service",
    ]  # fmt: skip
    commands = get_command(app).commands  # type: ignore[attr-defined]
    for name in SERVICES:
        role = name.removeprefix("intake-").partition(".")[0].rstrip("@")
        start = unit(name)["Service"]["ExecStart"]
        assert start == f"/opt/intake/bin/intake {role} --config /etc/intake/intake.toml"
        assert role in commands
        assert unit(name)["Service"]["MemoryMax"]


def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    names = [f"./{instance(name)}" for name in SERVICES]
    assert analyze(installed, "verify", "--man=no", *names, "./intake.target") == ""


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_is_hardened(name: str, installed: Path) -> None:
    threshold = f"--threshold={MOST_EXPOSED}"
    analyze(installed, "security", "--offline=true", threshold, f"./{instance(name)}")


def test_only_who_seals_or_opens_identities_gets_the_key() -> None:
    with_key = {name for name in SERVICES if "LoadCredential" in unit(name)["Service"]}
    assert with_key == {"intake-process@.service", "intake-desk.service", "intake-run.service"}


def test_the_target_starts_every_role_and_two_workers() -> None:
    lines = (UNITS / "intake.target").read_text(encoding="utf-8").splitlines()
    wants = [line.removeprefix("Wants=") for line in lines if line.startswith("Wants=")]
    assert sorted(" ".join(wants).split()) == [
        "intake-desk.service", "intake-process@1.service", "intake-process@2.service",
        "intake-publish.service", "intake-pull.service",
    ]  # fmt: skip


def test_secrets_are_read_by_root_and_stand_nowhere_in_the_units() -> None:
    text = COMMON.read_text(encoding="utf-8")
    assert "EnvironmentFile=/etc/intake/secrets.env" in text
    modes = (UNITS / "intake.tmpfiles.conf").read_text(encoding="utf-8")
    for secret in ("secrets.env", "identity.key"):
        (line,) = [line for line in modes.splitlines() if f"/etc/intake/{secret}" in line]
        assert line.split()[2:5] == ["0600", "root", "root"]


def unit(name: str) -> configparser.ConfigParser:
    """Read a unit; of repeated keys the last counts."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / name, encoding="utf-8")
    return parser
