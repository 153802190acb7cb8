"""Places in sentences: the tables in data/, and frames filled with names drawn from the area table.

All sentences are written for these tests. What the frames promise is the product's promise on places:
the right area or a shallower one that holds it, never another.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.areas.gazetteer import Area, Gazetteer, parent_code
from intake.model.decision import Location
from intake.understand.locate import locate
from intake.understand.place_forms import stem_of

DATA = Path(__file__).parent / "data"
HOMES = ("22", "2201", "3715", "4310", "1411")
MATTERS = ("的路灯坏了半年", "停水三天没人管", "有人乱倒垃圾", "，低保发不下来", "的河道污染严重")
OPENINGS = (
    "",
    "反映",
    "您好，",
    "领导好，我想反映一下",
    "请问",
    "关于",
    "尊敬的领导：",
    "昨天晚上在",
)
ROADS = ("路", "大道", "东街", "银行", "酒店", "大厦", "花园")
TO_TRADITIONAL = opencc.OpenCC("s2t").convert


def where(text: str, home: str = "", form: str = "") -> Location:
    return locate(
        Gazetteer.load((home,) if home else ()),
        title="",
        text=text,
        form_area=form or None,
        home_area=home or None,
    )


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("row", rows("places.csv"), ids=lambda row: f"{row['rule']} {row['text']}")
def test_sentences(row: dict[str, str]) -> None:
    found = where(row["text"], row["home"], row["form"])
    full_name = Gazetteer.load((row["home"],) if row["home"] else ()).full_name
    assert (full_name(found.area) if found.area else "") == row["where"], found


def test_texts_without_a_place_name_none() -> None:
    texts = [row["text"] for row in rows("no_places.csv")]
    assert len(texts) >= 200
    for home in ("", *HOMES):
        false = [text for text in texts if where(text, home).area not in (None, home)]
        assert len(false) < 0.02 * len(texts), (home, false)


def said(village: Area) -> str:
    """A village's name as people say it."""
    name = village.name
    for office in ("村民委员会", "村委会", "居民委员会", "居委会"):
        name = name.removesuffix(office)
    if name.endswith(("村", "社区", "屯", "庄")):
        return name
    return name + ("社区" if "居" in village.name[len(name) :] else "村")


class Frames:
    """Draws a place within a home, or anywhere, and writes sentences about it."""

    def __init__(self, home: str) -> None:
        self.chance = random.Random()
        self.home = home
        self.gazetteer = Gazetteer.load((home,) if home else ())
        areas = list(self.gazetteer.descendants(home))
        self.counties = [area for area in areas if area.level == "county"]
        self.towns = [area for area in areas if area.level == "town"]
        self.villages = [area for area in areas if area.level == "village"]
        self.spoken = {said(village) for village in self.villages}

    def sentence(self, place: str) -> str:
        return self.chance.choice(OPENINGS) + place + self.chance.choice(MATTERS)

    def up(self, area: Area) -> Area:
        found = self.gazetteer.get(parent_code(area.code))
        assert found is not None
        return found

    def misspelled(self, name: str) -> str:
        """A name with one character lost, added or exchanged, that no other village has."""
        at = self.chance.randrange(len(name) - 1)
        other = self.chance.choice("大小新老东西南北上下前后王李张家")
        rest = self.chance.choice((name[at + 1 :], other + name[at:], other + name[at + 1 :]))
        return name[:at] + rest

    def within_home(self) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
        """(text, form, expected area, other areas that would be right too)."""
        village = self.chance.choice(self.villages)
        town = self.up(village)
        county = self.up(town)
        other = self.chance.choice([one for one in self.counties if one.code != county.code])
        their = self.chance.choice([t for t in self.towns if t.code.startswith(county.code)])
        full, spoken = self.gazetteer.full_name(town.code), said(village)
        write = self.sentence
        yield write(full + spoken), "", village.code, ()
        yield write(county.name + town.name + spoken), "", village.code, ()
        yield write(town.name + spoken), "", village.code, ()
        yield write(town.name + spoken), county.code, village.code, ()
        yield write(TO_TRADITIONAL(county.name + town.name)), "", town.code, ()
        yield write(spoken), county.code, village.code, ()
        yield f"我是{other.name}人，{write(county.name + town.name)}", "", town.code, ()
        yield f"{write(town.name)}，我老家是{other.name}的", "", town.code, ()
        yield (
            write(f"{county.name}和{other.name}"),
            "",
            self.gazetteer.common([county.code, other.code]) or "",
            (),
        )
        yield (
            write(other.name),
            county.code,
            self.gazetteer.common([county.code, other.code]) or "",
            (other.code,),
        )
        misspelled = self.misspelled(spoken)
        if len(misspelled) > 2 and misspelled not in self.spoken:
            yield write(county.name + town.name + misspelled), "", town.code, (village.code,)
        yield write(county.name + their.name + spoken), "", their.code, (
            village.code,
            *(v.code for v in self.villages if v.code.startswith(their.code)
              and stem_of(v) == stem_of(village)),
        )  # fmt: skip
        if stem := stem_of(county):
            yield write(stem + self.chance.choice(ROADS)), "", self.home, ()
            yield write(other.name + stem + self.chance.choice(ROADS)), "", other.code, ()


def holds(found: Location, expected: str, also: tuple[str, ...]) -> bool:
    area = found.area or ""
    return expected.startswith(area) or area in also


NATION = Frames("")
WITHIN = {home: Frames(home) for home in HOMES}


@pytest.mark.parametrize("home", HOMES)
@given(seed=st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_frames_within_the_home_are_never_wrong(home: str, seed: int) -> None:
    frames = WITHIN[home]
    frames.chance.seed(seed)
    for text, form, expected, also in frames.within_home():
        found = where(text, home, form)
        assert holds(found, expected, also), (text, form, expected, found)


@given(seed=st.integers(0, 10**9))
@settings(max_examples=300, deadline=None)
def test_chains_anywhere_are_never_wrong(seed: int) -> None:
    chance = random.Random(seed)
    town = chance.choice(NATION.towns)
    county = NATION.gazetteer.path(town.code[:6])[-1]
    full = NATION.gazetteer.full_name(town.code)
    home = chance.choice(("", *HOMES, town.code[:4], town.code[:6]))
    if home[:2] in ("11", "12", "31", "46", "50", "65") and len(home) == 4:
        home = home[:2]  # the city is a placeholder
    for place in (full, county.name + town.name if not county.placeholder else full):
        found = where(chance.choice(OPENINGS) + place + chance.choice(MATTERS), home)
        right = town.code.startswith(found.area or "")
        assert right or (found.area == home and found.confidence <= 0.3), (home, place, found)


@given(text=st.text(max_size=60), home=st.sampled_from(("", *HOMES)))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text: str, home: str) -> None:
    found = where(text, home)
    for span in found.evidence:
        assert text[span.start : span.end] == span.text


@pytest.mark.parametrize("text", ["\ud800桂阳县", "桂阳县\ud800", "\x00", "\n\n", "　", "𠮷" * 50])
def test_odd_characters_are_read(text: str) -> None:
    found = where(text, "4310")
    assert found.area == ("431021" if "桂阳" in text else "4310")


def test_what_is_said_again_and_again_is_kept_short() -> None:
    found = where("桂阳县正和镇停水。" * 5_000, "4310")
    assert found.area == "431021114"
    assert len(found.evidence) <= 20
