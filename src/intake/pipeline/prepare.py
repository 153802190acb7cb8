"""Items after the stages that need nothing but the item itself, and what they still wait for."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from intake.errors import MalformedItem
from intake.model.clean_text import CleanText
from intake.model.ids import request_id
from intake.model.submission import Submission, SubmissionKind
from intake.normalize import normalize
from intake.store.landing import LandedItem, Rejection
from intake.understand.post import Post, Understanding
from intake.understand.reader import Reader

ATTACH = "attach"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A submission after the stages that need nothing but itself.

    ``request_id`` is the request that it is, or belongs to.
    """

    request_id: str
    submission: Submission
    digest: str
    clean: CleanText
    understanding: Understanding | None


@dataclass(frozen=True, slots=True)
class PreparedItem:
    """A raw item with its submissions, the post first."""

    landed: LandedItem
    parts: tuple[Prepared, ...]

    @property
    def request_ids(self) -> set[str]:
        """The requests that its submissions are, or may belong to."""
        ids = {part.request_id for part in self.parts}
        for part in self.parts:
            if part.submission.kind is SubmissionKind.FOLLOW_UP:
                ids.add(request_id(part.submission.source, part.submission.external_id))
        return ids


def prepare(
    parsed: Sequence[tuple[LandedItem, Sequence[Submission]]],
    reader: Reader,
    homes: Mapping[str, str | None],
) -> list[PreparedItem]:
    """Normalize all submissions, then read all posts, stage by stage (the reader explains why).

    ``homes`` are the home areas of the sources.
    """
    parts = prepare_parts([one for _, own in parsed for one in own], reader, homes)
    rest = iter(parts)
    return [PreparedItem(landed, tuple(islice(rest, len(own)))) for landed, own in parsed]


def prepare_parts(
    submissions: Sequence[Submission], reader: Reader, homes: Mapping[str, str | None]
) -> list[Prepared]:
    """Prepare submissions in order, of one raw item or of several."""
    cleans = [normalize(submission) for submission in submissions]
    posts = [
        Post(submission, clean, homes.get(submission.source))
        for submission, clean in zip(submissions, cleans, strict=True)
        if submission.kind is SubmissionKind.POST
    ]
    understood = iter(reader.read(posts))
    return [
        Prepared(
            request_id=request_id(own.source, own.of or own.external_id),
            submission=own,
            digest=own.digest(),
            clean=clean,
            understanding=next(understood) if own.kind is SubmissionKind.POST else None,
        )
        for own, clean in zip(submissions, cleans, strict=True)
    ]


def orphan_of(item: PreparedItem, known: Container[str]) -> Rejection | None:
    """Return why an item cannot be attached yet: its post is neither known nor part of it."""
    for part in _unattached(item, known):
        own = part.submission
        waits = MalformedItem.of("error.orphan", id=own.of or "", kind=own.kind.value)
        return Rejection.of(ATTACH, waits, detail=own.of or "")
    return None


def lone_follow_up(item: PreparedItem, known: Container[str]) -> Prepared | None:
    """Return the follow-up that an item consists of, if it belongs to nothing known."""
    loose = _unattached(item, known)
    if len(item.parts) == 1 and loose and loose[0].submission.kind is SubmissionKind.FOLLOW_UP:
        return loose[0]
    return None


def _unattached(item: PreparedItem, known: Container[str]) -> list[Prepared]:
    posts = {p.request_id for p in item.parts if p.submission.kind is SubmissionKind.POST}
    return [p for p in item.parts if p.request_id not in posts and p.request_id not in known]
