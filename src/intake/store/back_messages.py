"""Messages of units and systems, as they were accepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from intake.store.tables import back_message

UNNAMED = ""
"""The system of messages that were accepted before systems were told apart."""


def of_id(connection: sa.Connection, system: str, message_id: str) -> Mapping[str, dict[str, Any]]:
    """Return the messages under an id, as JSON by system: the system's own, and that of no named system."""
    rows = connection.execute(
        sa.select(back_message.c.system, back_message.c.doc).where(
            back_message.c.system.in_((system, UNNAMED)), back_message.c.id == message_id
        )
    )
    return {row.system: dict(row.doc) for row in rows}
