"""Clerks' workbook: what goes out comes back the same, and every mistake is told with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from catalogue_world import SHIPPED, files, tables_of
from openpyxl import load_workbook

from intake.catalogue import Tables, workbook
from intake.catalogue.table_files import SPECS
from intake.errors import ConfigurationError


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "catalogue.xlsx"
    workbook.export(Tables.load(SHIPPED), path)
    return path


def test_exported_and_imported_again_it_is_the_same(exported: Path) -> None:
    found, faults = workbook.read(exported)
    assert faults == []
    shipped = Tables.load(SHIPPED).files
    assert found == {name: shipped[name] for name in found}
    assert {*found, "lanes.toml"} == set(shipped)


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    tables = tables_of(files(rules=("R2,*,subtree,03,*,,kind:CG@city,,,0,,,,=1+1,+甲",)))
    workbook.export(tables, tmp_path / "c.xlsx")
    found, faults = workbook.read(tmp_path / "c.xlsx")
    assert faults == []
    assert found["rules.csv"] == tables.files["rules.csv"]
    sheet = load_workbook(tmp_path / "c.xlsx")["规则"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_a_clerk_finds_titles_help_and_lists(exported: Path) -> None:
    book = load_workbook(exported)
    assert book.sheetnames == ["说明", *(spec.title for spec in SPECS)]
    units = book["单位"]
    titles = [cell.value for cell in units[1]]
    assert titles[:6] == ["单位编号", "单位名称", "单位类型", "层级", "服务区域", "上级单位"]
    for sheet in book.worksheets[1:]:
        for cell in sheet[1]:
            assert cell.comment is not None, f"{sheet.title} {cell.value}"
            assert any("一" <= letter <= "鿿" for letter in cell.comment.text)
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in units.data_validations.dataValidation
    }
    assert lists["D2"] == '"省,市,县,乡镇,村"'
    assert lists["G2"] == '"属地,市直派驻,垂直管理,企业"'
    assert units["D2"].value in ("省", "市")
    assert units.freeze_panes == "C2"


def test_codes_labels_dates_and_numbers_are_read_as_clerks_type_them(
    exported: Path, tmp_path: Path
) -> None:
    book = load_workbook(exported)
    rules = book["规则"]
    titles = [cell.value for cell in rules[1]]
    line = rules.max_row + 1
    typed = {
        "规则编号": "X1", "区域": 371525, "适用范围": "self", "事项分类": "0302", "诉求类型": "举报",
        "主办": " kind:CG@county ", "协办": "kind:SJ@county | unit:U3715-HOT", "优先级": 2.0,
        "生效日期": date(2026, 3, 1),
    }  # fmt: skip
    for title, value in typed.items():
        rules.cell(line, titles.index(title) + 1, value)
    book.save(tmp_path / "typed.xlsx")
    found, faults = workbook.read(tmp_path / "typed.xlsx")
    assert faults == []
    assert found["rules.csv"].splitlines()[-1] == (
        "X1,371525,self,0302,举报,,kind:CG@county,kind:SJ@county|unit:U3715-HOT,,2,,2026-03-01,,,"
    )


def test_every_mistake_is_told_with_sheet_row_and_column(exported: Path, tmp_path: Path) -> None:
    book = load_workbook(exported)
    book["单位"]["D3"] = "街坊"
    book["单位"]["A4"] = "有 空格"
    book["规则"]["D2"] = 101
    book["规则"]["G5"] = None
    book["时限"]["F3"] = -1
    book["节假日"]["B2"] = "2026年1月3日"
    book["标记词"]["A1"] = "标 记"
    book.save(tmp_path / "wrong.xlsx")
    _, faults = workbook.read(tmp_path / "wrong.xlsx")
    places = {(fault.file, fault.line, fault.column.split(" ")[0]) for fault in faults}
    assert places == {
        ("单位", 3, "D"), ("单位", 4, "A"), ("规则", 2, "D"), ("规则", 5, "G"), ("时限", 3, "F"),
        ("节假日", 2, "B"), ("标记词", 1, "A"), ("标记词", 1, ""),
    }  # fmt: skip
    told = {(fault.file, fault.line): str(fault) for fault in faults}
    assert "层级" in told["单位", 3]
    assert "街坊" in told["单位", 3]


def test_a_file_that_is_no_workbook_is_said(tmp_path: Path) -> None:
    path = tmp_path / "not.xlsx"
    path.write_bytes(b"no zip")
    with pytest.raises(ConfigurationError, match=r"not\.xlsx cannot be read as a workbook"):
        workbook.read(path)


def test_channels_are_called_as_on_the_desk_and_read_as_former_workbooks_called_them(
    tmp_path: Path,
) -> None:
    tables = tables_of(files(deadlines=("D2,37,outreach|board,*,*,1,,5,workday,law,",)))
    workbook.export(tables, tmp_path / "c.xlsx")
    book = load_workbook(tmp_path / "c.xlsx")
    assert book["时限"]["C3"].value == "走访上报|留言板"
    book["时限"]["C3"] = "走访|留言板"
    book.save(tmp_path / "former.xlsx")
    for name in ("c.xlsx", "former.xlsx"):
        found, faults = workbook.read(tmp_path / name)
        assert faults == []
        assert found["deadlines.csv"] == tables.files["deadlines.csv"]
