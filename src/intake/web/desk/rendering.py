"""Rendering: the templates, once for each language."""

from __future__ import annotations

from typing import Any, get_args
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from intake.errors import IntakeError
from intake.messages import EN, LANGUAGES, ZH
from intake.model.correction import Mistake
from intake.model.decision import HoldReason
from intake.operate.hot_picture import bars
from intake.store import desk_lists
from intake.web.access import Visit
from intake.web.context import DeskContext
from intake.web.desk.language import language_of
from intake.web.desk.writing import Writer
from intake.web.security import SignedIn

FILTERS = (
    "action", "actor", "addressee", "answers", "area", "category", "channel", "count", "day", "due", "evidence",
    "failure",
    "handler", "informed", "local", "notes", "place", "rarely", "reason", "rejection", "say",
    "spoken", "step", "tag", "term", "unit", "units",
)  # fmt: skip
"""Methods of the writer that templates use."""


class Pages:
    """The templates, with the filters that write our values in words."""

    def __init__(self, context: DeskContext) -> None:
        self._context = context
        self._default = context.settings.language
        self._writers = {language: Writer(context, language) for language in LANGUAGES}
        self._environments = {
            language: _environment(writer) for language, writer in self._writers.items()
        }

    def writer(self, http: Request) -> Writer:
        """Return the writer of the language that a page is shown in."""
        return self._writers[language_of(http, self._default)]

    def refusal(self, visit: Visit, refusal: IntakeError) -> str:
        """Write what was refused and what to do, for the page that it was asked on."""
        writer = self.writer(visit.http)
        what, hint = writer.error(refusal)
        return f"{what} {hint}".strip() or writer.t("page.http.422")

    def page(self, visit: Visit, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page for somebody who is signed in."""
        return self._html(visit.http, template, status, who=visit.who, **values)

    def bare(self, http: Request, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page for a visitor, or an error."""
        nobody: SignedIn | None = None
        return self._html(http, template, status, who=nobody, **values)

    def _html(self, http: Request, template: str, status: int, **values: Any) -> Response:
        language = language_of(http, self._default)
        page = self._environments[language].get_template(template)
        shown = http.method == "GET" and status < 400
        here = f"{http.url.path}?{http.url.query}" if shown else "/queue"
        return HTMLResponse(page.render(address=here, **values), status)


def _environment(writer: Writer) -> Environment:
    environment = Environment(
        loader=PackageLoader("intake.web.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update({name: getattr(writer, name) for name in FILTERS})
    environment.filters.update(bars=bars, key=desk_lists.write_key, query=_query)
    environment.globals.update(
        t=writer.t,
        language=writer.language,
        other_language=EN if writer.language == ZH else ZH,
        holds=tuple(HoldReason),
        wrongs=get_args(Mistake),
    )
    return environment


def _query(values: dict[str, str]) -> str:
    """Write the query part of an address, without what is empty."""
    return urlencode({key: value for key, value in values.items() if value})
