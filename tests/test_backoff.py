"""Trying again: waits that double, told one by one, ended at once when the program is told to stop."""

from __future__ import annotations

import threading
import time

import pytest

from intake.backoff import until_stopped
from intake.errors import BrokerUnavailable, Retriable


class Waits:
    """What was told, and a stop that is set after so many failures."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.stop = threading.Event()
        self.told: list[tuple[int, float]] = []
        self._stop_after = stop_after

    def __call__(self, error: Exception, failures: int, wait: float) -> None:
        assert isinstance(error, Retriable)
        self.told.append((failures, wait))
        if failures == self._stop_after:
            self.stop.set()


def fail(waits: Waits, times: int, error: Exception, **policy: float) -> int:
    """Fail so many times, then succeed; gives how often it was tried."""
    tried = 0
    for attempt in until_stopped(waits.stop, Retriable, waits, **policy):  # type: ignore[arg-type]
        with attempt:
            tried += 1
            if tried <= times:
                raise error
    return tried


DOWN = BrokerUnavailable("down")


def test_what_works_at_once_is_done_once() -> None:
    waits = Waits()
    assert fail(waits, 0, DOWN) == 1
    assert waits.told == []


def test_waits_double_up_to_the_longest_and_are_told() -> None:
    waits = Waits()
    assert fail(waits, 5, DOWN, first=0.01, most=0.04) == 6
    assert [failures for failures, _ in waits.told] == [1, 2, 3, 4, 5]
    for (_, wait), plain in zip(waits.told, (0.01, 0.02, 0.04, 0.04, 0.04), strict=True):
        assert 0.7 * plain <= wait <= 1.3 * plain + 0.005


def test_processes_that_fail_together_do_not_come_back_together() -> None:
    found = set()
    for _ in range(8):
        waits = Waits(stop_after=2)
        fail(waits, 99, DOWN, first=0.01)
        found.add(waits.told[0][1])
        assert waits.stop.is_set()
    assert len(found) > 1


def test_a_stop_ends_the_waiting_at_once_and_without_an_error() -> None:
    waits = Waits(stop_after=1)
    began = time.monotonic()
    assert fail(waits, 99, DOWN, first=60.0, most=60.0) == 1
    assert time.monotonic() - began < 5


def test_a_stop_from_elsewhere_ends_the_waiting() -> None:
    waits = Waits()
    timer = threading.Timer(0.1, waits.stop.set)
    timer.start()
    began = time.monotonic()
    assert fail(waits, 99, DOWN, first=60.0, most=60.0) == 1
    assert time.monotonic() - began < 5


def test_other_errors_pass_through_untold() -> None:
    waits = Waits()
    with pytest.raises(KeyError):
        fail(waits, 1, KeyError("x"))
    assert waits.told == []


def test_after_so_many_attempts_the_last_error_is_raised_without_another_wait() -> None:
    waits = Waits()
    with pytest.raises(BrokerUnavailable):
        fail(waits, 99, DOWN, attempts=3, first=0.01)
    assert [failures for failures, _ in waits.told] == [1, 2, 3]
    assert waits.told[-1][1] == 0.0
