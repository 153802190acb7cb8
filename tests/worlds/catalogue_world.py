"""A small catalogue to change one thing in, and the shipped one to ask."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import get_args

from intake.areas.gazetteer import Gazetteer
from intake.catalogue import Catalogue, Tables
from intake.catalogue.lint import lint
from intake.catalogue.remarks import Remark
from intake.catalogue.table_files import files_in, read
from intake.catalogue.taxonomy import Category, CategoryRole, Taxonomy
from intake.decide.dossier import Dossier
from intake.decide.router import Router
from intake.model.channel import Channel
from intake.model.decision import AreaCandidate, CategoryScore, Classification, Location
from intake.model.submission import MatterType
from intake.settings import MODELS

SHIPPED = MODELS / "catalogue"
TODAY = date(2026, 6, 1)
CITY, COUNTY, TOWN = "3715", "371525", "371525101"

COUNTIES = ("371502", "371503", "371521", "371522", "371524", "371525", "371526", "371581")

LANES = """
livelihood = ["0302"]
coordination_units = 3
[escalation]
requests = 4
people = 3
repeats = 3
[cost]
wrong_dispatch_minutes = 10
recalled_dispatch_minutes = 4
desk_minutes = 3
look_over_minutes = 1
[hops]
limit = 3
"""
UNITS = [
    "id,name,kind,level,area,parent,tie,aliases,valid_from,valid_to,source",
    "C-ZF,市政府,ZF,city,3715,,local,,,,",
    "C-CG,市城管局,CG,city,3715,C-ZF,local,,,,",
    *(
        line
        for county in COUNTIES
        for line in (
            f"{county}-ZF,{county}县政府,ZF,county,{county},C-ZF,local,,,,",
            f"{county}-CG,{county}城管局,CG,county,{county},{county}-ZF,local,,,,",
            f"{county}-SJ,{county}市监局,SJ,county,{county},{county}-ZF,local,,,,",
        )
    ),
    f"T-ZF,镇政府,ZF,town,{TOWN},{COUNTY}-ZF,local,,,,",
]
RULES = [
    "id,area,scope,category,matter_type,condition,handler,co_handlers,exclude_units,priority,"
    "profile,valid_from,valid_to,basis,note",
    "R1,*,subtree,0302,*,,kind:CG@county,kind:SJ@county,,0,,,,law,摊贩",
]
DEADLINES = [
    "profile,area,channels,matter_type,lanes,accept_days,reply_days,finish_days,day_kind,certainty,"
    "source",
    "D-FALLBACK,*,*,*,*,1,,5,workday,law,",
]
PATHS = ["id,area,channels,via,valid_from,valid_to,basis,note"]
HOLIDAYS = ["date_from,date_to,kind,area,name,basis"]
KINDS = [
    "kind,name,role,level,words",
    "ZF,政府,government,town,镇政府",
    "CG,城管,,county,城管局",
    "SJ,市监,,,",
]
SIGNALS = ["signal,kind,words,also,unless,note"]


def files(
    *,
    units: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    deadlines: tuple[str, ...] = (),
    paths: tuple[str, ...] = (),
    holidays: tuple[str, ...] = (),
    signals: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
    lanes: str = LANES,
) -> dict[str, str]:
    """The small catalogue's files with further rows; it has a table of kinds only if one is given."""
    tables = {
        "units": [*UNITS, *units],
        "rules": [*RULES, *rules],
        "deadlines": [*DEADLINES, *deadlines],
        "paths": [*PATHS, *paths],
        "holidays": [*HOLIDAYS, *holidays],
        "signals": [*SIGNALS, *signals],
    }
    if kinds:
        tables["kinds"] = [*KINDS, *kinds]
    texts = {f"{name}.csv": "\n".join(lines) + "\n" for name, lines in tables.items()}
    return {**texts, "lanes.toml": lanes}


def tables_of(texts: dict[str, str]) -> Tables:
    """Read files that have no faults."""
    tables, faults = read(texts)
    assert faults == []
    assert tables is not None
    return tables


def small(**rows: tuple[str, ...]) -> Catalogue:
    """The small catalogue with further rows."""
    return Catalogue(tables_of(files(**rows)))  # type: ignore[arg-type]


@cache
def gazetteer() -> Gazetteer:
    """All areas."""
    return Gazetteer.load()


@cache
def two_categories() -> Taxonomy:
    """A field with a leaf that is a department's matter, and a field without leaves for each role."""
    roles = {
        f"{number}": Category(f"{number}", role, "", (), role=role)
        for number, role in enumerate(get_args(CategoryRole), 90)
    }
    return Taxonomy(
        {
            "03": Category("03", "城管", "", ()),
            "0302": Category("0302", "摊贩", "", (), "城管局"),
            **roles,
        }
    )


def remarks(on: date = TODAY, **rows: tuple[str, ...] | str) -> list[Remark]:
    """What the linter says of the small catalogue with further rows."""
    texts = files(**rows)  # type: ignore[arg-type]
    return lint(texts, gazetteer=gazetteer(), taxonomy=two_categories(), on=on)


@cache
def shipped() -> Router:
    """The shipped tables with a classifier that is never asked."""
    return Router.of(
        _Named(),  # type: ignore[arg-type]
        gazetteer(),
        Taxonomy.load(MODELS / "taxonomy" / "taxonomy.csv"),
        Tables.load(SHIPPED),
    )


class _Named:
    version = "none"


def files_shipped() -> dict[str, str]:
    """The shipped tables' files."""
    return files_in(SHIPPED)


def dossier(
    router: Router,
    text: str,
    *,
    category: str,
    area: str,
    home: str,
    channel: Channel = Channel.HOTLINE,
    submitter: str | None = None,
    matter_type: MatterType | None = None,
    received_at: datetime = datetime(2026, 6, 1, 2, tzinfo=UTC),
    candidates: tuple[AreaCandidate, ...] = (),
) -> Dossier:
    """A message of which category and place are known for sure; the rest is read from its words."""
    return Dossier(
        channel=channel,
        received_at=received_at,
        understanding=router.reader.read_words(
            "",
            text,
            Classification(
                category=category,
                confidence=0.95,
                auto=True,
                top=(CategoryScore(category=category, confidence=0.95),),
            ),
            Location(area=area, confidence=0.9, candidates=candidates),
        ),
        matter_type=matter_type,
        home_area=home,
        submitter_unit=submitter,
        answered_on_the_spot=False,
    )
