"""Who is accused, of what, and where that stands; and what is no accusation."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from catalogue_world import TODAY, gazetteer, shipped

from intake.catalogue.unit_names import UnitNames
from intake.model.rule_table import rules_beside
from intake.understand import conduct
from intake.understand.accusations import find_accusations
from intake.understand.accused import accused_in, accused_of, may_handle

DATA = Path(__file__).parent / "data"
COUNTY = "371525"


@cache
def names() -> UnitNames:
    return UnitNames.of(shipped().catalogue, gazetteer())


def accused(text: str, near: str = COUNTY) -> frozenset[str]:
    return accused_in([text], names(), near, TODAY)


def sentences(name: str) -> list[str]:
    lines = (DATA / f"{name}_sentences.txt").read_text(encoding="utf-8").splitlines()
    return [line.format(unit="冠县民政局") for line in lines]


def test_most_ways_of_blaming_an_office_are_heard() -> None:
    """Five sets, each written after the rules were mended on the ones before; idioms are the hard part."""
    texts = sentences("accusing")
    missed = [text for text in texts if "U371525-MZ" not in accused(text)]
    assert len(missed) <= 0.07 * len(texts), missed


def test_hardly_any_neutral_sentence_is_taken_for_blame() -> None:
    texts = sentences("neutral")
    mistaken = [text for text in texts if accused(text)]
    assert len(mistaken) <= 0.02 * len(texts), mistaken


@pytest.mark.parametrize(
    ("text", "conduct", "said"),
    [
        ("冠县民政局不作为", "inaction", "冠县民政局不作为"),
        ("民政局推诿", "shirking", "民政局推诿"),
        ("民政局的人态度恶劣", "attitude", "民政局的人态度恶劣"),
        ("民政局科长收红包", "bribery", "民政局科长收红包"),
        ("民政局弄虚作假", "fabrication", "民政局弄虚作假"),
        ("民政局打击报复我", "retaliation", "民政局打击报复"),
        ("民政局乱收费", "abuse", "民政局乱收费"),
        ("我要投诉民政局", "complaint", "民政局"),
        ("不要再转给民政局", "not_to", "民政局"),
    ],
)
def test_an_accusation_says_of_what_and_where(text: str, conduct: str, said: str) -> None:
    found = find_accusations(text, names())
    assert [(one.conduct, one.span.text) for one in found] == [(conduct, said)]
    assert text[found[0].span.start : found[0].span.end] == said


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("请民政局外的部门来查", {"U371525-MZ"}),
        ("民政局和人社局互相推诿", {"U371525-MZ", "U371525-RS"}),
        ("民政局说归人社局管,人社局说归民政局管", {"U371525-MZ", "U371525-RS"}),
        ("物业不作为,请城管局管管", set()),
        ("城管局把投诉转给民政局,民政局敷衍了事", {"U371525-MZ"}),
        ("多次向民政局反映,一直没人管", {"U371525-MZ"}),
        ("冠县人社局不作为,请聊城市人社局查处", {"U371525-RS"}),
        ("民政局没有推诿,当天就办好了", set()),
        ("民政局门口的路灯没人修", set()),
        ("有人冒充民政局的人骗钱", set()),
        # Supply and its shortfall are the matter itself, unless the company is named in full.
        ("供电公司一直不来修", set()),
        ("国网冠县供电公司对投诉不理不睬", {"U371525-GD"}),
    ],
)
def test_who_is_accused(text: str, units: set[str]) -> None:
    assert accused(text) == units


def test_an_office_is_of_its_own_place_whatever_the_matter_s() -> None:
    assert accused("阳谷县民政局不作为") == {"U371521-MZ"}
    assert accused("聊城市民政局不作为") == {"U3715-MZ"}
    assert accused("北京市海淀区民政局不作为") == frozenset()


def test_in_a_county_level_city_the_city_may_be_either() -> None:
    assert accused("市民政局不作为", "371581") == {"U371581-MZ", "U3715-MZ"}


def test_an_office_that_the_tables_do_not_have_is_told() -> None:
    found = accused_of(find_accusations("法院推诿扯皮", names()), names(), COUNTY, TODAY)
    assert [one.unresolved for one in found] == [True]
    station = accused_of(find_accusations("派出所推诿扯皮", names()), names(), COUNTY, TODAY)
    assert [unit.id for unit in station[0].above] == ["U371525-GA"]
    assert not station[0].unresolved


def test_what_a_case_was_told_is_accused_together() -> None:
    texts = ["路灯不亮", "民政局不作为", "人社局推诿"]
    found = accused_in(texts, names(), COUNTY, TODAY)
    units = shipped().catalogue.units
    assert not may_handle(units["U371525-MZ"], found)
    assert not may_handle(units["U371525-RS"], found)
    assert may_handle(units["U371525-CG"], found)


def test_half_a_surrogate_pair_is_read_over() -> None:
    assert accused("\ud83d民政局不作为") == {"U371525-MZ"}


def test_letters_that_are_looked_for_first_leave_no_match_out() -> None:
    """A pattern is tried only where one of its letters stands; so no match may be without one."""
    table = rules_beside(conduct.__file__, "accusations")
    letters = {row.id.removeprefix("needs."): set(row.words) for row in table.group("needs")}
    texts = [
        *sentences("accusing"),
        *sentences("neutral"),
        *(row.example for row in table.rows.values()),
    ]
    for name, needed in letters.items():
        for text in texts:
            for found in table.pattern(f"strong.{name}").finditer(text):
                assert needed & set(found.group()), (name, found.group())
