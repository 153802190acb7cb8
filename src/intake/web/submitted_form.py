"""Reading what a browser or a system sends: bounded, and one kind of form only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.requests import Request

BODY_LIMIT = 256 * 1024
FIELD_LIMIT = 500


@dataclass(frozen=True, slots=True)
class SubmittedForm:
    """The fields of a form, or of a query: each name with its values in order."""

    fields: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """Return a field's (last) value, stripped; empty where it is missing."""
        values = self.fields.get(name, ())
        return values[-1].strip() if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Return all values of a field, each once, in order, without empty ones."""
        return tuple(dict.fromkeys(v for v in self.fields.get(name, ()) if v))

    def number(self, name: str) -> int:
        """Return a field as a number of zero or more; 400 for anything else."""
        text = self.one(name)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise HTTPException(400, f"field {name} is not a number")
        return int(text)


async def read_body(http: Request, limit: int = BODY_LIMIT) -> bytes:
    """Read a request's body; 413 when it is longer than ``limit`` bytes, before it is in memory."""
    parts: list[bytes] = []
    size = 0
    async for part in http.stream():
        size += len(part)
        if size > limit:
            raise HTTPException(413, f"more than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


async def read_form(http: Request) -> SubmittedForm:
    """Read a form sent by POST; an empty one for other methods."""
    if http.method != "POST":
        return SubmittedForm()
    kind = http.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "a form is expected")
    body = await read_body(http)
    try:
        return SubmittedForm(
            parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=FIELD_LIMIT)
        )
    except ValueError as error:
        raise HTTPException(400, "the form cannot be read") from error


def query(http: Request) -> SubmittedForm:
    """Read the query part of the address the same way."""
    return SubmittedForm({name: http.query_params.getlist(name) for name in http.query_params})
