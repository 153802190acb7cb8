"""What v0.1.0 left behind goes on: its database, its ids, its events, its settings.

``v0_1_0.sql.gz`` is a database which that release made of a few messages of the demo city and everything
that can happen to them (``make_database.py``, run with that release).
"""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from starlette.testclient import TestClient

from intake.bootstrap import Application
from intake.cli.serve import desk_context
from intake.demo import City, CorpusMessage, load_corpus, settings_for
from intake.operate.health import checks, sources
from intake.settings import build, load
from intake.store import migrate, people
from intake.store.engine import Store, open_store
from intake.store.tables import metadata
from intake.web.app import create_app
from intake.web.context import new_token
from intake.web.security import Sessions

HERE = Path(__file__).parent
KEY = "BUHqA3ShqIvaRaOdb7Pimnx/U6NM+a1dKpreszKn954="
PER_SOURCE = 6
DAYS = 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deployment's folder as that release left it."""
    (tmp_path / "var").mkdir()
    with closing(sqlite3.connect(tmp_path / "var" / "intake.db")) as db:
        db.executescript(gzip.decompress((HERE / "v0_1_0.sql.gz").read_bytes()).decode())
        db.execute("PRAGMA journal_mode=WAL")
    (tmp_path / "var" / "identity.key").write_text(KEY + "\n")
    return tmp_path


@pytest.fixture
def url(engine: str, folder: Path, bare_database: Callable[[str], str]) -> str:
    """The database on each engine, at the version that release knew."""
    old = f"sqlite:///{folder}/var/intake.db"
    if engine == "sqlite":
        return old
    new = bare_database(engine)
    _copy(old, new)
    return new


def _copy(old: str, new: str) -> None:
    """Copy all rows into PostgreSQL tables of the same version."""
    store = open_store(new)
    with store.write() as connection:
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
    source = sa.create_engine(old)
    tables = sa.MetaData()
    tables.reflect(store.engine)
    theirs = sa.MetaData()
    theirs.reflect(source)
    with source.connect() as reading, store.write() as connection:
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows = [
                dict(row._mapping) for row in reading.execute(sa.select(theirs.tables[table.name]))
            ]
            for row in rows:
                for column in table.columns:
                    row[column.name] = _as(column, row[column.name])
            if rows:
                connection.execute(table.insert(), rows)
            for column in table.primary_key:  # numbers given so far; the next one follows
                if column.autoincrement is True or column.server_default is not None:
                    connection.exec_driver_sql(
                        f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', '{column.name}'), "
                        f'coalesce(max("{column.name}"), 1)) FROM "{table.name}"'
                    )
    source.dispose()
    store.close()


def _as(column: sa.Column[Any], value: Any) -> Any:
    """A value as PostgreSQL wants it."""
    kind = str(column.type).upper()
    if value is None:
        return None
    if "JSON" in kind and isinstance(value, str):
        return json.loads(value)
    if "BOOLEAN" in kind:
        return bool(value)
    if "TIMESTAMP" in kind and isinstance(value, str):
        return datetime.fromisoformat(value)
    return value


@pytest.fixture
def app(url: str, folder: Path) -> Iterator[Application]:
    """This release on that database."""
    with Application(_settings(url, folder)) as made:
        yield made


def _settings(url: str, folder: Path, **more: Any) -> Any:
    table = {"store": {"url": url}, "desk": {"systems": {"all": {"token": "t" * 32}}}, **more}
    return build(table, folder, "the test")


def _ids(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that must never change: ids, numbers, events."""
    wanted = {
        "request": "SELECT id, source, external_id, case_id, sequence, decision FROM request",
        "decision": "SELECT request_id, version, lead, decided_by FROM decision",
        "event": "SELECT event_id, request_id, sequence, type, body FROM outbox",
        "identity": "SELECT ref, request_id, phone_key FROM identity",
    }
    with store.read() as connection:
        return {
            name: sorted(tuple(row) for row in connection.exec_driver_sql(sql))
            for name, sql in wanted.items()
        }


def test_migrating_changes_no_id_and_loses_no_row(url: str) -> None:
    store = open_store(url)
    before = _ids(store)
    assert len(before["request"]) > 40
    migrate.upgrade(store)
    assert migrate.check(store)
    assert _ids(store) == before
    with store.read() as connection:
        actions = {
            row[0] for row in connection.exec_driver_sql("SELECT DISTINCT action FROM audit")
        }
    assert {"request.decided", "request.returned", "request.reassigned"} <= actions
    store.close()


def test_every_identity_still_opens(app: Application) -> None:
    with app.store.read() as connection:
        rows = connection.execute(sa.select(metadata.tables["identity"])).all()
    opened = [app.vault.open(row.request_id, row.key_id, row.fields) for row in rows]
    assert opened
    assert not any(contact.is_empty() for contact in opened)


def test_every_page_opens(app: Application) -> None:
    """In Chinese on one engine, in English on the other."""
    language = "zh-CN" if app.store.dialect == "sqlite" else "en"
    with app.store.write() as connection:
        people.add(connection, "沈岚", None, ("desk", "lead", "admin"), app.clock())
        requests = [row[0] for row in connection.exec_driver_sql("SELECT id FROM request")]
        cases = {row[0] for row in connection.exec_driver_sql("SELECT case_id FROM request")}
    client = TestClient(create_app(desk_context(app)), cookies={"language": language})
    client.cookies.set("desk", Sessions(app.store, app.clock, new_token, 1).open("沈岚"))
    states = ("held", "routed", "answered", "recorded", "withdrawn")
    paths = [
        *(f"/requests/{one}" for one in requests),
        *(f"/cases/{one}" for one in cases),
        *(f"/queue?state={state}" for state in states),
        "/quarantine", "/status", "/hot", "/proposals",
    ]  # fmt: skip
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_its_events_are_in_the_feed(app: Application) -> None:
    with app.store.read() as connection:
        bodies = [row[0] for row in connection.exec_driver_sql("SELECT body FROM outbox")]
    client = TestClient(create_app(desk_context(app)))
    client.headers["Authorization"] = "Bearer " + "t" * 32
    found: list[dict[str, Any]] = []
    after = 0
    while page := client.get(f"/v1/events?after={after}&limit=100").json()["events"]:
        found += page
        after += len(page)
    shown = {event["event"]["id"] if "event" in event else event["id"] for event in found}
    assert shown == {json.loads(body)["id"] for body in bodies}


def test_everything_adds_up(app: Application) -> None:
    """Among its requests are answered, withdrawn and held ones; each state is counted."""
    with app.store.read() as connection:
        found = sources(connection)
    assert sum(source.answered for source in found) > 0
    assert all(source.balanced for source in found)
    said = checks(app.store, [], app.clock(), lambda: None)
    assert [check for check in said if check.level == "error"] == []


def test_the_same_items_are_recognised(url: str, folder: Path) -> None:
    """A source that is read again from its beginning yields no new request and no revision."""
    with City(_few()) as city:
        city.advance(24 * DAYS)
        with Application(_settings(url, folder, **settings_for(city))) as app:
            before = _ids(app.store)["request"]
            with app.store.write() as connection:
                connection.exec_driver_sql("DELETE FROM source_state")
            for puller in app.pullers():
                puller.drain(threading.Event(), lambda _report: None)
            processor = app.processor()
            while processor.run_once().items:
                pass
            assert _ids(app.store)["request"] == before


def _few() -> list[CorpusMessage]:
    chosen: dict[str, list[CorpusMessage]] = {}
    for message in sorted(load_corpus(), key=lambda m: (not m.then, m.key)):
        own = chosen.setdefault(message.source, [])
        if len(own) < PER_SOURCE:
            own.append(message)
    return [message for own in chosen.values() for message in own]


@pytest.mark.parametrize(
    "line",
    [
        "doctor", "replay --dry-run", "hot --until 2026-03-01", "learn status", "learn proposals",
        "catalogue versions", "user list",
    ],
)  # fmt: skip
def test_every_command_works(line: str, folder: Path) -> None:
    (folder / "intake.toml").write_text("", encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-c", "from intake.cli import main; main()", *line.split()],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert said.returncode in ((0, 1) if line == "doctor" else (0,)), said.stderr
    assert "Traceback" not in said.stderr


def test_its_settings_file_is_read(tmp_path: Path) -> None:
    settings = load(HERE / "v0_1_0.toml")
    assert [source.name for source in settings.source][:2] == ["liaocheng-12345", "mayor-mailbox"]
