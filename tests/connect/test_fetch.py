"""The outgoing door: how every way in which a stranger's server fails is told, and bounded."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import tracemalloc
import zlib
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
import respx

from intake.connect.answer import sniff
from intake.connect.fetcher import Fetcher, FetchPolicy
from intake.errors import ConfigurationError, SourceRefused, SourceUnavailable

URL = "https://gov.example/api/orders"


def fetcher(**policy):
    quick = {"retry_wait": 0.0, "retry_wait_max": 0.01, "per_second": 0, **policy}
    fetch = Fetcher("s", policy=FetchPolicy(**quick))
    fetch.allow("https://gov.example")
    return fetch


@pytest.fixture
def site():
    with respx.mock(assert_all_called=False) as site:
        yield site


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        (httpx.Response(500), SourceUnavailable, 1),
        (httpx.Response(502), SourceUnavailable, 3),
        (httpx.Response(503), SourceUnavailable, 3),
        (httpx.Response(429), SourceUnavailable, 3),
        (httpx.Response(429, headers={"Retry-After": "3600"}), SourceUnavailable, 1),
        (httpx.Response(401), SourceRefused, 1),
        (httpx.Response(403), SourceRefused, 1),
        (httpx.Response(404), SourceRefused, 1),
        (httpx.Response(302, headers={"Location": "/sso/login?next=x"}), SourceRefused, 1),
        (httpx.Response(302, headers={"Location": "http://127.0.0.1:1/x"}), SourceRefused, 1),
        (httpx.Response(302, headers={"Location": "https://evil.example/"}), SourceRefused, 1),
        (httpx.Response(302, headers={"Location": "/api/orders"}), SourceRefused, 5),
        (httpx.ConnectTimeout("x"), SourceUnavailable, 3),
        (httpx.ReadTimeout("x"), SourceUnavailable, 3),
        (httpx.ConnectError("x"), SourceUnavailable, 3),
        (httpx.RemoteProtocolError("x"), SourceUnavailable, 3),
    ],
)  # fmt: skip
def test_failures_are_told_by_what_to_do_next(site, answer, error, tries):
    route = site.get(URL).mock(side_effect=lambda _: _raise(answer))
    with pytest.raises(error, match=r"^s: https?://\S+") as caught:
        fetcher().get(URL, {"token": "geheim"})
    assert route.call_count == tries
    assert "geheim" not in str(caught.value)


def _raise(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_a_busy_server_is_asked_again_when_it_says(site):
    busy = httpx.Response(503, headers={"Retry-After": "0"})
    site.get(URL).mock(side_effect=[busy, httpx.Response(200, json={"a": 1})])
    answer = fetcher().get(URL)
    assert (answer.status, answer.kind) == (200, "application/json")


def test_an_expected_status_is_an_answer(site):
    site.get(URL).mock(return_value=httpx.Response(404))
    assert fetcher().get(URL, expect=[404]).status == 404


def test_redirects_stay_on_allowed_hosts_and_keep_secrets_at_home(site):
    fetch = fetcher()
    fetch.allow("https://files.example")
    site.get(URL).mock(
        return_value=httpx.Response(302, headers={"Location": "https://files.example/x"})
    )
    there = site.get("https://files.example/x").mock(return_value=httpx.Response(200, text="y"))
    assert fetch.get(URL, headers={"X-Token": "geheim"}).url == "https://files.example/x"
    assert "x-token" not in there.calls[0].request.headers


def test_a_name_for_this_machine_is_refused():
    """A public name may resolve to loopback; only an address in the settings may lead there."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]

    def serve():
        for _ in range(2):
            talk, _ = server.accept()
            talk.recv(1000)
            talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            talk.close()

    threading.Thread(target=serve, daemon=True).start()
    named = Fetcher("s", policy=FetchPolicy(attempts=1))
    real = socket.getaddrinfo

    def lie(host, *rest, **more):
        return real("127.0.0.1" if host == "gov.example" else host, *rest, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lie)
        named.allow(f"http://gov.example:{port}")
        with pytest.raises(SourceRefused, match="this machine"):
            named.get(f"http://gov.example:{port}/")
    named.allow(f"http://127.0.0.1:{port}")
    assert named.get(f"http://127.0.0.1:{port}/").content == b"ok"
    server.close()


@pytest.fixture
def serving():
    """A real server that answers with given bytes: mocks read compressed bodies themselves."""
    with ExitStack() as opened:

        def serve(body, encoding):
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("Content-Encoding", encoding)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    with suppress(ConnectionError):  # a client may have enough before the end
                        self.wfile.write(body)

                def log_message(self, *_):
                    pass

            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
            opened.callback(server.server_close)
            opened.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_address[1]}/"

        yield serve


def get(url, **policy):
    fetch = fetcher(**policy)
    fetch.allow(url)
    return fetch.get(url)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"x", "br"), (b"no gzip", "gzip"), (gzip.compress(b"x" * 999, mtime=0)[:-9], "gzip")],
)
def test_broken_compression_is_unavailable(serving, body, encoding):
    with pytest.raises(SourceUnavailable, match=r"^s: .*http://127"):
        get(serving(body, encoding))


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_does_not_unfold(serving, pack):
    url = serving(pack(b"0" * 200_000_000), "gzip" if pack is gzip.compress else "deflate")
    tracemalloc.start()
    with pytest.raises(SourceUnavailable, match="larger than"):
        get(url, max_bytes=1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_large_page_may_be_cut(site):
    site.get(URL).mock(return_value=httpx.Response(200, content=b"x" * 5000))
    answer = fetcher(max_bytes=1000).get(URL, oversize="cut")
    assert (len(answer.content), answer.truncated) == (1000, True)


def test_compressed_answers_are_read(serving):
    body = json.dumps({"text": "路灯" * 1000}).encode()
    packed = gzip.compress(body[:100]) + gzip.compress(body[100:])  # two members, as servers send
    assert get(serving(packed, "gzip")).content == body


def test_a_server_that_drips_is_given_up():
    server = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def drip():
        talk, _ = server.accept()
        talk.recv(1000)
        talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not done.wait(0.05):
            try:
                talk.sendall(b"x")
            except OSError:
                break
        talk.close()

    threading.Thread(target=drip, daemon=True).start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/"
    fetch = Fetcher("s", policy=FetchPolicy(read_timeout=1, total_timeout=0.4, attempts=1))
    fetch.allow(url)
    started = time.monotonic()
    with pytest.raises(SourceUnavailable, match="longer than"):
        fetch.get(url)
    assert time.monotonic() - started < 2
    done.set()
    server.close()


def test_requests_to_one_host_keep_their_distance(site):
    site.get(URL).mock(return_value=httpx.Response(200))
    waits: list[float] = []
    fetch = Fetcher(
        "s", policy=FetchPolicy(per_second=2), sleep=waits.append, monotonic=lambda: 100.0
    )
    fetch.allow("https://gov.example")
    for _ in range(3):
        fetch.get(URL)
    assert waits == [0.5, 1.0]


def test_only_http_addresses_can_be_allowed():
    with pytest.raises(ConfigurationError, match="not an HTTP address"):
        fetcher().allow("file:///etc/passwd")
    assert not fetcher().permits("https://gov.example:8443/x")
    assert not fetcher().permits("javascript:alert(1)")
    assert not fetcher().permits("http://[broken")


@pytest.mark.parametrize(
    ("content", "declared", "kind"),
    [
        (b'\xef\xbb\xbf {"a": 1}', "text/html", "application/json"),
        (b"{broken", "application/json", "text/plain"),
        (b"\n<!DOCTYPE HTML><p>", "application/json", "text/html"),
        (b"PK\x03\x04...", "text/csv", "application/zip"),
        (b"a,b", "text/csv; charset=gbk", "text/csv"),
        (b"", "", "application/octet-stream"),
    ],
)
def test_the_bytes_count_more_than_what_is_declared(content, declared, kind):
    assert sniff(content, declared) == kind
