"""The city's one HTTP server on loopback: the interfaces, the boards, and faults on demand."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from intake.demo.board_pages import ENCODINGS, LOGIN_PAGE, detail_page, list_page
from intake.demo.interface_rows import TOKEN, rows
from intake.demo.world import SOURCES, World
from intake.model.zone import CHINA

SLOW_SECONDS = 0.5
HANG_SECONDS = 300.0


class Web:
    """Serves a world; ``base`` is its address after ``start``."""

    def __init__(self, world: World, seed: int, port: int = 0) -> None:
        self._world, self._seed, self._port = world, seed, port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self.ended = threading.Event()

    def start(self) -> str:
        """Listen on loopback and return the base address."""
        handler = type("CityHandler", (_Handler,), {"world": self._world, "web": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name="city-web", daemon=True
        )
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening; hanging answers end."""
        self.ended.set()
        if self._server and self._thread:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(5)

    def garbage(self) -> bytes:
        """Bytes that are nothing at all; the same for one seed."""
        return b"\x00\xff" + Random(self._seed).randbytes(2000)  # noqa: S311 - not a secret


class _Handler(BaseHTTPRequestHandler):
    world: World
    web: Web
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer; two would wait 40 ms for each other

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        source, _, rest = split.path.strip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        if source not in SOURCES:
            self._send(404, b"", "text/plain")
        elif not self._faulty(source):
            self._serve(source, rest, query)

    def _faulty(self, source: str) -> bool:
        """Act out the fault in force; return False where the normal answer is due."""
        fault = self.world.faults.get(source)
        if fault == "500":
            self._send(500, b"internal error", "text/plain")
        elif fault == "garbage":
            self._send(200, self.web.garbage(), "application/octet-stream")
        elif fault == "login_page":
            self._send(200, LOGIN_PAGE.encode(), "text/html; charset=utf-8")
        elif fault == "hang":
            self._hang(source)
        elif fault == "slow":
            self.web.ended.wait(SLOW_SECONDS)
            return False
        return fault is not None

    def _hang(self, source: str) -> None:
        """Send nothing until the fault is lifted, then drop the connection."""
        for _ in range(int(HANG_SECONDS * 20)):
            if self.world.faults.get(source) != "hang" or self.web.ended.wait(0.05):
                break
        self.close_connection = True

    def _serve(self, source: str, rest: str, query: dict[str, str]) -> None:
        serve: dict[str, Callable[[str, str, dict[str, str]], None]] = {
            "hotline": self._rows,
            "outreach": self._rows,
            "board": self._board,
        }
        answer = serve.get(SOURCES[source].connector)
        if answer is None:
            self._send(404, b"", "text/plain")
        else:
            answer(source, rest, query)

    def _rows(self, source: str, _rest: str, query: dict[str, str]) -> None:
        if self.headers.get("X-Token") != TOKEN:
            self._json(401, {"code": 401, "message": "no token"})
            return
        page, size = int(query.get("page", 1)), int(query.get("size", 100))
        since = None
        if "since" in query:
            wall = datetime.strptime(query["since"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007
            since = wall.replace(tzinfo=CHINA)
        found = rows(self.world, source, since)
        shown = found[(page - 1) * size : page * size]
        self._json(200, {"code": 0, "message": "ok", "data": {"total": len(found), "rows": shown}})

    def _board(self, source: str, rest: str, query: dict[str, str]) -> None:
        if rest.endswith("list"):
            page = query.get("page", "1")
            text = list_page(self.world, source, int(page) if page.isdigit() else 1)
        else:
            external_id = query.get("tid") or rest.rpartition("/")[2].removesuffix(".html")
            found = detail_page(self.world, source, external_id)
            if found is None:
                self._send(404, "页面不存在".encode(), "text/html; charset=utf-8")
                return
            text = found
        charset = ENCODINGS[SOURCES[source].style]
        # The GB18030 board names gb2312, as such sites do.
        named = "gb2312" if charset == "gb18030" else charset
        content = text.encode(charset, "xmlcharrefreplace")
        self._send(200, content, f"text/html; charset={named}")

    def _json(self, status: int, body: Any) -> None:
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self._send(status, content, "application/json; charset=utf-8")

    def _send(self, status: int, content: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Log nothing: the demo's terminal does not show addresses of requests."""
