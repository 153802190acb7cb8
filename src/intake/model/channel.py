"""The ways in (渠道)."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """Kind of way in (渠道)."""

    HOTLINE = "hotline"
    MAILBOX = "mailbox"
    BOARD = "board"
    OUTREACH = "outreach"
    SUPERVISION = "supervision"
    IMPORT = "import"
