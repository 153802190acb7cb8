"""Letters to a mayor's or governor's mailbox, over IMAP.

A letter's external id is its Message-ID, which survives a rebuilt folder and a changed UIDVALIDITY.
Some web forms send every letter with the same Message-ID. Where an earlier letter in the folder has
the id and another text, a fingerprint of the letter is added to the id, so that no letter becomes a
"revision" of another person's.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError
from pydantic import Field, SecretStr

from intake.connect.connector import Cursor, Page, SourceConfig, SourceContext
from intake.errors import MalformedItem, SourceRefused, SourceUnavailable
from intake.model.channel import Channel
from intake.model.ids import digest
from intake.model.submission import Contact, Rating, RawItem, Submission, SubmissionKind
from intake_connectors.mail_message import (
    Mail,
    message_id,
    read_headers,
    read_mail,
    significant,
)
from intake_connectors.records import matter_type_of, yes_or_no

_MAIL = "message/rfc822"
_CUT = "message/rfc822; partial=true"
_SOLVED = re.compile(r"是否解决\s*[:：]\s*(\S+)")
_SATISFIED = re.compile(r"(?:是否满意|满意度)\s*[:：]\s*(\S+)")


class MailboxConfig(SourceConfig):
    """Options of a mailbox source."""

    host: str = Field(description="IMAP server.")
    port: int = Field(993, ge=1, le=65535, description="Port of the server.")
    user: str = Field(description="Name to log in with.")
    password: SecretStr = Field(description="Password to log in with.")
    tls: bool = Field(True, description="Encrypt the connection; false only within one machine.")
    ca_file: str | None = Field(None, description="PEM file of a private certificate authority.")
    folder: str = Field("INBOX", description="Folder to read.")
    page_size: int = Field(50, ge=1, le=500, description="Letters a page.")
    max_bytes: int = Field(
        25_000_000, ge=1000, description="Larger letters are cut here; also the most a page holds."
    )
    timeout: float = Field(30.0, gt=0, description="Seconds to wait for the server.")
    mark: str | None = Field(
        "\\Seen", description="Flag or keyword to set once a letter is safely stored; empty: none."
    )
    skip_auto_replies: bool = Field(
        False, description="Leave out automatic replies and bounces; they are counted."
    )
    office_senders: tuple[str, ...] = Field(
        (), description="Addresses or @domains of offices: their mails in a thread are replies."
    )
    form_senders: tuple[str, ...] = Field(
        (), description="Addresses of web forms that send for citizens: no citizen's address."
    )
    form_headers: dict[str, str] = Field(
        default_factory=dict,
        description="Headers in which a web form puts: name, phone, form_area, form_category, "
        "matter_type, addressee.",
    )
    rating_subject: re.Pattern[str] = Field(
        re.compile("^(评价|评分)[:：]"), description="Subject of a rating in a thread."
    )
    withdrawal_subject: re.Pattern[str] = Field(
        re.compile("^(撤回|撤诉)[:：]"), description="Subject of a withdrawal in a thread."
    )


class MailboxConnector:
    """Pulls one folder by UID; marks letters only in ``acknowledge``.

    Cursor: ``uidvalidity`` and the last ``uid``; another validity means reading from the start.
    """

    channel = Channel.MAILBOX
    Config = MailboxConfig

    def __init__(self, config: MailboxConfig, context: SourceContext) -> None:
        self._config, self._context = config, context
        self._client: IMAPClient | None = None

    def pull(self, cursor: Cursor) -> Page:
        """Return the next letters by UID; the folder is opened read-only."""
        with self._folder(readonly=True) as (client, validity):
            known = cursor.get("uid") if cursor.get("uidvalidity") == validity else 0
            last = known if isinstance(known, int) else 0
            uids = sorted(uid for uid in client.search(["UID", f"{last + 1}:*"]) if uid > last)
            if not uids:
                return Page((), {"uidvalidity": validity, "uid": last})
            sizes = self._sizes(client, uids[: self._config.page_size])
            found = self._contents(client, sizes)
            filtered = {"expunged": len(sizes) - len(found)}
            items = []
            for uid, content in found.items():
                if self._config.skip_auto_replies and _automatic(content):
                    filtered["auto_reply"] = filtered.get("auto_reply", 0) + 1
                else:
                    items.append(self._item(client, uid, content, sizes[uid]))
        return Page(
            items=tuple(items),
            cursor={"uidvalidity": validity, "uid": max(sizes)},
            more=len(uids) > len(sizes),
            filtered={rule: n for rule, n in filtered.items() if n},
            receipt={"uidvalidity": validity, "uids": list(found)},
        )

    def acknowledge(self, page: Page) -> None:
        """Set the mark on the page's letters; nothing happens if the folder was rebuilt since."""
        receipt = page.receipt
        if not self._config.mark or not isinstance(receipt, dict) or not receipt.get("uids"):
            return
        with self._folder(readonly=False) as (client, validity):
            if validity == receipt["uidvalidity"]:
                client.add_flags(receipt["uids"], [self._config.mark], silent=True)

    def parse(self, item: RawItem) -> list[Submission]:
        """Read the letter: a post, or what a mail in a thread adds to an earlier one."""
        mail = read_mail(item.content)
        kind = self._kind(mail)
        own = mail.headers.get
        fields = {ours: own(theirs.lower()) for ours, theirs in self._config.form_headers.items()}
        office = kind is SubmissionKind.OFFICIAL_REPLY
        return [
            Submission(
                source=item.source,
                channel=self.channel,
                external_id=item.external_id,
                kind=kind,
                of=mail.references[0] if kind is not SubmissionKind.POST else None,
                title=mail.subject,
                body=mail.body,
                html=mail.html,
                submitted_at=mail.date,
                contact=Contact() if office else self._contact(mail, fields),
                addressee=fields.get("addressee") or mail.recipient_name or None,
                form_area=fields.get("form_area") or None,
                form_category=fields.get("form_category") or None,
                matter_type=matter_type_of(fields.get("matter_type")),
                unit=mail.sender_name or None if office else None,
                rating=_rating(mail) if kind is SubmissionKind.RATING else None,
                attachments=mail.attachments,
            )
        ]

    def close(self) -> None:
        """Log out."""
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except (OSError, imaplib.IMAP4.error):
                client.shutdown()  # the server is gone already; only the socket is left to close

    def _kind(self, mail: Mail) -> SubmissionKind:
        if not mail.references:
            return SubmissionKind.POST
        if _is_from(mail.sender_address, self._config.office_senders):
            return SubmissionKind.OFFICIAL_REPLY
        if self._config.rating_subject.search(mail.subject):
            return SubmissionKind.RATING
        if self._config.withdrawal_subject.search(mail.subject):
            return SubmissionKind.WITHDRAWAL
        return SubmissionKind.FOLLOW_UP

    def _contact(self, mail: Mail, fields: dict[str, str | None]) -> Contact:
        by_form = _is_from(mail.sender_address, self._config.form_senders)
        phone = fields.get("phone") or None
        return Contact(
            name=fields.get("name") or (None if by_form else mail.sender_name) or None,
            phone=phone,
            email=None if by_form else mail.sender_address or None,
            virtual_phone="转" in (phone or ""),
        )

    def _sizes(self, client: IMAPClient, uids: list[int]) -> dict[int, int]:
        """Return sizes of as many letters as one page may hold; a vanished one counts as empty."""
        found = client.fetch(uids, ["RFC822.SIZE"])
        sizes: dict[int, int] = {}
        total = 0
        for uid in uids:
            size = int(found.get(uid, {}).get(b"RFC822.SIZE") or 0)
            total += min(size, self._config.max_bytes)
            if sizes and total > self._config.max_bytes:
                break
            sizes[uid] = size
        return sizes

    def _contents(self, client: IMAPClient, sizes: dict[int, int]) -> dict[int, bytes]:
        """Fetch letters without marking them; those expunged meanwhile are missing."""
        limit = self._config.max_bytes
        large = [uid for uid, size in sizes.items() if size > limit]
        small = [uid for uid, size in sizes.items() if size <= limit]
        answers: dict[int, Any] = dict(client.fetch(small, ["BODY.PEEK[]"]) if small else {})
        for uid in large:
            answers.update(client.fetch([uid], [f"BODY.PEEK[]<0.{limit}>"]))
        contents = {}
        for uid in sizes:
            answer = answers.get(uid, {})
            content = answer.get(b"BODY[]") or answer.get(b"BODY[]<0>")
            if isinstance(content, bytes):
                contents[uid] = content
        return contents

    def _item(self, client: IMAPClient, uid: int, content: bytes, size: int) -> RawItem:
        kept = significant(content)
        cut = size > self._config.max_bytes
        ref = f"imap://{self._config.host}/{self._config.folder};uid={uid}"
        return RawItem.of(
            self._context.name,
            self._external_id(client, uid, content, kept),
            content,
            fetched_at=self._context.clock(),
            content_type=_CUT if cut else _MAIL,
            ref=f"{ref} (first {len(content)} of {size} bytes)" if cut else ref,
            significant=kept,
        )

    def _external_id(self, client: IMAPClient, uid: int, content: bytes, kept: bytes) -> str:
        try:
            own = message_id(read_headers(content))
        except MalformedItem:
            own = None  # parse will raise with the reason
        if own is None:
            return f"mail:{digest(kept)[:32]}"
        earlier = [twin for twin in client.search(["HEADER", "Message-ID", own]) if twin < uid]
        for twin in sorted(earlier)[:1]:
            answer = client.fetch([twin], [f"BODY.PEEK[]<0.{self._config.max_bytes}>"])
            other = answer.get(twin, {}).get(b"BODY[]<0>")
            same_id = other and message_id(read_headers(other)) == own
            if same_id and significant(other) != kept:
                return f"{own}~{digest(kept)[:12]}"
        return own

    @contextmanager
    def _folder(self, *, readonly: bool) -> Iterator[tuple[IMAPClient, int]]:
        """Open the folder; foreign errors are mapped here, and a broken connection is dropped."""
        try:
            client = self._connected()
            try:
                selected = client.select_folder(self._config.folder, readonly=readonly)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise SourceRefused.of(
                    "error.source.mail_folder",
                    source=self._context.name,
                    folder=self._config.folder,
                ) from error
            yield client, int(selected[b"UIDVALIDITY"])
        except ssl.SSLCertVerificationError as error:
            raise SourceRefused.of(
                "error.source.certificate", source=self._context.name, where=self._config.host
            ) from error
        except (OSError, imaplib.IMAP4.error) as error:
            self._drop()
            raise SourceUnavailable.of(
                "error.source.mail_server",
                source=self._context.name,
                host=self._config.host,
                kind=type(error).__name__,
            ) from error

    def _connected(self) -> IMAPClient:
        if self._client is not None:
            try:
                self._client.noop()
            except (OSError, imaplib.IMAP4.error):
                self._drop()  # idle connections are closed by servers; a new one is opened below
            else:
                return self._client
        config = self._config
        context = ssl.create_default_context(cafile=config.ca_file) if config.tls else None
        client = IMAPClient(
            config.host,
            config.port,
            ssl=config.tls,
            ssl_context=context,
            timeout=config.timeout,
            use_uid=True,
        )
        # Many small commands: without this each literal waits 40 ms for a delayed acknowledgement.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client.login(config.user, config.password.get_secret_value())
        except LoginError as error:
            client.shutdown()
            # The client calls every failure here a refusal, a lost connection too.
            if isinstance(error.__context__, imaplib.IMAP4.abort) or "UNAVAILABLE" in str(error):
                raise IMAPClientAbortError("connection lost during login") from error
            raise SourceRefused.of(
                "error.source.mail_login", source=self._context.name, host=config.host
            ) from error
        self._client = client
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.shutdown()
            except OSError:
                return  # was closed already, which is what we want


def _automatic(content: bytes) -> bool:
    try:
        headers = read_headers(content)
    except MalformedItem:
        return False
    replied = headers.get("auto-submitted", "no").lower().startswith("auto-replied")
    return replied or headers.get("content-type", "").lower().startswith("multipart/report")


def _is_from(address: str, senders: tuple[str, ...]) -> bool:
    address = address.lower()
    return any(
        address.endswith(sender.lower()) if sender.startswith("@") else address == sender.lower()
        for sender in senders
        if address
    )


def _rating(mail: Mail) -> Rating:
    solved, satisfied = _SOLVED.search(mail.body), _SATISFIED.search(mail.body)
    return Rating(
        solved=yes_or_no(solved[1] if solved else None),
        satisfied=yes_or_no(satisfied[1] if satisfied else None),
    )
