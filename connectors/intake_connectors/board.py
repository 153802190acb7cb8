"""Public message boards (红网, 领导留言板): a list, newest first, and a page for each post.

Such a list moves while it is read. Every step but the first lists the previous page once more, so
that a post that slid forward when another was deleted is still seen. Ratings and replies come weeks
later and leave no trace in the list: posts of the last ``recheck_days`` are read again each time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from intake.connect.answer import Fetched, plain_url
from intake.connect.connector import Cursor, Page, SourceConfig, SourceContext
from intake.connect.decoding import decode_text
from intake.connect.times import parse_time
from intake.errors import MalformedItem, SourceRefused, SourceUnavailable
from intake.model.channel import Channel
from intake.model.submission import Contact, Rating, RawItem, Submission, SubmissionKind
from intake_connectors.board_page import (
    BoardPost,
    Note,
    Row,
    has_post,
    looks_like_login,
    read_post,
    read_rows,
)
from intake_connectors.board_profiles import profile_of
from intake_connectors.records import matter_type_of, stable_id, yes_or_no

_UNREAD = "text/x-unread"
_CUT = "; truncated=true"
_GONE = frozenset({404, 410})
_FUTURE = timedelta(days=1)


class BoardConfig(SourceConfig):
    """Options of a message board."""

    base_url: str = Field(description="Address of the board, without the list's path.")
    profile: str = Field(description="Layout of its pages: rednet or leaderboard.")
    selectors: dict[str, str] = Field(
        default_factory=dict, description="Single selectors of the profile to replace."
    )
    headers: dict[str, str] = Field(
        default_factory=dict, description="Headers to send, a cookie for example."
    )
    recheck_days: float = Field(
        90.0, ge=0, description="How far before the newest post known posts are read again."
    )
    recheck_hours: float = Field(
        6.0, ge=0, description="Hours between two such re-readings; in between only new posts."
    )
    recheck_pages: int = Field(
        20, ge=1, description="Most pages of the list that are read again for known posts."
    )
    zone: str = Field("Asia/Shanghai", description="Zone of the times on the pages.")


class _Walk(BaseModel):
    """The position of a walk down the list; kept in the cursor between two pages."""

    model_config = ConfigDict(extra="forbid")

    page: int = 1
    newest: datetime | None = None  # of all posts known before this walk
    highest: datetime | None = None  # of all posts seen so far
    before: list[str] = Field(default_factory=list)  # ids on the previous page
    recheck: bool = True  # whether known posts are read again, too


@dataclass(slots=True)
class _Read:
    """The result of reading some posts."""

    items: list[RawItem] = field(default_factory=list)
    removed: int = 0
    failed_in_a_row: int = 0
    logins_in_a_row: int = 0


class BoardConnector:
    """Pulls posts page by page; a post that is gone from the board is not a withdrawal.

    Cursor: ``newest`` is the time of the newest post known, ``rechecked`` when known posts were last
    read again; ``walk`` is there during a walk.
    """

    channel = Channel.BOARD
    Config = BoardConfig

    def __init__(self, config: BoardConfig, context: SourceContext) -> None:
        self._config, self._context = config, context
        self._profile = profile_of(config.profile, config.selectors)
        self._zone = ZoneInfo(config.zone)
        self._base = config.base_url.rstrip("/")
        context.fetch.allow(config.base_url)

    def pull(self, cursor: Cursor) -> Page:
        """Return the posts of one page of the list."""
        if "walk" in cursor:
            walk = _Walk.model_validate(cursor["walk"])
        else:
            newest, last = _time(cursor.get("newest")), _time(cursor.get("rechecked"))
            rest = timedelta(hours=self._config.recheck_hours)
            due = last is None or self._context.clock() - last >= rest
            walk = _Walk(newest=newest, highest=newest, recheck=newest is None or due)
        rows = self._list(walk.page)
        again = self._list(walk.page - 1) if walk.page > 1 else []
        known = set(walk.before)
        # A page past the end shows the last page again, or nothing.
        ended = all(row.external_id in known for row in rows)
        fresh = _distinct(row for row in [*again, *rows] if row.external_id not in known)
        read = self._read([row for row in fresh if walk.recheck or self._perhaps_new(row, walk)])
        highest = max([*filter(None, map(self._posted, rows)), *filter(None, [walk.highest])],
                      default=None)  # fmt: skip
        more = not ended and not self._far_enough(rows, walk)
        after: Cursor = {key: cursor[key] for key in ("rechecked",) if key in cursor}
        if more:
            step = _Walk(
                page=walk.page + 1,
                newest=walk.newest,
                highest=highest,
                before=[row.external_id for row in rows],
                recheck=walk.recheck,
            )
            after["walk"] = step.model_dump(mode="json")
            if walk.newest:
                after["newest"] = walk.newest.isoformat()
        else:
            if highest:
                after["newest"] = highest.isoformat()
            if walk.recheck:
                after["rechecked"] = self._context.clock().isoformat()
        filtered = {"removed": read.removed} if read.removed else {}
        return Page(tuple(read.items), after, more=more, filtered=filtered)

    def acknowledge(self, page: Page) -> None:
        """Nothing is marked at the source."""

    def parse(self, item: RawItem) -> list[Submission]:
        """Read a post's page: the post, then follow-ups, official replies, ratings, withdrawal.

        Raises ``MalformedItem`` for a page that is missing, cut off or no post.
        """
        if item.content_type.startswith(_UNREAD):
            raise MalformedItem.of("error.item.post_missing")
        if item.content_type.endswith(_CUT):
            raise MalformedItem.of("error.item.post_too_large")
        text, _ = decode_text(item.content, _charset(item.content_type))
        post = read_post(text, self._profile)
        groups = (
            (SubmissionKind.FOLLOW_UP, post.follow_ups),
            (SubmissionKind.OFFICIAL_REPLY, post.replies),
            (SubmissionKind.RATING, post.ratings),
        )
        found = [self._post(item, post)]
        found += [self._note(item, kind, note) for kind, notes in groups for note in notes]
        if post.withdrawn:
            found.append(
                self._submission(
                    item, SubmissionKind.WITHDRAWAL, f"{item.external_id}#withdrawal",
                    of=item.external_id,
                )
            )  # fmt: skip
        return found

    def close(self) -> None:
        """Nothing is held open."""

    def _perhaps_new(self, row: Row, walk: _Walk) -> bool:
        at = self._posted(row)
        return at is None or walk.newest is None or at >= walk.newest

    def _far_enough(self, rows: list[Row], walk: _Walk) -> bool:
        """Stop below the window of known posts; a new post is never left out for a bound."""
        if walk.newest is None:
            return False
        times = [self._posted(row) for row in rows]
        # One undated row is enough to go on: it might be new.
        if not all(at is not None and at < walk.newest for at in times):
            return False
        if not walk.recheck:
            return True
        window = walk.newest - timedelta(days=self._config.recheck_days)
        old = all(at is not None and at < window for at in times)
        return old or walk.page >= self._config.recheck_pages

    def _list(self, page: int) -> list[Row]:
        url = self._base + self._profile.list_path.format(page=page)
        answer = self._context.fetch.get(url, headers=self._config.headers)
        text = self._text(answer)
        rows = read_rows(text, answer.url, self._profile)
        if rows is not None:
            return [row for row in rows if self._context.fetch.permits(row.url)]
        where = plain_url(answer.url)
        if answer.kind != "text/html":
            raise SourceUnavailable.of(
                "error.source.not_web_page", source=self._context.name, where=where
            )
        if looks_like_login(text):
            raise SourceRefused.of(
                "error.source.login_shown", source=self._context.name, where=where
            )
        raise SourceRefused.of(
            "error.source.no_list",
            source=self._context.name,
            where=where,
            profile=self._config.profile,
        )

    def _read(self, rows: list[Row]) -> _Read:
        """Read posts one by one. One broken page must not stop the board; a dead board must."""
        read = _Read()
        for row in rows:
            try:
                answer = self._context.fetch.get(
                    row.url, headers=self._config.headers, expect=_GONE, oversize="cut"
                )
            except SourceUnavailable:
                read.failed_in_a_row += 1
                if read.failed_in_a_row > 1:
                    raise
                read.items.append(self._unread(row))
                continue
            read.failed_in_a_row = 0
            if answer.status in _GONE:
                read.removed += 1
                continue
            self._watch_for_login(answer, read)
            read.items.append(self._item(row, answer))
        return read

    def _watch_for_login(self, answer: Fetched, read: _Read) -> None:
        """Raise if the board refuses us; a single page with a login form may only have one in its menu."""
        text = self._text(answer)
        if has_post(text, self._profile) or not looks_like_login(text):
            read.logins_in_a_row = 0
            return
        read.logins_in_a_row += 1
        if read.logins_in_a_row > 1:
            raise SourceRefused.of(
                "error.source.login_shown", source=self._context.name, where=plain_url(answer.url)
            )

    def _item(self, row: Row, answer: Fetched) -> RawItem:
        kept: bytes | None = None
        if not answer.truncated:
            try:
                kept = read_post(self._text(answer), self._profile).significant()
            except MalformedItem as error:
                # Unreadable pages differ in clocks and counters; one in quarantine is enough.
                kept = f"unreadable: {error.message}".encode()
        return RawItem.of(
            self._context.name,
            stable_id(row.external_id),
            answer.content,
            fetched_at=self._context.clock(),
            content_type=(answer.content_type or "text/html") + (_CUT if answer.truncated else ""),
            ref=plain_url(row.url),
            significant=kept,
        )

    def _unread(self, row: Row) -> RawItem:
        return RawItem.of(
            self._context.name,
            stable_id(row.external_id),
            b"",
            fetched_at=self._context.clock(),
            content_type=_UNREAD,
            ref=plain_url(row.url),
        )

    def _text(self, answer: Fetched) -> str:
        return decode_text(answer.content, answer.charset)[0]

    def _posted(self, row: Row) -> datetime | None:
        """When a row was posted; a time in the future would hide posts to come."""
        at = parse_time(row.time, self._zone) if row.time else None
        return at if at is not None and at <= self._context.clock() + _FUTURE else None

    def _post(self, item: RawItem, post: BoardPost) -> Submission:
        return self._submission(
            item,
            SubmissionKind.POST,
            item.external_id,
            title=post.title,
            body=post.body,
            html=True,
            submitted_at=parse_time(post.time, self._zone),
            contact=Contact(
                name=post.author or None,
                phone=post.phone or None,
                virtual_phone=post.virtual_phone or "转" in post.phone,
            ),
            addressee=post.addressee or None,
            form_area=post.area or None,
            form_category=post.category or None,
            matter_type=matter_type_of(post.matter_type),
        )

    def _note(self, item: RawItem, kind: SubmissionKind, note: Note) -> Submission:
        rating = None
        if kind is SubmissionKind.RATING:
            rating = Rating(solved=yes_or_no(note.solved), satisfied=yes_or_no(note.satisfied))
        return self._submission(
            item,
            kind,
            f"{item.external_id}#{kind.value}-{stable_id(note.own_id)[:60]}",
            of=item.external_id,
            body=note.body,
            submitted_at=parse_time(note.time, self._zone),
            unit=note.unit or None,
            rating=rating,
        )

    def _submission(
        self, item: RawItem, kind: SubmissionKind, external_id: str, **values: Any
    ) -> Submission:
        return Submission(
            source=item.source, channel=self.channel, external_id=external_id, kind=kind, **values
        )


def _distinct(rows: Any) -> list[Row]:
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.external_id, row)
    return list(found.values())


def _charset(content_type: str) -> str | None:
    return Fetched(200, b"", content_type, "").charset


def _time(value: object) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else None
