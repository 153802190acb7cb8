"""docs/connectors.md: its example, as printed, runs and keeps the contract."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from intake.connect.connector import SourceContext, installed, load
from intake.connect.fetcher import Fetcher
from intake.testing.connectors import Rig

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "connectors.md").read_text(encoding="utf-8")
OPTIONS = (DOCS / "connector-options.md").read_text(encoding="utf-8")


@contextmanager
def letters_office():
    """The source that the page describes."""
    letters = [{"no": n, "text": f"letter {n}", "sent": "2026-01-05 09:00:00"} for n in range(120)]

    class Office(BaseHTTPRequestHandler):
        def do_GET(self):
            after = int(parse_qs(urlsplit(self.path).query)["after"][0])
            found = [letter for letter in letters if letter["no"] > after][:50]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    kind = SCOPE["LettersConnector"]
    config = kind.Config(base_url=f"http://127.0.0.1:{server.server_address[1]}")

    def connect():
        context = SourceContext("office", None, Fetcher("office"), lambda: datetime.now(UTC))
        return kind(config, context)

    yield Rig(connect, change=lambda: letters.append({"no": 120, "text": "one more"}))
    server.shutdown()
    server.server_close()


SCOPE: dict[str, object] = {"__name__": "page", "my_rig": letters_office}
for block in re.findall(r"```python\n(.*?)```", PAGE, re.S):
    exec(compile(block, "docs/connectors.md", "exec"), SCOPE)

TestLetters = SCOPE["TestLetters"]


@pytest.mark.parametrize("name", sorted(installed()))
def test_every_option_says_what_it_is(name):
    fields = load(name).Config.model_fields
    assert [option for option, field in fields.items() if not field.description] == []
