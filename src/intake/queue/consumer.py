"""The reference consumer: it handles each event once and loses none.

1. It drops events that it has seen: the queue delivers at least once, and an event keeps its id.
2. It handles an event, then remembers its id, then acknowledges. A crash in between repeats the event and
   loses nothing. For an effect exactly once, commit the id together with the effect: pass a ``seen`` that
   reads the handler's own database.
3. An event that cannot be handled goes to the dead-letter queue and does not block the next ones.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from intake import backoff, log
from intake.errors import BrokerUnavailable
from intake.queue.connection import broker_errors, connected
from intake.queue.seen import Seen
from intake.queue.topology import Topology
from intake.queue.untyped import Consumer

HEARTBEAT_SECONDS = 30
POLL_SECONDS = 0.5

Handler = Callable[[dict[str, Any]], None]

_log = log.get("consumer")


@dataclass(slots=True)
class ConsumerTally:
    """A consumer's counts: events handled, repeats dropped, events sent to the dead-letter queue."""

    handled: int = 0
    repeated: int = 0
    rejected: int = 0


def consume(
    url: str,
    unit: str,
    on_event: Handler,
    *,
    seen: Seen,
    stop: threading.Event,
    topology: Topology | None = None,
    prefetch: int = 20,
    attempts: int = 3,
    timeout: float = 10.0,
) -> ConsumerTally:
    """Hand every event for ``unit`` to ``on_event`` as a CloudEvent's JSON object, until ``stop``.

    An event whose handler raises is tried ``attempts`` times on the spot, so that those behind it of
    the same request do not overtake it, then dead-lettered. A lost broker is waited for. On RabbitMQ
    a handler that takes over a minute loses its connection, and the event is delivered again.
    Raises ``ConfigurationError``.
    """
    worker = _Worker(on_event, seen, stop, attempts)
    names = topology or Topology()
    while not stop.is_set():
        for attempt in backoff.until_stopped(stop, BrokerUnavailable, _unavailable):
            with attempt:
                _serve(url, names, unit, worker, stop, prefetch=prefetch, timeout=timeout)
    return worker.tally


def _serve(
    url: str, names: Topology, unit: str, worker: _Worker, stop: threading.Event,
    *, prefetch: int, timeout: float,
) -> None:  # fmt: skip
    """Consume over one connection; raise ``BrokerUnavailable`` where there is none to be had.

    One that was there and is lost is no failure in a row: it returns, after a moment.
    """
    there = False
    try:
        with broker_errors(), connected(url, timeout, heartbeat=HEARTBEAT_SECONDS) as connection:
            channel = connection.channel()
            names.declare(channel, (unit,))
            with Consumer(
                channel,
                [names.unit(unit)],
                on_message=worker.take,
                prefetch_count=prefetch,
                auto_declare=False,
            ):
                there = True
                _drain(connection, stop)
    except BrokerUnavailable as error:
        if not there:
            raise
        _unavailable(error, 1, backoff.START)
        stop.wait(backoff.START)


def _unavailable(error: Exception, failures: int, wait: float) -> None:
    _log.warning("broker.unavailable", reason=str(error), failures=failures, retry_in=wait)


def _drain(connection: Any, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            connection.drain_events(timeout=POLL_SECONDS)
        except TimeoutError:
            # Without heartbeats a vanished broker would look like one without messages.
            connection.heartbeat_check()


class _Worker:
    """Decides for one message after the other what becomes of it."""

    def __init__(self, on_event: Handler, seen: Seen, stop: threading.Event, attempts: int) -> None:
        self.tally = ConsumerTally()
        self._on_event = on_event
        self._seen = seen
        self._stop = stop
        self._attempts = attempts

    def take(self, message: Any) -> None:
        """Handle, drop or reject a message; acknowledge or reject it at the broker."""
        if self._stop.is_set():
            message.requeue()
            return
        event = _event_in(message.body)
        if event is None:
            self._reject(message, "not a CloudEvent")
        elif event["id"] in self._seen:
            self.tally.repeated += 1
            message.ack()
        elif self._handled(event):
            self._seen.add(event["id"])
            self.tally.handled += 1
            message.ack()
        elif self._stop.is_set():
            message.requeue()
        else:
            self._reject(message, "the handler failed")

    def _handled(self, event: dict[str, Any]) -> bool:
        def failed(error: Exception, attempt: int, wait: float) -> None:
            _log.warning(
                "event.failed", event_id=event["id"], attempt=attempt, retry_in=wait, exc_info=error
            )

        try:
            for attempt in backoff.until_stopped(
                self._stop, Exception, failed, attempts=self._attempts
            ):
                with attempt:
                    self._on_event(event)
                    return True
        except Exception:  # noqa: BLE001 - foreign code; each failure was logged when it happened
            return False
        return False

    def _reject(self, message: Any, reason: str) -> None:
        self.tally.rejected += 1
        message.reject()
        _log.error("event.rejected", event_id=message.properties.get("message_id"), reason=reason)


def _event_in(body: str | bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(body)
    except ValueError:
        return None
    return event if isinstance(event, dict) and isinstance(event.get("id"), str) else None
