"""The layout of a message board's pages as data: CSS selectors, and presets for two families.

Only these selectors know a site's layout. A source may start from a preset and replace single ones
(``selectors = {body = "div.text"}``) when a site changes its layout.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from intake.errors import ConfigurationError


class BoardProfile(BaseModel):
    """Selectors of one family of boards; an empty one means that the site does not show it.

    A selector may end in ``@name`` to read an attribute instead of the text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    list_path: str = Field(description="Path of the list; {page} is the page's number, from 1.")
    list_box: str = Field(description="Element that holds the list; missing: no list page.")
    row: str = Field(description="One row of the list.")
    row_link: str = Field("a@href", description="Link to the post, within the row.")
    row_time: str = Field("", description="When it was posted, within the row.")
    id_pattern: str = Field(description="Regular expression: group 1 of the link is the post's id.")
    post: str = Field(description="Element that holds the post.")
    title: str = ""
    body: str = Field(description="The text as posted; its HTML is kept.")
    time: str = ""
    author: str = ""
    phone: str = ""
    virtual_phone: str = Field("", description="There where the number is a virtual one.")
    area: str = ""
    category: str = ""
    matter_type: str = ""
    addressee: str = ""
    withdrawn: str = Field("", description="There where the page says it was withdrawn.")
    item_id: str = Field("@id", description="Id of a follow-up, reply or rating, from its element.")
    follow_up: str = ""
    follow_up_body: str = ""
    follow_up_time: str = ""
    reply: str = ""
    reply_body: str = ""
    reply_time: str = ""
    reply_unit: str = ""
    rating: str = ""
    rating_body: str = ""
    rating_time: str = ""
    rating_solved: str = ""
    rating_satisfied: str = ""


PRESETS: Mapping[str, BoardProfile] = {
    "rednet": BoardProfile(
        list_path="/list?page={page}",
        list_box="ul.post-list",
        row="ul.post-list > li",
        row_time="span.time",
        id_pattern=r"/content/(\d+)",
        post="div.post",
        title="h1.post-title",
        body="div.post-content",
        time="div.post-info span.time",
        author="span.author",
        phone="span.phone",
        virtual_phone="span.phone.virtual",
        area="span.area@data-code",
        category="span.column",
        matter_type="span.type",
        addressee="span.to",
        withdrawn="div.post-withdrawn",
        follow_up="div.follow-list > div.follow",
        follow_up_body="div.text",
        follow_up_time="span.time",
        reply="div.reply-list > div.reply",
        reply_body="div.text",
        reply_time="span.time",
        reply_unit="b.unit",
        rating="body > div.rating",
        rating_body="div.text",
        rating_time="span.time",
        rating_solved="span.solved",
        rating_satisfied="span.satisfied",
    ),
    "leaderboard": BoardProfile(
        list_path="/threads/list?page={page}",
        list_box="div.message-list",
        row="div.message-list > div.message-item",
        row_time="i.date",
        id_pattern=r"[?&]tid=(\d+)",
        post="div.thread",
        title="h2.thread-title",
        body="div.thread-body",
        time="ul.thread-meta li.date",
        author="li.nick",
        phone="li.tel",
        virtual_phone="li.tel.virtual",
        area="li.forum@data-area",
        category="li.domain",
        matter_type="li.kind",
        addressee="li.forum",
        withdrawn="p.revoked",
        item_id="@data-id",
        follow_up="div.appends > div.append",
        follow_up_body="div.say",
        follow_up_time="i.date",
        reply="div.answers > div.answer",
        reply_body="div.say",
        reply_time="i.date",
        reply_unit="h3",
        rating="body > div.grade",
        rating_body="div.say",
        rating_time="i.date",
        rating_solved="b.solve",
        rating_satisfied="b.satisfy",
    ),
}


def profile_of(name: str, selectors: Mapping[str, str]) -> BoardProfile:
    """Return the preset ``name`` with single ``selectors`` replaced. Raises ``ConfigurationError``."""
    if name not in PRESETS:
        raise ConfigurationError(
            f"There is no board profile {name!r}.", hint=f"Profiles: {', '.join(PRESETS)}."
        )
    unknown = sorted(set(selectors) - set(BoardProfile.model_fields))
    if unknown:
        raise ConfigurationError(
            f"Unknown selector: {', '.join(unknown)}.",
            hint=f"Selectors: {', '.join(BoardProfile.model_fields)}.",
        )
    return PRESETS[name].model_copy(update=dict(selectors))
