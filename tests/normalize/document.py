"""Write docs/normalize.md from the cases: ``python -m tests.normalize.document``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import marked
from .test_text import DECODED

PAGE = Path(__file__).parents[2] / "docs" / "normalize.md"
_CASES = Path(__file__).parent / "cases"
_RULES = {
    "html": "HTML and entities: the words that a person would read; what a citizen wrote with < stays.",
    "characters": "One spelling for each character: full width, compatibility forms, radicals, invisible"
    " characters, blanks.",
    "glosses": "Pinyin glosses after characters go; the writer's brackets stay.",
    "script": "Traditional characters become simplified where the document is written in traditional;"
    " official names keep theirs.",
    "charset": "Text read with the wrong charset is repaired where the bytes prove it, else marked as"
    " garbled; what is garbled is kept out of what is compared.",
    "furniture": "Whole lines of a site or a mail program go.",
    "quotes": "Quoted earlier mail is cut off; a message that is only quotation stays.",
    "forms": "Messages written as a form are taken apart. Personal values go to identity, other labels to"
    " the fields.",
    "personal": "Contacts and names leave the text (more below).",
    "comparable": "Greetings, pleas and placeholders are kept for reading and left out of what is compared.",
}
_SHOWN = {
    "title_after": "title",
    "comparable": "compared",
    "fields": "fields",
    "garbled": "garbled",
}
_PER_TYPE, _TRAPS = 12, 40


def page() -> str:
    """Give the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from (
        "# What normalize does to a text",
        "",
        "Generated from `tests/normalize/cases` (`make docs`), so that every line here is a test.",
        "Try it: `intake try normalize --show-personal`, one JSON object with `text` a line. Its offsets count",
        "characters: those of `personal` in the text as it was given, all others in the clean text. The",
        "original is always kept; `intake.normalize.Cleaning(submission).origin(start, end)` leads from",
        "the clean text back to it. A text that was cleaned once stays as it is.",
        "",
        "## Bytes",
        "",
        "The declared charset is believed as far as the bytes agree; gb2312 and gbk are read as gb18030.",
        "",
        "| bytes | declared | text | noted |",
        "|---|---|---|---|",
    )
    for content, declared, text, noted in DECODED:
        shown = content.hex(" ") if len(content) < 20 else content[:20].hex(" ") + " …"
        yield f"| `{shown}` | {declared or ''} | {_cell(text)} | {'yes' if noted else ''} |"
    yield from _rules()
    yield from _personal()
    yield from _matters()


def _rules() -> Iterator[str]:
    cases = _read("before_after.jsonl")
    for rule, meaning in _RULES.items():
        yield from ("", f"## {rule.capitalize()}", "", meaning, "")
        yield from ("| what | before | after | also |", "|---|---|---|---|")
        for case in cases:
            if case["rule"] == rule:
                also = "; ".join(
                    f"{word}: {_cell(case[k])}" for k, word in _SHOWN.items() if k in case
                )
                yield f"| {case['why']} | {_cell(case['body'])} | {_cell(case['text'])} | {also} |"


def _personal() -> Iterator[str]:
    made_with, held_back = marked.read("personal.txt"), marked.read("personal_held.txt")
    yield from (
        "",
        "## Personal data",
        "",
        "Each becomes a placeholder and goes to identity. What stays, by decision: officials in their",
        "function, public numbers and the landlines of institutions, a surname alone, who is accused, numbers",
        "of papers, parcels and meters, an unlabelled number of 18 digits whose check digit is wrong. What goes",
        "though it might be argued: an identity number with a wrong check digit where a label names it, the",
        "plate of any vehicle, every mobile number. A QQ account is reported as `wechat`: an account of a",
        "messenger.",
        "",
        f"Measured on {len(made_with)} snippets the rules were made with and {len(held_back)} that were written",
        "before the rules and held back; found at overlapping places with the same type.",
        "",
        "| type | made with: precision | recall | held back: precision | recall | snippets |",
        "|---|---:|---:|---:|---:|---:|",
    )
    scores = [marked.score(made_with), marked.score(held_back)]
    for kind in dict.fromkeys(marked.TYPES.values()):
        figures = " | ".join(f"{figure:.3f}" for score in scores for figure in score.of(kind))
        yield f"| `{kind}` | {figures} | {sum(score.hits[kind] for score in scores)} |"
    figures = " | ".join(f"{figure:.3f}" for score in scores for figure in score.of())
    yield f"| all | {figures} | {sum(score.hits.total() for score in scores)} |"
    for word in marked.TYPES:
        having = [s for s in made_with if [mark[0] for mark in s.marks] == [word]]
        if having:
            yield from ("", f"`[{word}]`, type `{marked.TYPES[word]}`:", "")
            yield from (f"- {_marked(snippet)}" for snippet in having[:_PER_TYPE])
    yield from ("", "Traps, which stay as they are:", "")
    yield from (f"- {_cell(s.text)}" for s in [s for s in made_with if not s.marks][:_TRAPS])


def _marked(snippet: marked.Snippet) -> str:
    ((_, start, end),) = snippet.marks
    text = snippet.text
    return f"{_cell(text[:start])}**{_cell(text[start:end])}**{_cell(text[end:])}"


def _matters() -> Iterator[str]:
    yield from (
        "",
        "## Several matters in one letter",
        "",
        "`intake.normalize.matters.matters(text)` gives candidates for a person to confirm, rather too few than too",
        "many: numbered points that are told apart by their words, and what 另外 or 此外 adds. Numbered",
        "demands, facts in order of time and points about one thing are one matter.",
        "",
        "| what | letter | candidates |",
        "|---|---|---|",
    )
    for case in _read("matters.jsonl"):
        spans = "<br>".join(map(_cell, case["matters"])) or "none"
        yield f"| {case['why']} | {_cell(case['text'])} | {spans} |"


def _read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_CASES / name).read_text("utf-8").splitlines()]


def _cell(value: object) -> str:
    """Write a value so that a table of Markdown shows it: escapes for what cannot be seen."""
    if isinstance(value, list):
        return ", ".join(map(_cell, value))
    if isinstance(value, dict):
        return ", ".join(f"{_cell(key)} = {_cell(item)}" for key, item in value.items())
    text = "".join(c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in str(value))
    for mark, shown in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("|", "&#124;"),
        ("\n", " ⏎ "),
    ):
        text = text.replace(mark, shown)
    return text.replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
