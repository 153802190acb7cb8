"""The only HTTP client: bounded in time, size and rate, and limited to allowed hosts.

A source is a stranger's server. It may hang, send a byte a second, send a gzip bomb, redirect to a
login page or to services of this machine. Each failure becomes one of two errors:
``SourceUnavailable`` (wait, call again) or ``SourceRefused`` (a person has to act).
"""

from __future__ import annotations

import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import httpx
import stamina

from intake import log
from intake.connect.answer import Fetched, is_local, plain_url, retry_after
from intake.errors import ConfigurationError, SourceRefused, SourceUnavailable

Params = Mapping[str, str | int]

_log = log.get("connect")

_TRANSIENT = frozenset({429, 502, 503, 504})
_LOGIN = re.compile(r"(?:^|[/._?&=-])(?:login|signin|sso|cas|passport|auth)(?:[/._?&=-]|$)", re.I)
_MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """The limits of a fetcher. Times are in seconds; bytes are counted after decompression.

    ``per_second`` bounds the requests to one host; loopback is not slowed down. ``ca_file`` adds a
    private certificate authority. The environment's proxy variables are not read: ``proxy`` is.
    """

    connect_timeout: float = 5.0
    read_timeout: float = 20.0
    total_timeout: float = 60.0
    max_bytes: int = 20_000_000
    attempts: int = 3
    retry_wait: float = 0.5
    retry_wait_max: float = 10.0
    retry_after_max: float = 60.0
    per_second: float = 4.0
    ca_file: str | None = None
    proxy: str | None = None
    user_agent: str = "citizen-intake/0.1"


class _Transient(SourceUnavailable):
    """Worth another attempt at once; ``wait`` is what the server asked for, in seconds."""

    wait: float | None = None


class Fetcher:
    """HTTP for one source; only hosts given to ``allow`` (or ``allow_hosts``) are reachable.

    Safe to use from several threads. ``get`` and ``post`` block at most about
    ``attempts * total_timeout`` plus waits.
    """

    def __init__(
        self,
        source: str,
        *,
        allow_hosts: Iterable[str] = (),
        policy: FetchPolicy | None = None,
        sleep: Callable[[float], None] = time.sleep,  # noqa: TID251 - the default of what tests replace
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.source = source
        self.policy = policy or FetchPolicy()
        self._sleep = sleep
        self._monotonic = monotonic
        self._allowed: set[tuple[str, int | None]] = set()
        self._next_turn: dict[str, float] = {}
        self._lock = threading.Lock()
        for host in allow_hosts:
            self.allow(f"https://{host}")
        self._client = self._open()

    def _open(self) -> httpx.Client:
        policy = self.policy
        verify = _public_authorities()
        if policy.ca_file:
            verify = ssl.create_default_context()
            try:
                verify.load_verify_locations(policy.ca_file)
            except (OSError, ssl.SSLError) as error:
                raise ConfigurationError(
                    f"The certificate file {policy.ca_file} cannot be used.",
                    hint="It must hold PEM certificates.",
                ) from error
        return httpx.Client(
            timeout=httpx.Timeout(policy.read_timeout, connect=policy.connect_timeout),
            headers={"User-Agent": policy.user_agent, "Accept-Encoding": "gzip, deflate"},
            follow_redirects=False,
            trust_env=False,
            verify=verify,
            proxy=policy.proxy,
        )

    def allow(self, url: str) -> None:
        """Allow the host of ``url``, which must come from the settings, never from a page.

        Raises ``ConfigurationError`` for a text that is no HTTP address.
        """
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL as error:
            raise ConfigurationError(f"{self.source}: {url!r} is not a URL.") from error
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise ConfigurationError(
                f"{self.source}: {plain_url(url)} is not an HTTP address.",
                hint="It must begin with http:// or https://.",
            )
        self._allowed.add((parsed.host, parsed.port))

    def permits(self, url: str) -> bool:
        """Return whether ``url`` leads to an allowed host. For links found in pages."""
        try:
            parsed = httpx.URL(url)
        except (httpx.InvalidURL, TypeError):
            return False
        return parsed.scheme in ("http", "https") and (parsed.host, parsed.port) in self._allowed

    def get(
        self,
        url: str,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        expect: Iterable[int] = (),
        oversize: Literal["refuse", "cut"] = "refuse",
    ) -> Fetched:
        """GET ``url``. Statuses outside 2xx raise, except those in ``expect`` (404: a gone page).

        ``oversize="cut"`` returns the first ``max_bytes`` of a larger answer, marked ``truncated``.
        """
        return self._call("GET", url, params, headers, None, frozenset(expect), oversize)

    def post(
        self,
        url: str,
        json_body: Any = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Fetched:
        """POST a query as JSON; repeated on failure like GET, since pulling changes nothing."""
        return self._call("POST", url, params, headers, json_body, frozenset(), "refuse")

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _call(
        self,
        method: str,
        url: str,
        params: Params | None,
        headers: Mapping[str, str] | None,
        body: Any,
        expect: frozenset[int],
        oversize: Literal["refuse", "cut"],
    ) -> Fetched:
        policy = self.policy
        own = dict(headers or {})
        try:
            request = self._client.build_request(
                method, url, params=dict(params) if params else None, headers=own, json=body
            )
        except (httpx.InvalidURL, TypeError) as error:
            raise ConfigurationError(f"{self.source}: {url!r} is not a URL.") from error
        for attempt in stamina.retry_context(
            on=self._again,
            attempts=policy.attempts,
            timeout=None,
            wait_initial=policy.retry_wait,
            wait_max=policy.retry_wait_max,
            wait_jitter=policy.retry_wait,
        ):
            with attempt:
                return self._follow(request, own, expect, oversize)
        raise AssertionError("retry_context ended without a result")  # pragma: no cover

    def _again(self, error: Exception) -> bool | float:
        """Return for stamina whether to try again, or the seconds that the server asked to wait."""
        if not isinstance(error, _Transient):
            return False
        _log.info("fetch.failed", source=self.source, reason=error.message)
        return True if error.wait is None else error.wait

    def _follow(
        self,
        request: httpx.Request,
        own: Mapping[str, str],
        expect: frozenset[int],
        oversize: Literal["refuse", "cut"],
    ) -> Fetched:
        """One attempt, through redirects that stay on allowed hosts."""
        deadline = self._monotonic() + self.policy.total_timeout
        for _ in range(_MAX_REDIRECTS):
            self._gate(request.url)
            self._wait_turn(request.url.host)
            with self._mapped(request) as response:
                self._check_peer(response)
                following = response.next_request
                if following is None:
                    self._check_status(response, expect)
                    content, cut = self._read(response, deadline, oversize)
                    declared = response.headers.get("Content-Type", "")
                    return Fetched(response.status_code, content, declared, str(response.url), cut)
            if _LOGIN.search(following.url.path):
                raise SourceRefused.of(
                    "error.source.login_page",
                    source=self.source,
                    where=plain_url(request.url),
                    login=plain_url(following.url),
                )
            if following.url.host != request.url.host:
                # A token meant for one host must not travel to another, allowed or not.
                for name in own:
                    following.headers.pop(name, None)
            request = following
        raise SourceRefused.of(
            "error.source.redirects",
            source=self.source,
            where=plain_url(request.url),
            n=_MAX_REDIRECTS,
        )

    def _mapped(self, request: httpx.Request) -> _Answer:
        return _Answer(self._client, request, self.source)

    def _gate(self, url: httpx.URL) -> None:
        if not self.permits(str(url)):
            raise SourceRefused.of(
                "error.source.foreign_host", source=self.source, where=plain_url(url)
            )

    def _check_peer(self, response: httpx.Response) -> None:
        """A name must not resolve to this machine; an address written in the settings may."""
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream and not self.policy.proxy else None
        if not isinstance(peer, tuple) or is_local(response.url.host):
            return
        if is_local(str(peer[0])):
            raise SourceRefused.of(
                "error.source.own_machine", source=self.source, where=response.url.host
            )

    def _wait_turn(self, host: str) -> None:
        if is_local(host) or self.policy.per_second <= 0:
            return
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._next_turn.get(host, 0.0))
            self._next_turn[host] = turn + 1.0 / self.policy.per_second
        if turn > now:
            self._sleep(turn - now)

    def _check_status(self, response: httpx.Response, expect: frozenset[int]) -> None:
        status, where = response.status_code, plain_url(response.url)
        if response.is_success or status in expect:
            return
        if status in (401, 403):
            raise SourceRefused.of(
                "error.source.refused", source=self.source, where=where, status=status
            )
        if status in _TRANSIENT:
            wait = retry_after(response.headers.get("Retry-After"))
            busy: dict[str, str | int] = {"source": self.source, "where": where, "status": status}
            if wait is not None and wait > self.policy.retry_after_max:
                raise SourceUnavailable.of("error.source.busy_long", **busy, seconds=round(wait))
            transient = _Transient.of("error.source.busy", **busy)
            transient.wait = wait
            raise transient
        if status >= 500 or status == 408:
            raise SourceUnavailable.of(
                "error.source.failed", source=self.source, where=where, status=status
            )
        raise SourceRefused.of(
            "error.source.unexpected", source=self.source, where=where, status=status
        )

    def _read(
        self, response: httpx.Response, deadline: float, oversize: Literal["refuse", "cut"]
    ) -> tuple[bytes, bool]:
        """Read at most ``max_bytes`` after decompression; a bomb never unfolds in memory."""
        limit, where = self.policy.max_bytes, plain_url(response.url)
        parts = bytearray()
        for piece in self._decompressed(response, limit + 1):
            parts += piece
            if len(parts) > limit:
                if oversize == "cut":
                    return bytes(parts[:limit]), True
                raise SourceUnavailable.of(
                    "error.source.too_large", source=self.source, where=where, limit=limit
                )
            if self._monotonic() > deadline:
                raise _Transient.of(
                    "error.source.slow",
                    source=self.source,
                    where=where,
                    seconds=round(self.policy.total_timeout, 1),
                )
        return bytes(parts), False

    def _decompressed(self, response: httpx.Response, bound: int) -> Iterator[bytes]:
        encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding in ("", "identity"):
            yield from response.iter_raw()
            return
        where = plain_url(response.url)
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise SourceUnavailable.of(
                "error.source.encoding", source=self.source, where=where, encoding=encoding
            )
        inflate = zlib.decompressobj(47)  # zlib or gzip, by header
        try:
            for chunk in response.iter_raw():
                pending = chunk
                while pending:
                    piece = inflate.decompress(pending, bound)
                    yield piece
                    pending = inflate.unconsumed_tail
                    if inflate.eof and (pending := inflate.unused_data):
                        inflate = zlib.decompressobj(47)
        except zlib.error as error:
            raise _Transient.of(
                "error.source.broken_data", source=self.source, where=where
            ) from error
        if not inflate.eof:
            raise _Transient.of("error.source.cut_short", source=self.source, where=where)


class _Answer:
    """The open response of one request; httpx's exceptions end here, also during reading."""

    def __init__(self, client: httpx.Client, request: httpx.Request, source: str) -> None:
        self._client, self._request, self._source = client, request, source
        self._response: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        try:
            self._response = self._client.send(self._request, stream=True)
        except httpx.TransportError as error:
            raise self._translated(error) from error
        return self._response

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if self._response is not None:
            self._response.close()
        if isinstance(error, httpx.HTTPError):
            raise self._translated(error) from error

    def _translated(self, error: httpx.HTTPError) -> SourceUnavailable | SourceRefused:
        where = plain_url(self._request.url)
        if isinstance(error, httpx.TimeoutException):
            return _Transient.of("error.source.timeout", source=self._source, where=where)
        if _certificate_failed(error):
            return SourceRefused.of("error.source.certificate", source=self._source, where=where)
        return _Transient.of(
            "error.source.unreachable", source=self._source, where=where, kind=type(error).__name__
        )


@lru_cache(maxsize=1)
def _public_authorities() -> ssl.SSLContext:
    """Return the certificates that clients trust by default, read once: reading them takes 20 ms a client."""
    return httpx.create_ssl_context(trust_env=False)


def _certificate_failed(error: BaseException | None) -> bool:
    """Look for a TLS refusal down the chain: httpx and httpcore each wrap it once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
