"""The answer to an HTTP request; media types from bytes; URLs fit for logs."""

from __future__ import annotations

import ipaddress
import json
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_SIGNATURES = (
    (b"PK\x03\x04", "application/zip"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"\x1f\x8b", "application/gzip"),
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: final URL, declared type, and content (decompressed).

    ``truncated`` is true where the caller allowed a too large answer to be cut.
    """

    status: int
    content: bytes
    content_type: str
    url: str
    truncated: bool = False

    @property
    def charset(self) -> str | None:
        """The declared character set, if any."""
        found = _CHARSET.search(self.content_type)
        return found[1] if found else None

    @property
    def kind(self) -> str:
        """The MIME type by the evidence of the bytes, see :func:`sniff`."""
        return sniff(self.content, self.content_type)


def sniff(content: bytes, declared: str = "") -> str:
    """Return the media type of the bytes; the declared one counts only where the bytes show none."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:1] in (b"{", b"["):
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            return "text/plain"
        return "application/json"
    lowered = head.lower()
    if lowered.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in lowered:
        return "text/html"
    if lowered.startswith(b"<?xml"):
        return "application/xml"
    return declared.partition(";")[0].strip().lower() or "application/octet-stream"


def plain_url(url: str | httpx.URL) -> str:
    """Return a URL fit for people and logs: without user, password, query and fragment."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "(not a URL)"
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.scheme}://{parsed.host}{port}{parsed.path}"


def is_local(host: str) -> bool:
    """Loopback and link-local: this machine, and the metadata services of clouds."""
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local or address.is_unspecified


def retry_after(value: str | None) -> float | None:
    """Seconds asked for by ``Retry-After``: a number, or a date relative to the clock."""
    if not value:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
