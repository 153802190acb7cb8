"""The one way in to every page: who is it, and did the form come from us?

A handler gets a :class:`Visit` and is a plain function; it cannot be reached without passing here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from intake.errors import Forbidden
from intake.web.context import DeskContext
from intake.web.security import Sessions, SignedIn, digest, same
from intake.web.submitted_form import SubmittedForm, read_form

Endpoint = Callable[[Request], Awaitable[Response]]
READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Visit:
    """One request by somebody who is signed in, with its form."""

    http: Request
    who: SignedIn
    form: SubmittedForm


class Access:
    """Lets people in; handlers run in the thread pool because the store blocks."""

    def __init__(self, context: DeskContext, sessions: Sessions) -> None:
        secure = context.settings.secure_cookies
        self._sessions = sessions
        self._tokens = context.tokens
        self._secure = secure
        self._seconds = int(context.settings.session_hours * 3600)
        # The prefix makes browsers refuse a cookie that another host or plain HTTP tries to plant.
        self.session_cookie = "__Host-desk" if secure else "desk"
        self.visitor_cookie = "__Host-visitor" if secure else "visitor"

    def signed_in(self, handler: Callable[[Visit], Response]) -> Endpoint:
        """Make an endpoint for people with a session; forms need its CSRF token."""

        async def endpoint(http: Request) -> Response:
            form = await read_form(http)
            return await run_in_threadpool(self._admit, handler, http, form)

        return endpoint

    def anyone(self, handler: Callable[[Request, SubmittedForm], Response]) -> Endpoint:
        """Make an endpoint for visitors; forms need the token of the visitor's cookie."""

        async def endpoint(http: Request) -> Response:
            form = await read_form(http)
            if http.method not in READS:
                visitor = http.cookies.get(self.visitor_cookie, "")
                if not visitor or not same(form.one("csrf"), digest(visitor)):
                    raise _foreign_form()
            return await run_in_threadpool(handler, http, form)

        return endpoint

    def visitor(self, http: Request) -> str:
        """Return the visitor's secret, a new one where the browser has none yet."""
        return http.cookies.get(self.visitor_cookie) or self._tokens()

    def remember_visitor(self, response: Response, visitor: str) -> None:
        """Return the browser the visitor's secret, which its next form must match."""
        self._set(response, self.visitor_cookie, visitor, 3600)

    def let_in(self, response: Response, token: str) -> None:
        """Return the browser its session."""
        self._set(response, self.session_cookie, token, self._seconds)
        self._drop(response, self.visitor_cookie)

    def show_out(self, response: Response) -> None:
        """Take the session from the browser."""
        self._drop(response, self.session_cookie)

    def who(self, http: Request) -> SignedIn | None:
        """Find who sent this, if they are signed in."""
        token = http.cookies.get(self.session_cookie)
        return self._sessions.find(token) if token else None

    def _admit(
        self, handler: Callable[[Visit], Response], http: Request, form: SubmittedForm
    ) -> Response:
        who = self.who(http)
        if who is None:
            return _to_sign_in(http)
        if http.method not in READS:
            given = http.headers.get("x-csrf-token") or form.one("csrf")
            if not same(given, who.csrf):
                raise _foreign_form()
        return handler(Visit(http, who, form))

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        response.set_cookie(
            name, value, max_age=seconds, httponly=True, samesite="lax", secure=self._secure
        )

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, httponly=True, samesite="lax", secure=self._secure)


def own_path(path: str) -> str:
    """Return the path to show after signing in; the queue for an address that is not ours."""
    ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if ours and path.isprintable() else "/queue"


def _to_sign_in(http: Request) -> Response:
    back = http.url.path + (f"?{http.url.query}" if http.url.query else "")
    target = f"/sign-in?next={quote(back, safe='')}" if http.method in READS else "/sign-in"
    if http.headers.get("hx-request"):
        # htmx would put the sign-in page where a fragment belongs; this header makes it load the page.
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(target, status_code=303)


def _foreign_form() -> Forbidden:
    return Forbidden.of("error.foreign_form")
