"""The connector contract as tests, for authors of connectors; adopted in one line.

::

    TestMine = connector_contract(my_rig)

where ``my_rig`` is a function that returns a context manager of a :class:`Rig`: a source to pull from
(a real server or a fake of it) and functions that change the source.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest

from intake.connect.connector import Connector, Cursor, Page
from intake.errors import MalformedItem
from intake.model.submission import RawItem, SubmissionKind

MAX_PAGES = 1000
Seen = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rig:
    """A source under test.

    ``connect`` returns a new connector, as after a restart of the program. ``change`` makes a change
    at the source that must appear as a new digest or item; None for a source that never changes.
    ``marks`` returns the marks at the source; None for a source without marks.
    """

    connect: Callable[[], Connector]
    change: Callable[[], None] | None = None
    marks: Callable[[], object] | None = None


def connector_contract(make: Callable[[], AbstractContextManager[Rig]]) -> type:
    """Return a test class that holds a connector to its contract."""

    class TestContract(ConnectorContract):
        @pytest.fixture
        def rig(self) -> Any:
            with make() as rig:
                yield rig

    return TestContract


def pull_all(connector: Connector, cursor: Cursor | None = None) -> list[Page]:
    """Pull from a cursor to the end; fails where ``more`` never ends."""
    pages: list[Page] = []
    at: Cursor = dict(cursor or {})
    for _ in range(MAX_PAGES):
        page = connector.pull(at)
        pages.append(page)
        at = page.cursor
        if not page.more:
            return pages
    raise AssertionError(f"{MAX_PAGES} pages and still more: the pull does not end")


def seen(pages: Iterable[Page]) -> Seen:
    """Return the (external id, digest) pairs of pages."""
    return {(item.external_id, item.digest) for page in pages for item in page.items}


class ConnectorContract:
    """The promises of every connector; see ``intake.connect.connector.Connector``."""

    def test_it_reads_the_source_to_its_end(self, rig: Rig) -> None:
        pages = pull_all(rig.connect())
        assert seen(pages), "the rig's source must hold items"
        assert not pages[-1].more

    def test_cursors_survive_being_stored(self, rig: Rig) -> None:
        for page in pull_all(rig.connect()):
            assert json.loads(json.dumps(page.cursor)) == page.cursor

    def test_reading_again_from_the_start_gives_nothing_new(self, rig: Rig) -> None:
        assert seen(pull_all(rig.connect())) == seen(pull_all(rig.connect()))

    def test_reading_on_from_the_end_gives_nothing_new(self, rig: Rig) -> None:
        pages = pull_all(rig.connect())
        later = pull_all(rig.connect(), pages[-1].cursor)
        assert seen(later) <= seen(pages)

    def test_nothing_is_lost_from_any_cursor(self, rig: Rig) -> None:
        pages = pull_all(rig.connect())
        everything = seen(pages)
        for at in range(len(pages)):
            resumed = pull_all(rig.connect(), pages[at].cursor)
            assert seen(pages[: at + 1]) | seen(resumed) == everything

    def test_a_crash_before_the_commit_pulls_the_same_items_again(self, rig: Rig) -> None:
        cursor: Cursor = {}
        for page in pull_all(rig.connect()):
            assert seen([rig.connect().pull(cursor)]) == seen([page])
            cursor = page.cursor

    def test_a_change_at_the_source_shows(self, rig: Rig) -> None:
        if rig.change is None:
            pytest.skip("nothing changes at this source")
        before = pull_all(rig.connect())
        rig.change()
        assert seen(pull_all(rig.connect(), before[-1].cursor)) - seen(before)

    def test_items_can_be_parsed_or_say_why_not(self, rig: Rig) -> None:
        connector = rig.connect()
        read = 0
        for item in _items(connector):
            try:
                submissions = connector.parse(item)
            except MalformedItem:
                continue
            read += 1
            assert submissions == connector.parse(item), "parse must be a pure function"
            assert submissions[0].external_id == item.external_id
            ids = [submission.external_id for submission in submissions]
            assert len(set(ids)) == len(ids)
            for submission in submissions:
                assert submission.source == item.source
                assert (submission.kind is SubmissionKind.POST) == (submission.of is None)
        assert read, "no item of the source could be parsed"

    def test_parse_never_fails_but_with_malformed_item(self, rig: Rig) -> None:
        connector = rig.connect()
        random = Random(1)  # noqa: S311 - reproducible damage, not a secret
        for item in _items(connector)[:20]:
            for content in _damaged(item.content, random):
                try:
                    assert connector.parse(item.model_copy(update={"content": content}))
                except MalformedItem:
                    continue

    def test_only_acknowledge_marks_and_may_be_repeated(self, rig: Rig) -> None:
        connector = rig.connect()
        before = rig.marks() if rig.marks else None
        pages = pull_all(connector)
        assert (rig.marks() if rig.marks else None) == before, "pull must not mark anything"
        for page in pages:
            connector.acknowledge(page)
        after = rig.marks() if rig.marks else None
        for page in pages:
            connector.acknowledge(page)
        assert (rig.marks() if rig.marks else None) == after
        if rig.marks:
            assert after != before
        assert seen(pull_all(rig.connect())) == seen(pages)

    def test_closing_twice_is_harmless(self, rig: Rig) -> None:
        connector = rig.connect()
        connector.pull({})
        connector.close()
        connector.close()


def _items(connector: Connector) -> list[RawItem]:
    return [item for page in pull_all(connector) for item in page.items]


def _damaged(content: bytes, random: Random) -> Iterable[bytes]:
    """Ways in which bytes arrive broken."""
    yield b""
    yield content[: len(content) // 2]
    yield content[len(content) // 3 :]
    yield random.randbytes(200)
    yield content.decode("utf-8", "replace").encode("utf-16")
    yield content.replace(b"<", b"").replace(b"{", b"[")
    for _ in range(3):
        broken = bytearray(content or b"\x00")
        for _ in range(10):
            broken[random.randrange(len(broken))] = random.randrange(256)
        yield bytes(broken)
