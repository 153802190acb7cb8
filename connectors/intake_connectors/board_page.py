"""Reading the pages of a board with a profile's selectors: pure functions of the page's text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup

from intake.errors import MalformedItem
from intake_connectors.board_profiles import BoardProfile
from intake_connectors.records import clean

_LOGIN = re.compile(
    r"请(?:先)?登录|用户登录|安全验证|人机验证|滑动验证|请输入验证码|访问过于频繁|captcha|cf-challenge",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a list: the post's id, its address, and when it was posted, as written."""

    external_id: str
    url: str
    time: str


@dataclass(frozen=True, slots=True)
class Note:
    """A note below a post: a follow-up, an official reply or a rating."""

    own_id: str
    body: str
    time: str
    unit: str = ""
    solved: str = ""
    satisfied: str = ""


@dataclass(frozen=True, slots=True)
class BoardPost:
    """The content of a post's page, without counters, advertisements and menus."""

    title: str
    body: str
    time: str
    author: str
    phone: str
    virtual_phone: bool
    area: str
    category: str
    matter_type: str
    addressee: str
    withdrawn: bool
    follow_ups: tuple[Note, ...]
    replies: tuple[Note, ...]
    ratings: tuple[Note, ...]

    def significant(self) -> bytes:
        """Return the part whose change makes a revision."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()


def soup_of(text: str) -> BeautifulSoup:
    """Parse HTML; ``MalformedItem`` for the rare page that cannot be parsed at all."""
    try:
        return BeautifulSoup(text, "html.parser")
    except (ParserRejectedMarkup, RecursionError) as error:
        raise MalformedItem.of("error.item.not_html") from error


def looks_like_login(text: str) -> bool:
    """Return whether a page without data is a login or anti-bot page."""
    soup = soup_of(text)
    return soup.find("input", type="password") is not None or bool(_LOGIN.search(soup.get_text()))


def read_rows(text: str, base: str, profile: BoardProfile) -> list[Row] | None:
    """Return the rows of a list page; None where the page has no list."""
    soup = soup_of(text)
    if soup.select_one(profile.list_box) is None:
        return None
    rows = []
    for element in soup.select(profile.row):
        link = pick(element, profile.row_link)
        found = re.search(profile.id_pattern, link)
        if found:
            rows.append(Row(found[1], urljoin(base, link), pick(element, profile.row_time)))
    return rows


def has_post(text: str, profile: BoardProfile) -> bool:
    """Return whether a page holds a post at all."""
    return soup_of(text).select_one(profile.post) is not None


def read_post(text: str, profile: BoardProfile) -> BoardPost:
    """Read a post's page; ``MalformedItem`` where the post or its text is not there."""
    soup = soup_of(text)
    post = soup.select_one(profile.post)
    if post is None:
        raise MalformedItem.of("error.item.no_post")
    body = post.select_one(profile.body)
    if body is None:
        raise MalformedItem.of("error.item.post_no_text")
    return BoardPost(
        title=pick(post, profile.title),
        body=clean(body.decode_contents()).strip(),
        time=pick(post, profile.time),
        author=pick(post, profile.author),
        phone=pick(post, profile.phone),
        virtual_phone=bool(profile.virtual_phone and post.select_one(profile.virtual_phone)),
        area=pick(post, profile.area),
        category=pick(post, profile.category),
        matter_type=pick(post, profile.matter_type),
        addressee=pick(post, profile.addressee),
        withdrawn=bool(profile.withdrawn and post.select_one(profile.withdrawn)),
        follow_ups=tuple(_notes(soup, profile, "follow_up")),
        replies=tuple(_notes(soup, profile, "reply")),
        ratings=tuple(_notes(soup, profile, "rating")),
    )


def pick(element: Tag, selector: str) -> str:
    """Return the text, or with ``@name`` an attribute, of the first match; empty where there is none.

    A bare ``@name`` reads the element itself.
    """
    css, _, attribute = selector.partition("@")
    found = (element.select_one(css) if css else element) if selector else None
    if found is None:
        return ""
    if attribute:
        value = found.get(attribute)
        return clean(value).strip() if isinstance(value, str) else ""
    return clean(found.get_text()).strip()


def _notes(soup: BeautifulSoup, profile: BoardProfile, kind: str) -> Iterator[Note]:
    """Read the notes of one kind by the profile's selectors of that name."""
    selectors = profile.model_dump()
    if not selectors[kind]:
        return
    for number, element in enumerate(soup.select(selectors[kind]), 1):
        yield Note(
            own_id=pick(element, profile.item_id) or str(number),
            body=pick(element, selectors[f"{kind}_body"]),
            time=pick(element, selectors[f"{kind}_time"]),
            unit=pick(element, selectors.get(f"{kind}_unit", "")),
            solved=pick(element, selectors.get(f"{kind}_solved", "")),
            satisfied=pick(element, selectors.get(f"{kind}_satisfied", "")),
        )
