"""Ids and digests of the nouns: what must come out the same in every version, for ever."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from intake.contract.event import (
    Event,
    EventKind,
    RequestEvent,
    event_id,
    event_type,
    sequence_text,
)
from intake.model.channel import Channel
from intake.model.ids import name_uuid, request_id
from intake.model.request import Request
from intake.model.submission import Attachment, Contact, Submission, SubmissionKind

AT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)


@given(st.uuids(), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_name_has_the_uuid_that_the_standard_library_gives(space: uuid.UUID, name: str) -> None:
    assert name_uuid(space, name) == str(uuid.uuid5(space, name))


def test_an_id_does_not_change_between_versions() -> None:
    assert request_id("lc-12345", "GD001") == "79a21062-fd32-5b35-a952-34d5a78ef0fe"
    assert event_id("r", 1) == "94524b1b-0a8a-57ff-aa65-d3fc2b980804"


def test_a_digest_counts_what_was_said_and_nothing_else() -> None:
    said = Submission(source="s", channel=Channel.BOARD, external_id="1", title="路灯", body="不亮")
    assert said.digest() == said.model_copy().digest()
    assert said.digest() != said.model_copy(update={"body": "还不亮"}).digest()

    class Later(Submission):
        added: str | None = None

    assert Later(**said.model_dump()).digest() == said.digest()


def test_what_submissions_said_before_there_was_more_to_say_has_the_digest_it_had() -> None:
    """Digests of version 0.1.0, which the databases of running cities hold."""
    plain = Submission(source="s", channel="board", external_id="1", title="路灯", body="不亮")
    rich = Submission(
        source="liaocheng-mailbox", channel=Channel.MAILBOX, external_id="<a@b.example>",
        kind=SubmissionKind.FOLLOW_UP, of="<0@b.example>", body="<p>还不亮</p>", html=True,
        submitted_at=AT, contact=Contact(email="xiaoman@example.org"),
        attachments=(Attachment(name="路灯.jpg", content_type="image/jpeg", size=9, digest="ab" * 32),),
    )  # fmt: skip
    assert plain.digest() == "4f0f06c2248d69efaf051ed1baa0ec13a6e12824fa70a806b03979e0b2fe644a"
    assert rich.digest() == "f3c23433ebddb340964c34d8d4d51aa6fd306088e280c6943360ba36d780a144"
    assert plain.model_copy(update={"links": ("https://a.example/1",)}).digest() != plain.digest()


@given(st.text(), st.text())
def test_an_event_around_written_documents_is_the_event_written_at_once(
    why: str, text: str
) -> None:
    """Also where the citizen's words look like the envelope."""
    try:
        (why + text).encode()
    except UnicodeEncodeError:
        return
    for hostile in (why, '"data":{' + why, '\\"data\\":{'):
        request = Request(
            id="r", source="s", channel=Channel.BOARD, external_id="1", revision=1, case_id="c",
            title=text, text=hostile, received_at=AT, reply_over=Channel.BOARD,
        )  # fmt: skip
        event = Event(
            id=event_id("r", 1),
            type=event_type(EventKind.WITHDRAWN),
            subject="r",
            time=AT,
            dataschema=hostile,
            sequence=sequence_text(1),
            caseid="c",
            partitionkey="c",
            data=RequestEvent(request=request, units=("U1",), why=hostile),
        )
        written = event.to_json(request.model_dump_json(exclude_none=True), None)
        assert written == event.model_dump_json(exclude_none=True)
