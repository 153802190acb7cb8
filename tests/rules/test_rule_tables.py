"""Every rule keeps what its row promises: it matches its example and leaves its counter-example alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from intake.errors import ConfigurationError
from intake.model.rule_table import COLUMNS, FOLDER, RuleRow, RuleTable, holds

ROOT = Path(__file__).parents[2]
TABLES = {
    f"{path.parents[1].name}/{path.stem}": RuleTable.read(path)
    for path in sorted((ROOT / "src/intake").rglob(f"{FOLDER}/*.csv"))
}
ROWS = [
    pytest.param(table, row, id=f"{name}:{row.id}")
    for name, table in TABLES.items()
    for row in table.rows.values()
]


def test_the_page_names_every_table() -> None:
    page = (ROOT / "docs/rules.md").read_text(encoding="utf-8")
    tables = {
        path.relative_to(ROOT / "src/intake").as_posix()
        for path in (ROOT / "src/intake").rglob(f"{FOLDER}/*.csv")
    }
    assert set(re.findall(r"^\| `([\w/]+\.csv)`", page, re.MULTILINE)) == tables


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_rule_matches_its_example(table: RuleTable, row: RuleRow) -> None:
    assert row.says
    assert holds(table, row, row.example), f"{row.rule} does not match {row.example!r}"


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_rule_leaves_its_counter_example_alone(table: RuleTable, row: RuleRow) -> None:
    assert row.counter_example
    assert not holds(table, row, row.counter_example), f"it matches {row.counter_example!r}"


@pytest.mark.parametrize(("table", "row"), ROWS)
def test_a_rule_lists_a_word_once(table: RuleTable, row: RuleRow) -> None:
    assert sorted(set(row.words)) == sorted(row.words)


def test_rows_of_one_group_are_alternatives(tmp_path: Path) -> None:
    table = written(
        tmp_path,
        "number.short,words,号,,,,,",
        "number.word,words,电话 号码,,,,,",
        "sign.word,words,电话 电话号,,,,,",
        "sign.mark,pattern,[#＃],,,,,",
        "digit,letters,0123456789,,,,,",
        "whole,pattern,{number}[{digit}]{2},,,,,",
    )
    assert table.source("number") == "电话|号码|号"
    assert table.source("sign") == "电话号|电话|[#＃]"
    assert table.pattern("whole").search("打号码12")[0] == "号码12"
    assert table.words("number") == ("号", "电话", "号码")


def test_a_pattern_asks_for_edges_of_words(tmp_path: Path) -> None:
    table = written(
        tmp_path,
        "who,words,业主 住户 老党员,,,,,",
        "begins,pattern,[{who:first}],,,,,",
        "ends,pattern,[{who:last}],,,,,",
        "behind,pattern,{who:behind :}王,,,,,",
        "surname,pattern,[王李],,,,,",
        "after,pattern,(?:{who:after surname}).,,,,,",
    )
    assert table.pattern("begins").findall("老业户") == ["老", "业"]
    assert table.pattern("ends").findall("老业户") == ["户"]
    assert table.pattern("behind").search("老党员:王")
    assert not table.pattern("behind").search("党员:王")
    assert table.pattern("after").findall("业主王明,党员李明,老党员李明") == ["主王", "员李"]
    assert not table.pattern("after").search("业主在")


def test_a_pattern_is_compiled_once_and_keeps_its_methods(tmp_path: Path) -> None:
    pattern = written(tmp_path, "a,pattern,路灯,,,,,").pattern("a")
    assert pattern.search("路灯不亮")
    compiled = pattern.search.__self__
    assert isinstance(compiled, re.Pattern)
    assert pattern.finditer.__self__ is compiled
    assert pattern.pattern == compiled.pattern


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("a,words,甲,,,,,", "a,words,乙,,,,,"), "a stands twice"),
        (("A-1,words,甲,,,,,",), "is no id"),
        (("a,regex,甲,,,,,",), "has the kind 'regex'"),
        (("a,words, ,,,,,",), "has no rule"),
        (("a,words,甲,,,",), "has more or fewer cells"),
        (("a,pattern,{b},,,,,", "b,words,甲,,,,,"), "refers to b, which does not stand above it"),
        (("a,pattern,{a},,,,,",), "refers to a, which does not stand above it"),
        (("a,words,甲,,,,,", "b,pattern,{a:middle},,,,,"), "has {a:middle}; forms are"),
    ],
)
def test_a_table_that_cannot_be_used_says_which_row(
    tmp_path: Path, lines: tuple[str, ...], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=r"rules/some\.csv") as told:
        written(tmp_path, *lines)
    assert said in str(told.value)


def test_a_wrong_pattern_says_which_row_when_it_is_used(tmp_path: Path) -> None:
    pattern = written(tmp_path, "a,pattern,(路,,,,,").pattern("a")
    with pytest.raises(ConfigurationError, match="a is no pattern"):
        pattern.search("路")


def test_a_missing_table_or_row_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        RuleTable.read(tmp_path / "rules" / "none.csv")
    with pytest.raises(ConfigurationError, match="b is not in the table"):
        written(tmp_path, "a,words,甲,,,,,").pattern("b")


def test_an_example_may_mark_the_stretch(tmp_path: Path) -> None:
    table = written(tmp_path, "a,pattern,王.,,,,,", "b,words,街道 路,,,,,")
    assert holds(table, table.rows["a"], "我叫«王明»")
    assert not holds(table, table.rows["a"], "我叫«王»明")
    assert not holds(table, table.rows["a"], "我«叫»王明")
    assert holds(table, table.rows["b"], "东街«街道»")
    assert not holds(table, table.rows["b"], "«街»道")


def written(folder: Path, *lines: str) -> RuleTable:
    path = folder / FOLDER / "some.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join((",".join(COLUMNS), *lines, "")), encoding="utf-8")
    return RuleTable.read(path)
