"""Looking up: which rule wins, whom it means at a place, by which path; and reading the tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from catalogue_world import COUNTY, SHIPPED, TOWN, files, small
from hypothesis import given
from hypothesis import strategies as st

from intake.catalogue import Catalogue, Handler, Query, Rule, RuleFinding, Tables
from intake.catalogue.table_files import (
    SPEC,
    SPECS,
    Spec,
    packed,
    read,
    text_of,
    unpacked,
    version_of,
    written,
)
from intake.errors import ConfigurationError
from intake.messages import ZH
from intake.model.channel import Channel
from intake.model.submission import MatterType


def asked(
    catalogue: Catalogue,
    area: str = COUNTY,
    *,
    tags: tuple[str, ...] = (),
    on: date = date(2026, 6, 1),
    matter_type: str | None = None,
    channel: Channel | None = None,
) -> RuleFinding:
    conditions = frozenset(f"tag={tag}" for tag in tags)
    found = catalogue.look_up(Query(area, "0302", matter_type, conditions, on, channel))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("rule", "wins"),
    [
        ("R2,3715,subtree,0302,*,,kind:CG@city,,,0,,,,,", True),  # deeper area
        ("R2,*,subtree,03,*,,kind:CG@city,,,0,,,,,", False),  # the field against the leaf
        ("R2,*,subtree,03,*,,kind:CG@city,,,1,,,,,", True),  # priority before everything
        ("R2,371502,subtree,0302,*,,kind:CG@city,,,0,,,,,", False),  # another place
        ("R2,3715,self,0302,*,,kind:CG@city,,,0,,,,,", False),  # the city itself only
        ("R2,*,subtree,0302,举报,,kind:CG@city,,,0,,,,,", True),
        ("R2,*,subtree,0302,咨询,,kind:CG@city,,,0,,,,,", False),
        ("R2,*,subtree,0302,*,tag=night,kind:CG@city,,,0,,,,,", True),
        ("R2,*,subtree,0302,*,tag=other,kind:CG@city,,,0,,,,,", False),
        ("R2,*,subtree,0302,*,,kind:CG@city,,,1,,2026-06-01,2026-06-01,,", True),
        ("R2,*,subtree,0302,*,,kind:CG@city,,,1,,2026-06-02,,,", False),
        ("R2,*,subtree,0302,*,,kind:CG@city,,,1,,,2026-05-31,,", False),
    ],
)
def test_the_most_specific_rule_that_applies_wins(rule: str, wins: bool) -> None:
    found = asked(small(rules=(rule,)), tags=("night",), matter_type="举报")
    assert found.rule.id == ("R2" if wins else "R1")
    assert found.lead is not None
    assert found.lead.id == ("C-CG" if wins else f"{COUNTY}-CG")


def test_handlers_are_bound_at_the_place_and_raised_where_there_is_none() -> None:
    catalogue = small(units=(), rules=("R2,*,subtree,0302,*,,kind:ZF@town,,,1,,,,,",))
    own = asked(catalogue, TOWN)
    assert (own.lead and own.lead.id, own.raised) == ("T-ZF", False)
    other = asked(catalogue, f"{COUNTY}102")
    assert (other.lead and other.lead.id, other.raised) == (f"{COUNTY}-ZF", True)
    nowhere = asked(catalogue, "11")
    assert nowhere.lead is None
    assert nowhere.missing == ("decision.catalogue.missing_kind", {"area": "11", "kind": "ZF"})
    assert "没有人民政府办公室" in nowhere.why_missing(ZH)


def test_excluded_units_are_neither_lead_nor_co() -> None:
    rule = f"R2,*,subtree,0302,*,,kind:CG@county,kind:SJ@county,{COUNTY}-CG|{COUNTY}-SJ,1,,,,,"
    found = asked(small(rules=(rule,)))
    assert found.lead is None
    assert "排除" in found.why_missing(ZH)
    assert found.co == ()


def test_a_path_says_how_it_travels_never_who_handles() -> None:
    catalogue = small(
        paths=(
            "P1,3715,board|mailbox,kind:ZF@city|kind:ZF@county,,,,",
            f"P2,{COUNTY},*,unit:C-CG,2026-07-01,,,",
        )
    )
    board = asked(catalogue, channel=Channel.BOARD)
    assert [unit.id for unit in board.via] == ["C-ZF", f"{COUNTY}-ZF"]
    assert board.lead is not None
    assert board.lead.id == f"{COUNTY}-CG"
    assert asked(catalogue, channel=Channel.HOTLINE).via == ()
    later = asked(catalogue, channel=Channel.BOARD, on=date(2026, 7, 1))
    assert [unit.id for unit in later.via] == ["C-CG"]


def test_an_answer_is_remembered_for_its_days_only() -> None:
    catalogue = small(rules=("R2,*,subtree,0302,*,,kind:CG@city,,,1,,2026-06-02,2026-06-03,,",))
    won = [asked(catalogue, on=date(2026, 6, day)).rule.id for day in (1, 2, 3, 4, 3, 2, 1)]
    assert won == ["R1", "R2", "R2", "R1", "R2", "R2", "R1"]


def test_what_does_not_apply_says_why() -> None:
    catalogue = small(
        rules=(
            "R2,371502,subtree,0302,*,,kind:CG@city,,,0,,,,,",
            "R3,*,subtree,0302,*,tag=night,kind:CG@city,,,0,,,,,",
            "R4,*,subtree,0302,举报,,kind:CG@city,,,0,,,,,",
            "R5,*,subtree,0302,*,,kind:CG@city,,,0,,,2020-12-31,,",
            "R6,3715,self,0302,*,,kind:CG@city,,,0,,,,,",
        )
    )
    query = Query(COUNTY, "0302", None, frozenset(), date(2026, 6, 1))
    why = {rule.id: said for rule, said in catalogue.passed_over(query)}
    assert why == {
        "R2": "is for area 371502",
        "R3": "needs tag=night",
        "R4": "is for 举报",
        "R5": "is valid from ever to 2020-12-31",
        "R6": "is for 3715 itself, not for places within",
    }


def test_a_handler_is_what_was_written() -> None:
    for text in ("kind:CG@county", "unit:U3715-HOT", "REJECT:no_service"):
        assert str(Handler.model_validate(text)) == text
    for wrong in ("kind:CG", "CG@county", "kind:CG@planet", "unit:", "REJECT:x@city", ""):
        with pytest.raises(ValueError, match="is not kind:K@level"):
            Handler.model_validate(wrong)


def _texts(most: int = 12) -> st.SearchStrategy[str]:
    alphabet = st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="|")
    return st.text(alphabet, max_size=most)


HANDLERS = st.sampled_from(
    [Handler.model_validate(text) for text in ("kind:CG@town", "unit:A-1", "REJECT:no")]
)
RULES = st.builds(
    Rule,
    id=st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True),
    area=st.sampled_from(["*", "37", "3715", "371525"]),
    scope=st.sampled_from(["self", "subtree"]),
    category=st.sampled_from(["*", "03", "0302"]),
    matter_type=st.sampled_from(["*", *MatterType]),
    condition=st.sampled_from(["", "tag=x"]),
    handler=HANDLERS,
    co_handlers=st.lists(HANDLERS, max_size=3).map(tuple),
    exclude_units=st.lists(_texts().filter(bool), max_size=3).map(tuple),
    priority=st.integers(-99, 99),
    profile=_texts(),
    valid_from=st.none() | st.dates(date(2000, 1, 1), date(2020, 1, 1)),
    valid_to=st.none() | st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    basis=_texts(40),
    note=_texts(40),
)


@given(st.lists(RULES, max_size=5))
def test_whatever_is_written_reads_as_it_was(rules: list[Rule]) -> None:
    text = written(SPEC["rules"], rules)
    tables, faults = read({**files(), "rules.csv": text})
    assert faults == []
    assert tables is not None
    assert list(tables.rules.rows) == rules
    assert written(SPEC["rules"], tables.rules.rows) == text


@given(st.binary(max_size=300), st.sampled_from(SPECS))
def test_no_file_makes_the_reader_fall_over(content: bytes, spec: Spec) -> None:
    header = ",".join(spec.columns).encode() + b"\n"
    for body in (content, header + content):
        tables, faults = read({**files(), spec.file: text_of(body)})
        assert tables is not None
        assert all(str(fault) for fault in faults)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_shipped_tables_are_in_the_one_form(spec: Spec) -> None:
    tables = Tables.load(SHIPPED)
    assert written(spec, tables[spec.name].rows) == tables.files[spec.file]


def test_the_version_is_the_content_not_how_a_spreadsheet_saved_it(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    plain = Tables.load(tmp_path)
    units = files()["units.csv"]
    for content in (
        b"\xef\xbb\xbf" + units.replace("\n", "\r\n").encode(),
        units.replace("\n", "\r\n").encode("gb18030"),
    ):
        (tmp_path / "units.csv").write_bytes(content)
        again = Tables.load(tmp_path)
        assert again.version == plain.version
        assert again.units.rows == plain.units.rows
    (tmp_path / "units.csv").write_text(units.replace("市城管局", "市城管执法局"), encoding="utf-8")
    assert Tables.load(tmp_path).version != plain.version


def test_every_fault_is_told_with_line_and_column(tmp_path: Path) -> None:
    texts = files(
        rules=(
            "R2,37x,subtree,0302,*,,kind:CG@county,,,zero,,,,,",
            "R 3,*,subtree,302,*,via=x,nobody,,,0,,,,,",
            "R4,*,subtree,0302,*,,kind:CG@county,,,0,,2026-02-01,2026-01-01,,",
            "R5,*,subtree,0302",
        ),
        deadlines=("D-X,*,Telex,*,*,5,,1,workday,law,",),
    )
    tables, faults = read(texts)
    assert tables is not None
    assert [rule.id for rule in tables.rules.rows] == ["R1"]
    places = {(fault.file, fault.line, fault.column) for fault in faults}
    assert places == {
        ("rules.csv", 3, "area"), ("rules.csv", 3, "priority"),
        ("rules.csv", 4, "id"), ("rules.csv", 4, "category"), ("rules.csv", 4, "condition"),
        ("rules.csv", 4, "handler"), ("rules.csv", 5, ""), ("rules.csv", 6, ""),
        ("deadlines.csv", 2 + 1, "channels"),
    }  # fmt: skip
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"rules\.csv, line 3, column area") as caught:
        Tables.load(tmp_path)
    assert "intake catalogue lint" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rules.csv", "id,area\nR1,*\n", "the columns category, handler are missing"),
        ("rules.csv", "id,area,categry,category,handler\n", "unknown columns 'categry'"),
        ("lanes.toml", "livelihood = [", "lanes.toml"),
        ("lanes.toml", "livelihood = []", "cost"),
    ],
)
def test_a_table_of_another_shape_is_refused(name: str, text: str, said: str) -> None:
    _, faults = read({**files(), name: text})
    assert any(said in str(fault) for fault in faults)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    for name, text in files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "holidays.csv").unlink()
    (tmp_path / "paths.csv").unlink()
    assert Tables.load(tmp_path).paths.rows == ()
    (tmp_path / "deadlines.csv").unlink()
    with pytest.raises(ConfigurationError, match=r"deadlines\.csv"):
        Tables.load(tmp_path)


def test_packing_keeps_every_file_and_is_the_same_each_time() -> None:
    texts = files()
    assert unpacked(packed(texts)) == texts
    assert packed(texts) == packed(dict(reversed(texts.items())))
    assert version_of(texts) == version_of(dict(reversed(texts.items())))
