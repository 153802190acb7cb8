"""The audit trail: who did what, to which thing, the latest first."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from intake.errors import Forbidden
from intake.store import audit
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import query

PAGE = 100


class AuditViews:
    """The page of the audit trail."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        return [Route("/audit", self._door.signed_in(self.trail), methods=["GET"])]

    def trail(self, visit: Visit) -> Response:
        """Show the latest rows, of one actor or one action where asked.

        Raises ``Forbidden`` for people who may not see every request: rows tell what was done to those.
        """
        if not visit.who.sees_sensitive:
            raise Forbidden.of("error.audit_for_leads")
        asked = query(visit.http)
        actor, action = asked.one("actor"), asked.one("action")
        before = asked.number("before") if asked.one("before") else None
        with self._context.store.read() as connection:
            rows = audit.latest(
                connection, actor=actor, action=action, before=before, limit=PAGE + 1
            )
        return self._pages.page(
            visit, "trail.html",
            rows=rows[:PAGE], more=rows[PAGE - 1].id if len(rows) > PAGE else None,
            asked={"actor": actor, "action": action},
        )  # fmt: skip
