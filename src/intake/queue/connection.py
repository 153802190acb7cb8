"""Opening connections to the queue, and the only place where its errors are mapped.

Every error of the libraries becomes ``BrokerUnavailable`` (wait and try again) or
``ConfigurationError`` (a person has to act).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from amqp.exceptions import AccessRefused, AMQPError, NotAllowed, NotFound, PreconditionFailed
from kombu.exceptions import KombuError

from intake.contract.event import DESK
from intake.errors import BrokerUnavailable, ConfigurationError
from intake.queue import confirming_transport, embedded_transport
from intake.queue.topology import Topology
from intake.queue.untyped import Connection

TRANSPORTS: Mapping[str, Any] = {
    embedded_transport.SCHEME: embedded_transport.EmbeddedTransport,
    "amqp": confirming_transport.ConfirmingTransport,
    "amqps": confirming_transport.ConfirmingSSLTransport,
}


def connect(url: str, timeout: float, *, heartbeat: float = 0) -> Any:
    """Open a connection; several URLs, separated by ``;``, are tried in order.

    Raises kombu's and amqp's errors (see ``broker_errors``) and ``ConfigurationError``.
    """
    *others, last = url.split(";")
    for candidate in others:
        try:
            return _connect(candidate, timeout, heartbeat)
        except (OSError, AMQPError, KombuError):
            continue  # the next one may answer; the last one's error is raised
    return _connect(last, timeout, heartbeat)


def _connect(url: str, timeout: float, heartbeat: float) -> Any:
    scheme = urlsplit(url).scheme
    if scheme not in TRANSPORTS:
        raise ConfigurationError(
            f"queue.url has the scheme {scheme!r}, which is not supported.",
            hint=f"Use one of {', '.join(TRANSPORTS)}.",
        )
    connection = Connection(
        url,
        transport=TRANSPORTS[scheme],
        connect_timeout=timeout,
        heartbeat=heartbeat,
        transport_options={"operation_timeout": timeout},
    )
    # Kombu would try twice with two seconds between; trying again is our caller's business.
    connection.ensure_connection(max_retries=0, reraise_as_library_errors=False)
    return connection


@contextmanager
def connected(url: str, timeout: float, *, heartbeat: float = 0) -> Iterator[Any]:
    """Hold a connection; after an error it is let go without a word, for it may be stuck."""
    connection = connect(url, timeout, heartbeat=heartbeat)
    try:
        yield connection
    except BaseException:
        connection.collect()
        raise
    connection.release()


@contextmanager
def broker_errors() -> Iterator[None]:
    """Map the errors of kombu, amqp, sockets and SQLite.

    Raises ``ConfigurationError`` where the broker refuses, ``BrokerUnavailable`` for everything else.
    """
    try:
        yield
    except (AccessRefused, NotAllowed, PreconditionFailed) as error:
        raise ConfigurationError(
            f"The broker refuses: {_reason(error)}.",
            hint="Check the user, the virtual host and the queues declared there.",
        ) from error
    except (OSError, AMQPError, KombuError, sqlite3.Error) as error:
        raise BrokerUnavailable(
            f"The queue did not confirm: {_reason(error)}.", hint="It is tried again."
        ) from error


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def ping(url: str, timeout: float = 5.0) -> None:
    """Return if the broker takes and confirms messages now; they are routed nowhere.

    Raises ``BrokerUnavailable`` or ``ConfigurationError``.
    """
    with broker_errors(), connected(url, timeout) as connection:
        channel = connection.channel()
        batch = channel.create_publish_batch(max_size=2)
        batch.timeout = timeout
        # A blocked RabbitMQ lets a connection in and confirms its first message, no other.
        for _ in range(2):
            message = channel.prepare_message(b"", content_type="text/plain", properties={})
            batch.publish(message, exchange="", routing_key="intake.ping.nowhere")
            batch.flush()


def queue_depths(
    url: str,
    units: Iterable[str] = (DESK,),
    *,
    topology: Topology | None = None,
    timeout: float = 5.0,
) -> dict[str, int]:
    """Count the ready messages of the catch-all, the dead-letter queue and the queues of ``units``.

    Queues that do not exist are left out. Raises as ``ping``.
    """
    names = topology or Topology()
    queues = [names.unrouted, names.dead, *(names.unit(unit) for unit in units)]
    depths: dict[str, int] = {}
    with broker_errors(), connected(url, timeout) as connection:
        for queue in queues:
            try:
                declared = connection.default_channel.queue_declare(queue.name, passive=True)
            except NotFound:
                continue  # AMQP closes the channel with this answer; kombu opens the next
            depths[queue.name] = declared.message_count
    return depths
