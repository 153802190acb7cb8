"""Errors as pages for people and problem documents for programs: what happened, and what to do.

They never show a trace, nor the message of an exception that is not ours: it may quote a citizen.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake import log
from intake.errors import Conflict, Forbidden, IntakeError, NotFound, Refused, Retriable
from intake.web.api import routes
from intake.web.desk.rendering import Pages

STATUS: tuple[tuple[type[IntakeError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (Refused, 422),
    (Retriable, 503),
)
EXPLAINED = (400, 403, 404, 405, 409, 413, 415, 422, 500, 503)
"""Statuses that the pages have words for: ``page.http.404``, and ``page.http.404.next``."""


class Failures:
    """Answers every error in the form that the caller understands."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._log = log.get("desk")

    def ours(self, http: Request, error: Exception) -> Response:
        """Answer an error that the product raised on purpose."""
        if not isinstance(error, IntakeError):
            raise error
        status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
        if status >= 500:
            self._log.error("request.failed", status=status, exc_info=error)
        if for_program(http.url.path):
            return routes.refused(error, status)
        # What failed on our side is not for the page; what a person may not or cannot do is.
        what, hint = self._pages.writer(http).error(error) if status < 500 else ("", "")
        return self._page(http, status, what, hint)

    def http(self, http: Request, error: Exception) -> Response:
        """Answer an unknown address, a wrong method, a malformed form."""
        if not isinstance(error, HTTPException):
            raise error
        if for_program(http.url.path):
            return routes.problem(error.status_code, str(error.detail), headers=error.headers)
        return self._page(http, error.status_code, "", "")

    def unexpected(self, http: Request, error: Exception) -> Response:
        """Answer a mistake of ours; where it happened goes to the log, its message nowhere."""
        self._log.error("request.failed", status=500, exc_info=error)
        if for_program(http.url.path):
            return routes.problem(500, "An error on our side; nothing was changed.")
        return self._page(http, 500, "", "")

    def _page(self, http: Request, status: int, what: str, hint: str) -> Response:
        explained = status if status in EXPLAINED else 500 if status >= 500 else 400
        writer = self._pages.writer(http)
        link = http.url.path.startswith("/link/")
        return self._pages.bare(
            http,
            "error.html",
            status,
            title=writer.t(f"page.http.{explained}"),
            what=what,
            thing=writer.t("page.link.title") if link else http.url.path,
            next=hint or writer.t(f"page.http.{explained}.next"),
            code=status,
        )


class CatchAll:
    """Turns an exception that nobody expected into an answer.

    Starlette's own last resort raises it again, and the server then prints its message.
    """

    def __init__(self, app: ASGIApp, failures: Failures) -> None:
        self._app = app
        self._failures = failures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer if that fails before anything was sent."""
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            answer = self._failures.unexpected(Request(scope), error)
            await answer(scope, receive, send)


def for_program(path: str) -> bool:
    """Return whether an address belongs to the interface rather than to the pages."""
    return path.startswith("/v1/") or path == "/healthz"
