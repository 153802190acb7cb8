"""The quarantine (隔离区): items that could not be processed, with the reason, to be replayed.

Raw bytes may hold personal data, so that every look at them is written into the audit trail.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from intake.connect.decoding import decode_text
from intake.errors import NotFound
from intake.store import audit, quarantine_lists
from intake.web.access import Access, Visit
from intake.web.context import DeskContext
from intake.web.desk.rendering import Pages
from intake.web.submitted_form import SubmittedForm, query

PAGE = 100
PREVIEW = 20_000
HEX_BYTES = 2048
LARGEST_ID = 2**63 - 1
_READABLE = ("text/", "application/json", "application/xml", "message/")


class QuarantineViews:
    """Looking at what failed, and trying it again."""

    def __init__(self, context: DeskContext, door: Access, pages: Pages) -> None:
        self._context = context
        self._door = door
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the addresses."""
        door = self._door
        return [
            Route("/quarantine", door.signed_in(self.index), methods=["GET"]),
            Route("/quarantine/replay", door.signed_in(self.replay), methods=["POST"]),
            Route("/quarantine/{id:int}", door.signed_in(self.show), methods=["GET"]),
            Route("/quarantine/{id:int}/content", door.signed_in(self.download), methods=["POST"]),
        ]

    def index(self, visit: Visit) -> Response:
        """List the quarantine."""
        asked = query(visit.http)
        source = asked.one("source")
        before = asked.number("before") if asked.one("before") else None
        with self._context.store.read() as connection:
            rows = quarantine_lists.quarantined(
                connection, source=source, before=before, limit=PAGE + 1
            )
            by_source = quarantine_lists.quarantined_by_source(connection)
        return self._pages.page(
            visit,
            "quarantine.html",
            rows=rows[:PAGE],
            next_id=str(rows[PAGE - 1].id) if len(rows) > PAGE else "",
            by_source=by_source,
            source=source,
            replayed=_replayed(asked),
        )

    def show(self, visit: Visit) -> Response:
        """Show one item with its bytes decoded, or in hexadecimal."""
        row = self._open(visit, "quarantine.opened")
        text, notes = _preview(row.content, row.content_type)
        return self._pages.page(
            visit,
            "quarantine_item.html",
            row=row,
            text=text,
            notes=notes,
            dump="" if text else _hex(row.content[:HEX_BYTES]),
            cut=len(row.content) > (PREVIEW if text else HEX_BYTES),
            waiting=row.state == "quarantined",
        )

    def download(self, visit: Visit) -> Response:
        """Return the bytes as they came, as a file that no browser will open by itself."""
        row = self._open(visit, "quarantine.downloaded")
        return Response(
            row.content,
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="raw-{row.id}.bin"'},
        )

    def replay(self, visit: Visit) -> Response:
        """Put one item, or all of a source, back to be processed."""
        source = visit.form.one("source")
        if visit.form.one("id"):
            ids = [visit.form.number("id")]
        else:
            with self._context.store.read() as connection:
                ids = quarantine_lists.quarantined_ids(connection, source)
        done = self._context.desk.replay(
            ids, actor=visit.who.name, message="audit.replayed_on_page"
        )
        return RedirectResponse(f"/quarantine?replayed={done}", 303)

    def _open(self, visit: Visit, action: str) -> Any:
        raw_id = min(int(visit.http.path_params["id"]), LARGEST_ID)
        with self._context.store.write() as connection:
            row = quarantine_lists.quarantined_item(connection, raw_id)
            if row is None:
                raise NotFound.of("error.not_quarantined", id=raw_id)
            note = audit.entry(
                self._context.clock(), visit.who.name, action, "raw_item", str(raw_id),
                message="audit.raw_opened",
            )  # fmt: skip
            audit.append(connection, [note])
        return row


def _replayed(asked: SubmittedForm) -> str:
    number = asked.one("replayed")
    return number if number.isascii() and number.isdigit() and len(number) < 9 else ""


def _preview(content: bytes, content_type: str) -> tuple[str, tuple[str, ...]]:
    """Decode what is text, or looks like it; empty for what is binary."""
    kind, _, rest = content_type.partition(";")
    charset = rest.partition("charset=")[2].strip() or None
    head = content[: PREVIEW * 4]
    if not kind.strip().lower().startswith(_READABLE) and b"\x00" in head:
        return "", ()
    text, notes = decode_text(head, charset)
    unreadable = sum(not (c.isprintable() or c in "\r\n\t") for c in text)
    if unreadable > len(text) // 10:
        return "", notes
    return text[:PREVIEW], notes


def _hex(content: bytes) -> str:
    """Write bytes as offset, hexadecimal and ASCII, 16 a line."""
    lines = []
    for offset in range(0, len(content), 16):
        part = content[offset : offset + 16]
        plain = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{offset:06x}  {part.hex(' '):<47}  {plain}")
    return "\n".join(lines)
