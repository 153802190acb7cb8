"""What went wrong, told to a person or a program: what, to which thing, and what to do next.

Never a trace, never the message of an exception that is not ours: it may quote a citizen.
"""

from __future__ import annotations

from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake import log
from intake.errors import Conflict, Forbidden, IntakeError, NotFound, Refused, Retriable
from intake.web.api import routes
from intake.web.desk.rendering import Pages


class Explanation(NamedTuple):
    """A status in words: what it is called, and what to do next."""

    title: str
    next: str


STATUS: tuple[tuple[type[IntakeError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Forbidden, 403),
    (Refused, 422),
    (Retriable, 503),
)
SAID = {
    400: Explanation("请求无法读懂", "请返回上一页重新提交。"),
    403: Explanation("没有权限", "请返回待办；需要权限请联系管理员。"),
    404: Explanation("没有找到", "请核对编号或地址，或返回待办查找。"),
    405: Explanation("地址用法不对", "请从页面上的按钮操作。"),
    409: Explanation("已被他人改动", "请刷新后再看。"),
    413: Explanation("提交的内容过长", "请缩短后再提交。"),
    415: Explanation("提交的格式不对", "请从页面上的表单提交。"),
    422: Explanation("不能这样办", "请按提示改正。"),
    500: Explanation("系统出错", "操作没有生效，可以再试；仍然不行请联系管理员。"),
    503: Explanation("暂时不可用", "操作没有生效，请稍后再试。"),
}


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
        said = (error.message, error.hint) if status < 500 else ("", "")
        return self._page(http, status, *said)

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
        said = SAID.get(status, SAID[500] if status >= 500 else SAID[400])
        return self._pages.bare(
            "error.html",
            status,
            title=said.title,
            what=what,
            thing=http.url.path if not http.url.path.startswith("/link/") else "登录链接",
            next=hint or said.next,
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
    """Say whether an address belongs to the interface rather than to the pages."""
    return path.startswith("/v1/") or path == "/healthz"
