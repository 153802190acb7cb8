"""Publishing: the relay from the outbox to the queue, the queue itself, and the pull feed."""

from intake.publish.broker import Broker
from intake.publish.connection import ping, queue_depths
from intake.publish.consumer import SeenFile, Tally, consume
from intake.publish.feed import read_feed
from intake.publish.relay import Relay
from intake.publish.topology import Topology, routing_key

__all__ = [
    "Broker",
    "Relay",
    "SeenFile",
    "Tally",
    "Topology",
    "consume",
    "ping",
    "queue_depths",
    "read_feed",
    "routing_key",
]
