"""Backup and restore as docs/operate.md describes them (I9)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from roles_world import LONGEST_STORY_HOURS, Installation, pairs_and_singles

from intake.demo import City
from intake.errors import ConfigurationError
from intake.store.vault import Vault, read_key

IDS = "SELECT source, external_id, id FROM request ORDER BY 1, 2"
EVENTS = "SELECT event_id, type FROM outbox ORDER BY 1"


def on(city: City, folder: Path) -> Installation:
    return Installation.on(
        city, folder, f"sqlite:///{folder}/intake.db", f"intake-sqlite:///{folder}/queue.db"
    )


def test_after_a_restore_replaying_the_sources_loses_and_changes_no_id(tmp_path: Path) -> None:
    with City(pairs_and_singles()) as city:
        lived, restored = on(city, tmp_path / "lived"), on(city, tmp_path / "restored")
        lived.run("run", "--once")
        with (
            closing(sqlite3.connect(tmp_path / "lived" / "intake.db")) as store,
            closing(sqlite3.connect(tmp_path / "restored" / "intake.db")) as backup,
        ):
            store.backup(backup)
        shutil.copy(tmp_path / "lived" / "identity.key", tmp_path / "restored")
        at_backup = lived.query(EVENTS)

        city.advance(LONGEST_STORY_HOURS)
        lived.run("run", "--once")
        restored.run("run", "--once")

    assert len(lived.query(EVENTS)) > len(at_backup)
    assert restored.query(IDS) == lived.query(IDS)
    assert restored.query(EVENTS) == lived.query(EVENTS)
    assert restored.query("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]
    opens_with_its_own_key_only(restored, tmp_path)


def opens_with_its_own_key_only(installation: Installation, tmp_path: Path) -> None:
    table = "SELECT request_id, key_id, fields FROM identity LIMIT 1"
    ((request, key_id, sealed),) = installation.query(table)
    fields = json.loads(sealed)
    key, made = read_key(tmp_path / "restored" / "identity.key", create=False)
    assert not made
    assert not Vault(key).open(request, key_id, fields).is_empty()
    other, _ = read_key(tmp_path / "other.key", create=True)
    with pytest.raises(ConfigurationError, match="sealed with key"):
        Vault(other).open(request, key_id, fields)
