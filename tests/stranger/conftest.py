"""A place where somebody else's package is installed for one test."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import wechat_package

from intake.connect import channels


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed packages; what is put there is found as any installed package is."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    channels.declared.cache_clear()
    yield folder
    channels.declared.cache_clear()
    sys.modules.pop("wechat_mini_connector", None)


@pytest.fixture
def wechat(site: Path) -> Path:
    """The mini program's package, installed."""
    wechat_package.install(site)
    importlib.invalidate_caches()
    channels.declared.cache_clear()
    return site
