"""Our reference consumer passes the suite that we ship; a careless one does not."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from intake.contract.event import Event
from intake.queue import SeenFile, Topology, consume
from intake.queue.broker import Broker
from intake.queue.seen import Seen
from intake.testing.consumers import ConsumerSuite, sample


class TestReferenceConsumer(ConsumerSuite):
    @pytest.fixture(autouse=True)
    def _effects(self, tmp_path: Path) -> None:
        self._handled: list[str] = []
        self._seen_path = tmp_path / "seen.db"

    def effects(self) -> Sequence[str]:
        return list(self._handled)

    @contextmanager
    def start(self, url: str, topology: Topology, unit: str) -> Iterator[None]:
        stop = threading.Event()

        def run() -> None:
            seen = self.seen()
            consume(
                url,
                unit,
                lambda event: self._handled.append(event["id"]),
                seen=seen,
                stop=stop,
                topology=topology,
            )
            if isinstance(seen, SeenFile):
                seen.close()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(10)

    def seen(self) -> Seen:
        return SeenFile(self._seen_path)


class _Forgetful(TestReferenceConsumer):
    """Remembers nothing over a restart."""

    __test__ = False

    def seen(self) -> Seen:
        return set()


def test_the_suite_finds_a_consumer_that_forgets(tmp_path: Path) -> None:
    suite = _Forgetful()
    suite._handled = []
    url = f"intake-sqlite:///{tmp_path}/queue.db"
    broker = Broker(url, topology=Topology(prefix="suite-forgetful"))
    suite.test_a_repeated_event_has_its_effect_once(broker, url)
    suite._handled = []
    with pytest.raises(AssertionError):
        suite.test_a_repeat_after_a_restart_has_no_effect(broker, url)
    broker.close()


def test_the_sample_is_an_event_of_the_contract() -> None:
    event = Event.model_validate(sample("r1", 1))
    assert event.subject == event.data.request.id
