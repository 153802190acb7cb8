"""Paged JSON interfaces with a "changed since" parameter, as hotline and outreach have them.

A sweep continues by what the pages show, because such interfaces differ from their manuals. Where
rows come oldest change first, the next request asks from the last row's time, so that no order is
missed when orders change between two pages. Where the order is another or ``since`` is
ignored, pages are counted up. A sweep ends when a page has no row that the page before did not have.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from intake.connect.answer import Fetched, plain_url
from intake.connect.connector import Cursor, Page, SourceConfig, SourceContext
from intake.connect.decoding import decode_text
from intake.connect.times import parse_time
from intake.errors import SourceRefused, SourceUnavailable
from intake.model.channel import Channel
from intake.model.ids import digest
from intake.model.submission import RawItem, Submission
from intake_connectors.columns import check_fields, detect
from intake_connectors.records import (
    Record,
    RecordShape,
    cell,
    load_record,
    significant,
    stable_id,
    submissions,
    to_bytes,
)

_FINE = frozenset({"0", "200", "ok", "success", "true", "是"})
_REFUSED = ("401", "403")
_FUTURE = timedelta(days=1)


class JsonApiConfig(SourceConfig):
    """Options of a paged JSON interface."""

    base_url: str = Field(description="Address of the interface, for example https://host/api.")
    path: str = Field("/orders", description="Path of the list, appended to base_url.")
    rows: str = Field("data.rows", description="Where the rows are in the answer, with dots.")
    token: SecretStr | None = Field(None, description="Token that the interface asks for.")
    token_header: str = Field("X-Token", description="Header that carries the token.")
    fields: dict[str, str] = Field(
        default_factory=dict, description="Our field = their name; the rest is recognised."
    )
    volatile: tuple[str, ...] = Field(
        (), description="Their fields whose change is no revision, besides the time of change."
    )
    since_param: str = Field("since", description="Parameter: changed at or after.")
    page_param: str = Field("page", description="Parameter: number of the page, from 1.")
    size_param: str = Field("size", description="Parameter: rows a page.")
    page_size: int = Field(100, ge=1, le=1000, description="Rows a page to ask for.")
    time_format: str = Field("%Y-%m-%d %H:%M:%S", description="How times are written in since.")
    zone: str = Field("Asia/Shanghai", description="Zone of the interface's clock.")
    overlap_minutes: float = Field(
        10.0, ge=0, description="How far before the last change a new sweep begins again."
    )


class _Sweep(BaseModel):
    """The position of a sweep over changed rows; kept in the cursor between two pages."""

    model_config = ConfigDict(extra="forbid")

    since: datetime | None = None
    page: int = 1
    counting: bool = False  # numbered pages, since times cannot carry the sweep
    seen: list[str] = Field(default_factory=list)


class JsonApiConnector:
    """Base of connectors over a paged JSON interface; a subclass names channel and Config.

    Cursor: ``high`` is the latest time of change seen; ``sweep`` is there during a sweep.
    """

    channel: ClassVar[Channel]
    Config: ClassVar[type[SourceConfig]] = JsonApiConfig

    def __init__(self, config: JsonApiConfig, context: SourceContext) -> None:
        check_fields(config.fields)
        self._config, self._context = config, context
        self._zone = ZoneInfo(config.zone)
        self._url = config.base_url.rstrip("/") + config.path
        context.fetch.allow(config.base_url)

    def pull(self, cursor: Cursor) -> Page:
        """Return one page of changed rows."""
        high = _time(cursor.get("high"))
        if "sweep" in cursor:
            sweep = _Sweep.model_validate(cursor["sweep"])
        else:
            overlap = timedelta(minutes=self._config.overlap_minutes)
            sweep = _Sweep(since=high - overlap if high else None)
        rows = self._rows(sweep)
        if rows and sweep.page == 1 and not self._fresh(rows, sweep):
            # All known: a page full of one second's rows, or since is ignored. Page 2 shows which.
            ignored = any(at < sweep.since for at in self._times(rows) if at and sweep.since)
            sweep = sweep.model_copy(update={"page": 2, "counting": sweep.counting or ignored})
            rows = self._rows(sweep)
        fresh = self._fresh(rows, sweep)
        times = self._times(rows)
        known = [at for at in times if at is not None]
        high = max([*known, *([high] if high else [])], default=None)
        after: Cursor = {"high": high.isoformat()} if high else {}
        if fresh:
            seen = [self._key(row) for row in rows]
            step = self._next(sweep, times).model_copy(update={"seen": seen})
            after["sweep"] = step.model_dump(mode="json")
        return Page(items=tuple(self._item(row) for row in fresh), cursor=after, more=bool(fresh))

    def acknowledge(self, page: Page) -> None:
        """Nothing is marked at the source."""

    def parse(self, item: RawItem) -> list[Submission]:
        """Map one row to the post and what happened to it."""
        shape = RecordShape(self.channel, self._zone, self._config.fields)
        return submissions(item, load_record(item), shape)

    def close(self) -> None:
        """Nothing is held open."""

    def _fresh(self, rows: list[Any], sweep: _Sweep) -> list[Any]:
        """Return the rows that the page before did not show."""
        seen = frozenset(sweep.seen)
        return [row for row in rows if self._key(row) not in seen]

    def _times(self, rows: list[Any]) -> list[datetime | None]:
        return [self._changed(row) for row in rows]

    def _next(self, sweep: _Sweep, times: list[datetime | None]) -> _Sweep:
        """Choose how to ask for the rest, by what this page looks like."""
        known = [at for at in times if at is not None]
        in_order = len(known) == len(times) and known == sorted(known)
        ignored = sweep.since is not None and any(at < sweep.since for at in known)
        if sweep.counting or not in_order or ignored:
            return _Sweep(since=sweep.since, page=sweep.page + 1, counting=True)
        last = known[-1].replace(microsecond=0)
        if sweep.since is not None and last <= sweep.since:
            return _Sweep(since=sweep.since, page=sweep.page + 1)  # many rows of one second
        return _Sweep(since=last)

    def _rows(self, sweep: _Sweep) -> list[Any]:
        config = self._config
        params: dict[str, str | int] = {
            config.page_param: sweep.page,
            config.size_param: config.page_size,
        }
        if sweep.since is not None:
            local = sweep.since.astimezone(self._zone)
            params[config.since_param] = local.strftime(config.time_format)
        headers = {"Accept": "application/json"}
        if config.token:
            headers[config.token_header] = config.token.get_secret_value()
        answer = self._envelope(self._context.fetch.get(self._url, params, headers))
        for part in config.rows.split("."):
            answer = answer.get(part) if isinstance(answer, dict) else None
        if not isinstance(answer, list):
            raise SourceRefused.of(
                "error.source.no_rows",
                source=self._context.name,
                where=plain_url(self._url),
                rows=config.rows,
            )
        return answer

    def _envelope(self, answer: Fetched) -> Any:
        """Read the answer; HTTP 200 may carry an error in the body, or a login page."""
        name, where = self._context.name, plain_url(answer.url)
        if answer.kind == "text/html":
            raise SourceRefused.of("error.source.page_for_data", source=name, where=where)
        text, _ = decode_text(answer.content, answer.charset)
        try:
            body = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise SourceUnavailable.of("error.source.not_json", source=name, where=where) from error
        code = str(body.get("code", "0")).lower() if isinstance(body, dict) else "0"
        if code in _FINE:
            return body
        answered = {"source": name, "where": where, "code": code[:40]}
        if code.startswith(_REFUSED):
            raise SourceRefused.of("error.source.token", **answered)
        raise SourceUnavailable.of("error.source.error_code", **answered)

    def _columns(self, row: Record) -> dict[str, str]:
        return detect(row, self._config.fields)

    def _changed(self, row: Any) -> datetime | None:
        """When a row last changed; times in the future are mistakes and would hide later rows."""
        if not isinstance(row, dict):
            return None
        columns = self._columns(row)
        for field in ("updated_at", "submitted_at"):
            text = cell(row.get(columns.get(field, "")))
            at = parse_time(text, self._zone) if text else None
            if at is not None:
                return at if at <= self._context.clock() + _FUTURE else None
        return None

    def _key(self, row: Any) -> str:
        """Return a key of one state of a row, without its volatile fields."""
        external_id, kept = self._identify(row)
        changed = self._changed(row)
        return f"{external_id}@{changed.isoformat() if changed else digest(kept)[:16]}"

    def _identify(self, row: Any) -> tuple[str, bytes]:
        """Return a row's external id and the part of it whose change makes a revision."""
        if not isinstance(row, dict):
            return f"row:{digest(to_bytes(row))[:32]}", to_bytes(row)
        columns = self._columns(row)
        volatile = {*self._config.volatile, columns.get("updated_at", "")}
        kept = significant(row, frozenset(volatile))
        own_id = cell(row.get(columns.get("id", "")))
        return stable_id(own_id) if own_id else f"row:{digest(kept)[:32]}", kept

    def _item(self, row: Any) -> RawItem:
        external_id, kept = self._identify(row)
        return RawItem.of(
            self._context.name,
            external_id,
            to_bytes(row),
            fetched_at=self._context.clock(),
            content_type="application/json",
            ref=f"{plain_url(self._url)}#{external_id}",
            significant=kept,
        )


def _time(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
