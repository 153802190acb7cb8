"""A unit's name as people write it: one way to tell which one they mean."""

from __future__ import annotations

from functools import cache

import pytest
from catalogue_world import TODAY, gazetteer, shipped, small, tables_of

from intake.catalogue import Catalogue
from intake.catalogue.unit_names import UnitNames


@cache
def names() -> UnitNames:
    return UnitNames.of(shipped().catalogue, gazetteer())


def meant(name: str, near: str) -> list[str]:
    return [candidate.unit.id for candidate in names().resolve(name, near, TODAY)]


@pytest.mark.parametrize(
    "name",
    [
        "U3715-RS", "聊城市人力资源和社会保障局", "聊城市人力资源与社会保障局", "聊城市人力资源社会保障局",
        "聊城市人社局", "聊城人社局", "市人社局", "市人社", "人社局", "聊城市 人社局", "聊城市人社局劳动监察科",
        "聊城市人社局（就业科）", "市劳动局", "聊城市社保局", "市里的人社局", "聊城市的人社局",
    ],
)  # fmt: skip
def test_one_bureau_in_many_spellings(name: str) -> None:
    assert meant(name, "3715")[0] == "U3715-RS"
    assert names().named(name, "3715") is not None


@pytest.mark.parametrize(
    ("name", "near", "unit"),
    [
        ("冠县人社", "3715", "U371525-RS"),
        ("县里的人社局", "371525", "U371525-RS"),
        ("人社局", "371525", "U371525-RS"),
        ("城管局市政科", "371525", "U371525-CG"),
        ("公安局离石分局", "1411", "U141102-GA"),
        ("吕梁市环保局离石分局", "1411", "U141102-HB"),
        ("离石公安分局", "1411", "U141102-GA"),
        ("北城街道办", "3715", "U371502008-ZF"),
        ("镇政府", "371525102", "U371525102-ZF"),
        ("县政府", "371525102", "U371525-ZF"),
        ("冠县残联", "3715", "U371525-CL"),
        ("永兴县城市管理局", "4310", "U431023-CG"),  # 兴县城市管理局 is in another province
        ("教体局", "371525", "U371525-JY"),
        ("市档案馆", "3715", "U3715-DAG"),
        ("冠县公积金中心", "371525", "U3715-GJ"),
    ],
)
def test_level_place_and_section_are_read(name: str, near: str, unit: str) -> None:
    assert meant(name, near)[0] == unit


def test_a_name_without_level_may_mean_any_on_the_way_up_and_says_how_sure() -> None:
    found = names().resolve("城管局", "371525", TODAY)
    assert [(c.unit.id, c.why) for c in found] == [("U371525-CG", "near"), ("U3715-CG", "near")]
    assert found[0].sure > found[1].sure


def test_what_says_nothing_is_nobody() -> None:
    assert meant("某某", "3715") == []
    assert meant("", "3715") == []
    assert meant("海淀区城管局", "3715") == []
    assert names().named("", "3715") is None
    assert names().recognises("聊城市农科院")
    assert not names().recognises("群众来访")


def test_the_same_name_in_two_cities_means_the_nearer() -> None:
    assert meant("湖西街道办事处", "3715")[0].startswith("U3715")
    assert meant("湖西街道办事处", "2201")[0].startswith("U2201")


def test_an_alias_in_the_table_is_heard() -> None:
    catalogue = small(units=("X,市城市容貌服务总站,XX,city,3715,C-ZF,local,容貌站,,,",))
    known = UnitNames.of(catalogue, gazetteer())
    assert known.named("容貌站", "3715", TODAY) == catalogue.units["X"]


def test_a_kind_by_another_name_keeps_its_short_forms() -> None:
    renamed = {
        name: text.replace(",RS,", ",LABOUR,")
        for name, text in shipped().catalogue.tables.files.items()
    }
    known = UnitNames.of(Catalogue(tables_of(renamed)), gazetteer())
    unit = known.named("市人社局", "371525", TODAY)
    assert unit is not None
    assert (unit.id, unit.kind) == ("U3715-RS", "LABOUR")


def test_a_city_s_own_common_names_are_heard() -> None:
    files = dict(shipped().catalogue.tables.files)
    files["kinds.csv"] = files["kinds.csv"].replace(
        "MZ,民政,,county,民政局", "MZ,民政,,county,民政局|老民政"
    )
    assert files["kinds.csv"] != shipped().catalogue.tables.files["kinds.csv"]
    known = UnitNames.of(Catalogue(tables_of(files)), gazetteer())
    unit = known.named("老民政", "371525", TODAY)
    assert unit is not None
    assert unit.id == "U371525-MZ"


def test_every_unit_is_meant_by_its_own_name() -> None:
    wrong = [
        unit.name
        for unit in shipped().catalogue.units.values()
        if meant(unit.name, unit.area) != [unit.id]
    ]
    assert wrong == []


def test_a_search_finds_what_people_call_a_unit_and_parts_of_names() -> None:
    found = [unit.id for unit in names().search("冠县人社局")]
    assert found == ["U371525-RS"]
    assert "U3715-RS" in [unit.id for unit in names().search("人社局", 50)]
    assert "U3715-DAG" in [unit.id for unit in names().search("档案")]
    assert names().search("没有这样的单位") == []
