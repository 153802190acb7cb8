"""The corpus of the simulated city is whole, invented, and consistent with the product's tables.

What ``expect`` promises: ``area`` is the deepest area that the text, the form and the source's home
area support together; ``lead`` and ``co`` follow the dispatch catalogue after the guards (a unit
complained about is replaced by its superior and left out of ``co``); ``lane`` follows the policy
file, with messages in the order of ``submitted_at``; ``hold`` is what must wait for a person.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from rapidfuzz import fuzz

from intake.demo.corpus_message import CorpusMessage
from intake.model.decision import HoldReason, Lane
from intake.model.submission import MatterType

Row = dict[str, Any]

CHANNELS = {
    "liaocheng-12345": "hotline",
    "jilin-96118": "hotline",
    "jilin-mailbox": "mailbox",
    "chenzhou-mailbox": "mailbox",
    "chenzhou-board": "board",
    "lvliang-board": "board",
    "liaocheng-outreach": "outreach",
    "liaocheng-outreach-files": "outreach",
}
HAPPENINGS = {
    "withdrawal": 8, "edit": 15, "rating": 15, "official_reply": 15, "follow_up": 15,
}  # fmt: skip
INVENTED_PHONE = re.compile(r"(1380000\d{4}|1990000\d{4}|17000001234)")
SPOKEN = str.maketrans("零幺二三四五六七八九", "0123456789")
FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
GLOSS = re.compile(r"[一-鿿]\([a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]+ ?\)")

DIRT: dict[str, Callable[[str], object]] = {
    "gloss": GLOSS.search,
    "full width": re.compile("[０-９]").search,
    "invisible": re.compile("[\u200b\u200c\u3000]").search,
    "entity": re.compile("&[a-z]+;").search,
    "newline": re.compile("\r").search,
    "mojibake": re.compile("锟斤拷|奔质|锘").search,
    "emoji": re.compile("[\U0001f300-\U0001faff]").search,
    "quoted": re.compile("^>", re.MULTILINE).search,
    "form": re.compile("(来电人|来人|来信人|走访对象)[::]|【诉求】|【来信类别】").search,
    "spoken": re.compile("幺[三九]").search,
    "id card": re.compile(r"(?<!\d)\d{17}[\dX](?!\d)").search,
    "plate": re.compile("[吉鲁湘晋][A-Z]·?[0-9A-Z]{4}").search,
    "framed": re.compile("我叫|联系人|本人[::]?").search,
}


@cache
def lines() -> tuple[str, ...]:
    folder = files("intake.demo") / "corpus"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".jsonl"))
    texts = [(folder / name).read_text(encoding="utf-8") for name in names]
    return tuple(line for text in texts for line in text.split("\n") if line)


@cache
def rows() -> tuple[Row, ...]:
    return tuple(json.loads(line) for line in lines())


def by_key(key: str) -> Row:
    return next(row for row in rows() if row["key"] == key)


def table(name: str) -> list[dict[str, str]]:
    content = (files("intake_models") / name).read_bytes()
    if name.endswith(".gz"):
        content = gzip.decompress(content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


@cache
def areas() -> dict[str, str]:
    villages = files("intake_models") / "areas" / "villages"
    names = [
        "areas/areas.csv.gz",
        *(f"areas/villages/{entry.name}" for entry in villages.iterdir()),
    ]
    return {row["code"]: row["name"] for name in names for row in table(name)}


@cache
def units() -> dict[str, str]:
    return {row["id"]: row["name"] for row in table("catalogue/units.csv")}


def texts(row: Row) -> list[str]:
    said = [row["title"], row["body"], row["html"] or ""]
    return said + [happening["body"] for happening in row["then"]]


def test_every_line_has_the_fields_and_reads_back_as_it_was_written() -> None:
    fields = list(CorpusMessage.model_fields)
    for line, row in zip(lines(), rows(), strict=True):
        assert list(row) == fields, row["key"]
        CorpusMessage.model_validate(row)
        assert json.dumps(row, ensure_ascii=False) == line, row["key"]


def test_keys_are_unique_and_every_source_has_enough() -> None:
    keys = Counter(row["key"] for row in rows())
    assert [key for key, times in keys.items() if times > 1] == []
    assert len(keys) >= 480
    sources = Counter(row["source"] for row in rows())
    assert set(sources) == set(CHANNELS)
    assert min(sources.values()) >= 35
    assert all(row["channel"] == CHANNELS[row["source"]] for row in rows())
    assert {row["matter_type"] for row in rows()} == {kind.value for kind in MatterType}


def test_times_are_china_time_within_the_season_or_the_story() -> None:
    early = {"S7": ("2025-12-30", "2025-12-31"), "S18": ("2025-06-01", "2025-10-01")}
    for row in rows():
        at = datetime.fromisoformat(row["submitted_at"])
        assert at.utcoffset() == timedelta(hours=8)
        first, end = early.get(row["story"], ("2026-01-01", "2026-03-01"))
        assert first <= row["submitted_at"] < end, row["key"]
        assert [h["after_hours"] > 0 for h in row["then"]].count(False) == 0, row["key"]


def test_one_person_keeps_one_name_and_one_number() -> None:
    people: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        if row["phone"] and not row["virtual"]:
            people[row["person"]].add(row["phone"])
    assert [person for person, phones in people.items() if len(phones) > 1] == []
    owners = Counter(phone for phones in people.values() for phone in phones)
    assert [phone for phone, count in owners.items() if count > 1] == []


def test_no_contact_is_a_real_one() -> None:
    for row in rows():
        for text in [*texts(row), row["phone"] or ""]:
            digits = re.sub(r"(?<=\d)-(?=\d)", "", text.translate(SPOKEN).translate(FULL_WIDTH))
            for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", digits):
                assert INVENTED_PHONE.fullmatch(number), (row["key"], number)
        assert (row["email"] or "@example.com").endswith("@example.com")


def test_id_numbers_pass_the_checksum_but_belong_to_the_invented_range() -> None:
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    found = [
        n for row in rows() for t in texts(row) for n in re.findall(r"(?<!\d)\d{17}[\dX](?!\d)", t)
    ]
    assert len(set(found)) >= 5
    for number in found:
        remainder = sum(w * int(d) for w, d in zip(weights, number, strict=False)) % 11
        assert number[-1] == "10X98765432"[remainder], number
        assert number.startswith("110101"), number


def test_all_categories_are_leaves_and_nearly_all_occur() -> None:
    leaves = {row["code"] for row in table("taxonomy/taxonomy.csv") if row["parent"]}
    used = {row["expect"]["category"] for row in rows()}
    assert used <= leaves
    assert len(used) >= 100
    assert len({leaf[:2] for leaf in used}) == 20
    assert all(set(row["expect"]["alternatives"]) <= leaves for row in rows())


def test_areas_and_units_exist() -> None:
    for row in rows():
        expect = row["expect"]
        assert expect["area"] is None or expect["area"] in areas(), row["key"]
        assert row["form_area"] is None or row["form_area"] in areas(), row["key"]
        named = [*expect["co"], *([expect["lead"]] if expect["lead"] else [])]
        assert set(named) <= set(units()), row["key"]
        assert len(named) == len(set(named)), row["key"]


def test_what_is_expected_is_consistent_in_itself() -> None:
    for row in rows():
        expect, key = row["expect"], row["key"]
        lane, hold = Lane(expect["lane"]), expect["hold"] and HoldReason(expect["hold"])
        on_the_spot = row["disposition"] == "answered_on_the_spot"
        assert (lane is Lane.ON_THE_SPOT) == on_the_spot, key
        assert (lane is Lane.EMERGENCY) == (expect["category"] == "2003"), key
        assert (lane is Lane.LEADERSHIP) == (hold is HoldReason.SENSITIVE), key
        assert (hold is HoldReason.EMERGENCY) == (lane is Lane.EMERGENCY), key
        if expect["category"] in ("1803", "1902"):
            assert (hold, expect["lead"]) == (HoldReason.LEGAL_ROUTE, None), key
        if on_the_spot or lane is Lane.EMERGENCY:
            assert (expect["lead"], expect["co"]) == (None, []), key
        elif expect["lead"] is None:
            assert hold is not None or lane is Lane.NOT_ACCEPTED, key


def test_outreach_never_goes_back_to_the_unit_that_handed_it_in() -> None:
    for row in rows():
        assert (row["submitter_unit"] is not None) == (row["channel"] == "outreach"), row["key"]
        lead = row["expect"]["lead"]
        assert lead is None or units()[lead] != row["submitter_unit"], row["key"]


def test_the_stories_are_all_there() -> None:
    stories = Counter(row["story"] for row in rows() if row["story"])
    assert set(stories) == {f"S{n}" for n in range(1, 21)}
    assert stories["S18"] == 40
    assert stories["S5"] >= 20
    assert stories["S12"] == 6


@pytest.mark.parametrize(
    ("key", "area", "category", "lead"),
    [
        ("s1-quanling-rubbish", "220122101", "0901", "U220122101-ZF"),
        ("archive-road-1", "371502001", "0103", "U371502-ZJ"),
        ("peizhai-subsidy", "371502107", "0903", "U371502-ZF"),
        ("guanxian-pipe-land", "371525", "0806", "U371525-GS"),
        ("zijingjie-rubble", "371521", "0305", "U371521-CG"),
        ("zhongliang-wages-1", "431002", "1201", "U431002-RS"),
        ("tashui-pool-guiyang", "431021109209", "0704", "U431021109-ZF"),
        ("tashui-pool-huatang", "431002101211", "0704", "U431002-CG"),
        ("tanping-farm-1", "431024108", "0705", "U431024-HB"),
        ("s12-board-first", "431003", "0402", "U4310-GD"),
        ("chenzhou-avenue-1", "4310", "0103", "U4310-ZJ"),
        ("s16-plate", "141182", "0602", "U1411-JJ"),
        ("s17-stalls", "141181", "0302", "U141181-CG"),
        ("s19-qiaogou", "1411", "0108", None),
    ],
)
def test_the_stories_come_out_as_told(key: str, area: str, category: str, lead: str | None) -> None:
    expect = by_key(key)["expect"]
    assert (expect["area"], expect["category"], expect["lead"]) == (area, category, lead)


def test_enough_matters_come_more_than_once_and_in_every_way() -> None:
    matters: dict[str, list[Row]] = defaultdict(list)
    for row in rows():
        matters[row["matter"]].append(row)
    repeated = [group for group in matters.values() if len(group) > 1]
    assert len(repeated) >= 60
    assert sum(map(len, repeated)) >= 150
    copies = [g for g in repeated if len({row["body"] for row in g}) < len(g)]
    across = [g for g in repeated if len({row["source"] for row in g}) > 1]
    again = [g for g in repeated if len({row["person"] for row in g}) < len(g)]
    assert (len(copies) >= 4, len(across) >= 30, len(again) >= 15) == (True, True, True)


def test_near_misses_stay_different_matters() -> None:
    alike = [
        (a["key"], b["key"])
        for n, a in enumerate(rows())
        for b in rows()[n + 1 :]
        if a["matter"] != b["matter"] and len(a["body"]) > 30
        and fuzz.ratio(a["body"], b["body"], score_cutoff=75)
    ]  # fmt: skip
    assert len(alike) >= 6


def test_the_text_is_as_dirty_as_it_arrives() -> None:
    found: Counter[str] = Counter()
    dirty = set()
    for row in rows():
        kinds = {kind for kind, search in DIRT.items() if search(f"{row['title']}\n{row['body']}")}
        kinds |= {"html"} if row["html"] else set()
        found.update(kinds)
        dirty |= {row["key"]} if kinds else set()
    assert len(dirty) >= 60
    assert set(found) == {*DIRT, "html"}


def test_rare_and_hard_cases_are_there() -> None:
    holds = Counter(row["expect"]["hold"] for row in rows())
    lanes = Counter(row["expect"]["lane"] for row in rows())
    assert holds["several_matters"] >= 25
    assert holds["place_ambiguous"] >= 20
    assert holds["accusation"] + holds["legal_route"] + holds["superior_unknown"] >= 20
    assert lanes["emergency"] >= 15
    assert lanes["on_the_spot"] >= 20
    wrong_form = [
        row["key"] for row in rows()
        if row["form_area"] and row["expect"]["area"] and not
        (row["expect"]["area"].startswith(row["form_area"])
         or row["form_area"].startswith(row["expect"]["area"]))
    ]  # fmt: skip
    assert len(wrong_form) >= 5
    assert [row["key"] for row in rows() if row["virtual"]] == ["s16-plate"]


def test_later_happenings_are_spread_over_kinds_and_items() -> None:
    kinds = Counter(happening["kind"] for row in rows() for happening in row["then"])
    assert {kind: kinds[kind] >= least for kind, least in HAPPENINGS.items()} == dict.fromkeys(
        HAPPENINGS, True
    )
    assert sum(bool(row["then"]) for row in rows()) >= 40


def test_lengths_run_from_a_word_to_a_long_letter() -> None:
    lengths = sorted(len(row["body"]) for row in rows())
    assert lengths[0] < 10
    assert sum(length > 800 for length in lengths) >= 3
