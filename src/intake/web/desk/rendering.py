"""Rendering: templates, and how times, units, areas and categories are written on a page."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from intake.catalogue import Handler
from intake.connect.channels import channel_named
from intake.contract.event import DESK
from intake.decide.reasons import LEVEL_NAMES, REJECTED
from intake.model.zone import CHINA
from intake.operate.hot_picture import bars
from intake.store.audit import MACHINE
from intake.web.access import Visit
from intake.web.context import DeskContext
from intake.web.desk import queries, words
from intake.web.security import SignedIn

_UUID = 36
"""Characters of an id; an audit row's from and to may be cases."""


class Pages:
    """The templates with what they need to write our nouns in words."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._environment = Environment(
            loader=PackageLoader("intake.web.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            local=self.local,
            unit=self.unit,
            area=self.area,
            place=self.place,
            category=self.category,
            channel=lambda name: channel_named(name).zh,
            answers=lambda name: words.word(words.ANSWERS, channel_named(name).answers),
            actor=self.actor,
            addressee=self.addressee,
            handler=self.handler,
            step=self.step,
            reason=self.reason,
            count=count,
            bars=bars,
            rarely=rarely,
            key=queries.write_key,
            word=lambda code, table: words.word(table, code),
            query=_query,
        )
        self._environment.globals.update(words=words, due=self.due)

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page for somebody who is signed in."""
        return self._html(template, status, who=visit.who, **values)

    def bare(self, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page for a visitor, or an error."""
        nobody: SignedIn | None = None
        return self._html(template, status, who=nobody, **values)

    def _html(self, template: str, status: int, **values: Any) -> Response:
        return HTMLResponse(self._environment.get_template(template).render(**values), status)

    def local(self, at: datetime | None) -> str:
        """Write a time in China's zone: 11-22 03:29, with the year where it is not this one."""
        if at is None:
            return "—"
        wall = at.astimezone(CHINA)
        this_year = self._context.clock().astimezone(CHINA).year
        return wall.strftime("%m-%d %H:%M" if wall.year == this_year else "%Y-%m-%d %H:%M")

    def due(self, at: datetime | None) -> str:
        """Say in words whether a deadline is past or near; empty when there is time."""
        if at is None:
            return ""
        left = at - self._context.clock()
        if left < timedelta(0):
            return f"超期{-left.days}天" if left <= timedelta(days=-1) else "已超期"
        return "24小时内" if left < timedelta(days=1) else ""

    def unit(self, unit_id: str | None) -> str:
        """Write a unit's name; its id where the catalogue no longer has it."""
        if not unit_id:
            return "—"
        unit = self._context.catalogue.units.get(unit_id)
        return unit.name if unit else unit_id

    def actor(self, actor: str) -> str:
        """Write who did something: the program, a unit, another system, or a person."""
        if actor == MACHINE:
            return "系统"
        return f"外部系统 {actor[7:]}" if actor.startswith("system:") else self.unit(actor)

    def addressee(self, unit_id: str) -> str:
        """Write whom an event is for."""
        return "分办台" if unit_id == DESK else self.unit(unit_id)

    def handler(self, text: str) -> str:
        """Write a handler of the catalogue: 县级城管, a unit's name, 不派单."""
        handler = Handler.model_validate(text)
        if handler.form == "unit":
            return self.unit(handler.name)
        if handler.form == "reject":
            return REJECTED.get(handler.name, "不派单")
        known = self._context.catalogue.units.values()
        example = next(
            (u.name for u in known if (u.kind, u.level) == (handler.name, handler.level)), ""
        )
        level = LEVEL_NAMES.get(
            handler.level, "省" if handler.level == "province" else handler.level
        )
        return f"{level}级{handler.name}类单位" + (f"（如{example}）" if example else "")

    def step(self, text: str | None) -> str:
        """Write the from or to of an audit row: a state, and the unit it was with."""
        first, _, rest = (text or "").partition(" ")
        if first == "revision":
            return f"第{rest}版"
        if len(first) == _UUID:
            return f"案 {first[:8]}"
        if first in words.LANES:
            return words.LANES[first]
        return " ".join(
            part for part in (words.word(words.STATES, first), self._named(rest)) if part
        )

    def reason(self, why: str) -> str:
        """Write the why of an audit row; the machine gives a hold's code or a rule's number."""
        if why.startswith("rule "):
            rule = why.removeprefix("rule ")
            return f"按目录规则 {rule}" if rule != "None" else "无需派单"
        return words.word(words.HOLDS, why)

    def _named(self, unit_id: str) -> str:
        return self.unit(unit_id) if unit_id else ""

    def area(self, code: str | None) -> str:
        """Write an area's full name."""
        return (self._context.gazetteer.full_name(code) or code) if code else "—"

    def place(self, code: str | None) -> str:
        """Write an area for lists: from the county down, 农安县伏龙泉镇; 长春市 where that is all."""
        if not code:
            return "—"
        path = [a for a in self._context.gazetteer.path(code) if not a.placeholder]
        below = [a.name for a in path if len(a.code) > len("3715")][:3]
        return "".join(below) or (path[-1].name if path else code)

    def category(self, code: str | None) -> str:
        """Write a category's name."""
        return self._context.taxonomy.name(code)


def count(n: int) -> str:
    """Write a count that stops at a limit."""
    return f"{queries.COUNT_LIMIT}+" if n > queries.COUNT_LIMIT else str(n)


def rarely(n: int) -> str:
    """Write a large number roughly: 1万, 10亿."""
    for size, word in ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")):
        if n >= size:
            return f"{n // size}{word}"
    return str(n)


def _query(values: dict[str, str]) -> str:
    """Write the query part of an address, without what is empty."""
    return urlencode({key: value for key, value in values.items() if value})
