"""The rows of the catalogue's tables: what a cell may hold is declared here and nowhere else.

Titles and descriptions are what clerks read in the workbook. A cell with several values separates
them by ``|``; an empty cell is the field's default.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from intake.model.channel import CHANNEL_NAME, ChannelName
from intake.model.decision import Lane, Level
from intake.model.submission import MatterType
from intake.model.value import Value

DEPTH: dict[str, int] = {"province": 2, "city": 4, "county": 6, "town": 9}
"""Digits of an area's code by level."""
ANY: Literal["*"] = "*"
SEPARATOR = "|"

UnitTie = Literal["local", "city_dispatched", "vertical", "enterprise"]
SignalKind = Literal[
    "tag", "emergency", "sensitive", "hazard", "legal", "discipline", "accusation", "several"
]
Scope = Literal["self", "subtree"]
DayKind = Literal["workday", "calendar", "unspecified"]
Certainty = Literal["quoted", "assumed", "law"]
KindRole = Literal["government", "utility"]
"""The part that a kind of unit plays in decisions."""
HandlerLevel = Literal["province", "city", "county", "town"]


REJECTIONS = ("emergency", "legal_route", "no_service")
"""Reasons of ``REJECT:`` that a decision knows what to do with; any other is only not accepted."""


class Handler(Value):
    """One handler as a rule names it: ``kind:CG@county``, ``unit:U3715-HOT`` or ``REJECT:reason``."""

    form: Literal["kind", "unit", "reject"]
    name: str
    level: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        form, _, rest = value.strip().partition(":")
        name, _, level = rest.partition("@")
        if form == "kind" and name and level in DEPTH:
            return {"form": "kind", "name": name, "level": level}
        if form == "unit" and name and not level:
            return {"form": "unit", "name": name}
        if form == "REJECT" and name and not level:
            return {"form": "reject", "name": name}
        raise ValueError(f"{value!r} is not kind:K@level, unit:ID or REJECT:reason")

    def __str__(self) -> str:
        if self.form == "kind":
            return f"kind:{self.name}@{self.level}"
        return f"{'unit' if self.form == 'unit' else 'REJECT'}:{self.name}"


def _parts(value: Any) -> Any:
    """Split a cell; anything but text is left to the type."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(SEPARATOR) if part.strip())
    return value


Texts = Annotated[tuple[str, ...], BeforeValidator(_parts)]
Handlers = Annotated[tuple[Handler, ...], BeforeValidator(_parts)]
ChannelCell = Annotated[str, Field(pattern=rf"^\*$|{CHANNEL_NAME}")]
"""A channel's name, or ``*`` for every channel; the linter lists undeclared names."""
ChannelNames = Annotated[tuple[ChannelCell, ...], BeforeValidator(_parts)]
LaneNames = Annotated[tuple[Lane | Literal["*"], ...], BeforeValidator(_parts)]
Area = Annotated[str, Field(pattern=r"^(\*|\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$")]
CategoryCode = Annotated[str, Field(pattern=r"^(\*|\d{2}|\d{4})$")]
RowId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]


class Dated(Value):
    """A row that may begin or end on a day; both days are within."""

    valid_from: date | None = Field(None, title="生效日期", description="当天起有效;空=一直有效。")
    valid_to: date | None = Field(None, title="失效日期", description="当天仍有效;空=长期有效。")

    def valid_on(self, day: date) -> bool:
        """Return whether the row is valid on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def meets(self, other: Dated) -> bool:
        """Return whether both rows are valid on some common day."""
        starts = max(self.valid_from or date.min, other.valid_from or date.min)
        return starts <= min(self.valid_to or date.max, other.valid_to or date.max)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValueError(f"valid_to {self.valid_to} is before valid_from {self.valid_from}")
        return self


class Unit(Dated):
    """A unit that can be made responsible (承办单位)."""

    id: RowId = Field(title="单位编号", description="唯一,用后不改。字母、数字、-、_。")
    name: str = Field(min_length=1, title="单位名称", description="全称。")
    kind: RowId = Field(title="单位类型", description="同类单位用同一代码,如 CG 城管、ZJ 住建。")
    level: Level = Field(title="层级", description="省、市、县、乡镇。")
    area: Area = Field(title="服务区域", description="区划代码,不补零:市4位、县6位、乡镇9位。")
    parent: str | None = Field(
        None, title="上级单位", description="上级单位的编号;被反映时改由上级承办。"
    )
    tie: UnitTie = Field("local", title="隶属", description="属地、市直派驻、垂直管理、企业。")
    aliases: Texts = Field((), title="别名", description="群众的叫法,多个用 | 分开。")
    source: str = Field("", title="来源", description="依据;pattern 表示按名称规律生成,未核实。")


class UnitKind(Value):
    """A kind of unit: what a decision has to know of it, and what citizens call it at which level.

    A kind that is called otherwise at another level has a row for each.
    """

    kind: RowId = Field(title="单位类型", description="“单位”表所用的代码,如 CG。")
    name: str = Field(min_length=1, title="类型名称", description="如 城市管理。")
    role: KindRole | None = Field(
        None,
        title="作用",
        description="政府:不算主管部门;公用企业:停水停电本身不算反映该单位;空=一般部门。",
    )
    level: HandlerLevel | None = Field(
        None, title="泛称层级", description="泛称指哪一级的单位;有泛称时必填。"
    )
    words: Texts = Field(
        (), title="泛称", description="群众不写全称时的叫法,如 镇政府|镇里,多个用 | 分开。"
    )

    @model_validator(mode="after")
    def _words_have_a_level(self) -> Self:
        if self.words and self.level is None:
            raise ValueError("the words need a level")
        return self


class Rule(Dated):
    """One row of the catalogue: who handles a category at a place, under a condition, from when."""

    id: RowId = Field(title="规则编号", description="唯一,用后不改。")
    area: Area = Field(title="区域", description="区划代码,* 表示所有地区。")
    scope: Scope = Field(
        "subtree", title="适用范围", description="含下级:区域及其下级;仅本级:只到区域本身。"
    )
    category: CategoryCode = Field(
        title="事项分类", description="4位=事项,2位=整个大类,* 表示所有事项。"
    )
    matter_type: MatterType | Literal["*"] = Field(
        ANY, title="诉求类型", description="* 表示所有类型。"
    )
    condition: str = Field(
        "", title="条件", description="tag=标记名:来件有此标记(见“标记词”表)才适用;空=无条件。"
    )
    handler: Handler = Field(
        title="主办",
        description="kind:类型@层级(事发地的该类单位)、unit:单位编号、REJECT:原因(不派)。",
    )
    co_handlers: Handlers = Field((), title="协办", description="写法同主办,多个用 | 分开。")
    exclude_units: Texts = Field(
        (), title="排除单位", description="不得承办的单位编号,多个用 | 分开。"
    )
    priority: int = Field(
        0, title="优先级", description="大者先;一般为 0,只在需要压过其他规则时用。"
    )
    profile: str = Field("", title="时限档", description="“时限”表的编号;空=按区域、渠道、通道选。")
    basis: str = Field("", title="依据", description="法规、“三定”规定、责任清单条目。")
    note: str = Field("", title="说明", description="给人看的一句话,会出现在分办理由里。")

    @field_validator("condition")
    @classmethod
    def _known_condition(cls, value: str) -> str:
        if value and (not value.startswith("tag=") or len(value) == len("tag=")):
            raise ValueError(f"{value!r} is not tag=NAME")
        return value

    @property
    def specificity(self) -> tuple[int, int, int, int, int, int]:
        """The order of rules that apply; the greater one wins."""
        return (
            self.priority,
            0 if self.area == ANY else len(self.area),
            int(self.scope == "self"),
            0 if self.category == ANY else len(self.category),
            int(bool(self.condition)),
            int(self.matter_type != ANY),
        )


class TransmissionPath(Dated):
    """A transmission path (传办): whom a request passes through on its way to its handler."""

    id: RowId = Field(title="路径编号", description="唯一,用后不改。")
    area: Area = Field(title="区域", description="事发地的区划代码,含下级;* 表示所有地区。")
    channels: ChannelNames = Field(
        (ANY,), title="渠道", description="多个用 | 分开,* 表示所有渠道。"
    )
    via: Handlers = Field(
        min_length=1, title="传办单位", description="按经过的顺序,用 | 分开;传办单位不是承办单位。"
    )
    basis: str = Field("", title="依据", description="文件或做法的出处。")
    note: str = Field("", title="说明", description="给人看的一句话。")

    @field_validator("via")
    @classmethod
    def _units_only(cls, value: tuple[Handler, ...]) -> tuple[Handler, ...]:
        if any(handler.form == "reject" for handler in value):
            raise ValueError("a path passes through units, it cannot REJECT")
        return value

    @property
    def specificity(self) -> tuple[int, int]:
        """The order of paths that apply; the greater one wins."""
        return (0 if self.area == ANY else len(self.area), int(ANY not in self.channels))


class Profile(Value):
    """One row of the deadline table (时限); empty days mean no such clock."""

    profile: RowId = Field(title="时限档编号", description="唯一,用后不改。")
    area: Area = Field(ANY, title="区域", description="区划代码,含下级;* 表示所有地区。")
    channels: ChannelNames = Field(
        (ANY,), title="渠道", description="多个用 | 分开,* 表示所有渠道。"
    )
    matter_type: MatterType | Literal["*"] = Field(
        ANY, title="诉求类型", description="* 表示所有类型。"
    )
    lanes: LaneNames = Field((ANY,), title="通道", description="多个用 | 分开,* 表示所有通道。")
    accept_days: int | None = Field(
        None, ge=0, title="签收天数", description="0=当天,空=无此时限。"
    )
    reply_days: int | None = Field(
        None, ge=0, title="首次答复天数", description="0=当天,空=无此时限。"
    )
    finish_days: int | None = Field(
        None, ge=0, title="办结天数", description="0=当天,空=无此时限。"
    )
    day_kind: DayKind = Field(
        title="天数类型", description="工作日、自然日、未写明(按自然日计,对群众有利)。"
    )
    certainty: Certainty = Field(title="可靠程度", description="原文、推定(未见原文)、法规。")
    source: str = Field("", title="来源", description="依据。")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [d for d in (self.accept_days, self.reply_days, self.finish_days) if d is not None]
        if days != sorted(days):
            raise ValueError("accept, reply and finish days must not go down")
        return self

    def fits(
        self, area: str, channel: ChannelName, matter_type: MatterType | None, lane: Lane
    ) -> bool:
        """Return whether the profile is for such a request."""
        return (
            (self.area == ANY or area.startswith(self.area))
            and (ANY in self.channels or channel in self.channels)
            and self.matter_type in (ANY, matter_type)
            and (ANY in self.lanes or lane in self.lanes)
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


class Holiday(Value):
    """Days off, or weekend days that are working days (调休)."""

    date_from: date = Field(title="起", description="第一天。")
    date_to: date = Field(title="止", description="最后一天;只有一天时与“起”相同。")
    kind: Literal["off", "work"] = Field(title="休/班", description="放假,或调休上班。")
    area: Area = Field(ANY, title="区域", description="* 表示全国;地方假日写区划代码。")
    name: str = Field(min_length=1, title="节日", description="如 春节;两节合并写 国庆节、中秋节。")
    basis: str = Field("", title="依据", description="放假通知的文号。")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.date_to - self.date_from).days <= 31:
            raise ValueError("date_to must be 0 to 31 days after date_from")
        return self

    def covers(self, day: date, area: str) -> bool:
        """Return whether the row applies to a day at a place."""
        return self.date_from <= day <= self.date_to and (
            self.area == ANY or area.startswith(self.area)
        )


class SignalRow(Value):
    """Words that make a signal: one of ``words``, one of ``also`` if given, none of ``unless``."""

    signal: RowId = Field(title="标记名", description="规则的条件写 tag=标记名。")
    kind: SignalKind = Field(
        title="类型", description="条件标记供规则作条件用;对单位不满只作标记;其余触发预警或通道。"
    )
    words: Texts = Field(min_length=1, title="词", description="出现任何一个,多个用 | 分开。")
    also: Texts = Field((), title="并且", description="还须出现其中任何一个;空=不要求。")
    unless: Texts = Field((), title="除非", description="出现任何一个则不算。")
    note: str = Field("", title="说明", description="给人看的一句话。")


def turns(rows: Iterable[Dated]) -> set[date]:
    """Return the days on which the validity of some row begins or has ended."""
    begins = {row.valid_from for row in rows if row.valid_from is not None}
    ends = {row.valid_to for row in rows if row.valid_to is not None and row.valid_to < date.max}
    return begins | {date.fromordinal(day.toordinal() + 1) for day in ends}
