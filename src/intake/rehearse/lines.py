"""Lines of JSON as submissions: what ``intake try`` is asked, one message a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from intake.connect.channels import declared, is_declared
from intake.model.channel import Channel, ChannelName
from intake.model.ids import request_id
from intake.model.submission import Contact, MatterType, Submission
from intake.model.zone import CHINA

SOURCE = "trial"
LONGEST_LINE = 4_000_000
"""Bytes; a scanned letter pasted into html stays below, an unending line does not fill memory."""
_YEARS = range(1970, 2200)  # beyond these no deadline can be reckoned


class TrialLine(BaseModel):
    """One line of input; unknown keys are ignored, so that real exports can be piped in.

    With a ``source``, the line is that source's item number ``id``, as in earnest: the same number again
    is a revision of it.
    """

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    text: str = Field(coerce_numbers_to_str=False)
    id: Any = None
    title: str | None = None
    html: bool | str | None = None
    source: str | None = None
    channel: ChannelName | None = None
    form_area: str | None = None
    home_area: str | None = None
    received_at: datetime | None = None
    contact: str | None = Field(None, description="Phone, or any handle of the person.")
    name: str | None = None
    email: str | None = None
    submitter_unit: str | None = None
    matter_type: MatterType | None = None
    answered_on_the_spot: bool = False

    @field_validator("channel")
    @classmethod
    def _declared(cls, name: str | None) -> str | None:
        if name is not None and not is_declared(name):
            raise ValueError(f"no such channel is declared; one of {', '.join(declared())}")
        return name

    @field_validator("received_at")
    @classmethod
    def _aware_and_plausible(cls, at: datetime | None) -> datetime | None:
        if at is None:
            return None
        if at.year not in _YEARS:
            raise ValueError(f"year {at.year} is not from {_YEARS[0]} to {_YEARS[-1]}")
        return at if at.tzinfo is not None else at.replace(tzinfo=CHINA)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.text.strip() or (self.title or "").strip()):
            raise ValueError("there is no text")
        if self.source is not None and not (isinstance(self.id, str) and 0 < len(self.id) <= 500):
            raise ValueError("a line with a source needs an id, a text of at most 500 characters")
        return self


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that could be read, by its number, as a submission."""

    number: int
    line: TrialLine
    submission: Submission
    home_area: str | None

    @property
    def request_id(self) -> str:
        """The id of the request that it becomes."""
        return request_id(self.submission.source, self.submission.external_id)


def read_line(
    line: bytes,
    number: int,
    home: str | None,
    homes: Mapping[str, str | None] = MappingProxyType({}),
) -> Asked | dict[str, Any]:
    """Read a line; an object with ``id`` and ``error`` where it cannot be read.

    Where the line names no home area, its source's counts (``homes``), or else ``home``.
    """
    identifier: Any = None
    try:
        found = _parsed(line)
        identifier = found.get("id") if isinstance(found, dict) else None
        read = TrialLine.model_validate(found)
    except _LineError as error:
        said = str(error)
    except ValidationError as error:
        said = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'line'}: {item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_input=False, include_url=False)
        )
    else:
        own_home = read.home_area or homes.get(read.source or "") or home
        return Asked(number, read, _submission(read, number, own_home), own_home)
    return {"id": identifier, "error": f"line {number}: {said}"}


def _submission(line: TrialLine, number: int, home: str | None) -> Submission:
    channel = line.channel or Channel.IMPORT
    markup = line.html if isinstance(line.html, str) else None
    return Submission(
        source=line.source or "-".join((SOURCE, channel, *((home,) if home else ()))),
        channel=channel,
        external_id=line.id if line.source else str(number),
        title=_whole(line.title or ""),
        body=_whole(markup or line.text),
        html=bool(line.html),
        submitted_at=line.received_at,
        contact=Contact(phone=_whole_or_none(line.contact), name=_whole_or_none(line.name),
                        email=_whole_or_none(line.email)),
        form_area=line.form_area,
        submitter_unit=line.submitter_unit,
        matter_type=line.matter_type,
        answered_on_the_spot=line.answered_on_the_spot,
    )  # fmt: skip


def _whole(text: str) -> str:
    """Mark half a surrogate pair, which JSON can write and no text can hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole_or_none(text: str | None) -> str | None:
    return _whole(text) if text else None


class _LineError(ValueError):
    """A line that is no JSON value."""


def _parsed(line: bytes) -> Any:
    if len(line) > LONGEST_LINE:
        raise _LineError(f"longer than {LONGEST_LINE} bytes")
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:  # ValueError: not UTF-8, not JSON, endless number
        raise _LineError(f"not JSON: {error}") from error
