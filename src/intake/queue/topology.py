"""The exchanges and queues, the same on both transports (docs/events.md)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from intake.contract.event import EventKind
from intake.queue.untyped import Exchange, Queue

DELIVERY_LIMIT = 20


def routing_key(unit: str, what: EventKind) -> str:
    """Return the key under which a unit hears that something happened: ``<unit>.<what>``.

    Raises ``ValueError`` for a unit code that would be more than one word of a topic.
    """
    if not unit or set(unit) & set(".*#"):
        raise ValueError(f"unit code {unit!r} cannot be a word of a routing key")
    return f"{unit}.{what.value}"


@dataclass(frozen=True, slots=True)
class Topology:
    """Names and properties of exchanges and queues.

    ``prefix`` comes first in every name. ``delivery_limit`` is how often a message may come back
    from a consumer (crash or requeue) before it goes to the dead-letter queue.
    """

    prefix: str = "intake"
    delivery_limit: int = DELIVERY_LIMIT

    @property
    def requests(self) -> Any:
        """The topic exchange that events are published to."""
        alternate = {"alternate-exchange": f"{self.prefix}.unrouted"}
        return self._exchange("requests", "topic", alternate)

    @property
    def unrouted(self) -> Any:
        """Catch-all: events that no unit's queue is bound for."""
        return self._queue("unrouted", self._exchange("unrouted", "fanout"), "", {})

    @property
    def dead(self) -> Any:
        """Events that a consumer rejected or could not handle."""
        return self._queue("dead", self._exchange("dead", "fanout"), "", {})

    def unit(self, unit: str) -> Any:
        """Return the queue of one unit, or of the desk (``event.DESK``)."""
        arguments = {
            "x-delivery-limit": self.delivery_limit,
            "x-dead-letter-exchange": f"{self.prefix}.dead",
            # Dead-lettering with confirms inside the broker; needs to refuse when full.
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        return self._queue(f"unit.{unit}", self.requests, f"{unit}.#", arguments)

    def declare(self, channel: Any, units: Iterable[str] = ()) -> None:
        """Declare the exchanges, the catch-all, the dead-letter queue and the queues of ``units``.

        What is there already stays as it is.
        """
        for queue in (self.unrouted, self.dead, *map(self.unit, units)):
            queue.bind(channel).declare()
        self.requests.bind(channel).declare()

    def _exchange(self, name: str, kind: str, arguments: Mapping[str, Any] | None = None) -> Any:
        return Exchange(
            f"{self.prefix}.{name}", type=kind, durable=True, arguments=dict(arguments or {})
        )

    def _queue(self, name: str, exchange: Any, key: str, arguments: Mapping[str, Any]) -> Any:
        return Queue(
            f"{self.prefix}.{name}",
            exchange,
            routing_key=key,
            durable=True,
            queue_arguments={"x-queue-type": "quorum", **arguments},
        )
