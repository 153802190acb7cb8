"""The floor: what the libraries alone take for the same rows, each stage in a bare loop.

A straight-line script could do no better with these libraries: nothing is checked, explained or kept
apart, and what a call needs is laid out before the clock starts. Patterns, automata and the model are
the product's own, since their work is the library's.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
import os
import sqlite3
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import ahocorasick_rs
import numpy as np
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from rapidfuzz.distance import Indel
from stopwatch import Stopwatch

from intake.bootstrap import Application
from intake.contract.event import RequestEvent
from intake.model.channel import Channel
from intake.model.clean_text import CleanText, Span
from intake.model.decision import AreaCandidate, CategoryScore, Classification, Location, Reason
from intake.model.submission import Contact, Submission
from intake.model.value import Value
from intake.normalize import accounts, characters, clean, doors, forms, names, numbers
from intake.normalize import comparable as compared
from intake.understand.classify.features import grams
from intake.understand.classify.protocol import bag_of
from intake.understand.locate import locator_for
from intake.understand.place_forms import fold

PAGE = 500
_GRAM, _SKETCH, _SHARED, _COMPARED = 4, 16, 2, 5
_POSTINGS = 500
_BATCH_TABLES = (
    "request", "submission", "decision", "relation", "identity", "outbox", "audit", "fingerprint",
)  # fmt: skip
_Rows = list[tuple[Any, ...]]


def measure(app: Application, file: Path, folder: Path, batch: int) -> Stopwatch:
    """Time the libraries' calls for the rows that ``app`` has imported from ``file``."""
    watch = Stopwatch()
    database = app.store.engine.url.database or ""
    with closing(sqlite3.connect(database)) as done:
        raw = [content for (content,) in done.execute("SELECT content FROM raw_item ORDER BY id")]
        events = [body for (body,) in done.execute("SELECT body FROM outbox ORDER BY id")]
        first_events = [
            body
            for (body,) in done.execute(
                "SELECT body FROM outbox WHERE type LIKE '%.routed.v1' OR type LIKE '%.held.v1' OR"
                " type LIKE '%.recorded.v1' ORDER BY id"
            )
        ]
        texts = [json.loads(content) for content in raw]
        _land(watch, file, folder / "floor-land.db", done)
        _parse(watch, raw)
        clean = _normalize(watch, texts)
        found = [json.loads(body)["data"]["decision"] for body in first_events]
        _classify(watch, app, clean, found)
        _locate(watch, app, clean, found)
        del found
        _relate(watch, clean)
        _decide(watch, events)
        _write(watch, done, folder / "floor.db", batch)
    return watch


def _land(watch: Stopwatch, file: Path, path: Path, like: sqlite3.Connection) -> None:
    with watch.stage("land"), closing(_fresh(path, like)) as store, file.open(newline="") as rows:
        reader = csv.DictReader(rows)
        while page := list(islice(reader, PAGE)):
            landed = []
            for row in page:
                content = json.dumps(row, ensure_ascii=False).encode()
                digest = hashlib.sha256(content).hexdigest()
                landed.append((row["编号"], digest, content))
            store.execute("BEGIN IMMEDIATE")
            store.executemany(
                "INSERT INTO raw_item (source, external_id, digest, content, content_type, ref,"
                " fetched_at, state) VALUES ('b', ?, ?, ?, '', '', '', 'landed')",
                landed,
            )
            store.execute("COMMIT")


def _parse(watch: Stopwatch, raw: Sequence[bytes]) -> None:
    with watch.stage("parse"):
        for content in raw:
            row = json.loads(content)
            at = datetime.strptime(row["来电时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            submission = Submission(
                source="b",
                channel=Channel.IMPORT,
                external_id=row["编号"],
                title=row["标题"],
                body=row["内容"],
                submitted_at=at,
                contact=Contact(name=row["来电人"], phone=row["联系电话"]),
            )
            hashlib.sha256(submission.model_dump_json().encode()).hexdigest()


def _normalize(watch: Stopwatch, rows: Sequence[dict[str, str]]) -> list[tuple[str, str, str]]:
    """One pass of each pattern that a text needs; gives (title, text, letters) of each row."""
    plain = clean._plain()
    done = []
    with watch.stage("normalize"):
        for row in rows:
            title, text = row["标题"].strip(), row["内容"]
            plain.fullmatch(text)
            text = characters._GAP.sub(" ", text)
            for pattern in (forms._BODY, numbers._ANY, doors._ANY):
                pattern.search(text)
            for pattern in (accounts._ACCOUNT_OR_PLATE, names._FRAME, names._LABEL):
                for found in pattern.finditer(text):
                    found.group()
            words = compared._ORDINARY_CLAUSE.findall(text)
            comparable = "".join(words).lower()
            CleanText(title=title, text=text, comparable=comparable, contact=Contact())
            done.append((title, text, comparable))
    return done


def _classify(
    watch: Stopwatch, app: Application, clean: Sequence[tuple[str, str, str]], found: Sequence[Any]
) -> None:
    classifier: Any = app.router.classifier
    reading = classifier.manifest.reading
    with watch.stage("classify"):
        for (title, text, _), decision in zip(clean, found, strict=False):
            bag = bag_of(grams(title, text, reading))
            np.argsort(sum(engine.scores(bag) for engine in classifier._engines))
            _as_noun(Classification, decision["classification"], top=CategoryScore)


def _locate(
    watch: Stopwatch, app: Application, clean: Sequence[tuple[str, str, str]], found: Sequence[Any]
) -> None:
    scope = next(source.home_area for source in app.settings.source) or ""
    places: ahocorasick_rs.AhoCorasick = locator_for(
        app.router.gazetteer, scope[:4]
    ).reader.index._automaton
    reader = app.router.reader
    words, offices = reader.signals._matcher, reader.names._matcher
    with watch.stage("locate"):
        for (_, text, _), decision in zip(clean, found, strict=False):
            places.find_matches_as_indexes(fold(text), overlapping=True)
            words.find_matches_as_indexes(text, overlapping=True)
            offices.find_matches_as_indexes(text)
            _as_noun(Location, decision["location"], evidence=Span, candidates=AreaCandidate)


def _as_noun(noun: type[Value], values: dict[str, Any], **parts: type[Value]) -> Value:
    """Make a noun of its values, as the product does: each part, then the whole."""
    made = {name: tuple(part(**one) for one in values[name]) for name, part in parts.items()}
    return noun(**values | made)


def _relate(watch: Stopwatch, clean: Sequence[tuple[str, str, str]]) -> None:
    letters = [title + text for title, _, text in clean]
    postings: dict[int, list[int]] = defaultdict(list)
    with watch.stage("relate"):
        for number, text in enumerate(letters):
            sketch = _sketch(text)
            shared: Counter[int] = Counter()
            for gram in sketch:
                shared.update(postings[gram][-_POSTINGS:])
                postings[gram].append(number)
            for other, count in shared.most_common(_COMPARED):
                if count >= _SHARED:
                    Indel.normalized_similarity(text[:600], letters[other][:600])


def _sketch(text: str) -> list[int]:
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = max(len(points) - _GRAM + 1, 0)
    grams = points[:count].copy()
    for offset in range(1, _GRAM):
        grams = grams * np.uint64(0x9E3779B97F4A7C15) + points[offset : offset + count]
    grams ^= grams >> np.uint64(32)
    smallest: list[int] = np.unique(grams)[:_SKETCH].tolist()
    return smallest


def _decide(watch: Stopwatch, bodies: Sequence[str]) -> None:
    """Seal the contact, make the ids, write request, decision and event as JSON."""
    cipher, key = AESGCM(AESGCM.generate_key(256)), os.urandom(32)
    for chunk in _chunks(bodies, 1000):  # objects of all rows at once would be memory, not work
        events = [RequestEvent.model_validate(json.loads(body)["data"]) for body in chunk]
        with watch.stage("decide"):
            for event in events:
                identifier = str(uuid.uuid5(uuid.NAMESPACE_OID, event.request.external_id))
                if event.relation is None:  # the first event of the request
                    for value in (b"13800000000", "某先生".encode()):
                        nonce = os.urandom(12)
                        cipher.encrypt(nonce, value, identifier.encode())
                    hmac.digest(key, identifier.encode(), "sha256")
                    type(event.request)(**event.request.__dict__).model_dump_json()
                    if event.decision is not None:
                        for reason in event.decision.reasons:
                            Reason(**reason.__dict__)
                        type(event.decision)(**event.decision.__dict__).model_dump_json()
                RequestEvent(**event.__dict__).model_dump_json(exclude_none=True)


def _write(watch: Stopwatch, done: sqlite3.Connection, path: Path, batch: int) -> None:
    """Insert the very rows that the product wrote, in as many commits, into the same tables."""
    count = done.execute("SELECT count(*) FROM raw_item").fetchone()[0]
    commits = -(-count // batch)
    readers = {table: _by_commit(done, table, commits) for table in ("raw_item", *_BATCH_TABLES)}
    with closing(_fresh(path, done)) as store:
        for rows in zip(*readers.values(), strict=True):
            by_table = dict(zip(readers, rows, strict=True))
            landed = by_table.pop("raw_item")
            _insert(store, "raw_item", landed)
            with watch.stage("write"):
                store.execute("BEGIN IMMEDIATE")
                for table, values in by_table.items():
                    _insert(store, table, values)
                # The items were claimed, with their bytes, and are given an outcome.
                store.execute(
                    "SELECT * FROM raw_item WHERE state = 'landed' ORDER BY id LIMIT ?", [batch]
                ).fetchall()
                store.executemany(
                    "UPDATE raw_item SET state = 'new' WHERE id = ?", [row[:1] for row in landed]
                )
                store.execute("COMMIT")


def _insert(store: sqlite3.Connection, table: str, rows: _Rows) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        store.executemany(f'INSERT INTO "{table}" VALUES ({marks})', rows)


def _by_commit(done: sqlite3.Connection, table: str, commits: int) -> Iterator[_Rows]:
    count = done.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    rows = done.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
    for part in range(commits):
        yield rows.fetchmany(count * (part + 1) // commits - count * part // commits)


def _fresh(path: Path, like: sqlite3.Connection) -> sqlite3.Connection:
    """Open an empty database with the same tables, indexes and promises of durability."""
    path.unlink(missing_ok=True)
    store = sqlite3.connect(path, isolation_level=None)
    for pragma in ("page_size=8192", "journal_mode=WAL", "synchronous=FULL", "cache_size=-65536"):
        store.execute(f"PRAGMA {pragma}")
    schema = like.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
    )
    for (statement,) in schema.fetchall():
        store.execute(statement)
    return store


def _chunks(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
