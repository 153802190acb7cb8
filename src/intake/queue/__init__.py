"""The publish loop, both queues (RabbitMQ, embedded), the consumer and the pull feed."""

from intake.queue.broker import Broker
from intake.queue.connection import ping, queue_depths
from intake.queue.consumer import ConsumerTally, consume
from intake.queue.feed import read_feed
from intake.queue.relay import Relay
from intake.queue.seen import SeenFile, SeenRedis, open_seen
from intake.queue.topology import Topology, routing_key

__all__ = [
    "Broker",
    "ConsumerTally",
    "Relay",
    "SeenFile",
    "SeenRedis",
    "Topology",
    "consume",
    "open_seen",
    "ping",
    "queue_depths",
    "read_feed",
    "routing_key",
]
