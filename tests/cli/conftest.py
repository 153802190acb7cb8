"""An empty folder in which commands are run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cli_runner import Intake


@pytest.fixture
def intake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Intake:
    """The command line in an empty folder, with no settings from the environment."""
    for name in [name for name in os.environ if name.startswith("INTAKE_")]:
        monkeypatch.delenv(name)
    return Intake(tmp_path)
