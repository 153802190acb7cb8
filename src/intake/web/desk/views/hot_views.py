"""Hot matters: what grows faster than its past."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from intake.model.zone import CHINA
from intake.operate.hot_matters import PERIODS, find_hot
from intake.store.counts import latest
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import query

DAYS = (7, 14, 30, 90)


class HotViews:
    """The page of hot matters."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [Route("/hot", self._door.signed_in(self.hot), methods=["GET"])]

    def hot(self, visit: Visit) -> Response:
        """Show what is hot now, or was on a day."""
        asked = query(visit.http)
        days = asked.number("days") if asked.one("days") else DAYS[0]
        if days not in DAYS:
            raise HTTPException(404, "no such stretch")
        until = asked.one("until")
        end = _end(until) if until else self._context.clock()
        with self._context.store.read() as connection:
            matters = find_hot(
                connection, until=end, days=days, sees_sensitive=visit.who.sees_sensitive
            )
            last = latest(connection, end)
        quiet = last is not None and last < end - timedelta(days=days)
        return self._pages.page(
            visit, "hot.html",
            matters=matters, days=days, until=until, choices=DAYS, periods=PERIODS,
            last=last.astimezone(CHINA).date() if quiet and last else None,
        )  # fmt: skip


def _end(day: str) -> datetime:
    """Return the end of a day in China."""
    try:
        return datetime.combine(date.fromisoformat(day), time(), CHINA) + timedelta(days=1)
    except ValueError as error:
        raise HTTPException(404, "no such day") from error
