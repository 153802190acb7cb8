"""The page of one request, and what a person can decide there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.errors import Conflict, Forbidden, NotFound, Refused
from intake.messages import Message
from intake.model.correction import Mistake
from intake.model.request import RequestState
from intake.model.zone import CHINA
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.area_search import AreaSearch
from intake.web.desk.rendering import Pages
from intake.web.desk.request_page import FieldErrors, FormDraft, RequestPage, read_page
from intake.web.desk.unit_choice import choices
from intake.web.submitted_form import query

DONE = {
    "accept": "page.done.accept",
    "reassign": "page.done.reassign",
    "hold": "page.done.hold",
    "urge": "page.done.urge",
    "rework": "page.done.rework",
}
MAY_BE_SILENT = frozenset({"accept", "urge"})
WHY_LIMIT = 500


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """A checked reassignment, ready for the use case; None leaves a field as it is."""

    category: str | None
    area: str | None
    wrong: tuple[Mistake, ...]


class RequestViews:
    """Showing and deciding."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages, areas: AreaSearch) -> None:
        self._context = context
        self._door = door
        self._pages = pages
        self._areas = areas

    def routes(self) -> list[Route]:
        """Return the addresses."""
        door = self._door
        return [
            Route("/requests/{id}", door.signed_in(self.show), methods=["GET"]),
            Route("/requests/{id}/accept", door.signed_in(self.accept), methods=["POST"]),
            Route("/requests/{id}/reassign", door.signed_in(self.reassign), methods=["POST"]),
            Route("/requests/{id}/hold", door.signed_in(self.hold), methods=["POST"]),
            Route("/requests/{id}/urge", door.signed_in(self.urge), methods=["POST"]),
            Route("/requests/{id}/rework", door.signed_in(self.rework), methods=["POST"]),
            Route("/units", door.signed_in(self.find_units), methods=["GET"]),
            Route("/areas", door.signed_in(self.find_areas), methods=["GET"]),
        ]

    def show(self, visit: Visit) -> Response:
        """Show the request."""
        page = self._read(visit)
        done = DONE.get(query(visit.http).one("done"), "")
        return self._render(visit, page, self._draft(visit, page), done=done)

    def accept(self, visit: Visit) -> Response:
        """Let the machine's suggestion go out as it is."""

        def act(draft: FormDraft) -> None:
            self._context.desk.accept(
                _id(visit.http), version=draft.version, actor=visit.who.name, why=draft.why
            )

        return self._decide(visit, "accept", act)

    def hold(self, visit: Visit) -> Response:
        """Keep the request at the desk."""

        def act(draft: FormDraft) -> None:
            self._context.desk.hold(
                _id(visit.http), version=draft.version, actor=visit.who.name, why=draft.why
            )

        return self._decide(visit, "hold", act)

    def urge(self, visit: Visit) -> Response:
        """Urge the units that have the request."""

        def act(draft: FormDraft) -> None:
            self._context.supervision.urge(
                _id(visit.http), version=draft.version, actor=visit.who.name, why=draft.why
            )

        return self._decide(visit, "urge", act)

    def rework(self, visit: Visit) -> Response:
        """Send a bad answer back to the unit that gave it."""

        def act(draft: FormDraft) -> None:
            self._context.supervision.rework(
                _id(visit.http), version=draft.version, actor=visit.who.name, why=draft.why
            )

        return self._decide(visit, "rework", act)

    def reassign(self, visit: Visit) -> Response:
        """Return the request to other units, with category and area as corrected."""

        def act(draft: FormDraft) -> None:
            corrected = self._correction(draft)
            self._context.desk.reassign(
                _id(visit.http),
                version=draft.version,
                actor=visit.who.name,
                why=draft.why,
                lead=draft.lead,
                co=draft.co,
                category=corrected.category,
                area=corrected.area,
                wrong=corrected.wrong,
            )

        if visit.form.one("do") == "search":  # the search button, for browsers without scripts
            page = self._read(visit)
            return self._render(visit, page, self._draft(visit, page).typed(visit.form, "reassign"))
        return self._decide(visit, "reassign", act)

    def find_units(self, visit: Visit) -> Response:
        """Return the lines of the unit table while somebody types."""
        asked = query(visit.http)
        lines = choices(
            self._context.names,
            lead=asked.one("lead"),
            co=asked.many("co"),
            at_hand=asked.many("at_hand"),
            text=asked.one("unit_q"),
        )
        return self._pages.page(visit, "_units.html", lines=lines, searched=asked.one("unit_q"))

    def find_areas(self, visit: Visit) -> Response:
        """Return areas to choose from while somebody types."""
        found = self._areas.search(query(visit.http).one("area"))
        return self._pages.page(visit, "_areas.html", found=found)

    def _read(self, visit: Visit) -> RequestPage:
        try:
            with self._context.store.read() as connection:
                return read_page(connection, _id(visit.http), visit.who)
        except NotFound as error:
            raise NotFound.of("error.no_request", id=_id(visit.http)) from error

    def _draft(self, visit: Visit, page: RequestPage) -> FormDraft:
        """Begin with the decision in force, its codes with their names."""
        draft = FormDraft.of(page)
        known = self._context.taxonomy.get(draft.category) is not None
        category = self._pages.writer(visit.http).category(draft.category)
        area = self._context.gazetteer.full_name(draft.area)
        return replace(
            draft,
            category=f"{draft.category} {category}" if known else draft.category,
            area=f"{draft.area} {area}".strip(),
        )

    def _decide(self, visit: Visit, action: str, act: Callable[[FormDraft], None]) -> Response:
        """Make the change, or show the page again with the input and the reason why not."""
        page = self._read(visit)  # also refuses who may not see it
        draft = self._draft(visit, page).typed(visit.form, action)
        errors = self._errors(draft, action, page)
        if errors:
            return self._render(visit, page, replace(draft, errors=errors), status=422)
        try:
            act(draft)
        except Conflict:
            return self._conflict(visit, draft)
        except (NotFound, Forbidden):
            raise
        except Refused as refusal:
            draft = replace(draft, errors={"": self._pages.refusal(visit, refusal)})
            return self._render(visit, page, draft, status=422)
        return RedirectResponse(f"/requests/{_id(visit.http)}?done={action}", 303)

    def _errors(self, draft: FormDraft, action: str, page: RequestPage) -> FieldErrors:
        """Return the faults of the input per field; ``""`` is the action as a whole."""
        errors: FieldErrors = {}
        if page.stored.state is RequestState.WITHDRAWN:
            errors[""] = Message("page.refused.withdrawn")
        if action not in MAY_BE_SILENT and not draft.why:
            errors["why"] = Message("page.refused.why")
        if len(draft.why) > WHY_LIMIT:
            length = {"limit": WHY_LIMIT, "n": len(draft.why)}
            errors["why"] = Message("page.refused.why_too_long", length)
        if action == "accept" and not (page.decision and page.decision.lead):
            errors[""] = Message("page.refused.no_suggestion")
        return errors | (self._reassign_errors(draft) if action == "reassign" else {})

    def _reassign_errors(self, draft: FormDraft) -> FieldErrors:
        errors: FieldErrors = {}
        if not draft.lead:
            errors["lead"] = Message("page.refused.lead")
        units = self._context.catalogue.units
        today = self._context.clock().astimezone(CHINA).date()
        for unit in filter(None, (draft.lead, *draft.co)):
            if unit not in units:
                errors["lead"] = Message("page.refused.no_unit", {"unit": unit})
            elif not units[unit].valid_on(today):
                errors["lead"] = Message("page.refused.unit_not_valid", {"unit": units[unit].name})
        if draft.category and self._context.taxonomy.get(_code(draft.category)) is None:
            errors["category"] = Message("page.refused.category", {"text": draft.category})
        if draft.area and self._areas.resolve(draft.area) is None:
            errors["area"] = Message("page.refused.area", {"text": draft.area})
        return errors

    def _correction(self, draft: FormDraft) -> CorrectionForm:
        """Read the checked fields; an empty one leaves the decision's as it is."""
        area = self._areas.resolve(draft.area) if draft.area else None
        return CorrectionForm(
            category=_code(draft.category) or None,
            area=area.code if area else None,
            wrong=tuple(code for code in get_args(Mistake) if code in draft.wrong),
        )

    def _conflict(self, visit: Visit, draft: FormDraft) -> Response:
        """Show what somebody else did meanwhile beside what was typed; nothing typed is lost."""
        page = self._read(visit)
        return self._render(visit, page, draft.at(page), status=409, overtaken=draft)

    def _render(
        self,
        visit: Visit,
        page: RequestPage,
        draft: FormDraft,
        *,
        status: int = 200,
        done: str = "",
        overtaken: FormDraft | None = None,
    ) -> Response:
        at_hand = page.units_at_hand
        lines = choices(
            self._context.names,
            lead=draft.lead, co=draft.co, at_hand=at_hand, text=draft.unit_q,
        )  # fmt: skip
        return self._pages.page(
            visit,
            "request.html",
            status,
            page=page,
            draft=draft,
            done=done,
            overtaken=overtaken,
            lines=lines,
            searched=draft.unit_q,
            at_hand=at_hand,
            leaves=self._context.taxonomy.leaves,
            found=self._areas.search(draft.area) if "area" in draft.errors else [],
        )


def _id(http: Request) -> str:
    return str(http.path_params["id"])


def _code(text: str) -> str:
    """Return the code at the front of ``0901 农村人居环境``."""
    return text.partition(" ")[0]
