"""Whatever is merged, split and undone: one case each, ids resolve, events have no gaps, and an undo
is the inverse of its change.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cases_world import World
from databases import empty
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from intake.errors import Refused
from intake.store.engine import Store, open_store

FIRST = 6


def machine(make_store: Callable[[], Store]) -> type[RuleBasedStateMachine]:
    """The rules over a new store for every example."""

    class Changing(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(make_store())
            for number in range(FIRST):
                self.world.add(f"r{number}", f"r{number - 1}" if number % 3 else None)
            self.before: dict[int, dict[str, str]] = {}

        def teardown(self) -> None:
            self.world.store.close()

        def attempt(self, act: Callable[..., Any], *arguments: Any) -> None:
            before = self.world.membership()
            events = self.world.query("SELECT count(*) FROM outbox")
            try:
                done = act(*arguments, actor="desk", why="property")
            except Refused:
                assert self.world.membership() == before
                assert self.world.query("SELECT count(*) FROM outbox") == events
            else:
                self.before[(done[0] if isinstance(done, tuple) else done).id] = before

        @rule(one=st.integers(0, 50), other=st.integers(0, 50))
        def merge(self, one: int, other: int) -> None:
            ids = list(self.world.ids.values())
            cases = [ids[one % len(ids)]]
            self.attempt(self.world.cases.merge, cases, ids[other % len(ids)])

        @rule(chosen=st.sets(st.integers(0, 50), min_size=1, max_size=3))
        def split(self, chosen: set[int]) -> None:
            ids = list(self.world.ids.values())
            self.attempt(self.world.cases.split, [ids[n % len(ids)] for n in chosen])

        @rule(of=st.integers(0, 50), joins=st.booleans())
        def arrives(self, of: int, joins: bool) -> None:
            keys = list(self.world.ids)
            self.world.add(f"r{len(keys)}", keys[of % len(keys)] if joins else None)

        @rule(back=st.integers(1, 6))
        def undo_any(self, back: int) -> None:
            (latest,) = self.world.query("SELECT max(id) FROM case_change")
            if latest[0] and latest[0] - back + 1 > 0:
                self.attempt(self.world.cases.undo, latest[0] - back + 1)

        @precondition(lambda self: self.before)
        @rule()
        def undo_the_latest(self) -> None:
            """Nothing is in the way of the latest; those who were there are back where they were."""
            (row,) = self.world.query(
                "SELECT id, kind, undone_by FROM case_change ORDER BY id DESC LIMIT 1"
            )
            number, kind, undone = row
            if kind == "undo" or undone:
                return
            self.world.cases.undo(number, actor="desk", why="property")
            now = self.world.membership()
            assert {key: now[key] for key in self.before[number]} == self.before[number]

        @invariant()
        def whole(self) -> None:
            self.world.assert_whole()

    return Changing


def test_any_sequence_on_sqlite(new_database: Callable[[str], str]) -> None:
    def make() -> Store:
        return open_store(new_database("sqlite"))

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(make),
        settings=settings(
            max_examples=40, stateful_step_count=12, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


@pytest.mark.postgresql
def test_a_few_sequences_on_postgresql(new_database: Callable[[str], str]) -> None:
    url = new_database("postgresql")

    def make() -> Store:
        empty(url)
        return open_store(url)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine(make),
        settings=settings(
            max_examples=4, stateful_step_count=10, deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
