"""Coverage and comparison: what clerks look at before they put a catalogue in force."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

from catalogue_world import (
    COUNTY,
    LANES,
    TODAY,
    files,
    gazetteer,
    shipped,
    tables_of,
    two_categories,
)

from intake.catalogue import Catalogue
from intake.catalogue.coverage import Coverage, coverage
from intake.catalogue.coverage_picture import svg
from intake.catalogue.difference import compare
from intake.catalogue.gaps import Ground


def measured(texts: dict[str, str], on: date = TODAY) -> Coverage:
    return coverage(Ground(Catalogue(tables_of(texts)), gazetteer(), two_categories()), on)


def test_each_county_shows_how_its_matter_is_resolved() -> None:
    texts = files(
        rules=(
            "R2,371502,subtree,0302,*,,REJECT:no_service,,,0,,,,,",
            "R3,371503,subtree,0302,*,,kind:CG@city,,,0,,,,,",
            "R4,371521,subtree,0302,*,,kind:ZF@town,kind:CG@county,,0,,,,,",
            "R5,371522,subtree,0302,*,,kind:NONE@county,,,0,,,,,",
        )
    )
    gone = [line for line in texts["units.csv"].splitlines() if not line.startswith(f"{COUNTY}-CG")]
    found = measured({**texts, "units.csv": "\n".join(gone) + "\n"})
    assert {code: cell.status for (code, _), cell in found.cells.items()} == {
        "371502": "rejected", "371503": "city", "371521": "raised", "371522": "gap",
        "371524": "county", "371525": "raised", "371526": "county", "371581": "county",
    }  # fmt: skip
    assert found.cells["371503", "0302"].rule == "R3"
    assert found.counts()["county"] == 3
    assert found.counts("371522") == {"gap": 1}


def test_the_picture_is_well_formed_and_says_who_and_by_which_rule() -> None:
    router = shipped()
    found = coverage(
        Ground(router.catalogue, gazetteer(), router.taxonomy, "3715"), date(2026, 6, 1)
    )
    assert found.counts()["gap"] == 0
    root = ElementTree.fromstring(svg(found))
    space = "{http://www.w3.org/2000/svg}"
    titles = [element.text or "" for element in root.iter(f"{space}title")]
    assert "冠县 0401 供水:冠县水务集团 R0126" in titles
    cells = [rect for rect in root.iter(f"{space}rect") if rect.find(f"{space}title") is not None]
    assert len(cells) == 8 * 120
    width = float(root.get("width", "0"))
    assert all(float(cell.get("x", "0")) + float(cell.get("width", "0")) < width for cell in cells)
    words = "".join(element.text or "" for element in root.iter(f"{space}text"))
    assert "聊城市" in words
    assert found.version in words


def test_a_name_cannot_break_the_picture() -> None:
    texts = files()
    texts["units.csv"] = texts["units.csv"].replace(f"{COUNTY}城管局", "<b>&城管局")
    root = ElementTree.fromstring(svg(measured(texts)))
    assert any("<b>&城管局" in (element.text or "") for element in root.iter())


def test_a_comparison_names_each_row_and_cell() -> None:
    old = tables_of(files(rules=("R2,3715,subtree,03,*,,kind:CG@city,,,0,,,,,",)))
    new = tables_of(
        files(
            rules=("R3,3715,subtree,03,*,,kind:CG@city,,,0,,,,,",),
            holidays=("2027-01-01,2027-01-01,off,*,元旦,",),
            signals=("day,tag,白天,,,", "day,tag,中午,,,"),
            lanes=LANES.replace("desk_minutes = 3", "desk_minutes = 4"),
        )
    )
    texts = dict(new.files)
    texts["rules.csv"] = texts["rules.csv"].replace("kind:SJ@county", "kind:CG@city")
    said = [(d.table, d.row, d.what) for d in compare(old, tables_of(texts))]
    assert said == [
        ("rules", "R1", "changed"), ("rules", "R2", "removed"), ("rules", "R3", "added"),
        ("holidays", "2027-01-01/off/*", "added"),
        ("signals", "day/tag", "added"), ("signals", "day/tag#2", "added"),
        ("lanes", "lanes.toml", "changed"),
    ]  # fmt: skip
    changed = compare(old, tables_of(texts))[0]
    assert changed.cells == {"co_handlers": ("kind:SJ@county", "kind:CG@city")}
    assert compare(old, old) == []
