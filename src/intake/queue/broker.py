"""Publishing batches of events with confirms, on whichever broker the URL names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from intake.contract.event import CONTENT_TYPE, DESK
from intake.errors import BrokerUnavailable, ConfigurationError
from intake.queue.connection import broker_errors, connect
from intake.queue.publish_batch import PublishBatch, PublishRefused
from intake.queue.topology import Topology

PERSISTENT = 2


class Outgoing(NamedTuple):
    """One event for one routing key; ``body`` is the structured-mode CloudEvent."""

    routing_key: str
    message_id: str
    body: str
    headers: Mapping[str, str]


class Broker:
    """A connection that publishes, made when first needed and again after a failure.

    For one thread. ``timeout`` (seconds) bounds the confirms of a batch and every other exchange
    with the broker. A unit's queue is declared before the first event for it is published from
    here, so that nothing is lost for a consumer that comes later.
    """

    def __init__(
        self, url: str, *, topology: Topology | None = None, timeout: float = 10.0
    ) -> None:
        self._url = url
        self._timeout = timeout
        self.topology = topology or Topology()
        self._connection: Any = None
        self._channel: Any = None
        self._declared: set[str] = set()

    def publish(self, messages: Sequence[Outgoing]) -> Mapping[int, str]:
        """Publish a batch; returns the places of the refused, with why: the broker has all others.

        Raises ``BrokerUnavailable``: it is unknown what the broker has, publish all again.
        """
        try:
            with broker_errors():
                self._declare({message.routing_key.partition(".")[0] for message in messages})
                batch: PublishBatch = self._open().create_publish_batch(max_size=len(messages) + 1)
                batch.timeout = self._timeout
                with closing(batch):
                    self._send(batch, messages)
        except PublishRefused as refusal:
            if "unroutable" in refusal.refused.values():
                self.drop()  # somebody deleted the catch-all: declare everything again
            return refusal.refused
        except (BrokerUnavailable, ConfigurationError):
            self.drop()
            raise
        return {}

    def declare(self, units: Iterable[str] = (DESK,)) -> None:
        """Declare what is shared and the queues of ``units``."""
        try:
            with broker_errors():
                self._declare(set(units))
        except (BrokerUnavailable, ConfigurationError):
            self.drop()
            raise

    def drop(self) -> None:
        """Let the connection go without a word to the broker; it may be stuck."""
        connection, self._connection, self._channel = self._connection, None, None
        self._declared.clear()
        if connection is not None:
            connection.collect()

    def close(self) -> None:
        """Close in order; a broker that does not answer in time is left."""
        connection, self._connection, self._channel = self._connection, None, None
        self._declared.clear()
        if connection is not None:
            connection.release()

    def _send(self, batch: PublishBatch, messages: Sequence[Outgoing]) -> None:
        exchange = self.topology.requests.name
        for message in messages:
            prepared = batch.channel.prepare_message(
                message.body.encode(),
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                headers=dict(message.headers),
                properties={"message_id": message.message_id, "delivery_mode": PERSISTENT},
            )
            batch.publish(
                prepared, exchange=exchange, routing_key=message.routing_key, mandatory=True
            )
        batch.flush()

    def _open(self) -> Any:
        if self._channel is None:
            self._connection = connect(self._url, self._timeout)
            self._channel = self._connection.channel()
        return self._channel

    def _declare(self, units: set[str]) -> None:
        channel = self._open()
        if units <= self._declared:
            return
        self.topology.declare(channel, sorted(units - self._declared))
        self._declared |= units
