"""Kombu as this package sees it: untyped.

Kombu ships ``py.typed`` but annotates little, so that a strict checker refuses nearly every use
of it. Giving its classes as ``Any`` here, once, keeps the rest free of exceptions to the rule.
"""

from __future__ import annotations

from typing import Any

from kombu import connection, entity, messaging
from kombu.transport import TRANSPORT_ALIASES, pyamqp, virtual

aliases: dict[str, str] = TRANSPORT_ALIASES

Connection: Any = connection.Connection
Exchange: Any = entity.Exchange
Queue: Any = entity.Queue
Consumer: Any = messaging.Consumer

VirtualChannel: Any = virtual.Channel
VirtualQoS: Any = virtual.QoS
VirtualTransport: Any = virtual.Transport

AmqpChannel: Any = pyamqp.Channel
AmqpConnection: Any = pyamqp.Connection
AmqpTransport: Any = pyamqp.Transport
AmqpSSLTransport: Any = pyamqp.SSLTransport
