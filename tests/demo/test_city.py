"""The simulated city: it delivers all it was given, changes only with its clock, and can break."""

from __future__ import annotations

import csv

import pytest

from intake.demo import SOURCES, City, corpus_from_csv, load_corpus, settings_for
from intake.demo.rig import connect
from intake.errors import ConfigurationError, MalformedItem, SourceRefused, SourceUnavailable
from intake.model.submission import SubmissionKind
from intake.testing.connectors import pull_all, seen

HOSTILE = [
    "", "   ", "=1+1", "</div></div><script>alert(1)</script>", "<!-- open", "\x00\x01",
    '{"a": 1}', "撤回：不要了", "\ufffd" * 20, "甲,乙\n\n丙\r\n丁\r戊", "]]>&lt;b&gt;&#0;", "镕" * 3,
    "😀𠮷", "\u202e\u200b", "长" * 40_000, "From: a@b.example\r\n\r\n.", "{12}\r\n", "同文", "同文",
]  # fmt: skip


def delivered(city, source):
    """External ids and submissions of all that a source delivers, and what cannot be parsed."""
    connector = connect(city, source)
    posts, broken = {}, []
    for page in pull_all(connector):
        for item in page.items:
            try:
                posts[item.external_id] = connector.parse(item)
            except MalformedItem:
                broken.append(item.external_id)
    connector.close()
    return posts, broken


@pytest.fixture(scope="module")
def corpus():
    return load_corpus()


def test_every_message_comes_out_of_its_own_source_once(corpus):
    with City(corpus) as city:
        ids = city.external_ids
        for source in SOURCES:
            posts, broken = delivered(city, source)
            assert set(posts) == {ids[m.key] for m in corpus if m.source == source}
            assert len(broken) == 2
            for message in (m for m in corpus if m.source == source and m.html is None):
                # Boards escape, and every channel trims; nothing else may happen to a text.
                words = "".join(message.body.split())[:10]
                body = posts[ids[message.key]][0].body
                assert words in "".join(body.split()) or "&" in body or "<" in message.body


def test_later_happenings_appear_with_the_clock(corpus):
    with City(corpus) as city:
        source = "jilin-96118"
        before, _ = delivered(city, source)
        assert all(len(submissions) == 1 for submissions in before.values())
        city.advance(24 * 60)
        after, _ = delivered(city, source)
        kinds = {each.kind for submissions in after.values() for each in submissions}
        assert SubmissionKind.OFFICIAL_REPLY in kinds
        assert SubmissionKind.RATING in kinds


def test_the_same_seed_gives_the_same_city(corpus):
    def look():
        with City(corpus, seed=7) as city:
            return {source: seen(pull_all(connect(city, source))) for source in SOURCES}

    assert look() == look()


def test_any_table_is_delivered_row_by_row(tmp_path):
    path = tmp_path / "rows.csv"
    rows = [text for text in HOSTILE for _ in range(len(SOURCES))]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["留言详情", "留言用户"])
        writer.writerows([text, 'a<b@c.example>, "x"'] for text in rows)
    messages = list(corpus_from_csv(path))
    assert len(messages) == len(rows)
    with City(messages) as city:
        found = {source: set(delivered(city, source)[0]) for source in SOURCES}
        for message in messages:
            assert city.external_ids[message.key] in found[message.source], message.body[:40]
        assert sum(len(ids) for ids in found.values()) == len(rows)


def test_answers_in_a_table_come_as_official_replies(tmp_path):
    path = tmp_path / "replies.csv"
    path.write_text(
        "留言编号,留言主题,留言时间,留言详情,答复意见,答复时间,承办单位\n"
        "1,路灯,2019/4/25 9:32:09,不亮,已修好,2019/5/10 14:56:53,区城管局\n",
        encoding="gb18030",
    )
    (message,) = corpus_from_csv(path)
    assert (message.title, message.then[0].unit) == ("路灯", "区城管局")
    with City([message]) as city:
        city.advance(24 * 20)
        posts, _ = delivered(city, message.source)
        kinds = [each.kind for each in posts[city.external_ids[message.key]]]
        assert kinds == [SubmissionKind.POST, SubmissionKind.OFFICIAL_REPLY]


def test_a_table_without_a_text_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("甲,乙\n1,2\n")
    with pytest.raises(ConfigurationError, match="no column for the text"):
        list(corpus_from_csv(tmp_path / "x.csv"))


@pytest.mark.parametrize("source", ["liaocheng-12345", "lvliang-board", "liaocheng-outreach"])
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("500", SourceUnavailable),
        ("hang", SourceUnavailable),
        ("garbage", SourceUnavailable),
        ("login_page", SourceRefused),
    ],
)
def test_faults_are_felt_and_mended(corpus, source, fault, error):
    with City(corpus[:50], faults={source: fault}) as city:
        connector = connect(city, source)
        with pytest.raises(error, match=source):
            connector.pull({})
        city.fault(source, None)
        connector.pull({})


def test_unknown_sources_and_faults_are_refused():
    city = City([])
    for source, fault in (("nowhere", "500"), ("jilin-96118", "fire")):
        with pytest.raises(ConfigurationError):
            city.fault(source, fault)
    assert city.external_ids == {}
    city.stop()


def test_settings_name_every_source(corpus):
    with City(corpus[:5]) as city:
        tables = settings_for(city)["source"]
    assert [table["name"] for table in tables] == list(SOURCES)
