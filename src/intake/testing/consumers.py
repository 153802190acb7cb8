"""The suite for consumers of our events: subclass :class:`ConsumerSuite` and define how to start.

It runs over the embedded queue, without a broker to install; override ``queue_url`` to run it over
RabbitMQ. Each event has an effect at the consumer (a ticket, a row). ``effects`` lists the ids of the events
that had theirs, in order::

    class TestTickets(ConsumerSuite):
        def start(self, url, topology, unit):
            return my_consumer(url, f"{topology.prefix}.unit.{unit}")   # a context manager

        def effects(self):
            return [ticket.event_id for ticket in my_tickets()]
"""

from __future__ import annotations

import json
import time
import uuid
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from intake.contract.event import EventKind, event_id, event_type, sequence_text
from intake.model.ids import case_id, request_id
from intake.queue import Broker, Topology, routing_key
from intake.queue.broker import Outgoing

UNIT = "suite"


def sample(external_id: str, sequence: int, what: EventKind = EventKind.ROUTED) -> dict[str, Any]:
    """Return an event of an invented request, as a message of the queue."""
    request = request_id("suite", external_id)
    at = datetime(2026, 3, 2, 8, 0, sequence, tzinfo=UTC).isoformat()
    return {
        "specversion": "1.0",
        "id": event_id(request, sequence),
        "source": "/citizen-intake",
        "type": event_type(what),
        "subject": request,
        "time": at,
        "datacontenttype": "application/json",
        "dataschema": "",
        "sequence": sequence_text(sequence),
        "caseid": case_id(request),
        "partitionkey": request,
        "data": {
            "request": {
                "id": request,
                "source": "suite",
                "channel": "board",
                "external_id": external_id,
                "revision": 1,
                "case_id": case_id(request),
                "title": "路灯不亮",
                "text": "小区门口的路灯已经三天不亮。",
                "received_at": at,
                "reply_over": "board",
            },
            "decision": None,
            "units": [UNIT],
        },
    }


class ConsumerSuite:
    """The queue's contract for a consumer (docs/events.md)."""

    within = 10.0
    """Seconds that the consumer may take for a few events."""

    @abstractmethod
    def start(self, url: str, topology: Topology, unit: str) -> AbstractContextManager[object]:
        """Start the consumer on a unit's queue; it ends with the context, keeping what it knows."""

    @abstractmethod
    def effects(self) -> Sequence[str]:
        """Return the ids of the events that had their effect, in order."""

    @pytest.fixture
    def queue_url(self, tmp_path: Path) -> str:
        """The URL of the queue to publish to."""
        return f"intake-sqlite:///{tmp_path}/queue.db"

    @pytest.fixture
    def broker(self, queue_url: str) -> Iterator[Broker]:
        """Publishes into queues that are this test's alone."""
        broker = Broker(queue_url, topology=Topology(prefix=f"suite-{uuid.uuid4().hex[:8]}"))
        yield broker
        broker.close()

    def test_every_event_has_its_effect_in_the_order_of_its_request(
        self, broker: Broker, queue_url: str
    ) -> None:
        events = [sample(f"r{i % 3}", 1 + i // 3) for i in range(12)]
        publish(broker, events)
        with self.start(queue_url, broker.topology, UNIT):
            self._wait_for({event["id"] for event in events})
        for subject in {event["subject"] for event in events}:
            expected = [event["id"] for event in events if event["subject"] == subject]
            assert [id_ for id_ in self.effects() if id_ in expected] == expected

    def test_a_repeated_event_has_its_effect_once(self, broker: Broker, queue_url: str) -> None:
        first, last = sample("r1", 1), sample("r1", 2)
        publish(broker, [first, first])
        publish(broker, [first, last])
        with self.start(queue_url, broker.topology, UNIT):
            self._wait_for({last["id"]})
        assert list(self.effects()) == [first["id"], last["id"]]

    def test_a_repeat_after_a_restart_has_no_effect(self, broker: Broker, queue_url: str) -> None:
        first, last = sample("r1", 1), sample("r1", 2)
        publish(broker, [first])
        with self.start(queue_url, broker.topology, UNIT):
            self._wait_for({first["id"]})
        publish(broker, [first, last])
        with self.start(queue_url, broker.topology, UNIT):
            self._wait_for({last["id"]})
        assert list(self.effects()) == [first["id"], last["id"]]

    def test_new_fields_are_ignored(self, broker: Broker, queue_url: str) -> None:
        event = sample("r1", 1) | {"newextension": "x"}
        event["data"]["new_field"] = {"a": [1]}
        publish(broker, [event])
        with self.start(queue_url, broker.topology, UNIT):
            self._wait_for({event["id"]})

    def test_a_message_that_is_no_event_does_not_block(
        self, broker: Broker, queue_url: str
    ) -> None:
        event = sample("r1", 1)
        key = routing_key(UNIT, EventKind.ROUTED)
        assert broker.publish([Outgoing(key, "broken", '{"id":', {})]) == {}
        publish(broker, [event])
        with self.start(queue_url, broker.topology, UNIT):
            self._wait_for({event["id"]})
        assert list(self.effects()) == [event["id"]]

    def _wait_for(self, ids: set[str]) -> None:
        deadline = time.monotonic() + self.within
        while not ids <= set(self.effects()):
            assert time.monotonic() < deadline, f"no effect of {ids - set(self.effects())}"
            time.sleep(0.02)  # noqa: TID251 - the pause between two looks


def publish(broker: Broker, events: Sequence[dict[str, Any]]) -> None:
    """Publish events for the suite's unit, as the relay does."""
    batch = [
        Outgoing(
            routing_key=f"{UNIT}.{event['type'].split('.')[3]}",
            message_id=event["id"],
            body=json.dumps(event, ensure_ascii=False),
            headers={
                "ce-type": event["type"],
                "ce-subject": event["subject"],
                "ce-sequence": event["sequence"],
            },
        )
        for event in events
    ]
    assert broker.publish(batch) == {}
