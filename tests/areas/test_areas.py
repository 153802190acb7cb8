"""The gazetteer: codes, levels, placeholders, home villages, aliases."""

from __future__ import annotations

import pytest

from intake.areas.gazetteer import Gazetteer, parent_code, related
from intake.errors import ConfigurationError

JILIN, LIAOCHENG = "22", "3715"


@pytest.fixture(scope="module")
def nation() -> Gazetteer:
    return Gazetteer.load()


def test_levels_and_path_follow_the_code(nation: Gazetteer) -> None:
    path = nation.path("220122101")
    assert [(area.code, area.name, area.level) for area in path] == [
        ("22", "吉林省", "province"),
        ("2201", "长春市", "city"),
        ("220122", "农安县", "county"),
        ("220122101", "伏龙泉镇", "town"),
    ]
    assert nation.level("220122") == "county"
    assert nation.full_name("220122101") == "吉林省长春市农安县伏龙泉镇"


def test_unknown_codes_are_none_and_never_padded(nation: Gazetteer) -> None:
    assert nation.get("220000") is None
    assert nation.level("9999") is None
    assert nation.path("9999") == ()
    assert nation.path("220122999")[-1].code == "220122"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("441900101", "广东省东莞市石碣镇"),
        ("442000001", "广东省中山市石岐街道"),
        ("460400100", "海南省儋州市那大镇"),
        ("110101001", "北京市东城区东华门街道"),
        ("469001100", "海南省五指山市通什镇"),
        ("500229", "重庆市城口县"),
    ],
)
def test_placeholders_never_show_in_names(nation: Gazetteer, code: str, name: str) -> None:
    assert nation.full_name(code) == name


def test_children_see_through_placeholders(nation: Gazetteer) -> None:
    assert "东城区" in [area.name for area in nation.children("11")]
    assert "石碣镇" in [area.name for area in nation.children("4419")]
    assert {area.level for area in nation.children("4419")} == {"town"}


def test_common_area(nation: Gazetteer) -> None:
    assert nation.common(["371521", "371525102"]) == "3715"
    assert nation.common(["371521", "3715"]) == "3715"
    assert nation.common(["371521"]) == "371521"
    assert nation.common(["110101", "110105"]) == "11", "1101 is a placeholder"
    assert nation.common(["22", "37"]) is None
    assert nation.common([]) is None


def test_villages_come_with_their_home_only(nation: Gazetteer) -> None:
    assert nation.get("220122101209") is None
    for home in ("22", "2201", "220122"):
        village = Gazetteer.load((home,)).get("220122101209")
        assert village is not None
        assert village.level == "village"
    assert Gazetteer.load((LIAOCHENG,)).get("220122101209") is None


def test_every_area_has_its_parent() -> None:
    gazetteer = Gazetteer.load((JILIN, LIAOCHENG, "4310", "1411"))
    seen = 0
    for area in gazetteer.descendants(""):
        seen += 1
        assert area.level
        assert parent_code(area.code) == "" or gazetteer.get(parent_code(area.code))
    placeholders = 9 + 4
    assert seen == len(gazetteer) - placeholders == 44_703 + 19_144 - placeholders


def test_load_returns_the_same_object_and_a_version_of_its_content() -> None:
    one, other = Gazetteer.load((JILIN,)), Gazetteer.load((LIAOCHENG,))
    assert Gazetteer.load([JILIN, JILIN]) is one
    assert one.version.startswith("areas-2023-06-30@")
    assert one.version != other.version


def test_unknown_home_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="220000"):
        Gazetteer.load(("220000",))


def test_shipped_aliases_point_to_known_areas(nation: Gazetteer) -> None:
    assert len(nation.aliases) > 30
    assert all(nation.get(code) for alias in nation.aliases for code in alias.codes)


def test_related_is_containment_either_way() -> None:
    assert related("3715", "371525")
    assert related("371525", "3715")
    assert not related("3715", "3716")
