"""Putting the desk together."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from intake.errors import IntakeError
from intake.web.access import Access
from intake.web.api.routes import Api
from intake.web.context import DeskContext
from intake.web.desk import language
from intake.web.desk.area_search import AreaSearch
from intake.web.desk.rendering import Pages
from intake.web.desk.views.audit_views import AuditViews
from intake.web.desk.views.case_views import CaseViews
from intake.web.desk.views.hot_views import HotViews
from intake.web.desk.views.proposal_views import ProposalViews
from intake.web.desk.views.quarantine_views import QuarantineViews
from intake.web.desk.views.queue_views import QueueViews
from intake.web.desk.views.request_views import RequestViews
from intake.web.desk.views.sign_in_views import SignInViews
from intake.web.desk.views.status_views import StatusViews
from intake.web.failures import CatchAll, Failures
from intake.web.headers import SecurityHeaders
from intake.web.security import Sessions

STATIC_FILES = Path(__file__).parent / "desk" / "static"


def create_app(context: DeskContext) -> Starlette:
    """Make the web application: the pages, the interface under ``/v1``, ``/healthz``."""
    sessions = Sessions(
        context.store, context.clock, context.tokens, context.settings.session_hours
    )
    door = Access(context, sessions)
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
        AuditViews(context, door, pages),
        Api(context),
    )
    return Starlette(
        routes=[
            *(route for part in parts for route in part.routes()),
            *language.routes(),
            Mount("/static", StaticFiles(directory=STATIC_FILES), name="static"),
        ],
        middleware=[
            Middleware(SecurityHeaders, secure=context.settings.secure_cookies),
            Middleware(CatchAll, failures=failures),
        ],
        exception_handlers={IntakeError: failures.ours, HTTPException: failures.http},
    )
