"""The linter: each kind of mistake put into a catalogue without any, and found where it is."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from catalogue_world import (
    CITY,
    COUNTY,
    LANES,
    TODAY,
    files,
    files_shipped,
    gazetteer,
    remarks,
    shipped,
    two_categories,
)

from intake.catalogue.lint import fatal, lint
from intake.catalogue.table_roles import CATEGORY_ROLES
from intake.catalogue.taxonomy import CategoryRole, Taxonomy

TAGS = ("day,tag,白天,,,", "night,tag,夜里,,,")
CG = "kind:CG@county"


def found(code: str, **rows: tuple[str, ...] | str) -> list[tuple[str, str, int, tuple[str, ...]]]:
    return [
        (remark.severity, remark.file, remark.line, remark.ids)
        for remark in remarks(**rows)
        if remark.code == code
    ]


def test_the_small_catalogue_is_clean() -> None:
    assert remarks() == []


def test_the_shipped_catalogue_has_no_errors_and_its_warnings_are_known() -> None:
    said = lint(
        files_shipped(), gazetteer=gazetteer(), taxonomy=shipped().taxonomy, on=date(2026, 6, 1)
    )
    assert not fatal(said)
    warnings = {(remark.code, remark.ids) for remark in said if remark.severity == "warning"}
    # Townships of one name in two counties of one city; their real names are the same.
    assert {code for code, _ in warnings} == {"same-name"}
    assert len(warnings) == 5
    assert all(remark.do for remark in said)


@pytest.mark.parametrize(
    ("code", "severity", "file", "line", "ids", "rows"),
    [
        ("same-id", "error", "rules.csv", 3, ("R1",),
         {"rules": (f"R1,3715,subtree,0302,*,,{CG},,,0,,,,,",)}),
        ("no-area", "error", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,9999,subtree,0302,*,,{CG},,,0,,,,,",)}),
        ("no-category", "error", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,3715,subtree,0999,*,,{CG},,,0,,,,,",)}),
        ("no-channel", "error", "deadlines.csv", 3, ("D2",),
         {"deadlines": ("D2,37,hotline|telex,*,*,1,,5,workday,law,",)}),
        ("no-channel", "error", "paths.csv", 2, ("P1",),
         {"paths": ("P1,3715,telex,unit:C-ZF,,,,",)}),
        ("no-profile", "error", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,3715,subtree,0302,*,,{CG},,,0,NONE,,,,",)}),
        ("no-tag", "error", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,3715,subtree,0302,*,tag=never,{CG},,,0,,,,,",)}),
        ("no-unit", "error", "rules.csv", 3, ("R2",),
         {"rules": ("R2,3715,subtree,0302,*,,unit:GONE,,,0,,,,,",)}),
        ("no-unit", "error", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,3715,subtree,0302,*,,{CG},,GONE,0,,,,,",)}),
        ("expired", "note", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,3715,subtree,0302,*,,{CG},,,0,,,2020-12-31,,",)}),
        ("expired-unit", "error", "rules.csv", 3, ("R2",),
         {"units": ("OLD,旧局,OLD,city,3715,C-ZF,local,,,2025-12-31,",),
          "rules": ("R2,3715,subtree,0302,*,,unit:OLD,,,0,,,,,",)}),
        ("expired-unit", "warning", "rules.csv", 3, ("R2",),
         {"units": ("OLD,旧局,OLD,city,3715,C-ZF,local,,,2026-12-31,",),
          "rules": ("R2,3715,subtree,0302,*,,unit:OLD,,,0,,,,,",)}),
        ("equal-keys", "error", "rules.csv", 3, ("R2", "R1"),
         {"rules": ("R2,*,subtree,0302,*,,kind:CG@city,,,0,,,,,",)}),
        ("reject", "warning", "rules.csv", 3, ("R2",),
         {"rules": ("R2,3715,subtree,0302,*,,REJECT:legal-route,,,0,,,,,",)}),
        ("two-tags", "warning", "rules.csv", 4, ("R3", "R2"),
         {"signals": TAGS, "rules": (
             "R2,*,subtree,0302,*,tag=day,kind:CG@city,,,0,,,,,",
             "R3,*,subtree,0302,*,tag=night,kind:SJ@county,,,0,,,,,")}),
        ("crossing", "warning", "rules.csv", 4, ("R2", "R3"),
         {"signals": TAGS[:1], "rules": (
             "R2,3715,subtree,0302,*,,kind:CG@city,,,0,,,,,",
             "R3,*,subtree,0302,*,tag=day,kind:SJ@county,,,0,,,,,")}),
        ("township", "error", "rules.csv", 3, ("R2",),
         {"rules": (f"R2,{COUNTY}101,subtree,0302,*,,kind:ZF@town,,,0,,,,,",)}),
        ("two-units", "error", "units.csv", 29, ("X",),
         {"units": ("X,另一城管局,CG,city,3715,C-ZF,local,,,,",)}),
        ("same-name", "warning", "units.csv", 29, ("X",),
         {"units": ("X,市城管局,XX,city,3715,C-ZF,local,,,,",)}),
        ("no-area", "error", "units.csv", 29, ("X",),
         {"units": ("X,某局,XX,city,9999,C-ZF,local,,,,",)}),
        ("level", "error", "units.csv", 29, ("X",),
         {"units": ("X,某局,XX,county,3715,C-ZF,local,,,,",)}),
        ("no-parent", "error", "units.csv", 29, ("X",),
         {"units": ("X,某局,XX,city,3715,NOBODY,local,,,,",)}),
        ("no-parent", "warning", "units.csv", 30, ("X",),
         {"units": ("P,旧上级,PP,city,3715,C-ZF,local,,,2020-01-01,",
                    "X,某局,XX,city,3715,P,local,,,,")}),
        ("circle", "error", "units.csv", 29, ("X",),
         {"units": ("X,某局,XX,city,3715,X,local,,,,",)}),
        ("circle", "error", "units.csv", 29, ("X",),
         {"units": ("X,某局,XX,city,3715,Y,local,,,,", "Y,某委,YY,city,3715,X,local,,,,")}),
        ("unreached", "warning", "units.csv", 29, ("X",),
         {"units": ("X,站,XX,city,3715,C-ZF,local,,,,",)}),
        ("no-short-form", "note", "kinds.csv", 0, ("XX",),
         {"units": ("X,市某某事务总站,XX,city,3715,C-ZF,local,,,,",)}),
        ("no-superior", "note", "units.csv", 0, (),
         {"units": (f"X,某局,XX,county,{COUNTY},,local,,,,",)}),
        ("no-unit", "error", "paths.csv", 2, ("P1",),
         {"paths": ("P1,3715,board,unit:GONE,,,,",)}),
        ("equal-keys", "error", "paths.csv", 3, ("P2",),
         {"paths": ("P1,3715,board,unit:C-ZF,,,,", "P2,3715,board,unit:C-CG,,,,")}),
        ("equal-keys", "error", "deadlines.csv", 4, ("D2", "D1"),
         {"deadlines": ("D1,3715,board,*,ordinary,,,5,workday,law,",
                        "D2,3715,board|mailbox,*,ordinary,,,7,workday,law,")}),
        ("assumed", "note", "deadlines.csv", 0, ("D1",),
         {"deadlines": ("D1,3715,board,*,ordinary,,,5,workday,assumed,",)}),
        ("day-kind", "note", "deadlines.csv", 0, ("D1",),
         {"deadlines": ("D1,3715,board,*,ordinary,,,5,unspecified,quoted,",)}),
        ("contradiction", "error", "holidays.csv", 3, ("调休", "元旦"),
         {"holidays": ("2027-01-01,2027-01-03,off,*,元旦,", "2027-01-03,2027-01-03,work,*,调休,")}),
        ("calendar", "warning", "holidays.csv", 0, ("春节", "清明", "劳动", "端午", "中秋", "国庆"),
         {"holidays": ("2027-01-01,2027-01-03,off,*,元旦,",)}),
        ("unused-tag", "note", "signals.csv", 2, ("day",), {"signals": TAGS[:1]}),
        ("no-category", "error", "lanes.toml", 0, ("0777",),
         {"lanes": LANES.replace("0302", "0777")}),
        ("no-unit", "error", "lanes.toml", 0, ("DC",),
         {"lanes": LANES.replace("people = 3", 'people = 3\ninform_kinds = ["DC"]')}),
        ("two-roles", "error", "kinds.csv", 5, ("CG",),
         {"kinds": ("CG,城管,utility,,",)}),
        ("same-words", "error", "kinds.csv", 5, ("WZ",),
         {"kinds": ("WZ,无责,utility,county,城管局",)}),
        ("same-id", "error", "kinds.csv", 5, ("CG/county",),
         {"kinds": ("CG,城管,,county,城管",)}),
        ("no-kind", "warning", "units.csv", 29, ("XX",),
         {"kinds": ("GS,供水,utility,,",),
          "units": ("X,某局,XX,city,3715,C-ZF,local,,,,",)}),
        ("no-role", "error", "kinds.csv", 0, ("utility",), {"kinds": ("XX,某局,,,",)}),
        ("cell", "error", "kinds.csv", 5, (), {"kinds": ("XX,某局,,,某局",)}),
        ("cell", "error", "rules.csv", 3, (), {"rules": ("R2,*,subtree,0302,*,,?,,,0,,,,,",)}),
    ],
)  # fmt: skip
def test_each_mistake_is_found_where_it_is(
    code: str,
    severity: str,
    file: str,
    line: int,
    ids: tuple[str, ...],
    rows: dict[str, tuple[str, ...] | str],
) -> None:
    assert (severity, file, line, ids) in found(code, **rows)


@pytest.mark.parametrize("role", get_args(CategoryRole))
def test_a_role_that_no_category_has_is_an_error_that_says_what_stops(role: str) -> None:
    categories = [two_categories().get(code) for code in ("03", "0302", *map(str, range(90, 97)))]
    known = [category for category in categories if category is not None]
    taxonomy = Taxonomy({c.code: c for c in known if c.role != role})
    assert len(known) == 9
    (remark,) = lint(files(), gazetteer=gazetteer(), taxonomy=taxonomy, on=TODAY)
    assert (remark.severity, remark.code, remark.ids) == ("error", "no-role", (role,))
    assert remark.said == f"no category has the role {role}: {CATEGORY_ROLES[role]}"  # type: ignore[index]


def test_a_place_without_the_unit_and_a_category_without_a_rule() -> None:
    texts = files()
    without = "\n".join(
        line for line in texts["units.csv"].splitlines() if not line.startswith(f"{COUNTY}-CG")
    )
    no_city = "\n".join(line for line in without.splitlines() if not line.startswith("C-CG"))

    def look(units: str, rules: str | None = None) -> list[tuple[str, str, str]]:
        changed = {**texts, "units.csv": units + "\n", "rules.csv": rules or texts["rules.csv"]}
        said = lint(changed, gazetteer=gazetteer(), taxonomy=two_categories(), on=TODAY)
        return [
            (r.severity, r.code, r.said) for r in said if r.code in ("raised", "no-unit", "gap")
        ]

    assert look(texts["units.csv"]) == []
    ((severity, code, said),) = look(without)
    assert (severity, code) == ("note", "raised")
    assert "冠县" in said
    ((severity, code, said),) = look(no_city)
    assert (severity, code) == ("error", "no-unit")
    assert "冠县: nobody does" in said
    (gap,) = look(texts["units.csv"], texts["rules.csv"].splitlines()[0] + "\n")
    assert gap[:2] == ("error", "gap")
    assert gap[2].startswith("0302 摊贩: no rule at ")


def test_a_gap_that_only_comes_later_is_found_today() -> None:
    texts = files()
    ends = texts["rules.csv"].replace("0,,,,law", "0,,,2026-12-31,law")
    said = lint(
        {**texts, "rules.csv": ends}, gazetteer=gazetteer(), taxonomy=two_categories(), on=TODAY
    )
    (gap,) = [remark for remark in said if remark.code == "gap"]
    assert gap.said.endswith("from 2027-01-01")


def test_pairs_whose_order_is_plain_are_not_mentioned() -> None:
    harmless = (
        "R2,3715,subtree,0302,*,,kind:CG@city,,,0,,,,,",  # the exception beside its default
        "R3,*,subtree,0302,*,tag=day,kind:CG@city,,,1,,,,,",  # a priority decides
        "R4,371502,subtree,0302,*,tag=night,kind:CG@city,,,0,,,,,",
        "R5,371503,subtree,0302,*,tag=night,kind:SJ@county,,,0,,,,,",  # never the same place
        "R6,371502,subtree,0302,*,tag=night,kind:SJ@county,,,0,,,2000-01-01,,",  # long over
        "R7,*,subtree,0302,*,,kind:CG@county,kind:SJ@county,,0,,,,,",  # says the same as R1
    )
    kinds = ("equal-keys", "two-tags", "crossing")
    assert [r for r in remarks(rules=harmless, signals=TAGS) if r.code in kinds] == []


def test_a_rule_for_where_two_meet_settles_the_crossing() -> None:
    crossing = (
        f"R2,{CITY},subtree,0302,*,,kind:CG@city,,,0,,,,,",
        "R3,*,subtree,0302,*,tag=day,kind:SJ@county,,,0,,,,,",
    )
    settled = f"R4,{CITY},subtree,0302,*,tag=day,kind:SJ@county,,,0,,,,,"
    assert found("crossing", rules=crossing, signals=TAGS)
    assert found("crossing", rules=(*crossing, settled), signals=TAGS) == []


def test_tags_that_exclude_each_other_are_no_pair() -> None:
    rules = (
        "R2,*,subtree,0302,*,tag=day,kind:CG@city,,,0,,,,,",
        "R3,*,subtree,0302,*,tag=night,kind:SJ@county,,,0,,,,,",
    )
    assert found("two-tags", rules=rules, signals=TAGS)
    assert found("two-tags", rules=rules, signals=("day,tag,白天,,夜里,", TAGS[1])) == []


def test_the_end_of_the_known_calendar_is_announced() -> None:
    late = remarks(on=date(2026, 11, 25))
    assert [remark.code for remark in late] == ["calendar"]
