"""The mailbox: what letters become, and what survives servers that rebuild and senders that err."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.connect.connector import SourceContext
from intake.connect.fetcher import Fetcher
from intake.demo import City, imap_server, mails
from intake.demo.rig import connect
from intake.errors import MalformedItem, SourceRefused, SourceUnavailable
from intake.model.submission import RawItem, SubmissionKind
from intake.testing.connectors import pull_all, seen
from intake_connectors.mail_message import decode_header, significant
from intake_connectors.mailbox import MailboxConfig, MailboxConnector

from .small_town import corpus

SOURCE = "chenzhou-mailbox"
SAMPLES = Path(__file__).parent / "samples"


@pytest.fixture
def city():
    with City(corpus(SOURCE, count=12)) as city:
        yield city


def reader(**options):
    config = MailboxConfig(host="mail.example", user="u", password="p", **options)
    context = SourceContext("m", None, Fetcher("m"), lambda: datetime.now(UTC))
    return MailboxConnector(config, context)


def letter(content: bytes):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    return RawItem.of("m", "id@x", content, fetched_at=at, content_type="message/rfc822")


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.eml")), ids=lambda p: p.stem)
def test_sample_letters(path):
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    content = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if "malformed" in expected:
        with pytest.raises(MalformedItem, match=expected["malformed"]):
            reader().parse(letter(content))
    else:
        (found,) = reader().parse(letter(content))
        assert found.model_dump(mode="json", exclude_defaults=True) == expected


READER = reader()  # opening a client loads all certificates: once is enough


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["", "From: a@b.example\n", "Subject: x\n"]))
@example(b"From: " + b"a," * 3000, "")
@example(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; "
         b"boundary=b\n\n" * 2000, "Subject: x\n")  # fmt: skip
def test_any_letter_is_read_or_malformed(content, head):
    try:
        assert READER.parse(letter(head.encode() + content))
    except MalformedItem:
        return


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("=?gb2312?B?1uzpRg==?=", "朱镕"),  # a character that only GB18030 has
        ("=?GB2312?B?1g==?=\r\n =?gb2312?B?7A==?=", "朱"),  # cut in two between the words
        ("=?utf-8?Q?Re:_=E8=B7=AF=E7=81=AF?= (2)", "Re: 路灯 (2)"),
        ("=?no-such-charset?B?6Lev?=", "路"),
    ],
)
def test_headers_as_chinese_mailers_write_them(header, text):
    assert decode_header(header) == text


def test_a_rebuilt_folder_gives_nothing_new(city):
    connector = connect(city, SOURCE)
    pages = pull_all(connector)
    city.rebuild_mailbox(SOURCE)
    assert seen(pull_all(connector, pages[-1].cursor)) == seen(pages)


def test_a_letter_expunged_meanwhile_is_counted(city):
    city.vanish(SOURCE, 4)
    pages = pull_all(connect(city, SOURCE))
    assert sum(page.filtered.get("expunged", 0) for page in pages) == 1
    assert sum(len(page.items) for page in pages) == 13
    assert pages[-1].cursor["uid"] == 14


def test_a_large_letter_is_cut_and_still_read(city):
    small = connect(city, SOURCE, max_bytes=1000)
    cut = [
        item for page in pull_all(small) for item in page.items if "partial" in item.content_type
    ]
    assert cut
    assert all(len(item.content) == 1000 for item in cut)
    # The page bound holds: no page carries more than the largest letter allowed.
    for page in pull_all(small):
        assert sum(len(item.content) for item in page.items) <= 1000 or len(page.items) == 1


def test_letters_in_a_thread_belong_to_the_first(city):
    city.advance(100)
    connector = connect(city, SOURCE)
    items = [item for page in pull_all(connector) for item in page.items]
    post = city.external_ids[f"{SOURCE}-5"]
    found = {}
    for item in items:
        if item.external_id.startswith(post.split("@")[0] + "."):
            (submission,) = connector.parse(item)
            assert submission.of == post
            found[submission.kind] = submission
    assert set(found) == set(SubmissionKind) - {SubmissionKind.POST}
    assert found[SubmissionKind.OFFICIAL_REPLY].unit == "区城市管理局"
    assert found[SubmissionKind.OFFICIAL_REPLY].contact.is_empty()
    assert found[SubmissionKind.RATING].rating.satisfied is False


def test_equal_message_ids_of_different_letters_stay_two(city, monkeypatch):
    """Some web forms stamp every letter with one Message-ID."""
    real = mails.letters

    def same_ids(world, source):
        letters = real(world, source)
        one = b"Message-ID: <form@web.example>\r\n"
        return [mails.Letter(each.uid, each.at, _with_id(each.content, one)) for each in letters]

    monkeypatch.setattr(imap_server, "letters", same_ids)
    pages = pull_all(connect(city, SOURCE))
    ids = [item.external_id for page in pages for item in page.items]
    assert len(set(ids)) == len(ids) == 14
    assert "form@web.example" in ids
    city.rebuild_mailbox(SOURCE)
    assert seen(pull_all(connect(city, SOURCE))) == seen(pages)


def _with_id(content, line):
    head, blank, body = content.partition(b"\r\n\r\n")
    lines = [each for each in head.split(b"\r\n") if not each.startswith(b"Message-ID")]
    return line + b"\r\n".join(lines) + blank + body


def test_stamps_of_servers_on_the_way_are_no_revision():
    mail = b"Message-ID: <a@b>\r\nFrom: x@y.example\r\nSubject: s\r\n\r\ntext"
    assert significant(b"Received: from elsewhere\r\nX-Spam: no\r\n" + mail) == significant(mail)
    assert significant(mail + b"!") != significant(mail)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", SourceUnavailable),
        ("garbage", SourceUnavailable),
        ("hang", SourceUnavailable),
        ("login_page", SourceRefused),
    ],
)
def test_faults_of_the_server(city, fault, error):
    city.fault(SOURCE, fault)
    connector = connect(city, SOURCE, timeout=0.5)
    with pytest.raises(error, match=SOURCE):
        connector.pull({})
    city.fault(SOURCE, None)
    assert connector.pull({}).items


def test_wrong_folder_and_wrong_password(city):
    with pytest.raises(SourceRefused, match="folder"):
        connect(city, SOURCE, folder="Nowhere").pull({})
    with pytest.raises(SourceRefused, match="login"):
        connect(city, SOURCE, password="wrong").pull({})


def test_marks_are_set_only_once_the_folder_is_the_same(city):
    connector = connect(city, SOURCE)
    page = connector.pull({})
    city.rebuild_mailbox(SOURCE)
    connector.acknowledge(page)
    assert city.flags(SOURCE) == {}
