"""A browser without scripts: what the desk's tests look at pages with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import httpx
from desk_world import PASSWORD
from starlette.applications import Starlette
from starlette.testclient import TestClient


class Browser:
    """A browser without scripts: keeps cookies, fills in the forms that a page has."""

    def __init__(self, app: Starlette) -> None:
        self.http = TestClient(app, follow_redirects=False, raise_server_exceptions=True)

    def get(self, path: str) -> httpx.Response:
        answer: httpx.Response = self.http.get(path)
        return answer

    def csrf(self, path: str) -> str:
        """Give the token in the first form of a page."""
        return hidden(self.get(path).text, "csrf")

    def post(self, path: str, fields: Mapping[str, object]) -> httpx.Response:
        answer: httpx.Response = self.http.post(path, data=fields)
        return answer

    def sign_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        fields = {"csrf": self.csrf("/sign-in"), "name": name, "password": password}
        return self.post("/sign-in", fields)

    def form(self, request_id: str) -> dict[str, object]:
        """Give the hidden fields of a request page's forms."""
        page = self.get(f"/requests/{request_id}").text
        return {name: hidden(page, name) for name in ("csrf", "version", "seen_audit")}


def hidden(page: str, name: str) -> str:
    """Give the value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found is not None, f"no hidden field {name}"
    return found[1]


SignIn = Callable[[str], Browser]
