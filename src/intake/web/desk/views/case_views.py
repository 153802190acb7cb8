"""The page of a case, and what people do to cases there."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.casework.cases import WHY_LIMIT
from intake.errors import Conflict, NotFound, Refused
from intake.messages import Message
from intake.store import case_changes, desk_lists
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.case_page import LISTED, CasePage, read_case, relations_of
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import query

DONE = {
    "merge": "page.done.merge",
    "split": "page.done.split",
    "apart": "page.done.apart",
    "undo": "page.done.undo",
}


class CaseViews:
    """Showing and changing cases."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        door = self._door
        return [
            Route("/cases/{id}", door.signed_in(self.show), methods=["GET"]),
            Route("/cases/{id}/merge", door.signed_in(self.merge), methods=["POST"]),
            Route("/cases/{id}/split", door.signed_in(self.split), methods=["POST"]),
            Route("/cases/{id}/undo", door.signed_in(self.undo), methods=["POST"]),
        ]

    def show(self, visit: Visit) -> Response:
        """Show a case; the address of a merged one leads to the case it is in now."""
        given, case = str(visit.http.path_params["id"]), self._case(visit)
        if given != case:
            return RedirectResponse(f"/cases/{case}", 303)
        return self._page(visit, done=DONE.get(query(visit.http).one("done"), ""))

    def merge(self, visit: Visit) -> Response:
        """Merge another case into this one, or note that two requests are not the same."""
        case, form = self._case(visit), visit.form
        other, apart = form.one("other"), form.one("do") == "apart"
        try:
            theirs = self._resolve(other)
        except NotFound:
            return self._page(
                visit, error=Message("page.refused.no_case_or_request", {"id": other}), status=422
            )
        if theirs == case:
            return self._page(visit, error=Message("page.refused.same_case"), status=422)
        seen = {case: form.number("case_version")}
        if form.one("other_version"):
            seen[theirs] = form.number("other_version")

        def act() -> str:
            who, why = visit.who.name, form.one("why")
            if apart:
                self._context.cases.keep_apart(
                    form.one("request"), other, actor=who, why=why, versions=seen
                )
            else:
                self._context.cases.merge([theirs], case, actor=who, why=why, versions=seen)
            return case

        return self._change(visit, "apart" if apart else "merge", act)

    def split(self, visit: Visit) -> Response:
        """Take the chosen requests out into a new case."""
        case, chosen = self._case(visit), visit.form.many("request")
        if not chosen:
            return self._page(visit, error=Message("page.refused.none_ticked"), status=422)
        with self._context.store.read() as connection:
            members = set(case_changes.member_ids(connection, case))
        if members <= set(chosen):
            return self._page(visit, error=Message("page.refused.all_ticked"), status=422)
        if not members.issuperset(chosen):
            return self._page(visit, error=Message("page.refused.left_case"), status=409)

        def act() -> str:
            seen = {case: visit.form.number("case_version")}
            _, new = self._context.cases.split(
                chosen, actor=visit.who.name, why=visit.form.one("why"), versions=seen
            )
            return new

        return self._change(visit, "split", act)

    def undo(self, visit: Visit) -> Response:
        """Undo a change."""
        case, number = self._case(visit), visit.form.number("change")
        with self._context.store.read() as connection:
            change = case_changes.get(connection, number)
            later = [
                one.id
                for one in case_changes.history(connection, case)
                if one.id > number and one.undone_by is None and one.undoes is None
            ]
        if change.undone_by is not None:
            error = Message("page.refused.undone", {"id": number, "by": change.undone_by})
            return self._page(visit, error=error, status=409)

        def act() -> str:
            self._context.cases.undo(number, actor=visit.who.name, why=visit.form.one("why"))
            return change.cases[0]

        blocked = (
            Message("page.refused.undo_later_first", {"id": number, "later": later[0]})
            if later
            else None
        )
        return self._change(visit, "undo", act, conflict=blocked)

    def _change(
        self, visit: Visit, action: str, act: Callable[[], str], *, conflict: Message | None = None
    ) -> Response:
        """Make the change, or show the case with the reason why not; the input is kept."""
        why = visit.form.one("why")
        if not why or len(why) > WHY_LIMIT:
            error = Message("page.refused.why_of_case", {"limit": WHY_LIMIT})
            return self._page(visit, error=error, status=422, action=action)
        try:
            case = act()
        except Conflict:
            return self._page(
                visit, error=conflict, overtaken=conflict is None, status=409, action=action
            )
        except NotFound:
            raise
        except Refused as refusal:
            return self._page(
                visit, error=self._pages.refusal(visit, refusal), status=422, action=action
            )
        return RedirectResponse(f"/cases/{self._resolve(case)}?done={action}", 303)

    def _page(
        self,
        visit: Visit,
        *,
        status: int = 200,
        done: str = "",
        error: Message | str | None = None,
        overtaken: bool = False,
        action: str = "",
    ) -> Response:
        case = self._case(visit)
        with self._context.store.read() as connection:
            page: CasePage = read_case(connection, case, visit.who)
            lines, total = desk_lists.case_lines(
                connection, case, sees_sensitive=visit.who.sees_sensitive, limit=LISTED
            )
            relations = relations_of(connection, [line.id for line in lines])
        if not lines:
            raise NotFound.of("error.no_case_shown", id=case)
        return self._pages.page(
            visit, "case.html", status,
            case=page, lines=lines, unseen=total - len(lines), relations=relations,
            done=done, error=error, overtaken=overtaken, action=action,
            chosen=visit.form.many("request"), typed_why=visit.form.one("why"),
            typed_other=visit.form.one("other") if action == "merge" else "",
        )  # fmt: skip

    def _case(self, visit: Visit) -> str:
        given = str(visit.http.path_params["id"])
        try:
            return self._resolve(given)
        except NotFound as error:
            raise NotFound.of("error.no_case", id=given) from error

    def _resolve(self, given: str) -> str:
        with self._context.store.read() as connection:
            return case_changes.resolve(connection, given)
