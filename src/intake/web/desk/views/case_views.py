"""The page of a case, and what people do to cases there."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.casework.cases import WHY_LIMIT
from intake.errors import Conflict, NotFound, Refused
from intake.store import case_changes, desk_lists
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.case_page import LISTED, CasePage, read_case, relations_of
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import query

DONE = {
    "merge": "已并案。每一件仍单独答复；需要时可在下面撤销。",
    "split": "已拆成新案，今后不会因同样的依据自动并回。",
    "apart": "已标为不同事项，不再提示。",
    "undo": "已撤销，恢复到改动之前。",
}


class CaseViews:
    """Showing and changing cases."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Give the addresses."""
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
            return self._page(visit, error=f"没有编号为 {other} 的案或诉求。", status=422)
        if theirs == case:
            return self._page(visit, error="两件已经在同一案中。", status=422)
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
            return self._page(visit, error="请勾选要拆出的诉求。", status=422)
        with self._context.store.read() as connection:
            members = set(case_changes.member_ids(connection, case))
        if members <= set(chosen):
            return self._page(visit, error="不能整案拆出，至少要留一件。", status=422)
        if not members.issuperset(chosen):
            return self._page(visit, error="有的诉求已不在此案中，请重新勾选。", status=409)

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
            error = f"第{number}号已由第{change.undone_by}号撤销。"
            return self._page(visit, error=error, status=409)

        def act() -> str:
            self._context.cases.undo(number, actor=visit.who.name, why=visit.form.one("why"))
            return change.cases[0]

        blocked = f"第{number}号之后又有改动，请先撤销第{later[0]}号。" if later else ""
        return self._change(visit, "undo", act, conflict=blocked)

    def _change(
        self, visit: Visit, action: str, act: Callable[[], str], *, conflict: str = ""
    ) -> Response:
        """Do it, or show the case with what stands in the way; what was typed is kept."""
        why = visit.form.one("why")
        if not why or len(why) > WHY_LIMIT:
            error = f"请写明理由（{WHY_LIMIT}字以内），改动并案都要留痕。"
            return self._page(visit, error=error, status=422, action=action)
        try:
            case = act()
        except Conflict:
            return self._page(
                visit, error=conflict, overtaken=not conflict, status=409, action=action
            )
        except NotFound:
            raise
        except Refused as refusal:
            return self._page(visit, error=str(refusal), status=422, action=action)
        return RedirectResponse(f"/cases/{self._resolve(case)}?done={action}", 303)

    def _page(
        self,
        visit: Visit,
        *,
        status: int = 200,
        done: str = "",
        error: str = "",
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
            raise NotFound(f"没有您可以查看的案 {case}。", hint="请返回待办列表。")
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
            raise NotFound(
                f"没有编号为 {given} 的案。", hint="请核对编号，或返回待办查找。"
            ) from error

    def _resolve(self, given: str) -> str:
        with self._context.store.read() as connection:
            return case_changes.resolve(connection, given)
