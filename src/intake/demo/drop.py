"""The city's drop folder: officials' lists as xlsx and csv, and files that nobody can open."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from intake.demo.interface_rows import local
from intake.demo.world import View, World

HEADER = (
    "编号", "标题", "提交单位", "走访时间", "群众姓名", "联系电话", "群众诉求", "区划代码", "类别",
    "诉求类型", "答复意见", "答复时间", "答复单位", "是否解决", "是否满意", "状态",
)  # fmt: skip
_CELL_LIMIT = 32_000


class DropFolder:
    """Writes the files of one source; later changes come as further lists."""

    def __init__(self, world: World, source: str, folder: Path) -> None:
        self._world, self._source, self._folder = world, source, folder
        self._written: dict[str, tuple[str, ...]] = {}
        self._lists = 0

    def fill(self) -> None:
        """Write the first lists: a spreadsheet, a csv in GB18030, a broken spreadsheet."""
        self._folder.mkdir(parents=True, exist_ok=True)
        rows = self._changed()
        book = [row for row in rows if int(row[0][-1]) % 2 == 0 and _fits_a_cell(row)]
        _write_book(self._folder / "走访登记表.xlsx", book)
        _write_csv(self._folder / "走访登记.csv", [row for row in rows if row not in book], True)
        _finish(self._folder / "补充材料.xlsx", b"PK\x03\x04 not a workbook any more")

    def update(self) -> None:
        """Write a further list with the rows that are new or changed since the last one."""
        rows = self._changed()
        if rows:
            self._lists += 1
            _write_csv(self._folder / f"走访登记-更新{self._lists}.csv", rows, False)

    def _changed(self) -> list[tuple[str, ...]]:
        rows = [_row(view) for view in self._world.views(self._source)]
        changed = [row for row in rows if self._written.get(row[0]) != row]
        self._written.update((row[0], row) for row in changed)
        return changed


def _row(view: View) -> tuple[str, ...]:
    """One line; a list has one column for the answer, so that the last one counts."""
    message = view.message
    replies = view.of_kind("official_reply")
    ratings = view.of_kind("rating")
    added = "".join(f"\n追记：{entry.what.body}" for entry in view.of_kind("follow_up"))
    reply = replies[-1] if replies else None
    rating = ratings[-1].what if ratings else None
    return (
        view.external_id,
        view.title,
        message.submitter_unit or "",
        local(message.submitted_at),
        message.name or "",
        message.phone or "",
        view.body + added,
        message.form_area or "",
        message.form_category or "",
        message.matter_type or "",
        reply.what.body if reply else "",
        local(reply.at) if reply else "",
        (reply.what.unit or "") if reply else "",
        {True: "是", False: "否", None: ""}[rating.solved if rating else None],
        {True: "是", False: "否", None: ""}[rating.satisfied if rating else None],
        "已撤回" if view.withdrawn else "登记",
    )


def _fits_a_cell(row: tuple[str, ...]) -> bool:
    # A workbook cannot distinguish an empty text from none, nor hold a formula as text.
    return bool(row[6]) and not any(
        len(cell) > _CELL_LIMIT or cell.startswith("=") or ILLEGAL_CHARACTERS_RE.search(cell)
        for cell in row
    )


def _write_book(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("走访登记")
    sheet.append(["走访登记表（内部）"])
    sheet.append(HEADER)
    for row in rows:
        sheet.append(row)
    unfinished = path.with_name(f".{path.name}.part")
    book.save(unfinished)
    unfinished.rename(path)


def _write_csv(path: Path, rows: Iterable[tuple[str, ...]], broken: bool) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    with unfinished.open("w", encoding="gb18030", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)
        if broken:
            # An unquoted comma: more cells than columns.
            file.write(f"XC-BROKEN{',' * len(HEADER)}未加引号的逗号\r\n")
    unfinished.rename(path)


def _finish(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.write_bytes(content)
    unfinished.rename(path)
