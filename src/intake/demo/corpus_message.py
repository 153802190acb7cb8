"""One message of the city's corpus, and reading the corpus that comes with the product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from intake.errors import ConfigurationError

HappeningKind = Literal["follow_up", "rating", "official_reply", "edit", "withdrawal"]


class Happening(BaseModel):
    """A later change of a message; ``after_hours`` counts from its first appearance in the city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: HappeningKind
    after_hours: float
    body: str = ""
    title: str | None = None
    unit: str | None = None
    solved: bool | None = None
    satisfied: bool | None = None


class CorpusMessage(BaseModel):
    """One citizen's message; invented, never real.

    ``expect`` is the result expected of the product; the city does not read it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    story: str | None = None
    matter: str = ""
    person: str = ""
    source: str
    channel: str
    submitted_at: AwareDatetime
    title: str = ""
    body: str = ""
    html: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    virtual: bool = False
    form_area: str | None = None
    form_category: str | None = None
    matter_type: str | None = None
    addressee: str | None = None
    submitter_unit: str | None = None
    disposition: str | None = None
    expect: dict[str, Any] = Field(default_factory=dict)
    then: tuple[Happening, ...] = ()


def load_corpus(folder: Traversable | None = None) -> list[CorpusMessage]:
    """Read all messages of ``folder`` (default: the corpus shipped here), by time."""
    folder = folder or files("intake.demo") / "corpus"
    return sorted(_read(folder), key=lambda message: (message.submitted_at, message.key))


def _read(folder: Traversable) -> Iterator[CorpusMessage]:
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".jsonl"):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
            if not line.strip():
                continue
            try:
                yield CorpusMessage.model_validate(json.loads(line))
            except ValueError as error:
                raise ConfigurationError(
                    f"{file.name}, line {number} is not a corpus message.", hint=str(error)
                ) from error


def latest(messages: list[CorpusMessage]) -> datetime:
    """When the last message was submitted."""
    return max(message.submitted_at for message in messages)


def moved_to(messages: list[CorpusMessage], now: datetime) -> list[CorpusMessage]:
    """Return the messages as if the last had just been submitted; moved by whole weeks, weekdays stay."""
    weeks = (now - latest(messages)) // timedelta(weeks=1)
    return [
        message.model_copy(update={"submitted_at": message.submitted_at + timedelta(weeks=weeks)})
        for message in messages
    ]
