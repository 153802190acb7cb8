"""The ways in (渠道): an open set. A channel is a name; who brings one declares what it is called.

Documents, events, tables, settings and the database hold the name alone, so that a channel whose
connector is no longer installed stays what it was. ``intake.connect.channels`` knows what is declared.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from pydantic import Field

CHANNEL_NAME = r"^[a-z][a-z0-9_]{0,39}$"
ChannelName = Annotated[str, Field(pattern=CHANNEL_NAME)]
"""A channel as it is stored and published: a-z, 0-9 and _, 40 characters at most."""


class AnswerWay(StrEnum):
    """The ways in which an answer goes back to the citizen over a channel."""

    CALL = "call"  # by voice, to the number they called from
    MESSAGE = "message"  # in writing, to them alone
    PUBLIC = "public"  # in writing, where everybody reads it
    SUBMITTER = "submitter"  # through the unit that passed the matter on
    NOBODY = "nobody"  # nobody waits there for an answer


class Channel(str):
    """A kind of way in, as a connector declares it: its name and its labels for people.

    ``zh`` and ``en`` are the labels on pages and in workbooks; ``answers`` is how an answer goes back.
    A channel of which nothing is declared is called by its name. Raises ``ValueError`` for a name that
    does not fit ``CHANNEL_NAME``.
    """

    zh: str
    en: str
    answers: AnswerWay

    HOTLINE: ClassVar[Channel]
    MAILBOX: ClassVar[Channel]
    BOARD: ClassVar[Channel]
    OUTREACH: ClassVar[Channel]
    SUPERVISION: ClassVar[Channel]
    IMPORT: ClassVar[Channel]

    def __new__(
        cls, name: str, *, zh: str = "", en: str = "", answers: AnswerWay = AnswerWay.MESSAGE
    ) -> Channel:
        """Declare a channel; two declarations of one name are equal, whatever their labels."""
        if re.fullmatch(CHANNEL_NAME, name) is None:
            raise ValueError(f"{name!r} is no name of a channel: a-z, 0-9 and _, 40 at most")
        made = super().__new__(cls, name)
        made.zh, made.en, made.answers = zh or name, en or name, AnswerWay(answers)
        return made

    def __setattr__(self, name: str, value: Any) -> None:
        """Allow each part to be set once: a channel is shared by all who name it."""
        if name in self.__dict__:
            raise AttributeError(f"A channel does not change: {name} is {getattr(self, name)!r}.")
        super().__setattr__(name, value)


Channel.HOTLINE = Channel("hotline", zh="热线", en="hotline", answers=AnswerWay.CALL)
Channel.MAILBOX = Channel("mailbox", zh="信箱", en="mailbox", answers=AnswerWay.MESSAGE)
Channel.BOARD = Channel("board", zh="留言板", en="message board", answers=AnswerWay.PUBLIC)
Channel.OUTREACH = Channel("outreach", zh="走访上报", en="outreach", answers=AnswerWay.SUBMITTER)
Channel.SUPERVISION = Channel(
    "supervision", zh="督查转办", en="supervision", answers=AnswerWay.SUBMITTER
)
Channel.IMPORT = Channel("import", zh="批量导入", en="file import", answers=AnswerWay.NOBODY)

SHIPPED = (
    Channel.HOTLINE,
    Channel.MAILBOX,
    Channel.BOARD,
    Channel.OUTREACH,
    Channel.SUPERVISION,
    Channel.IMPORT,
)
"""The channels that are there without any connector."""
