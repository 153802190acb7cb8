"""Publishing: the relay from the outbox to the queue, the queue itself, and the pull feed."""

from intake.publish.broker import Broker
from intake.publish.connection import ping, queue_depths
from intake.publish.consumer import Tally, consume
from intake.publish.feed import read_feed
from intake.publish.relay import Relay
from intake.publish.seen import SeenFile, SeenRedis, open_seen
from intake.publish.topology import Topology, routing_key

__all__ = [
    "Broker",
    "Relay",
    "SeenFile",
    "SeenRedis",
    "Tally",
    "Topology",
    "consume",
    "open_seen",
    "ping",
    "queue_depths",
    "read_feed",
    "routing_key",
]
