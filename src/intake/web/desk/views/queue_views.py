"""The queue: what waits for people, what was dispatched, recorded, withdrawn."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.model.decision import HoldReason
from intake.model.request import RequestState
from intake.store import desk_lists, requests
from intake.store.quarantine_lists import source_names
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import SubmittedForm, query

PAGE = 50
UNITS_FILTERED = 200


class QueueViews:
    """Lists of requests."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/", self._door.signed_in(lambda _visit: RedirectResponse("/queue", 303))),
            Route("/queue", self._door.signed_in(self.queue), methods=["GET"]),
            Route("/next", self._door.signed_in(self.next_held), methods=["GET"]),
        ]

    def queue(self, visit: Visit) -> Response:
        """List one tab, filtered."""
        asked = query(visit.http)
        filters = self._filters(asked, visit.who.sees_sensitive)
        after = _key(asked)
        with self._context.store.read() as connection:
            lines = desk_lists.queue(connection, filters, after, PAGE + 1)
            counts = desk_lists.counts(connection, sees_sensitive=visit.who.sees_sensitive)
            hidden = 0 if visit.who.sees_sensitive else desk_lists.hidden(connection)
            sources = source_names(connection)
            day_kinds = requests.day_kinds(connection, [line.id for line in lines])
        last = lines[PAGE - 1] if len(lines) > PAGE else None
        return self._pages.page(
            visit,
            "queue.html",
            lines=lines[:PAGE],
            day_kinds=day_kinds,
            next_key=desk_lists.write_key(last.received_at, last.id) if last else "",
            first=after is None,
            counts=counts,
            hidden=hidden,
            sources=sources,
            states=list(RequestState),
            asked={
                "state": filters.state.value,
                **{name: asked.one(name) for name in ("source", "hold", "lead")},
            },
        )

    def next_held(self, visit: Visit) -> Response:
        """Go to what has waited longest, or past ``after`` where a person skipped something."""
        filters = desk_lists.Filters(RequestState.HELD, visit.who.sees_sensitive)
        after = _key(query(visit.http))
        with self._context.store.read() as connection:
            lines = desk_lists.queue(connection, filters, after, 1)
        target = f"/requests/{lines[0].id}" if lines else "/queue"
        return RedirectResponse(target, 303)

    def _filters(self, asked: SubmittedForm, sees_sensitive: bool) -> desk_lists.Filters:
        try:
            state = RequestState(asked.one("state") or RequestState.HELD)
            hold = HoldReason(asked.one("hold")).value if asked.one("hold") else ""
        except ValueError as error:
            raise HTTPException(404, "no such tab or reason") from error
        text = asked.one("lead")
        units = self._context.names.search(text, UNITS_FILTERED) if text else []
        return desk_lists.Filters(
            state,
            sees_sensitive,
            source=asked.one("source"),
            hold=hold,
            leads=tuple(unit.id for unit in units) if text else None,
        )


def _key(asked: SubmittedForm) -> desk_lists.Key | None:
    try:
        return desk_lists.read_key(asked.one("after"))
    except ValueError as error:
        raise HTTPException(404, "no such part of the list") from error
