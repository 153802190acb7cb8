"""Messages as mails in the city's two mailboxes, in the forms that mailers really send.

Plain, base64, HTML with an alternative, an attachment; one mailbox names gb2312 and sends GB18030.
What happens later comes as mails in the thread: a second letter, the office's reply, a rating.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape

from intake.demo.board_pages import balanced
from intake.demo.world import SOURCES, Happened, View, World

FORM_SENDER = "noreply@form.example"
OFFICE_SENDER = "office@gov.example"
FORM_HEADERS = {
    "phone": "X-Form-Phone",
    "form_area": "X-Form-Area",
    "form_category": "X-Form-Category",
    "matter_type": "X-Form-Type",
}
_HARMLESS = re.compile(r"[A-Za-z0-9 .:-]*")
_SUBJECTS = {
    "follow_up": "Re: ", "official_reply": "答复：", "rating": "评价：", "withdrawal": "撤回：",
    "edit": "更正：",
}  # fmt: skip
_BROKEN = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 30,
    b"From: letter@form.example\r\nDate: Thu, 01 Jan 2026 08:00:00 +0800\r\n"
    b"Message-ID: <broken.1@mail.example>\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(b"\xff\x80\x00" * 67) + b"\r\n",
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail in a mailbox."""

    uid: int
    at: datetime
    content: bytes


def letters(world: World, source: str) -> list[Letter]:
    """Return all mails that have arrived by now, by UID; the first two cannot be read."""
    start = world.opened
    arrived: list[tuple[datetime, int, int, bytes]] = []
    for view in world.views(source):
        arrived.append((view.message.submitted_at, view.number, 0, _first(source, view)))
        arrived += [
            (entry.at, view.number, entry.number, _later(source, view, entry))
            for entry in view.happened
        ]
    arrived.sort(key=lambda entry: entry[:3])
    # A rebuilt folder keeps the order and has new UIDs.
    base = 1000 * (world.mailboxes.get(source, 1) - 1)
    contents = [(start, content) for content in _BROKEN]
    contents += [(at, content) for at, _, _, content in arrived]
    return [Letter(base + n, at, content) for n, (at, content) in enumerate(contents, 1)]


def _first(source: str, view: View) -> bytes:
    # A letter that was sent cannot be edited: a correction comes as a mail of its own.
    message = view.message
    return _mail(
        source,
        view.number,
        message_id=view.external_id,
        thread=None,
        sender=(message.name or "", message.email or FORM_SENDER),
        to=message.addressee or "",
        subject=message.title,
        at=message.submitted_at,
        text=message.body,
        html=message.html,
        form=(message.phone, message.form_area, message.form_category, message.matter_type),
    )


def _later(source: str, view: View, entry: Happened) -> bytes:
    what, message = entry.what, view.message
    text = what.body
    if what.kind == "rating":
        solved = {True: "已解决", False: "未解决", None: ""}[what.solved]
        satisfied = {True: "满意", False: "不满意", None: ""}[what.satisfied]
        text = f"是否解决：{solved}\n满意度：{satisfied}\n{text}"
    office = what.kind == "official_reply"
    citizen = (message.name or "", message.email or FORM_SENDER)
    return _mail(
        source,
        view.number,
        message_id=f"{view.external_id.replace('@', f'.{entry.number}@')}",
        thread=view.external_id,
        sender=(what.unit or "", OFFICE_SENDER) if office else citizen,
        to=message.addressee or "",
        subject=_SUBJECTS[what.kind] + (what.title or message.title),
        at=entry.at,
        text=text,
        html=None,
        form=(None, None, None, None),
    )


@lru_cache(maxsize=20_000)
def _mail(
    source: str,
    number: int,
    *,
    message_id: str,
    thread: str | None,
    sender: tuple[str, str],
    to: str,
    subject: str,
    at: datetime,
    text: str,
    html: str | None,
    form: tuple[str | None, ...],
) -> bytes:
    named = SOURCES[source].style
    charset = "gb18030" if named == "gb2312" else "utf-8"
    head = [
        f"Received: from mx by mail.example; {format_datetime(at)}",
        f"Message-ID: <{message_id}>",
        f"Date: {format_datetime(at)}",
        f"From: {_words(sender[0], named, charset)} <{sender[1]}>",
        f"To: {_words(to, named, charset)} <{source}@gov.example>",
        f"Subject: {_words(subject, named, charset)}",
        "MIME-Version: 1.0",
    ]
    if thread is not None:
        head += [f"In-Reply-To: <{thread}>", f"References: <{thread}>"]
    for name, value in zip(FORM_HEADERS.values(), form, strict=True):
        if value:
            head.append(f"{name}: {_words(value, named, charset)}")
    plain = _part("plain", text, named, charset)
    if html is not None:
        rich = _part("html", balanced(html), named, charset)
        # Some mailers put only a blank into the plain alternative.
        blank = _part("plain", " ", named, charset)
        return _multipart(head, "alternative", [blank, rich])
    if number % 9 == 0:
        return _multipart(head, "mixed", [plain, _picture(number)])
    if number % 4 == 0:
        page = f"<p>{escape(text)}</p>".replace("\n", "<br>\n")
        return _multipart(head, "alternative", [plain, _part("html", page, named, charset)])
    return "\r\n".join(head).encode() + b"\r\n" + plain


def _words(text: str, named: str, charset: str) -> str:
    """Encode a header as RFC 2047 words, a few characters each."""
    if _HARMLESS.fullmatch(text):
        return text
    pieces = [text[at : at + 10] for at in range(0, len(text), 10)]
    encoded = [b64encode(piece.encode(charset, "replace")).decode() for piece in pieces]
    return "\r\n ".join(f"=?{named}?B?{word}?=" for word in encoded)


def _part(kind: str, text: str, named: str, charset: str) -> bytes:
    encoded = b64encode(text.encode(charset, "replace"))
    lines = [encoded[at : at + 76] for at in range(0, len(encoded), 76)]
    head = (
        f'Content-Type: text/{kind}; charset="{named}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return head.encode() + b"\r\n".join(lines) + b"\r\n"


def _picture(number: int) -> bytes:
    pixels = b64encode(b"\xff\xd8\xff\xe0" + number.to_bytes(4, "big") * 20)
    name = b64encode(f"现场照片{number}.jpg".encode()).decode()
    head = (
        f'Content-Type: image/jpeg; name="=?utf-8?B?{name}?="\r\n'
        f'Content-Disposition: attachment; filename="=?utf-8?B?{name}?="\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode() + pixels + b"\r\n"


def _multipart(head: list[str], kind: str, parts: list[bytes]) -> bytes:
    boundary = "=_city_part"
    lines = [*head, f'Content-Type: multipart/{kind}; boundary="{boundary}"', "", ""]
    opened = "\r\n".join(lines).encode()
    inner = b"".join(f"--{boundary}\r\n".encode() + part for part in parts)
    return opened + inner + f"--{boundary}--\r\n".encode()
