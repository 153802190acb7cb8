"""Putting the desk together."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from intake.desk.api import Api
from intake.desk.area_search import AreaSearch
from intake.desk.context import DeskContext
from intake.desk.door import Door
from intake.desk.failures import CatchAll, Failures
from intake.desk.headers import SecurityHeaders
from intake.desk.pages import Pages
from intake.desk.security import Sessions
from intake.desk.views.cases import CaseViews
from intake.desk.views.hot import HotViews
from intake.desk.views.proposals import ProposalViews
from intake.desk.views.quarantine import QuarantineViews
from intake.desk.views.queue import QueueViews
from intake.desk.views.requests import RequestViews
from intake.desk.views.sign_in import SignInViews
from intake.desk.views.status import StatusViews
from intake.errors import IntakeError

STATIC_FILES = Path(__file__).parent / "static"


def create_app(context: DeskContext) -> Starlette:
    """Make the web application: the pages, the interface under ``/v1``, ``/healthz``."""
    sessions = Sessions(
        context.store, context.clock, context.tokens, context.settings.session_hours
    )
    door = Door(context, sessions)
    pages = Pages(context)
    failures = Failures(pages)
    areas = AreaSearch(context.gazetteer, context.home_areas)
    parts = (
        SignInViews(context, sessions, door, pages),
        QueueViews(context, door, pages),
        RequestViews(context, door, pages, areas),
        CaseViews(context, door, pages),
        HotViews(context, door, pages),
        ProposalViews(context, door, pages),
        QuarantineViews(context, door, pages),
        StatusViews(context, door, pages),
        Api(context),
    )
    return Starlette(
        routes=[
            *(route for part in parts for route in part.routes()),
            Mount("/static", StaticFiles(directory=STATIC_FILES), name="static"),
        ],
        middleware=[
            Middleware(SecurityHeaders, secure=context.settings.secure_cookies),
            Middleware(CatchAll, failures=failures),
        ],
        exception_handlers={IntakeError: failures.ours, HTTPException: failures.http},
    )
