"""Lanes and clocks (通道, 时限) as data: which lane, which deadline profile, and by when.

A clock starts at receipt, ends with a day's end in China, and never restarts. Where the holiday
arrangement is not yet published the deadline counts weekends only and is marked provisional.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime

from intake.catalogue.rows import Profile
from intake.catalogue.table_files import LANES, Lanes, Tables
from intake.catalogue.workdays import Workdays
from intake.errors import ConfigurationError
from intake.model.channel import ChannelName
from intake.model.decision import Deadlines, Lane
from intake.model.submission import MatterType
from intake.model.zone import CHINA

__all__ = ["CHINA", "Policy"]

REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Clocks:
    """The deadlines of a request and the profile that they follow."""

    profile: Profile
    deadlines: Deadlines


@dataclass(frozen=True, slots=True)
class Policy:
    """Lanes, deadline profiles and the calendar; ``version`` is a hash of their tables."""

    lanes: Lanes
    profiles: tuple[Profile, ...]
    workdays: Workdays
    version: str
    depth: int
    """Digits of the longest area code that a profile or a holiday is of; the rest changes nothing."""
    # Most requests of a day share their deadlines.
    _answers: dict[tuple[object, ...], Clocks] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, tables: Tables) -> Policy:
        """Return the policy of a catalogue."""
        texts = "\0".join(
            tables.files.get(name, "") for name in (LANES, "deadlines.csv", "holidays.csv")
        )
        areas = [row.area for row in tables.deadlines.rows]
        areas += [row.area for row in tables.holidays.rows]
        digest = hashlib.sha256(texts.encode()).hexdigest()[:12]
        return cls(
            tables.lanes,
            tables.deadlines.rows,
            Workdays(tables.holidays.rows),
            f"policy@{digest}",
            max(map(len, areas)),
        )

    def is_livelihood(self, category: str | None) -> bool:
        """Return whether a category is one of 特别办's."""
        return category is not None and category.startswith(self.lanes.livelihood)

    def clocks(
        self,
        *,
        area: str,
        channel: ChannelName,
        matter_type: MatterType | None,
        lane: Lane,
        received_at: datetime,
        profile: str = "",
    ) -> Clocks:
        """Return the deadlines of a request; a rule may name the ``profile``, else the best fits."""
        day = received_at.astimezone(CHINA).date()
        area = area[: self.depth]
        key = (area, channel, matter_type, lane, day, profile)
        if key not in self._answers:
            if len(self._answers) >= REMEMBERED:
                self._answers.clear()
            chosen = self._named(profile) or self._fitting(area, channel, matter_type, lane)
            self._answers[key] = Clocks(chosen, self._deadlines(chosen, day, area))
        return self._answers[key]

    def _named(self, profile: str) -> Profile | None:
        return next((p for p in self.profiles if p.profile == profile), None) if profile else None

    def _fitting(
        self, area: str, channel: ChannelName, matter_type: MatterType | None, lane: Lane
    ) -> Profile:
        fitting = [p for p in self.profiles if p.fits(area, channel, matter_type, lane)]
        if not fitting:
            raise ConfigurationError(
                f"No deadline profile fits area {area or '*'}, {channel}, {lane}.",
                hint="Keep a row with * everywhere in deadlines.csv.",
            )
        return max(fitting, key=lambda p: p.specificity)

    def _deadlines(self, profile: Profile, received: date, area: str) -> Deadlines:
        ends = [
            self.workdays.due(received, days, profile.day_kind, area)
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
