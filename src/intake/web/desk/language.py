"""The language of the pages: a person's choice on a page, otherwise the settings'.

The browser's own language is not asked: office computers in China often send English.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.messages import LANGUAGES, Language
from intake.web.access import own_path
from intake.web.submitted_form import query

COOKIE = "language"
YEAR = 365 * 24 * 3600


def language_of(http: Request, default: Language) -> Language:
    """Return the language that this browser chose, ``default`` where it chose none."""
    chosen = http.cookies.get(COOKIE)
    return next((language for language in LANGUAGES if language == chosen), default)


def choose(http: Request) -> Response:
    """Remember a language, and go back to the page that it was chosen on."""
    response = RedirectResponse(own_path(query(http).one("next")), 303)
    chosen = str(http.path_params["language"])
    if chosen in LANGUAGES:
        response.set_cookie(COOKIE, chosen, max_age=YEAR, httponly=True, samesite="lax")
    return response


def routes() -> list[Route]:
    """Return the addresses."""
    return [Route("/language/{language}", choose, methods=["GET"])]
