"""The relay: takes events from the outbox, publishes them, marks what the broker has confirmed.

A crash between confirm and mark publishes again with the same event id, and consumers drop repeated
ids (I3). Events of one request go out one batch after another, in their ``sequence`` (I6).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime

from intake import log
from intake.backoff import until_stopped
from intake.contract.event import sequence_text
from intake.errors import BrokerUnavailable, Retriable
from intake.fault_points import reach
from intake.queue.broker import Broker, Outgoing
from intake.store.engine import Store
from intake.store.outbox import Sequencer, Unsent, mark_sent, unsent

BATCH = 200

_log = log.get("publish")


class Relay:
    """Publishes the outbox of one store. Of several relays one is active, the others wait.

    For one thread. ``clock`` gives aware UTC times.
    """

    def __init__(self, store: Store, broker: Broker, clock: Callable[[], datetime]) -> None:
        self._broker = broker
        self._clock = clock
        self._seat = Sequencer(store)

    def run_once(self, limit: int = BATCH) -> int:
        """Publish one batch of at most ``limit`` events and return how many were sent.

        0 means that nothing waits, or that another relay is active. Raises ``BrokerUnavailable`` or
        ``StoreBusy``: call again later. Events that the broker accepted before are marked even then.
        """
        if not self._seat.take():
            return 0
        with self._seat.reading() as connection:
            rows = unsent(connection, limit)
        if not rows:
            return 0
        messages = [(row, key) for row in rows for key in row.routing_keys]
        refused = self._broker.publish([_outgoing(row, key) for row, key in messages])
        reach("publish.confirmed")
        refused_ids = {messages[place][0].id for place in refused}
        sent = self._mark([row for row in rows if row.id not in refused_ids])
        if refused:
            reasons = ", ".join(sorted(set(refused.values())))
            raise BrokerUnavailable(
                f"The queue did not accept {len(refused_ids)} of {len(rows)} events ({reasons}).",
                hint="They are published again.",
            )
        return sent

    def run(self, stop: threading.Event, *, idle: float = 0.2) -> None:
        """Publish until ``stop`` is set, looking every ``idle`` seconds when nothing waits.

        Waits longer after each failure in a row, up to half a minute. Fatal errors pass through.
        """
        try:
            while not stop.is_set():
                sent = 0
                for attempt in until_stopped(stop, Retriable, _unavailable):
                    with attempt:
                        sent = self.run_once()
                if not sent:
                    stop.wait(idle)
        finally:
            self.close()

    def close(self) -> None:
        """Let another relay become active and close the connection to the broker."""
        self._broker.close()
        self._seat.release()

    def _mark(self, rows: Sequence[Unsent]) -> int:
        with self._seat.writing() as connection:
            sent = mark_sent(connection, [row.id for row in rows], self._clock())
            reach("publish.marked")
        for row in rows:
            _log.info(
                "event.published",
                event_id=row.event_id,
                request_id=row.request_id,
                sequence=row.sequence,
                type=row.type,
            )
        return sent


def _unavailable(error: Exception, failures: int, wait: float) -> None:
    name = "broker.unavailable"
    if not isinstance(error, BrokerUnavailable):
        name = "store.unavailable"
    _log.warning(name, reason=str(error), failures=failures, retry_in=wait)


def _outgoing(row: Unsent, routing_key: str) -> Outgoing:
    return Outgoing(
        routing_key=routing_key,
        message_id=row.event_id,
        body=row.body,
        headers={
            "ce-type": row.type,
            "ce-subject": row.request_id,
            "ce-sequence": sequence_text(row.sequence),
        },
    )
