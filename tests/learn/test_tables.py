"""Examples from tables that people have, and what is said of tables that do not work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.errors import ConfigurationError
from intake.learn.example_tables import Columns, read_examples

ROWS = "标题,内容,分类,备选\n停水,家里停水三天,供水,水价\n,路灯不亮,照明,\n"
NAMES = Columns(text="内容", label="分类", title="标题", also="备选")


def written(folder: Path, content: str | bytes, name: str = "rows.csv") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_reads_what_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    found = read_examples([written(tmp_path, ROWS.encode(encoding))], NAMES)
    assert [(e.title, e.text, e.code, e.also) for e in found] == [
        ("停水", "家里停水三天", "供水", "水价"),
        ("", "路灯不亮", "照明", None),
    ]


def test_files_add_up_and_incomplete_rows_are_told(tmp_path: Path) -> None:
    one = written(tmp_path, "text,label\n停水,a\n ,b\n路灯,\n", "one.csv")
    two = written(tmp_path, 'text,label\n"第一行\n第二行",b\n', "two.csv")
    news: list[str] = []
    found = read_examples([one, two], Columns(), tell=news.append)
    assert [example.code for example in found] == ["a", "b"]
    assert found[1].text == "第一行\n第二行"
    assert news == ["one.csv: 2 rows without text or label were left out"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("text,label\n", "no row with text and label"),
        ("text,label\n,\n", "no row with text and label"),
        ("内容,label\n停水,a\n", "has no column text; it has 内容, label"),
        (b"text,label\n\xff\xff\xff,a\n", "neither UTF-8 nor GB18030"),
    ],
    ids=["empty", "header-only", "blank", "column", "encoding"],
)
def test_says_what_is_wrong_with_the_file(tmp_path: Path, content: str | bytes, said: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(ConfigurationError, match=re.escape(said)) as caught:
        read_examples([file], Columns())
    assert "rows.csv" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        read_examples([tmp_path / "none.csv"], Columns())
