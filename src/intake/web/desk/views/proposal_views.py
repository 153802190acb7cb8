"""Changes of the dispatch catalogue that corrections ask for: looking at them, adopting, dismissing."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.casework.cases import WHY_LIMIT
from intake.errors import Conflict, Forbidden, NotFound, Refused
from intake.messages import Message
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.proposal_page import ProposalPage, adopt, effect, open_proposals, read_proposal
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import query

DONE = {
    "adopted": "page.done.adopted",
    "dismissed": "page.done.dismissed",
}


class ProposalViews:
    """The list of proposals, and the page of one."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        door = self._door
        return [
            Route("/proposals", door.signed_in(self.show_all), methods=["GET"]),
            Route("/proposals/{id:int}", door.signed_in(self.show), methods=["GET"]),
            Route("/proposals/{id:int}/adopt", door.signed_in(self.adopt), methods=["POST"]),
            Route("/proposals/{id:int}/dismiss", door.signed_in(self.dismiss), methods=["POST"]),
        ]

    def show_all(self, visit: Visit) -> Response:
        """List what is open."""
        done = DONE.get(query(visit.http).one("done"), "")
        return self._pages.page(
            visit,
            "proposals.html",
            done=done,
            proposals=open_proposals(self._context, sees_sensitive=visit.who.sees_sensitive),
        )

    def show(self, visit: Visit) -> Response:
        """Show a proposal: the rows, whom it rests on, and what would have gone elsewhere."""
        return self._page(visit)

    def adopt(self, visit: Visit) -> Response:
        """Put the changed catalogue in force. Raises ``Forbidden`` for people who may not."""
        if not visit.who.sees_sensitive:
            raise Forbidden.of("error.lead_only")
        form = visit.form
        page = self._read(visit)
        way = next((way for way in page.ways if way.name == form.one("way")), None)
        if way is None:
            return self._page(visit, error=Message("page.refused.way"), status=422)
        if fault := _without_reason(form.one("why")):
            return self._page(visit, error=fault, status=422)
        try:
            adopt(self._context, page, way, form.one("base"), visit.who.name, form.one("why"))
        except Conflict as conflict:
            return self._page(visit, error=self._pages.refusal(visit, conflict), status=409)
        except NotFound:
            raise
        except Refused as refusal:
            return self._page(visit, error=self._pages.refusal(visit, refusal), status=422)
        return RedirectResponse("/proposals?done=adopted", 303)

    def dismiss(self, visit: Visit) -> Response:
        """Close a proposal without a change."""
        page = self._read(visit)
        if fault := _without_reason(visit.form.one("why")):
            return self._page(visit, error=fault, status=422)
        self._context.desk.close_proposal(
            page.proposal.id, adopted=False, actor=visit.who.name, why=visit.form.one("why")
        )
        return RedirectResponse("/proposals?done=dismissed", 303)

    def _page(
        self, visit: Visit, *, status: int = 200, error: Message | str | None = None
    ) -> Response:
        page = self._read(visit)
        return self._pages.page(
            visit, "proposal.html", status,
            page=page, proposal=page.proposal, error=error, typed_why=visit.form.one("why"),
            effects={way.name: effect(self._context, way) for way in page.ways},
            chosen=visit.form.one("way"),
        )  # fmt: skip

    def _read(self, visit: Visit) -> ProposalPage:
        return read_proposal(
            self._context, self._number(visit), sees_sensitive=visit.who.sees_sensitive
        )

    @staticmethod
    def _number(visit: Visit) -> int:
        return int(visit.http.path_params["id"])


def _without_reason(why: str) -> Message | None:
    missing = not why or len(why) > WHY_LIMIT
    return Message("page.refused.why_limit", {"limit": WHY_LIMIT}) if missing else None
