"""What each rule of the rule tables does: how often it is tried and matches, how often rightly, which never.

``python bench/rules.py [TEXTS…] [--marked FILE…] [--table NAME…] [--silent]``. Texts are CSV (a row is a text),
JSONL (``title`` and ``text`` or ``body``) or TXT (a line is a text); without any, the corpus that comes with the
product. Marked files have a snippet a line, personal data as «kind|value»; default: those of tests/normalize.

The product's own stages read the texts. A part of a larger pattern counts where it stands within a match of that.
Words, and patterns that the code puts together itself ("tried" is empty), count wherever they stand.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick

import intake
import intake_models
from intake.areas.gazetteer import Gazetteer
from intake.catalogue import Catalogue
from intake.catalogue.unit_names import UnitNames
from intake.demo import load_corpus
from intake.model.channel import Channel
from intake.model.rule_table import FOLDER, RulePattern, RuleRow, RuleTable, read_rules
from intake.model.submission import Contact, Submission
from intake.normalize import normalize
from intake.normalize.findings import KINDS
from intake.normalize.matters import matters
from intake.normalize.personal import find
from intake.relate.matter import plain, read_matter
from intake.understand.accusations import find_accusations
from intake.understand.classify.enumeration import split_matters
from intake.understand.classify.place_masking import mask_places
from intake.understand.matter_type import guess_matter_type
from intake.understand.mentions import MentionReader
from intake.understand.place_forms import fold
from intake.understand.place_names import NameIndex
from intake.understand.place_rules import deixis

SOURCE = Path(intake.__file__).parent
CASES = Path(__file__).parents[1] / "tests/normalize/cases"
MARKED = [CASES / name for name in ("personal.txt", "personal_blind.txt", "personal_held.txt")]
CATALOGUE = Path(intake_models.__file__).parent / "catalogue"
HOME = "4310"
TELEPHONES = ("mobile", "landline", "virtual_number")
_MARK = re.compile(r"«([^|]+)\|([^»]+)»")
_CJK = re.compile("[\u4e00-\u9fff]")

Mark = tuple[str, int, int]
"""What kind of personal data stands where."""


@dataclass(slots=True)
class Counts:
    """What was seen of one rule."""

    tried: int = 0
    hits: int = 0
    labelled: int = 0
    right: int = 0
    unseen: list[str] = field(default_factory=list)


class Watch:
    """Counts the matches of all patterns of some tables while the product runs."""

    def __init__(self, tables: dict[str, RuleTable]) -> None:
        self.tables = tables
        self.counts = {
            (name, row): Counts() for name, table in tables.items() for row in table.rows
        }
        self.text = ""
        self.marks: Sequence[Mark] | None = None
        for name, table in tables.items():
            for rule, pattern in table.patterns.items():
                self._attach(name, rule, pattern)

    def _attach(self, table: str, rule: str, pattern: RulePattern) -> None:
        pattern.search("")  # compiles, so that what is set now stays
        for method in ("search", "match", "fullmatch"):
            setattr(pattern, method, self._one(table, rule, getattr(pattern, method)))
        finditer = pattern.finditer
        pattern.finditer = self._many(table, rule, finditer)
        for method in ("findall", "sub", "split"):
            setattr(pattern, method, self._all(table, rule, finditer, getattr(pattern, method)))

    def _one(self, table: str, rule: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._tried(table, rule)
            found = method(*args)
            if found is not None:
                self._hit(table, rule, found)
            return found

        return call

    def _many(self, table: str, rule: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Iterator[Any]:
            self._tried(table, rule)
            for found in method(*args):
                self._hit(table, rule, found)
                yield found

        return call

    def _all(
        self, table: str, rule: str, finditer: Callable[..., Any], method: Callable[..., Any]
    ) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            self._tried(table, rule)
            for found in finditer(args[-1]):
                self._hit(table, rule, found)
            return method(*args)

        return call

    def _tried(self, table: str, rule: str) -> None:
        for row in self.tables[table].group(rule):
            self._tried_row(table, row)

    def _tried_row(self, table: str, row: RuleRow) -> None:
        for one in _parts(self.tables[table], row):
            self.counts[table, one].tried += 1

    def _hit(self, table: str, rule: str, found: re.Match[str]) -> None:
        rows = self.tables[table].group(rule)
        for row in rows:
            if len(rows) == 1 or _compiled(self.tables[table], row.id).match(
                found.string, found.start()
            ):
                self._count(table, row, found.string, found.span())

    def _count(self, table: str, row: RuleRow, text: str, span: tuple[int, int]) -> None:
        counts = self.counts[table, row.id]
        counts.hits += 1
        if self.marks is not None and row.label and text == self.text:
            right = _is_right(row.label, span, self.marks)
            if right is not None:
                counts.labelled += 1
                counts.right += right
        for name in self.tables[table].references(row):
            for part in self.tables[table].group(name):
                found = _compiled(self.tables[table], part.id).search(text, span[0])
                if found is not None and found.start() <= span[1]:
                    self._count(table, part, text, found.span())


@cache
def _compiled(table: RuleTable, rule: str) -> re.Pattern[str]:
    source = table.source(rule)
    return re.compile(f"[{source}]" if table.rows[rule].kind == "letters" else source)


@cache
def _parts(table: RuleTable, row: RuleRow) -> frozenset[str]:
    """Return a rule and all that it refers to, at any depth."""
    referred = [part for name in table.references(row) for part in table.group(name)]
    return frozenset({row.id}).union(*(_parts(table, part) for part in referred))


def _is_right(label: str, span: tuple[int, int], marks: Sequence[Mark]) -> bool | None:
    """Return whether a match touches a mark of its kind, or for ``no KIND`` none; None for other labels."""
    kind = label.removeprefix("no ")
    if kind not in KINDS:
        return None
    alike = TELEPHONES if kind in TELEPHONES else (kind,)
    touches = any(k in alike and start <= span[1] and span[0] <= end for k, start, end in marks)
    return touches != label.startswith("no ")


def main() -> None:
    """Run the stages over the texts and print what was seen."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("texts", nargs="*", type=Path)
    parser.add_argument("--marked", nargs="*", type=Path, default=MARKED)
    parser.add_argument("--table", nargs="*", help="only these, as normalize/names")
    parser.add_argument(
        "--silent", action="store_true", help="only the rules and words that never match"
    )
    arguments = parser.parse_args()
    tables = {
        f"{path.parents[1].relative_to(SOURCE)}/{path.stem}": read_rules(path)
        for path in sorted(SOURCE.rglob(f"{FOLDER}/*.csv"))
    }
    texts = list(dict.fromkeys(_texts(arguments.texts)))
    stages = _stages()
    stages(
        "", "我叫王小明，投诉城管局不作为。"
    )  # some patterns are only asked for when the first text comes
    watch = Watch(tables)
    for text, marks in _snippets(arguments.marked):
        watch.text, watch.marks = text, marks
        find((text,))
    watch.text, watch.marks = "", None
    for title, body in texts:
        stages(title, body)
    whole = [f"{title}\n{body}" for title, body in texts]
    _count_words(watch, whole)
    _count_untried(watch, whole)
    print(f"{len(texts)} texts, {sum(len(table.rows) for table in tables.values())} rules\n")
    _report(watch, arguments.table, silent=arguments.silent)


def _stages() -> Callable[[str, str], None]:
    reader = MentionReader(NameIndex(Gazetteer.load([HOME]), HOME))
    names = UnitNames.of(Catalogue.load(CATALOGUE), Gazetteer.load([HOME]))

    def run(title: str, body: str) -> None:
        clean = normalize(
            Submission(
                source="bench",
                channel=Channel.BOARD,
                external_id="1",
                title=title,
                body=body,
                submitted_at=datetime(2026, 3, 1, tzinfo=UTC),
                contact=Contact(),
            )
        )
        matters(clean.text)
        split_matters(clean.text)
        mask_places(clean.text)
        guess_matter_type(clean.title, clean.text)
        find_accusations(clean.text, names)
        read_matter(plain(clean.title), plain(clean.comparable))
        folded = fold(f"{clean.title}\n{clean.text}")
        reader.read(folded)
        deixis(folded)

    return run


def _count_words(watch: Watch, texts: Iterable[str]) -> None:
    """Count the words and letters of the rows that list them, wherever they stand."""
    words = sorted({w for t in watch.tables.values() for r in t.rows.values() for w in r.words})
    finder = AhoCorasick(words)
    seen = Counter(
        words[number]
        for text in texts
        for number, _, _ in finder.find_matches_as_indexes(text.lower(), overlapping=True)
    )
    for name, table in watch.tables.items():
        for row in table.rows.values():
            if row.kind != "pattern":
                counts = watch.counts[name, row.id]
                counts.hits = sum(seen[word] for word in row.words)
                counts.unseen = [word for word in row.words if not seen[word]]


def _count_untried(watch: Watch, texts: Iterable[str]) -> None:
    """Count the patterns that were not tried by themselves wherever they stand."""
    untried = [key for key, counts in watch.counts.items() if not counts.tried and not counts.hits]
    patterns = {
        (table, rule): _compiled(watch.tables[table], rule)
        for table, rule in untried
        if watch.tables[table].rows[rule].kind == "pattern"
    }
    for text in texts:
        for key, pattern in patterns.items():
            watch.counts[key].hits += sum(
                found.end() > found.start() for found in pattern.finditer(text)
            )


def _report(watch: Watch, wanted: Sequence[str] | None, *, silent: bool) -> None:
    print("| rule | tried | matches | right | says |\n|---|---:|---:|---:|---|")
    for (table, rule), counts in watch.counts.items():
        row = watch.tables[table].rows[rule]
        if (wanted and table not in wanted) or (silent and counts.hits and not counts.unseen):
            continue
        right = (
            f"{counts.right / counts.labelled:.2f} of {counts.labelled}" if counts.labelled else ""
        )
        tried = f"{counts.tried:,}" if counts.tried else ""
        print(f"| {table} {rule} | {tried} | {counts.hits:,} | {right} | {row.says} |")
    never = [f"{table} {rule}" for (table, rule), counts in watch.counts.items() if not counts.hits]
    print(f"\n{len(never)} rules never match: {', '.join(never)}\n")
    for (table, rule), counts in watch.counts.items():
        if counts.unseen and (not wanted or table in wanted):
            print(f"{table} {rule}: {len(counts.unseen)} never seen: {' '.join(counts.unseen)}")


def _snippets(paths: Iterable[Path]) -> Iterator[tuple[str, list[Mark]]]:
    kinds = {kind.word: kind.type for kind in KINDS.values()}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                yield _unmarked(line.replace("\\n", "\n"), kinds)


def _unmarked(line: str, kinds: dict[str, str]) -> tuple[str, list[Mark]]:
    text, marks, done = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[done : mark.start()]
        marks.append((kinds.get(mark[1], mark[1]), len(text), len(text) + len(mark[2])))
        text += mark[2]
        done = mark.end()
    return text + line[done:], marks


def _texts(paths: Sequence[Path]) -> Iterator[tuple[str, str]]:
    if not paths:
        yield from ((message.title, message.body) for message in load_corpus() if message.body)
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            if path.suffix == ".csv":
                for row in csv.reader(file):
                    cells = [cell for cell in row if _CJK.search(cell)]
                    yield "", "\n".join(cells)
            elif path.suffix == ".jsonl":
                for line in file:
                    item = json.loads(line)
                    yield item.get("title", ""), item.get("text") or item.get("body", "")
            else:
                yield from (("", line.strip()) for line in file)


if __name__ == "__main__":
    main()
