"""HTML to the text that a person would read; no parser runs where no markup is evident."""

from __future__ import annotations

import re
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from intake.normalize.traced import Edit, Traced, differences

_BLOCK = "p|div|br|li|ul|ol|tr|table|h[1-6]|section|article|blockquote|pre|hr|dd|dt|center|form"
_INLINE = (
    "a|b|i|u|s|em|strong|font|span|img|td|th|tbody|thead|html|head|body|title|meta|link|script"
    "|style|nav|footer|header|aside|input|button|select|option|iframe|label|sup|sub|small|o:p"
)
# "温度<18度" and "a<b" are citizens' writing; only names that HTML has count as markup.
_TAG = re.compile(
    rf"<(?=[/!A-Za-z])(?:/?(?:{_BLOCK}|{_INLINE})(?=[\s/>])[^<>]*>|!--|!DOCTYPE)", re.IGNORECASE
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TWICE = re.compile(
    "&amp;nbsp;"
)  # a page that was escaped once more; nobody writes that of himself
_BREAK = re.compile(rf"</?(?:{_BLOCK})(?=[\s/>])", re.IGNORECASE)
# The parser's time grows with the square of the depth: 20,000 nested elements took 0.6 s, 4,000 0.03.
_MOST_TAGS = 4000
_WRAPPER = re.compile(
    rf"</?(?!script|style|title|textarea|template)(?:{_BLOCK}|{_INLINE})(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[\t\n\f\r ]+")
_FURNITURE = [
    "script",
    "style",
    "noscript",
    "template",
    "nav",
    "footer",
    "aside",
    "iframe",
    "button",
    "select",
    "head",
]
_RUN = re.compile(
    r"<!--.*?(?:-->|$)|<[A-Za-z/!?][^<>]*>|\s+|(?P<words>(?:[^<\s]|<(?![A-Za-z/!?]))+(?:\s+(?:[^<\s]|<(?![A-Za-z/!?]))+)*)",
    re.DOTALL,
)
_TOKEN = re.compile(r"[\t\n\f\r ]+|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
_NUMBERED = re.compile("\U0010ff00(\\d+)\U0010ff01")
_CLOSED = str.maketrans("<&", "＜＆")


def has_markup(text: str) -> bool:
    """Return whether the text holds tags or entities of HTML."""
    return ("<" in text and _TAG.search(text) is not None) or (
        "&" in text and _ENTITY.search(text) is not None
    )


def read(text: Traced) -> None:
    """Return the readable text: blocks become lines; scripts, styles and menus are dropped.

    Entities that end in a semicolon are resolved; ``?a=1&copy=2`` in an address is left alone.
    """
    if "&amp;nbsp;" in text.text:
        text.sub(_TWICE, "&nbsp;")
    markup = text.text
    if "<" in markup and _TAG.search(markup) is not None:
        readable = _readable(markup)
        text.rewrite(readable, lambda: _alignment(markup, readable))
    elif "&" in markup:
        text.sub(_ENTITY, lambda entity: unescape(entity[0]))


def _readable(markup: str) -> str:
    # A line break of the source is a blank in HTML; a block's edge is a line break in text.
    spaced = _BREAK.sub(lambda tag: "\n" + tag[0], _SPACE.sub(" ", markup))
    if spaced.count("<") > _MOST_TAGS:
        spaced = _WRAPPER.sub("", spaced)
    tree = LexborHTMLParser(spaced)
    tree.strip_tags(_FURNITURE)
    return tree.body.text(deep=True, separator="", strip=False) if tree.body else ""


def _alignment(markup: str, readable: str) -> list[Edit]:
    """Find for each stretch of the readable text the stretch of the markup that it was made of.

    The parser does not report it. So every run of words gets a number in front that no document has, and
    the parser reads the markup again.
    """
    if _NUMBERED.search(markup):
        return differences(markup, readable)
    runs = [run for run in _RUN.finditer(markup) if run["words"]]
    parts: list[str] = []
    done = 0
    for number, run in enumerate(runs):
        parts += (markup[done : run.start("words")], f"\U0010ff00{number}\U0010ff01")
        done = run.start("words")
    pieces = _NUMBERED.split(_readable("".join(parts) + markup[done:]))
    if "".join(pieces[::2]) != readable:
        return differences(markup, readable)
    edits: list[Edit] = []
    at, inserted = 0, pieces[0]
    for named, words in zip(pieces[1::2], pieces[2::2], strict=True):
        run = runs[int(named)]
        if run.start("words") < at:  # the parser moved it: a paragraph inside a table
            inserted += words
            continue
        edits.append((at, run.start("words"), inserted))
        at, inserted = _align_run(run, words, edits)
    edits.append((at, len(markup), inserted))
    return [edit for edit in edits if markup[edit[0] : edit[1]] != edit[2]]


def _align_run(run: re.Match[str], words: str, edits: list[Edit]) -> tuple[int, str]:
    """Add the edits within a run of words; return (its end, the text that the parser added after it)."""
    begins, ends = run.span("words")
    resolved = [
        (*token.span(), " " if token[0].isspace() else unescape(token[0]))
        for token in _TOKEN.finditer(run["words"])
    ]
    plain = Traced(run["words"])
    plain.edit(resolved)
    if not words.startswith(plain.text):
        edits.append((begins, ends, words))
        return ends, ""
    edits += ((begins + start, begins + end, new) for start, end, new in resolved)
    return ends, words[len(plain.text) :]


def close_markup(text: str) -> str:
    """Write what still looks like markup with full-width marks, so that nobody reads it as HTML.

    Text that a citizen quoted as ``&lt;b&gt;`` is text; it must not become a tag on a second look.
    """
    if "<" in text:
        text = _TAG.sub(lambda tag: tag[0].translate(_CLOSED), text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: entity[0].translate(_CLOSED), text)
    return text
