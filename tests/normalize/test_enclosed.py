"""What comes beside a text: what is published of it, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from intake.model.submission import EXTRA_LIMIT, Attachment, Coordinates, MediaKind, Submission
from intake.normalize.enclosed import enclosed

NAME, PHONE = "郑小满", "13800009001"


def submission(**said: Any) -> Submission:
    return Submission(source="s", channel="wechat_mini", external_id="1", **said)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://board.example/thread.php?tid=4712&page=2", True),
        ("http://img.example/2026/03/02/1789456123000.jpg#top", True),
        (f"https://mini.example/me?tel={PHONE}", False),
        ("https://mini.example/me?to=https%3A%2F%2Fa.example%2F%3Ftel%3D138%25300009001", False),
        ("https://mini.example/u/xiaoman@example.org", False),
        (f"https://mini.example/{NAME}", False),
        ("https://mini.example/%E9%83%91%E5%B0%8F%E6%BB%A1", False),
    ],
)
def test_a_link_that_names_a_person_is_left_out(link: str, kept: bool) -> None:
    found = enclosed(submission(links=(link, "https://a.example")), NAME)
    assert found.links == ((link,) if kept else ()) + ("https://a.example",)


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({"form": "v2", "steps": [1, 2], "deep": {"ok": None}}, True),
        ({"call": PHONE}, False),
        ({"call": int(PHONE)}, False),
        ({"deep": [{"call": PHONE}]}, False),
        ({PHONE: "mine"}, False),
        ({"signed": NAME}, False),
    ],
)
def test_a_public_namespace_in_which_a_person_stands_is_left_out(
    values: dict[str, Any], kept: bool
) -> None:
    said = submission(extra={"mini": values, "other": {"a": 1}}, public_extra=("mini", "absent"))
    assert enclosed(said, NAME).extra == ({"mini": values} if kept else None)


def test_what_was_not_declared_public_is_not_published() -> None:
    assert enclosed(submission(extra={"mini": {"form": "v2"}})).extra is None


def test_files_lose_their_names_and_have_a_kind() -> None:
    types = {"证件 郑小满.JPG": "image/jpeg", "v.amr": "audio/amr", "m": "video/mp4; a=b", "x": ""}
    files = tuple(
        Attachment(name=name, content_type=type_, size=1, digest="0" * 64)
        for name, type_ in types.items()
    )
    said = submission(attachments=(*files, files[3].model_copy(update={"kind": MediaKind.AUDIO})))
    found = enclosed(said).attachments
    assert [file.name for file in found] == ["附件1.jpg", "附件2.amr", "附件3", "附件4", "附件5"]
    assert [file.kind for file in found] == ["image", "audio", "video", "document", "audio"]


def test_nothing_said_is_nothing_published() -> None:
    found = enclosed(submission())
    assert (found.attachments, found.coordinates, found.links, found.extra) == (
        (),
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    "said",
    [
        {"extra": {"mini": {"a": "长" * (EXTRA_LIMIT // 3)}}},
        {"extra": {"mini": {"a": "\x00"}}},
        {"extra": {"mini": {"a": float("nan")}}},
        {"extra": {"mini": {"a": "\ud800"}}},
        {"extra": {"Mini App": {}}},
        {"extra": {"mini": "flat"}},
        {"extra": {"mini": {"a": object()}}},
        {"links": ("javascript:alert(1)",)},
        {"links": ("https://user:password@a.example/",)},
        {"links": ("https://a.example/ b",)},
        {"links": ("https://a.example/" + "a" * 2000,)},
        {"links": ("https://a.example/",) * 51},
        {"coordinates": {"lat": 115.8, "lon": 36.1}},
        {"coordinates": {"lat": float("nan"), "lon": 36.1}},
    ],
)  # fmt: skip
def test_what_cannot_be_stored_or_shown_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        submission(**said)


def test_a_place_is_degrees_north_and_east() -> None:
    place = Coordinates(lat=36.45, lon=115.98)
    assert enclosed(submission(coordinates=place)).coordinates == place
