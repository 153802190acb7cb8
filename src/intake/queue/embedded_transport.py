"""The kombu transport of the embedded queue: ``intake-sqlite:///var/queue.db``, four slashes for an
absolute path.

Kombu's own embedded transports lose what a crashed consumer had not acknowledged (measured); this
one keeps it, because a delivered message stays a row of the file until it is acknowledged. All
queues are durable; exchange types are direct, topic and fanout, with ``alternate-exchange``.

Transport options: ``lease_seconds`` (default 1800, as RabbitMQ's acknowledgement timeout),
``polling_interval`` (0.05 s), ``operation_timeout`` (30 s, the wait for another writer).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

from amqp.exceptions import ChannelError, NotFound, PreconditionFailed
from amqp.protocol import queue_declare_ok_t

from intake.errors import ConfigurationError
from intake.queue.embedded_db import dump
from intake.queue.embedded_messages import Lease, QueuedMessage, QueueFile
from intake.queue.embedded_routes import InequivalentError, MissingError
from intake.queue.publish_batch import PublishRefused
from intake.queue.untyped import VirtualChannel, VirtualQoS, VirtualTransport, aliases

SCHEME = "intake-sqlite"
LEASE_SECONDS = 1800.0
LEASE_AT_ONCE = 100
BUSY_SECONDS = 30.0
NO_ROUTE = 312


class QoS(VirtualQoS):  # type: ignore[misc]
    """Acknowledgements go to the file; the base class only counts what is outstanding."""

    channel: EmbeddedChannel

    def ack(self, delivery_tag: str) -> None:
        """Delete the message."""
        self.channel.file.ack([_lease_of(delivery_tag)])
        super().ack(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Return the message back, or dead-letter it."""
        answer = self.channel.file.give_back if requeue else self.channel.file.reject
        answer([_lease_of(delivery_tag)])
        self._quick_ack(delivery_tag)

    def restore_unacked(self) -> list[Any]:
        """Return everything that is outstanding."""
        self._flush()
        self.channel.file.give_back([_lease_of(tag) for tag in self._delivered])
        self._delivered.clear()
        return []

    def restore_unacked_once(self, stderr: Any = None) -> None:
        """Kombu calls this when a channel closes, and at exit."""
        self._on_collect.cancel()
        self.restore_unacked()


class EmbeddedBatch:
    """A :class:`~intake.queue.publish_batch.PublishBatch`: one commit is the confirm of all."""

    def __init__(self, channel: EmbeddedChannel, max_size: int) -> None:
        self.channel = channel
        self.timeout = 0.0
        self._max_size = max_size
        self._waiting: list[tuple[QueuedMessage, bool]] = []

    def publish(
        self, message: Any, *, exchange: str, routing_key: str, mandatory: bool = False, **_: Any
    ) -> None:
        """Add a message; flushes by itself at ``max_size``."""
        self._waiting.append((_stored(message, exchange, routing_key), mandatory))
        if len(self._waiting) >= self._max_size:
            self.flush()

    def flush(self) -> None:
        """Commit. Raises ``PublishRefused`` for mandatory messages that reached no queue."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        reached = self.channel.put(message for message, _ in waiting)
        refused = {
            place: "unroutable"
            for place, (queues, (_, mandatory)) in enumerate(zip(reached, waiting, strict=True))
            if mandatory and not queues
        }
        if refused:
            raise PublishRefused(refused)

    def discard(self) -> None:
        """Forget what is not committed."""
        self._waiting.clear()

    def close(self) -> None:
        """Nothing is held."""


class EmbeddedChannel(VirtualChannel):  # type: ignore[misc]
    """A virtual channel whose broker state is the file's."""

    QoS = QoS
    supports_fanout = True
    supports_batch_publish = True

    def __init__(self, connection: EmbeddedTransport, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self.file = connection.file
        self.events: defaultdict[str, set[Callable[..., None]]] = defaultdict(set)
        self._leased: defaultdict[str, deque[Lease]] = defaultdict(deque)
        self._no_ack: set[str] = set()

    # Topology

    def exchange_declare(
        self,
        exchange: str,
        type: str = "direct",
        durable: bool = True,
        auto_delete: bool = False,
        arguments: dict[str, Any] | None = None,
        nowait: bool = False,
        passive: bool = False,
    ) -> None:
        """Declare an exchange. Raises amqp's ``NotFound`` for a passive one that is unknown."""
        if passive:
            if not self.file.routes.has_exchange(exchange):
                raise NotFound(f"NOT_FOUND - no exchange {exchange!r}")
            return
        with _as_amqp():
            self.file.routes.declare_exchange(exchange, type, arguments or {})

    def exchange_delete(self, exchange: str, if_unused: bool = False, nowait: bool = False) -> None:
        """Delete an exchange."""
        self.file.routes.delete_exchange(exchange)

    def queue_declare(
        self,
        queue: str,
        passive: bool = False,
        arguments: dict[str, Any] | None = None,
        **_: Any,
    ) -> queue_declare_ok_t:
        """Declare a queue; return its depth. Raises amqp's ``NotFound`` for a passive one that is unknown."""
        if not passive:
            with _as_amqp():
                self.file.routes.declare_queue(queue, arguments or {})
        elif not self.file.routes.has_queue(queue):
            raise NotFound(f"NOT_FOUND - no queue {queue!r}")
        return queue_declare_ok_t(queue, self.file.depth(queue), 0)

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Bind a queue to an exchange."""
        with _as_amqp():
            self.file.routes.bind(queue, exchange, routing_key)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Take a binding away."""
        self.file.routes.unbind(queue, exchange, routing_key)

    def queue_delete(
        self, queue: str, if_unused: bool = False, if_empty: bool = False, **_: Any
    ) -> None:
        """Delete a queue and what is in it."""
        if not (if_empty and self.file.depth(queue)):
            self.file.routes.delete_queue(queue)

    def _purge(self, queue: str) -> int:
        return self.file.purge(queue)

    def _size(self, queue: str) -> int:
        return self.file.depth(queue)

    # Publishing

    def create_publish_batch(self, max_size: int) -> EmbeddedBatch:
        """Open a batch that is stored in one commit (kombu's ``Producer.batch``)."""
        return EmbeddedBatch(self, max_size)

    def put(self, messages: Iterable[QueuedMessage]) -> list[int]:
        """Store messages in one commit; for each, in how many queues it is."""
        with _as_amqp():
            return self.file.put(messages)

    def basic_publish(
        self,
        message: Any,
        exchange: str,
        routing_key: str,
        mandatory: bool = False,
        **_: Any,
    ) -> None:
        """Publish one message; it is durable when this returns."""
        (queues,) = self.put([_stored(message, exchange, routing_key)])
        if mandatory and not queues:
            error = ChannelError("NO_ROUTE", (60, 50), "Basic.return", NO_ROUTE)
            for callback in self.events["basic_return"]:
                callback(error, exchange, routing_key, message)

    # Consuming

    def basic_consume(
        self, queue: str, no_ack: bool, callback: Any, consumer_tag: str, **kwargs: Any
    ) -> None:
        """Consume from a queue; one consumer per queue and connection."""
        if no_ack:
            self._no_ack.add(queue)
        super().basic_consume(queue, no_ack, callback, consumer_tag, **kwargs)

    def basic_cancel(self, consumer_tag: str) -> None:
        """Stop consuming; what was fetched ahead goes back."""
        queue = self._tag_to_queue.get(consumer_tag)
        super().basic_cancel(consumer_tag)
        if queue is not None:
            ahead = self._leased.pop(queue, deque())
            self.file.give_back([(lease.id, lease.deliveries) for lease in ahead], unseen=True)
            self._no_ack.discard(queue)

    def basic_get(self, queue: str, no_ack: bool = False, **_: Any) -> Any:
        """Get one message, or None."""
        leases = self.file.lease(queue, 1)
        if not leases:
            return None
        message = self.Message(_payload(leases[0], queue), channel=self)
        if no_ack:
            self.file.ack([_lease_of(message.delivery_tag)])
        else:
            self.qos.append(message, message.delivery_tag)
        return message

    def _get_and_deliver(self, queue: str, callback: Callable[[Any, str], None]) -> None:
        ahead = self._leased[queue]
        if not ahead:
            room = self.qos.can_consume_max_estimate()
            ahead.extend(self.file.lease(queue, min(room or LEASE_AT_ONCE, LEASE_AT_ONCE)))
        if not ahead:
            raise Empty
        payload = _payload(ahead.popleft(), queue)
        if queue in self._no_ack:
            self.file.ack([_lease_of(payload["properties"]["delivery_tag"])])
        callback(payload, queue)


class EmbeddedTransport(VirtualTransport):  # type: ignore[misc]
    """One connection to one queue file."""

    Channel = EmbeddedChannel
    driver_type = "sqlite"
    driver_name = "sqlite3"
    polling_interval = 0.05
    connection_errors = (*VirtualTransport.connection_errors, sqlite3.Error, OSError)
    recoverable_connection_errors = connection_errors
    recoverable_channel_errors: tuple[type[Exception], ...] = ()
    implements = VirtualTransport.implements.extend(
        batch_publish=True, exchange_type=frozenset(["direct", "topic", "fanout"])
    )
    file: QueueFile

    def establish_connection(self) -> Any:
        """Open the file; it is made if there is none. Raises ``ConfigurationError`` for a URL without one."""
        path = self.client.virtual_host
        if path in (None, "", "/"):
            raise ConfigurationError(
                "queue.url names no file.", hint=f"Example: {SCHEME}:///var/queue.db"
            )
        options = self.client.transport_options
        self.file = QueueFile(
            Path(path),
            time.time,
            lease_seconds=options.get("lease_seconds", LEASE_SECONDS),
            busy_seconds=options.get("operation_timeout", BUSY_SECONDS),
        )
        return super().establish_connection()

    def close_connection(self, connection: Any) -> None:
        """Return what is unacknowledged and close the file."""
        super().close_connection(connection)
        self.file.close()

    def driver_version(self) -> str:
        """Return the version of SQLite."""
        return sqlite3.sqlite_version


@contextmanager
def _as_amqp() -> Iterator[None]:
    """Return the file's refusals the errors that an AMQP broker would answer with."""
    try:
        yield
    except MissingError as error:
        raise NotFound(f"NOT_FOUND - {error}") from error
    except InequivalentError as error:
        raise PreconditionFailed(f"PRECONDITION_FAILED - {error}") from error


def _stored(message: dict[str, Any], exchange: str, routing_key: str) -> QueuedMessage:
    body = message["body"]
    properties = {k: v for k, v in message["properties"].items() if k != "delivery_info"}
    return QueuedMessage(
        exchange=exchange,
        routing_key=routing_key,
        content_type=message["content-type"],
        content_encoding=message["content-encoding"],
        headers=dump(message["headers"]),
        properties=dump(properties),
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


def _payload(lease: Lease, queue: str) -> dict[str, Any]:
    """Shape a row as kombu's virtual ``Message`` expects it; counts as quorum queues do."""
    message = lease.message
    headers = json.loads(message.headers)
    if lease.deliveries > 1:
        headers["x-delivery-count"] = lease.deliveries - 1
    properties = json.loads(message.properties)
    properties["delivery_tag"] = f"{lease.id}.{lease.deliveries}"
    properties["delivery_info"] = {
        "exchange": message.exchange,
        "routing_key": message.routing_key,
        "redelivered": lease.deliveries > 1,
        "queue": queue,
    }
    return {
        "body": message.body,
        "content-type": message.content_type,
        "content-encoding": message.content_encoding,
        "headers": headers,
        "properties": properties,
    }


def _lease_of(delivery_tag: str) -> tuple[int, int]:
    id_, _, deliveries = delivery_tag.partition(".")
    return int(id_), int(deliveries)


aliases[SCHEME] = f"{__name__}:Transport"
