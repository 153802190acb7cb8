"""Events and messages for the tests of publishing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.contract.event import sequence_text
from intake.queue.broker import Outgoing
from intake.store import outbox
from intake.store.engine import Store

UNITS = ("alpha", "beta", "gamma", "desk")
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

Receive = Callable[..., list[Any]]


def event_row(
    request_id: str, sequence: int, *units: str, body: str = "", at: datetime = NOW
) -> outbox.OutboxRow:
    """An event as the pipeline would append it; the body is as small as a consumer accepts."""
    event_id = f"{request_id}/{sequence}"
    return outbox.OutboxRow(
        event_id=event_id,
        request_id=request_id,
        sequence=sequence,
        type="cn.intake.request.routed.v1",
        routing_keys=tuple(f"{unit}.routed" for unit in units),
        body=body
        or f'{{"id":"{event_id}","subject":"{request_id}","sequence":"{sequence_text(sequence)}"}}',
        created_at=at + timedelta(seconds=sequence),
    )


def append(store: Store, *rows: outbox.OutboxRow) -> None:
    with store.write() as connection:
        outbox.append(connection, rows)


def messages(unit: str, ids: Sequence[str]) -> list[Outgoing]:
    return [
        Outgoing(f"{unit}.routed", id_, f'{{"id":"{id_}"}}', {"ce-subject": "r"}) for id_ in ids
    ]
