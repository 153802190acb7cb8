"""Lanes and clocks (通道, 时限) as data: which lane, which deadline profile, and by when.

A clock starts at receipt, ends with a day's end in China, and never restarts. Working days follow the
published holiday calendar with its make-up days; where that is not yet published the deadline counts
weekends only and is marked provisional.
"""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar
from pydantic import Field, ValidationError

from intake.decision import Deadlines, Lane
from intake.errors import ConfigurationError
from intake.request import Channel, MatterType, Noun
from intake.route.cost import Cost

CHINA = ZoneInfo("Asia/Shanghai")
ANY = "*"
REMEMBERED = 20_000


class Escalation(Noun):
    """When a matter that comes again and again goes up, and who is shown it."""

    requests: int = Field(ge=2)
    people: int = Field(ge=2)
    inform_kinds: tuple[str, ...] = ()


class Hops(Noun):
    """How often a request may come back."""

    limit: int = Field(ge=1)


class Lanes(Noun):
    """The lane table."""

    livelihood: tuple[str, ...]
    coordination_units: int = Field(ge=1)
    escalation: Escalation
    cost: Cost
    hops: Hops


class Profile(Noun):
    """One row of the deadline table; empty days mean no such clock."""

    profile: str
    area: str
    channels: tuple[str, ...]
    matter_type: str = ANY
    lanes: tuple[str, ...]
    accept_days: int | None = None
    reply_days: int | None = None
    finish_days: int | None = None
    day_kind: Literal["workday", "calendar", "unspecified"]
    certainty: Literal["quoted", "assumed", "law"]
    source: str = ""

    def fits(self, area: str, channel: Channel, matter_type: MatterType | None, lane: Lane) -> bool:
        """Say whether the profile is for such a request."""
        return (
            (self.area == ANY or area.startswith(self.area))
            and (ANY in self.channels or channel.value in self.channels)
            and self.matter_type in (ANY, matter_type)
            and (ANY in self.lanes or lane.value in self.lanes)
        )

    @property
    def specificity(self) -> tuple[int, bool, bool, bool]:
        """Greater is more specific."""
        return (
            0 if self.area == ANY else len(self.area),
            self.matter_type != ANY,
            ANY not in self.channels,
            ANY not in self.lanes,
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """Lanes and deadline profiles; ``version`` is a hash of the files."""

    lanes: Lanes
    profiles: tuple[Profile, ...]
    version: str
    # Most requests of a day share their deadlines.
    _answers: dict[tuple[object, ...], Deadlines] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def load(cls, folder: Path) -> Policy:
        """Read ``lanes.toml`` and ``deadlines.csv``; errors name file and line."""
        try:
            lanes = (folder / "lanes.toml").read_bytes()
            deadlines = (folder / "deadlines.csv").read_bytes()
        except OSError as error:
            raise ConfigurationError(
                f"The policy file {error.filename} cannot be read: {error.strerror}.",
                hint="Set models.policy to the folder of lanes.toml and deadlines.csv.",
            ) from error
        try:
            table = Lanes.model_validate(tomllib.loads(lanes.decode()))
        except (ValidationError, tomllib.TOMLDecodeError) as error:
            raise ConfigurationError(f"{folder / 'lanes.toml'}: {error}") from error
        profiles = tuple(_profiles(deadlines.decode("utf-8-sig"), folder / "deadlines.csv"))
        version = hashlib.sha256(lanes + b"\0" + deadlines).hexdigest()[:12]
        return cls(table, profiles, f"policy@{version}")

    def is_livelihood(self, category: str | None) -> bool:
        """Say whether a category is one of 特别办's."""
        return category is not None and category.startswith(self.lanes.livelihood)

    def deadlines(
        self,
        *,
        area: str,
        channel: Channel,
        matter_type: MatterType | None,
        lane: Lane,
        received_at: datetime,
    ) -> Deadlines:
        """Give the deadlines of a request; the product's fallback profile fits everything."""
        day = received_at.astimezone(CHINA).date()
        key = (area, channel, matter_type, lane, day)
        if key not in self._answers:
            if len(self._answers) >= REMEMBERED:
                self._answers.clear()
            profile = self._profile(area, channel, matter_type, lane)
            self._answers[key] = _deadlines(profile, day)
        return self._answers[key]

    def _profile(
        self, area: str, channel: Channel, matter_type: MatterType | None, lane: Lane
    ) -> Profile:
        fitting = [p for p in self.profiles if p.fits(area, channel, matter_type, lane)]
        if not fitting:
            raise ConfigurationError(
                f"No deadline profile fits area {area or '*'}, {channel}, {lane}.",
                hint="Keep a row with * everywhere in deadlines.csv.",
            )
        return max(fitting, key=lambda p: p.specificity)


def _deadlines(profile: Profile, received: date) -> Deadlines:
    ends = [
        due(received, days, profile.day_kind)
        for days in (profile.accept_days, profile.reply_days, profile.finish_days)
    ]
    return Deadlines(
        profile=profile.profile,
        day_kind=profile.day_kind,
        accept_by=ends[0][0],
        reply_by=ends[1][0],
        finish_by=ends[2][0],
        provisional=any(provisional for _, provisional in ends),
    )


@lru_cache(maxsize=4096)
def due(received: date, days: int | None, day_kind: str) -> tuple[datetime | None, bool]:
    """Give the end of the n-th day after ``received`` (UTC), and whether that is provisional.

    ``unspecified`` is counted as calendar days, the reading that is kinder to the citizen. 0 days
    means the same day.
    """
    if days is None:
        return None, False
    day, left, provisional = received, days, False
    while left > 0:
        day += timedelta(days=1)
        if day_kind == "workday":
            working, guessed = is_workday(day)
            provisional = provisional or guessed
            left -= int(working)
        else:
            left -= 1
    return datetime.combine(day, time(23, 59, 59), CHINA).astimezone(UTC), provisional


@lru_cache(maxsize=4096)
def is_workday(day: date) -> tuple[bool, bool]:
    """Say whether a day is a working day in China, and whether that had to be guessed."""
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < 5, True


def _profiles(text: str, path: Path) -> Iterable[Profile]:
    reader = csv.DictReader(text.splitlines())
    for row in reader:
        values: dict[str, object] = {key: value for key, value in row.items() if value}
        for column in ("channels", "lanes"):
            values[column] = tuple((row[column] or ANY).split("|"))
        try:
            profile = Profile.model_validate(values)
            for name in profile.channels:
                _ = name == ANY or Channel(name)
            for name in profile.lanes:
                _ = name == ANY or Lane(name)
        except ValueError as error:
            raise ConfigurationError(f"{path}, line {reader.line_num}: {error}") from error
        yield profile
