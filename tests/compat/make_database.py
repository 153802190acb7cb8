"""Makes v0_1_0.sql.gz: run with v0.1.0 (commit 724c2e6) installed, not with this release.

``python tests/compat/make_database.py OUT.sql.gz`` lets the demo city send a few messages of every
source, plays acts of the desk and answers of units on them, lets time pass, publishes, and dumps the
database as SQL. It prints the key that its identities are sealed with.
"""

# mypy: ignore-errors
from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path

from intake.correct import BackMessage
from intake.publish.announce import handlers
from intake.testing.city import City, load_corpus, settings_for

from intake.bootstrap import Application
from intake.settings import build
from intake.store import requests
from intake.store.vault import read_key

PER_SOURCE = 6
DAYS = 40


def few():
    """A few messages of every source, those with later happenings first."""
    chosen = {}
    for message in sorted(load_corpus(), key=lambda m: (not m.then, m.key)):
        own = chosen.setdefault(message.source, [])
        if len(own) < PER_SOURCE:
            own.append(message)
    return [message for own in chosen.values() for message in own]


def work(app):
    """Pull and process all there is."""
    for puller in app.pullers():
        puller.drain(threading.Event(), lambda _report: None)
    processor = app.processor()
    while processor.run_once().items:
        pass


def in_state(app, wanted):
    """Requests in a state with their decisions, in the order of receipt."""
    with app.store.read() as connection:
        sql = f"SELECT id FROM request WHERE state = '{wanted}' ORDER BY received_at, id"
        ids = [row[0] for row in connection.exec_driver_sql(sql)]
        stored = requests.by_ids(connection, ids)
        current = requests.current_decisions(connection, ids)
    return [(stored[one], current[one]) for one in ids]


def play(app):
    """Acts of people and units, each on a request of its own."""
    desk = app.desk()
    held = [found for found in in_state(app, "held") if found[1].lead]
    desk.accept(held[0][0].request.id, version=held[0][0].version, actor="desk-1")
    routed = [found for found in in_state(app, "routed") if not found[1].informed]
    first, decision = routed[0]
    other = next(unit for unit in app.router.catalogue.units if unit not in handlers(decision))
    desk.reassign(
        first.request.id, version=first.version, actor="desk-1", why="不属于该单位职责", lead=other
    )
    said = (
        (1, "accepted", {}),
        (1, "returned", {"reason": "不属于我单位职责", "basis": "职责规定"}),
        (2, "replied", {"reason": "已联系"}),
        (2, "resolved", {"reason": "已修好"}),
        (2, "rated", {"solved": True, "satisfied": False}),
        (3, "unresolvable", {"reason": "条件不具备"}),
    )
    for number, (which, what, more) in enumerate(said):
        stored, decided = routed[which]
        desk.back_message(
            BackMessage(
                id=f"m{number}", request_id=stored.request.id, unit=decided.lead, what=what,
                at=app.clock(), **more,
            )
        )  # fmt: skip
    waits = routed[4][0]
    desk.hold(waits.request.id, version=waits.version, actor="desk-1", why="先核实")
    one, another = routed[5][0].request, routed[6][0].request
    cases = app.cases()
    cases.merge([one.case_id], another.case_id, actor="desk-1", why="同一件事")
    cases.split([one.id], actor="desk-1", why="不是同一件事")
    late = routed[7][0]
    app.supervision().urge(
        late.request.id, version=late.version, actor="desk-1", why="来件人再次来电"
    )


def main(out):
    """Write the dump."""
    with tempfile.TemporaryDirectory() as name, City(few()) as city:
        folder = Path(name)
        read_key(folder / "identity.key", create=True)
        table = {
            **settings_for(city),
            "store": {"url": f"sqlite:///{folder}/intake.db"},
            "queue": {"url": f"intake-sqlite:///{folder}/queue.db"},
            "identity": {"key_file": str(folder / "identity.key")},
        }
        with Application(build(table, folder, "the fixture")) as app:
            work(app)
            play(app)
            city.advance(24 * DAYS)
            work(app)
            relay = app.relay()
            while relay.run_once():
                pass
            relay.close()
        with sqlite3.connect(folder / "intake.db") as db:
            dump = "\n".join(db.iterdump())
        print((folder / "identity.key").read_text())
    with gzip.GzipFile(out, "wb", mtime=0) as file:
        file.write(dump.encode())


if __name__ == "__main__":
    main(sys.argv[1])
