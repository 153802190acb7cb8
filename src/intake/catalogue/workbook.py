"""The tables as a workbook for clerks: a sheet per table, Chinese titles, lists to choose from.

Export and import without a change yield the very same tables. ``lanes.toml`` is not in the workbook:
thresholds are the operator's.
"""

from __future__ import annotations

import types
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from pydantic.fields import FieldInfo

from intake.catalogue.rows import ANY, SEPARATOR, ChannelCell
from intake.catalogue.table_files import SPECS, Spec, TableFault, Tables, cells_of, row_of, written
from intake.connect.channels import declared
from intake.errors import ConfigurationError
from intake.model.value import Value

ABOUT = "说明"
ROOM = 2_000
"""Rows below the last that still offer the lists."""
LABELS: Mapping[str, str] = {
    "province": "省", "city": "市", "county": "县", "town": "乡镇", "village": "村",
    "local": "属地", "city_dispatched": "市直派驻", "vertical": "垂直管理", "enterprise": "企业",
    "subtree": "含下级", "self": "仅本级",
    "workday": "工作日", "calendar": "自然日", "unspecified": "未写明",
    "quoted": "原文", "assumed": "推定", "law": "法规",
    "government": "政府", "utility": "公用企业",
    "off": "放假", "work": "调休上班",
    "tag": "条件标记", "emergency": "紧急", "sensitive": "重大敏感", "hazard": "现实危险",
    "legal": "涉法涉诉", "discipline": "违纪线索", "accusation": "对单位不满", "several": "一件多诉",
    "livelihood": "特别办", "ordinary": "及时办", "coordination": "协调办", "leadership": "高位办",
    "on_the_spot": "当场答复", "not_accepted": "不予受理",
}  # fmt: skip
FORMER: Mapping[str, str] = {"走访": "outreach", "督查": "supervision", "导入": "import"}
"""Labels in workbooks of former versions; they are still read."""
LINES = (
    "每张表一个工作表,第一行是栏名,鼠标停在栏名上有说明;请不要改栏名。",
    "编号唯一,用过的编号不再改作他用;不用的行填失效日期,不要删除,以便解释以前的分办。",
    "一格多个值用 | 分开;日期写 2026-01-31;代码和编号按文本填写,保留前面的 0。",
    "改完后导入:intake catalogue import 文件.xlsx 目录;有错会列出每一处的工作表、行、栏。",
    "再检查:intake catalogue lint 目录;无误后存入并定生效日期。",
)
_HEAD = PatternFill("solid", fgColor="DCE9E4")
_NEEDED = PatternFill("solid", fgColor="A9CDBE")


def export(tables: Tables, path: Path) -> None:
    """Write the workbook."""
    book = Workbook()
    about = book.active
    if not isinstance(about, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    about.title = ABOUT
    for line in (f"派单目录 {tables.version}", *LINES):
        about.append([line])
    about.column_dimensions["A"].width = 100
    about["A1"].font = Font(bold=True, size=14)
    for spec in SPECS:
        _sheet(book.create_sheet(spec.title), spec, tables)
    book.save(path)


def _sheet(sheet: Worksheet, spec: Spec, tables: Tables) -> None:
    fields = spec.row.model_fields
    rows = tables[spec.name].rows
    labels = {column: _labels(field) for column, field in fields.items()}
    for number, column in enumerate(spec.columns, start=1):
        field, letter = fields[column], get_column_letter(number)
        head = sheet.cell(1, number, field.title or column)
        head.font = Font(bold=True)
        head.fill = _NEEDED if field.is_required() else _HEAD
        head.comment = Comment(
            _help(column, field, labels[column]), "intake", height=120, width=320
        )
        sheet.column_dimensions[letter].width = _width(column, rows)
        if labels[column] and not _several(field):
            offered = ",".join(labels[column].values())
            rule = DataValidation("list", formula1=f'"{offered}"', allow_blank=True)
            rule.error, rule.errorTitle = "请从列表中选择。", field.title
            rule.add(f"{letter}2:{letter}{len(rows) + ROOM}")
            sheet.add_data_validation(rule)
    for line, row in enumerate(rows, start=2):
        cells = cells_of(spec, row)
        for number, column in enumerate(spec.columns, start=1):
            written_cell = sheet.cell(
                line, number, _translated(cells[column], labels[column]) or None
            )
            written_cell.number_format = "@"
            if written_cell.data_type == "f":
                written_cell.data_type = "s"  # what begins with "=" is text here, never a formula
    sheet.freeze_panes = "C2" if spec.columns[0] in ("id", "profile") else "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(spec.columns))}{max(2, len(rows) + 1)}"
    sheet.row_dimensions[1].height = 22
    for cell in sheet[1]:
        cell.alignment = Alignment(vertical="center")


def _help(column: str, field: FieldInfo, labels: Mapping[str, str]) -> str:
    needed = "必填。" if field.is_required() else ""
    offered = "可填:" + "、".join(labels.values()) + "。" if labels else ""
    return f"{field.description or ''}{needed}{offered}\n({column})"


def _width(column: str, rows: tuple[Value, ...]) -> float:
    longest = max((len(str(getattr(row, column) or "")) for row in rows[:300]), default=0)
    return float(min(48, max(12, longest * 1.6)))


def choices(field: FieldInfo) -> tuple[str, ...]:
    """Return the values that a field with a list of values may hold; none for free text."""
    return tuple(_values(field.annotation))


def _values(annotation: Any) -> Iterator[str]:
    if annotation == ChannelCell:
        yield from (*declared(), ANY)
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    elif get_origin(annotation) in (tuple, Union, types.UnionType):
        for part in get_args(annotation):
            yield from _values(part)


def _several(field: FieldInfo) -> bool:
    return get_origin(field.annotation) is tuple


def _labels(field: FieldInfo) -> dict[str, str]:
    """Return what each value of an enumerated field is called."""
    called = {**LABELS, **{name: channel.zh for name, channel in declared().items()}}
    return {value: called.get(value, value) for value in choices(field)}


def _translated(text: str, words: Mapping[str, str]) -> str:
    if not words:
        return text
    return SEPARATOR.join(words.get(part.strip(), part) for part in text.split(SEPARATOR))


def read(path: Path) -> tuple[dict[str, str], list[TableFault]]:
    """Return the tables' texts by file, and every fault with sheet, row and column.

    Raises ``ConfigurationError`` for a file that is no workbook.
    """
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise ConfigurationError(
            f"{path} cannot be read as a workbook ({type(error).__name__}).",
            hint="Save it as .xlsx and try again.",
        ) from error
    faults: list[TableFault] = []
    files = {}
    try:
        for spec in SPECS:
            if spec.title in book.sheetnames:
                rows = _rows(spec, book[spec.title].iter_rows(values_only=True), faults)
                files[spec.file] = written(spec, rows)
            elif spec.required:
                faults.append(TableFault(spec.title, 0, "", "the sheet is missing"))
    finally:
        book.close()
    return files, faults


def _rows(spec: Spec, lines: Iterator[tuple[Any, ...]], faults: list[TableFault]) -> list[Value]:
    fields = spec.row.model_fields
    names = {field.title or column: column for column, field in fields.items()}
    header = [_text(cell) for cell in next(lines, ())]
    columns = [names.get(title, title) for title in header]
    titles = {column: title for title, column in names.items()}
    for number, column in enumerate(columns, start=1):
        if column and column not in fields:
            faults.append(
                TableFault(spec.title, 1, get_column_letter(number), f"unknown title {column!r}")
            )
    if missing := [c for c in spec.columns if c not in columns and fields[c].is_required()]:
        said = ", ".join(titles[column] for column in missing)
        faults.append(TableFault(spec.title, 1, "", f"the columns {said} are missing"))
        return []
    codes = {
        column: {**FORMER, **{label: value for value, label in labels.items()}} if labels else {}
        for column, labels in ((column, _labels(field)) for column, field in fields.items())
    }
    rows = []
    for number, line in enumerate(lines, start=2):
        cells = {
            column: _translated(_text(value), codes[column])
            for column, value in zip(columns, line, strict=False)
            if column in fields
        }
        if not any(cells.values()):
            continue
        row, wrong = row_of(spec, cells)
        for column, said in wrong:
            place = get_column_letter(columns.index(column) + 1) if column in columns else ""
            where = f"{place} {titles.get(column, column)}".strip()
            faults.append(TableFault(spec.title, number, where, said))
        if row is not None:
            rows.append(row)
    return rows


def _text(value: Any) -> str:
    """Write a cell as a table's cell: dates as ISO, numbers without a decimal point of nothing."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
