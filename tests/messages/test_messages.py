"""Every message: used, in both languages, with the same parameters, in the words of the glossary."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from intake.catalogue.table_files import Tables
from intake.contract.event import EventKind
from intake.messages import EN, LANGUAGES, ZH, Language
from intake.messages.formats import formats
from intake.messages.po_files import DOMAINS, MAIN, domain_of, texts
from intake.model.channel import AnswerWay
from intake.model.correction import Mistake
from intake.model.decision import HoldReason, Lane, Level, Outcome, Step
from intake.model.request import RelationKind, RequestState
from intake.model.submission import MatterType, MediaKind, SubmissionKind
from intake.settings import MODELS
from intake.store.case_changes import ChangeKind
from intake.understand.locate import PlaceNote

ROOT = Path(__file__).parents[2]
SOURCES = [*(ROOT / "src" / "intake").rglob("*.py"), *(ROOT / "connectors").rglob("*.py")]
TEMPLATES = [*(ROOT / "src" / "intake" / "web").rglob("*.html")]
CODE = re.compile(r"(?:audit|decision|error|hot|page|relation)\.[a-z0-9_]+(?:\.[a-z0-9_]+)*")
IN_TEMPLATE = re.compile(r'\bt\("([^"]+)"|\bt\(([a-z]+)\)')
BUILT = ("page.http.",)
"""Codes that the program puts together; what follows is checked below."""
NOT_CODES = {"error.html", "hot.html", "page.landed"}
"""A template and an event of the log that read like codes."""
WORDS = re.compile(r"[A-Za-z][A-Za-z]+")
LATIN = {
    "ca_file", "cookie", "csv", "CSV", "HTML", "HTTP", "JSON", "UTF", "xlsx", "headers", "allow_hosts",
    "selectors", "rows", "fields", "body", "intake", "case", "history", "replay", "English",
}  # fmt: skip
"""Names of settings, commands and formats; there is no Chinese for them."""
GAP = re.compile(r"\{[^}]*\}")
CJK = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
HALF_WIDTH = re.compile("[\u3400-\u9fff][,:;!?()]|[,:;!?()][\u3400-\u9fff]")


def all_texts(language: Language) -> dict[str, str]:
    return {
        code: text
        for domain in (MAIN, *DOMAINS.values())
        for code, text in texts(language, domain).items()
    }


CODES = sorted({code for language in LANGUAGES for code in all_texts(language)})


def used() -> set[str]:
    """The codes that stand in the source, each with its hint."""
    found: set[str] = set()
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and CODE.fullmatch(node.value)
            and node.value not in NOT_CODES
        }
    for path in TEMPLATES:
        found |= {code for code, _ in IN_TEMPLATE.findall(path.read_text(encoding="utf-8")) if code}
    return found


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, kind or "") for _, name, kind, _ in Formatter().parse(text) if name is not None}


def test_every_code_in_the_source_is_in_the_catalogue() -> None:
    assert sorted(used() - set(CODES)) == []


def test_every_message_is_used() -> None:
    codes = used()
    unused = [
        code
        for code in CODES
        if code not in codes
        and not code.startswith(("term.", *BUILT))
        and code.removesuffix(".hint") not in codes
    ]
    assert unused == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message(language: Language) -> None:
    there = all_texts(language)
    assert [code for code in CODES if not there.get(code)] == []


def test_languages_agree_on_parameters() -> None:
    chinese, english = all_texts(ZH), all_texts(EN)

    def names(text: str) -> set[str]:
        return {name for name, _ in placeholders(text)}

    assert [code for code in CODES if names(chinese[code]) != names(english[code])] == []


def kinds_of_terms() -> set[str]:
    return {code.split(".")[1] for code in CODES if code.startswith("term.")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_is_known(language: Language) -> None:
    known = {*formats(language), *kinds_of_terms(), "area", "category", "days", "given", "workdays"}
    used_kinds = {kind for text in all_texts(language).values() for _, kind in placeholders(text)}
    assert used_kinds <= known


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("lane", set(Lane)),
        ("hold", set(HoldReason)),
        ("state", set(RequestState)),
        ("outcome", set(Outcome)),
        ("relation", set(RelationKind)),
        ("event", set(EventKind)),
        ("change", set(ChangeKind)),
        ("matter", set(MatterType)),
        ("note", set(PlaceNote)),
        ("answers", set(AnswerWay)),
        ("media", set(MediaKind)),
        ("submission", {*SubmissionKind, "edit"}),
        ("step", set(get_args(Step))),
        ("level", set(get_args(Level))),
        ("wrong", set(get_args(Mistake))),
    ],
)
def test_every_value_has_a_term_and_every_term_a_value(kind: str, values: set[str]) -> None:
    there = {
        code.removeprefix(f"term.{kind}.") for code in CODES if code.startswith(f"term.{kind}.")
    }
    assert there == {str(value) for value in values}


@pytest.mark.parametrize("code", CODES)
def test_a_chinese_message_is_chinese(code: str) -> None:
    text = GAP.sub("", all_texts(ZH)[code])
    assert (
        set(WORDS.findall(text)) - LATIN - {part for name in LATIN for part in name.split("_")}
        == set()
    )
    assert not HALF_WIDTH.search(text), "punctuation is full-width"


@pytest.mark.parametrize("code", [code for code in CODES if code != "page.language"])
def test_an_english_message_is_english(code: str) -> None:
    assert not CJK.search(all_texts(EN)[code])


def glossary() -> Iterator[tuple[str, ...]]:
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split("|"))
        if line.startswith("| ") and cells[0] != "中文":
            yield cells


def test_one_idea_has_one_term() -> None:
    rows = list(glossary())
    assert len(rows) > 30
    for column in (0, 1):
        terms = [row[column] for row in rows if row[column] != "dispatch"]
        assert len(terms) == len(set(terms))


@pytest.mark.parametrize(("language", "column"), [(ZH, 2), (EN, 3)])
def test_no_message_has_a_word_that_the_glossary_replaces(language: Language, column: int) -> None:
    unwanted = [
        word.strip() for row in glossary() for word in re.split("[、,]", row[column]) if word
    ]
    found = [
        (word, code)
        for code, text in all_texts(language).items()
        for word in unwanted
        if word.lower() in GAP.sub("", text).lower()
    ]
    assert found == []


@pytest.mark.parametrize(("language", "column"), [(ZH, 0), (EN, 1)])
def test_every_term_of_the_glossary_is_in_use(language: Language, column: int) -> None:
    whole = "\n".join(all_texts(language).values()).lower()
    assert [row[column] for row in glossary() if row[column].lower() not in whole] == []


def test_no_id_stands_twice() -> None:
    for path in (ROOT / "src" / "intake" / "messages" / "locale").rglob("*.po"):
        ids = re.findall(r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.M)
        assert ids == sorted(set(ids)), path


def test_every_code_of_the_shipped_tables_has_a_term() -> None:
    tables = Tables.load(MODELS / "catalogue")
    wanted = {f"term.tag.{row.signal}" for row in tables.signals.rows}
    wanted |= {f"term.kind.{unit.kind}" for unit in tables.units.rows}
    handlers = [rule.handler for rule in tables.rules.rows]
    wanted |= {f"term.rejected.{h.name}" for h in handlers if h.form == "reject"}
    wanted |= {f"term.basis.{rule.basis.partition(':')[0]}" for rule in tables.rules.rows}
    assert sorted(wanted - set(CODES)) == []


def test_every_message_is_in_the_file_of_its_domain() -> None:
    for domain in (MAIN, *DOMAINS.values()):
        assert [code for code in texts(ZH, domain) if domain_of(code) != domain] == []
