"""Writing our values on a page, in one language: the filters of the templates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from intake.catalogue import Handler
from intake.connect.channels import channel_named
from intake.contract.event import DESK
from intake.errors import IntakeError
from intake.messages import ZH, Language, Message, Renderer
from intake.messages.formats import write_day, write_roughly, write_short
from intake.model.decision import Decision, Reason
from intake.model.zone import CHINA
from intake.store import desk_lists
from intake.store.audit import MACHINE
from intake.web.context import DeskContext
from intake.web.desk import audit_words

SYSTEM = "system:"
SHOWN_OF_CASE = 3
"""Levels of an area that a list shows below the city."""


class Due(NamedTuple):
    """That a deadline is past or near, in words, and how it is marked."""

    said: str
    mark: str


class Writer:
    """Writes for one language; the tables are those in force when a page is made."""

    def __init__(self, context: DeskContext, language: Language) -> None:
        self._context = context
        self.language = language
        self.renderer = Renderer(
            language,
            {
                "category": lambda code, _language: self.category(code),
                "area": lambda code, _language: self.area(code),
                "kind": lambda code, _language: self.term(code, "kind"),
                "lane": lambda code, _language: self.term(code, "lane"),
            },
        )

    def t(self, code: str, **params: Any) -> str:
        """Write a message of the pages."""
        return self.renderer.render(code, params)

    def say(self, said: Message | str) -> str:
        """Write a message that was made elsewhere."""
        return said if isinstance(said, str) else self.renderer.render(said.code, said.params)

    def error(self, error: IntakeError) -> tuple[str, str]:
        """Return an error's message and hint; both empty where it has none in the catalogue."""
        coded = error.coded
        if coded is None:
            return "", ""
        hint = f"{coded.code}.hint"
        known = self.renderer.knows(hint)
        return self.say(coded), self.renderer.render(hint, coded.params) if known else ""

    def term(self, code: str, kind: str) -> str:
        """Write the word for a code, such as a state; for a lane, what the city calls it."""
        if kind == "kind":
            return self._context.catalogue.kinds.called(code, self.language)
        if kind == "lane":
            return self._context.router().policy.lanes.called(code, self.language)
        return self.renderer.term(kind, code)

    def channel(self, name: str) -> str:
        """Write what a channel is called; by its name where nobody declares it any more."""
        channel = channel_named(name)
        return channel.zh if self.language == ZH else channel.en

    def answers(self, name: str) -> str:
        """Write how an answer goes back over a channel."""
        return self.term(channel_named(name).answers, "answers")

    def local(self, at: datetime | None) -> str:
        """Write a time in China's zone, with the year where it is not this one."""
        return "—" if at is None else write_short(at, self._context.clock(), self.language)

    def day(self, day: date) -> str:
        """Write a day."""
        return write_day(day, self.language)

    def due(self, at: datetime | None, day_kind: str = "workday") -> Due | None:
        """Write that a deadline is past, by how many whole days of its own clock, or near."""
        if at is None:
            return None
        now = self._context.clock()
        if at < now:
            days = self._days_since(at, now, day_kind)
            said = self.t("page.due.overdue_days", n=days) if days else self.t("page.due.overdue")
            return Due(said, "late")
        return Due(self.t("page.due.soon"), "soon") if at - now < timedelta(days=1) else None

    def _days_since(self, at: datetime, now: datetime, day_kind: str) -> int:
        if day_kind != "workday":
            return (now - at).days
        first, last = at.astimezone(CHINA).date(), now.astimezone(CHINA).date()
        workdays = self._context.router().policy.workdays
        return sum(
            workdays.is_workday(first + timedelta(days=n))[0]
            for n in range(1, (last - first).days + 1)
        )

    def unit(self, unit_id: str | None) -> str:
        """Write a unit's name; its id where the catalogue no longer has it."""
        if not unit_id:
            return "—"
        unit = self._context.catalogue.units.get(unit_id)
        return unit.name if unit else unit_id

    def units(self, unit_ids: Iterable[str]) -> str:
        """Write the names of several units."""
        return self.t("page.comma").join(self.unit(unit_id) for unit_id in unit_ids) or "—"

    def informed(self, decision: Decision) -> list[tuple[str, str]]:
        """Write who only learns of a request; a unit complained about is told as what."""
        accused = any(reason.code == "accused" for reason in decision.reasons)
        if not decision.informed:
            return []
        label = self.t("page.barred" if accused else "page.informed")
        return [(label, self.units(decision.informed))]

    def actor(self, actor: str) -> str:
        """Write who did something: the program, a unit, another system, or a person."""
        if actor == MACHINE:
            return self.t("page.actor.machine")
        if actor.startswith(SYSTEM):
            return self.t("page.actor.system", name=actor.removeprefix(SYSTEM))
        return self.unit(actor)

    def addressee(self, unit_id: str) -> str:
        """Write whom an event is for."""
        return self.t("page.actor.desk") if unit_id == DESK else self.unit(unit_id)

    def handler(self, text: str) -> str:
        """Write a handler of the catalogue: a kind of unit with an example, a unit's name, none."""
        handler = Handler.model_validate(text)
        if handler.form == "unit":
            return self.unit(handler.name)
        if handler.form == "reject":
            known = self.renderer.has_term("rejected", handler.name)
            return self.term(handler.name, "rejected") if known else self.t("page.no_dispatch")
        kind = self.term(handler.name, "kind")
        example = next(
            (
                unit.name
                for unit in self._context.catalogue.units.values()
                if (unit.kind, unit.level) == (handler.name, handler.level)
            ),
            "",
        )
        if not example:
            return self.t("page.handler.kind", level=handler.level, kind=kind)
        return self.t("page.handler.example", level=handler.level, kind=kind, example=example)

    def area(self, code: str | None) -> str:
        """Write an area's full name."""
        return (self._context.gazetteer.full_name(code) or code) if code else "—"

    def place(self, code: str | None) -> str:
        """Write an area for lists: from the county down, 农安县伏龙泉镇; 长春市 where that is all."""
        if not code:
            return "—"
        path = [a for a in self._context.gazetteer.path(code) if not a.placeholder]
        below = [a.name for a in path if len(a.code) > len("3715")][:SHOWN_OF_CASE]
        return "".join(below) or (path[-1].name if path else code)

    def category(self, code: str | None) -> str:
        """Write a category's name."""
        return self._context.taxonomy.name(code, self.language)

    def tag(self, signal: str) -> str:
        """Write a tag of a request; a city's own signal by the note of its row."""
        if self.renderer.has_term("tag", signal):
            return self.term(signal, "tag")
        return self._context.router().reader.signals.note(signal) or signal

    def notes(self, note: str) -> list[str]:
        """Return the codes of a place's notes."""
        return [code for code in note.split(";") if code]

    def spoken(self, reason: Reason) -> str:
        """Write a reason; as it was written in its day, where it has no parameters."""
        return self.renderer.show(reason.coded, reason.text)

    def evidence(self, why: Iterable[Any]) -> str:
        """Return the evidence that two requests are one matter, in words."""
        return self.t("page.semicolon").join(self._evidence(one) for one in why)

    def _evidence(self, one: Any) -> str:
        return one if isinstance(one, str) else self.renderer.show(_coded(one), one["text"])

    def rejection(self, row: Any) -> str:
        """Write why an item is in quarantine."""
        if row.code is None:
            return self.t("page.quarantine.by_connector", stage=row.stage, text=row.reason)
        return self.renderer.show(Message(row.code, row.params or {}), row.reason)

    def failure(self, source: Any) -> str:
        """Write why a source failed last."""
        if source.error_code is None:
            return self.t("page.status.failed", text=source.error)
        return self.renderer.show(
            Message(source.error_code, source.error_params or {}), source.error
        )

    def action(self, action: str) -> str:
        """Write what was done, of an audit row."""
        return self.term(action, "action")

    def step(self, row: Any, side: str) -> str:
        """Write the from or to of an audit row."""
        return audit_words.step(self, row, side) or "—"

    def reason(self, row: Any) -> str:
        """Return the reason of an audit row: a person's words, or the program's message."""
        return audit_words.reason(self, row)

    def count(self, n: int) -> str:
        """Write a count that stops at a limit."""
        return f"{desk_lists.COUNT_LIMIT}+" if n > desk_lists.COUNT_LIMIT else str(n)

    def rarely(self, n: int) -> str:
        """Write a large number roughly: 1万, 10K."""
        return write_roughly(n, self.language)


def _coded(stored: Any) -> Message:
    return Message(stored["code"], stored["params"] or {})
