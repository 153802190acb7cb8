"""Sources and queue at a glance: does the balance hold, when did each source last answer?"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from intake.operate import health
from intake.store import outbox
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.rendering import Pages


class StatusViews:
    """The status page, and the probe for load balancers."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [
            Route("/status", self._door.signed_in(self.status), methods=["GET"]),
            Route("/healthz", self.health, methods=["GET"]),
        ]

    def status(self, visit: Visit) -> Response:
        """Show the counters of every source and what waits to be published."""
        with self._context.store.read() as connection:
            sources = sorted(health.sources(connection), key=lambda source: source.name)
            unsent, oldest = outbox.backlog(connection)
        return self._pages.page(visit, "status.html", sources=sources, unsent=unsent, oldest=oldest)

    def health(self, _http: Request) -> Response:
        """Answer 200 when the store answers; anybody may ask."""
        self._context.store.ping()
        return JSONResponse({"status": "ok"})
