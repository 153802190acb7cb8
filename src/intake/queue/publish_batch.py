"""The protocol of channels that publish in batches; one suite tests it on both transports.

This is the protocol that kombu's ``Producer.batch()`` looks for on a channel
(``create_publish_batch(max_size=…)``), with one promise added: when ``flush`` returns, the broker
has taken responsibility for every message of the batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class PublishRefused(Exception):  # noqa: N818 - a part was accepted
    """The broker answered, but did not accept some messages of a batch; it accepted all others.

    ``refused`` maps a message's place in the batch (from 0) to ``nacked`` or ``unroutable``.
    """

    def __init__(self, refused: Mapping[int, str]) -> None:
        super().__init__(f"{len(refused)} messages not accepted: {sorted(set(refused.values()))}")
        self.refused = dict(refused)


class PublishBatch(Protocol):
    """Messages on their way to one commit or one round of confirms.

    After any error but :class:`PublishRefused` it is unknown what the broker has: the connection is
    to be dropped and everything published again, with the same message ids.
    """

    channel: Any
    timeout: float
    """Seconds that ``flush`` may take."""

    def publish(
        self, message: Any, *, exchange: str, routing_key: str, mandatory: bool = False, **_: Any
    ) -> None:
        """Add a message made by ``channel.prepare_message``; flushes by itself at ``max_size``."""

    def flush(self) -> None:
        """Return when all are accepted. Raises ``PublishRefused``, or the transport's errors."""

    def discard(self) -> None:
        """Forget what has not been sent yet."""

    def close(self) -> None:
        """End the batch."""
