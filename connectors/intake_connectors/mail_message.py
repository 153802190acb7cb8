"""Reading one e-mail, however broken: headers, the text a person wrote, what was attached.

The standard library splits the mail into parts. Headers are decoded here and not by its modern
policy, because that raises on some real headers and believes ``gb2312`` where senders mean GB18030;
it also decodes each encoded word alone, while Chinese mailers cut characters in two between words.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from intake.connect.decoding import decode_text
from intake.errors import MalformedItem
from intake.model.ids import digest
from intake.model.submission import Attachment
from intake_connectors.records import clean

_WORD = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([bqBQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?)")
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{3,400})\s*>")
_BRACKETED = re.compile(r"<\s*([^<>\s]{1,300}@[^<>\s]{1,300})\s*>")
_BARE = re.compile(r"[^\s<>,;:\"()]{1,200}@[^\s<>,;:\"()]{1,200}")
_CONTROL = frozenset(map(chr, (*range(9), *range(14, 32), *range(127, 160))))
_ENCRYPTED = ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNIFICANT = ("message-id", "from", "to", "subject", "date", "in-reply-to")
_IDENTIFYING = ("from", "subject", "date", "message-id", "to")


@dataclass(slots=True)
class Mail:
    """One mail, read. ``references`` are message ids, oldest first, without angle brackets."""

    message_id: str | None
    references: tuple[str, ...]
    subject: str
    sender_name: str
    sender_address: str
    recipient_name: str
    date: datetime | None
    body: str
    html: bool
    attachments: tuple[Attachment, ...]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Parts:
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    guessed: bool = False  # some text is not in the charset it claims to be in


def read_mail(content: bytes) -> Mail:
    """Read a mail; ``MalformedItem`` for bytes that are no mail, and for a mail without readable text."""
    message = _split(content)
    headers = header_values(message)
    if not any(name in headers for name in _IDENTIFYING):
        raise MalformedItem.of("error.item.not_mail")
    if message.get_content_type() in _ENCRYPTED:
        raise MalformedItem.of("error.item.mail_encrypted")
    parts = _Parts()
    try:
        _collect(message, parts)
    except RecursionError as error:
        raise MalformedItem.of("error.item.mail_nested") from error
    subject = headers.get("subject", "")
    body, html = _text(parts)
    if body is None and not subject and not parts.attachments:
        raise MalformedItem.of("error.item.mail_empty")
    if parts.guessed:
        _check_readable(body or "")
    name, address = _address(message, "from")
    return Mail(
        message_id=message_id(headers),
        references=_references(headers),
        subject=subject,
        sender_name=name,
        sender_address=address,
        recipient_name=_address(message, "to")[0],
        date=_date(headers),
        body=clean(body or ""),
        html=html,
        attachments=tuple(parts.attachments),
        headers=headers,
    )


def read_headers(content: bytes) -> dict[str, str]:
    """Return the decoded headers alone, by lower-case name; empty where there are none."""
    return header_values(_split(content))


def significant(content: bytes) -> bytes:
    """Return the part of a mail that its sender made: not the stamps of the servers on its way."""
    head, separator, body = _head_and_body(content)
    headers = header_values(message_from_bytes(head))
    kept = [f"{name}:{headers[name]}" for name in _SIGNIFICANT if name in headers]
    if not separator or not kept:
        return content
    return "\n".join(kept).encode("utf-8", "surrogatepass") + b"\n\n" + body


def message_id(headers: dict[str, str]) -> str | None:
    """Return the Message-ID without brackets, where it is one that can identify a mail."""
    found = _MESSAGE_ID.search(headers.get("message-id", ""))
    usable = found and "@" in found[1] and found[1].isascii() and found[1].isprintable()
    return found[1] if found and usable else None


def header_values(message: Message) -> dict[str, str]:
    """Decode headers by lower-case name; of a repeated one, the first."""
    values: dict[str, str] = {}
    for name, value in message.raw_items():
        values.setdefault(name.lower(), decode_header(str(value)))
    return values


def decode_header(value: str) -> str:
    """Decode RFC 2047 words, and raw 8-bit text that should not be there but is."""
    value = _BETWEEN.sub(r"\1\2", value.replace("\r", "").replace("\n", " "))
    pieces: list[str] = []
    pending, pending_charset, end = b"", "", 0
    for found in _WORD.finditer(value):
        charset = found[1].lower()
        if pending and (found.start() > end or charset != pending_charset):
            pieces.append(decode_text(pending, pending_charset)[0])
            pending = b""
        pieces.append(_raw(value[end : found.start()]))
        pending += _word_bytes(found[2], found[3])
        pending_charset, end = charset, found.end()
    if pending:
        pieces.append(decode_text(pending, pending_charset)[0])
    pieces.append(_raw(value[end:]))
    return clean("".join(pieces)).strip()


def _word_bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        padded = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
        # A word cut by a mailer may end within a group; the rest of the group is noise.
        padded = padded[: len(padded) - (len(padded) % 4 == 1)]
        return binascii.a2b_base64(padded + b"=" * (-len(padded) % 4))
    return quopri.decodestring(raw, header=True)


def _raw(text: str) -> str:
    if text.isascii():
        return text
    return decode_text(text.encode("utf-8", "surrogateescape"), None)[0]


def _split(content: bytes) -> Message:
    try:
        return message_from_bytes(content)
    except (RecursionError, ValueError, LookupError) as error:
        raise MalformedItem.of("error.item.mail_broken") from error


def _head_and_body(content: bytes) -> tuple[bytes, bytes, bytes]:
    found = re.search(rb"\r?\n\r?\n", content)
    if not found:
        return content, b"", b""
    return content[: found.start()], found[0], content[found.end() :]


def _collect(part: Message, into: _Parts, depth: int = 0) -> None:
    """Walk the parts; of alternatives the plain text counts, unless it is blank."""
    kind = part.get_content_type()
    if part.is_multipart() and kind != "message/rfc822":
        for child in _children(part):
            _collect(child, into, depth + 1)
        return
    if kind == "message/rfc822":
        nested = next(_children(part), None)
        before = bool(into.plain or into.html)
        if nested is not None and not before:
            _collect(nested, into, depth + 1)
        return
    payload = _payload(part)
    name = _filename(part)
    inline = part.get_content_disposition() != "attachment" and not name
    if kind in ("text/plain", "text/html") and inline:
        declared = part.get_content_charset()
        text = decode_text(payload, declared)[0]
        into.guessed = into.guessed or not _is_in(payload, declared or "ascii")
        (into.plain if kind == "text/plain" else into.html).append(text)
    elif kind not in ("multipart/mixed", "text/plain") or name or payload:
        into.attachments.append(
            Attachment(
                name=name or kind, content_type=kind, size=len(payload), digest=digest(payload)
            )
        )


def _is_in(payload: bytes, charset: str) -> bool:
    try:
        payload.decode("gb18030" if charset.startswith("gb") else charset)
    except (UnicodeError, LookupError):
        return False
    return True


def _children(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (child for child in payload if isinstance(child, Message))


def _payload(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError):  # a transfer encoding that lies; the raw text is what we have
        payload = None
    if isinstance(payload, bytes):
        return payload
    raw = part.get_payload()
    return raw.encode("utf-8", "surrogateescape") if isinstance(raw, str) else b""


def _filename(part: Message) -> str:
    try:
        name = part.get_filename()
    except (ValueError, LookupError, TypeError):  # broken RFC 2231; the file is there all the same
        return "unnamed"
    return decode_header(name)[:200] if name else ""


def _text(parts: _Parts) -> tuple[str | None, bool]:
    plain = "\n\n".join(text for text in parts.plain if text.strip())
    if plain:
        return plain, False
    html = "\n".join(text for text in parts.html if text.strip())
    if html:
        return html, True
    return ("", False) if parts.plain or parts.html else (None, False)


def _check_readable(text: str) -> None:
    """Refuse what no person can read: mostly characters that mean a failed decoding."""
    odd = sum(char == "\ufffd" or char in _CONTROL for char in text)
    if len(text) >= 8 and odd * 2 > len(text):
        raise MalformedItem.of("error.item.mail_undecodable")


def _address(message: Message, header: str) -> tuple[str, str]:
    """Return name and address of the first mailbox in a header.

    Split before decoding, because a decoded name may hold any character; and by pattern, because
    the standard library recurses once for each comma of a long list.
    """
    raw = next((str(v) for n, v in message.raw_items() if n.lower() == header), "")[:2000]
    if found := _BRACKETED.search(raw):
        name = raw[: found.start()].strip().strip("\"'")
        return decode_header(name).strip("\"'"), found[1]
    bare = _BARE.search(raw)
    return "", bare[0] if bare else ""


def _references(headers: dict[str, str]) -> tuple[str, ...]:
    chain = f"{headers.get('references', '')} {headers.get('in-reply-to', '')}"
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(chain)))


def _date(headers: dict[str, str]) -> datetime | None:
    candidates = (headers.get("date", ""), headers.get("received", "").rpartition(";")[2])
    for text in candidates:
        try:
            at = parsedate_to_datetime(text.strip())
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue  # no date here; the next candidate, or none at all
    return None
