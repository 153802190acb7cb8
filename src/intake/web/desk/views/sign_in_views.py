"""Signing in and out."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake import log
from intake.messages import Message
from intake.web.access import Access, Visit, own_path
from intake.web.context import DeskContext
from intake.web.desk.rendering import Pages
from intake.web.security import PasswordCheck, Sessions, Throttle, digest, sign_in_limits
from intake.web.submitted_form import SubmittedForm, query

WRONG = Message("page.sign_in.wrong")
LATE = Message("page.link.spent")


class SignInViews:
    """Password, one-time link, sign out."""

    def __init__(
        self, context: DeskContext, sessions: Sessions, door: Access, pages: Pages
    ) -> None:
        self._sessions = sessions
        self._door = door
        self._pages = pages
        self._passwords = PasswordCheck()
        self._throttle = Throttle(context.clock, timedelta(minutes=15))
        self._log = log.get("desk")

    def routes(self) -> list[Route]:
        """Return the addresses."""
        door = self._door
        return [
            Route("/sign-in", door.anyone(self.ask), methods=["GET"]),
            Route("/sign-in", door.anyone(self.sign_in), methods=["POST"]),
            Route("/link/{token}", door.anyone(self.ask_link), methods=["GET"]),
            Route("/link/{token}", door.anyone(self.use_link), methods=["POST"]),
            Route("/sign-out", door.signed_in(self.sign_out), methods=["POST"]),
        ]

    def ask(self, http: Request, _form: SubmittedForm) -> Response:
        """Show the form; somebody signed in is sent on."""
        back = own_path(query(http).one("next") or "/queue")
        if self._door.who(http) is not None:
            return RedirectResponse(back, 303)
        return self._form(http, back=back)

    def sign_in(self, http: Request, form: SubmittedForm) -> Response:
        """Check name and password; 429 after too many failures, 403 when they do not fit."""
        name, back = form.one("name"), own_path(form.one("next"))
        limits = sign_in_limits(name[:100], http.client.host if http.client else "")
        wait = self._throttle.attempt(limits)
        if wait:
            self._log.warning("sign_in.throttled", seconds=wait)
            minutes = -(-wait // 60)
            said = Message("page.sign_in.throttled", {"minutes": minutes})
            response = self._form(http, back=back, said=said, name=name, status=429)
            response.headers["Retry-After"] = str(wait)
            return response
        user = self._sessions.find_user(name)
        # The password is checked for unknown names too, so that the time taken reveals nothing.
        fits = self._passwords.matches(user.password_hash if user else None, form.one("password"))
        if user is None or not fits:
            self._log.warning("sign_in.refused")
            return self._form(http, back=back, said=WRONG, name=name, status=403)
        self._throttle.forgive(limits)
        return self._let_in(self._sessions.open(user.name), back)

    def ask_link(self, http: Request, _form: SubmittedForm) -> Response:
        """Show a button: looking at a link (as mail and chat previews do) must not use it up."""
        good = self._sessions.has_link(http.path_params["token"])
        return self._button(http, None if good else LATE)

    def use_link(self, http: Request, _form: SubmittedForm) -> Response:
        """Use the link up and sign in."""
        token = self._sessions.redeem_link(http.path_params["token"])
        return self._button(http, LATE) if token is None else self._let_in(token, "/queue")

    def sign_out(self, visit: Visit) -> Response:
        """End the session."""
        self._sessions.end(visit.who)
        response = RedirectResponse("/sign-in", 303)
        self._door.show_out(response)
        return response

    def _let_in(self, token: str, back: str) -> Response:
        response = RedirectResponse(back, 303)
        self._door.let_in(response, token)
        return response

    def _form(
        self,
        http: Request,
        *,
        back: str,
        said: Message | None = None,
        name: str = "",
        status: int = 200,
    ) -> Response:
        return self._visitor_page(http, "sign_in.html", status, back=back, said=said, name=name)

    def _button(self, http: Request, said: Message | None) -> Response:
        return self._visitor_page(http, "link.html", 410 if said else 200, said=said)

    def _visitor_page(
        self, http: Request, template: str, status: int, **values: object
    ) -> Response:
        visitor = self._door.visitor(http)
        response = self._pages.bare(http, template, status, csrf=digest(visitor), **values)
        self._door.remember_visitor(response, visitor)
        return response
