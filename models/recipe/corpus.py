"""The texts that the recipe learns from: messages written for it, and real ones by uid if available.

Real texts never enter the repository. ``labels_read.csv`` holds uids and codes only (``LABELS.md``
says how they came about); ``--shared`` names the directory in which the texts themselves are found.
Dev and gold rows are never read here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from intake.learn.example import Example

HERE = Path(__file__).parent
TAXONOMY = HERE.parent / "intake_models" / "taxonomy" / "taxonomy.csv"
csv.field_size_limit(10_000_000)


@dataclass(frozen=True)
class Text:
    """A real message; ``filed_under`` is the first level it was filed under, empty if unknown."""

    uid: str
    title: str
    body: str
    filed_under: str = ""


@dataclass(frozen=True)
class _Source:
    """A file of real texts and its columns; rows without a key are known by their number, from 1."""

    file: str
    key: str
    title: str
    body: str


_SOURCES = {
    "u": _Source("tipdm2020c/unlabelled_test.csv", "留言编号", "留言主题", "留言详情"),
    "r": _Source("tipdm2020c/replies_fujian4_shared.csv", "留言编号", "留言主题", "留言详情"),
    "h": _Source("tipdm2020c/hot_fujian3_shared.csv", "留言编号", "留言主题", "留言详情"),
    "z": _Source("hangzhou_letters_units/raw_letters_unlabelled.csv", "", "", "text"),
    "p": _Source("peoplecn_justice/Herong.csv", "", "留言标题", "留言内容"),
}


def written() -> list[Example]:
    """Read the messages written for the recipe (seeds/<first level>.tsv: code TAB text)."""
    found = []
    for file in sorted((HERE / "seeds").glob("*.tsv")):
        for line in file.read_text(encoding="utf-8").splitlines():
            code, text = line.split("\t")
            found.append(Example(code=code, text=text, origin="written"))
    return found


def lexicon() -> list[Example]:
    """Read what names a leaf: its typical phrases (phrases.tsv), and its taxonomy entry."""
    found = []
    for line in (HERE / "phrases.tsv").read_text(encoding="utf-8").splitlines():
        code, phrases = line.split("\t")
        found += [Example(code=code, text=text, origin="phrase") for text in phrases.split("、")]
    for row in _rows(TAXONOMY):
        if row["parent"]:
            entry = (
                f"{row['name_zh']}。{row['definition_zh']}",
                row["keywords_zh"].replace("|", "，"),
                *row["keywords_zh"].split("|"),
            )
            found += [Example(code=row["code"], text=text, origin="taxonomy") for text in entry]
    return found


def real_texts(shared: Path) -> dict[str, Text]:
    """Read every real text that may be learned from, by uid.

    The letter before the colon names the file (``_SOURCES``; ``t`` is train_all.csv), the rest the
    row. Rows that are near copies of a dev row are left out.
    """
    folder = shared / "data"
    dev = _Copies(row["text"] for row in _rows(folder / "tipdm2020c" / "dev.csv"))
    texts = [text for text in _all_texts(folder) if not dev.has(f"{text.title}{text.body}")]
    return {text.uid: text for text in texts}


def read_labels(texts: dict[str, Text]) -> list[Example]:
    """Join the labels given by reading with their texts."""
    found = []
    for row in _rows(HERE / "labels_read.csv"):
        text = texts[row["uid"]]
        found.append(
            Example(
                code=row["code"],
                also=row["alt_code"] or None,
                title=text.title,
                text=text.body,
                origin="targeted" if row["sample"] == "targeted" else "read",
            )
        )
    return found


def _all_texts(folder: Path) -> Iterator[Text]:
    for row in _rows(folder / "tipdm2020c" / "train_all.csv"):
        if row["uid"]:
            yield Text(f"t:{row['uid']}", "", _squeezed(row["text"]), row["label"])
    for prefix, source in _SOURCES.items():
        for number, row in enumerate(_rows(folder / source.file), start=1):
            key = row[source.key] if source.key else number
            title = _squeezed(row[source.title]) if source.title else ""
            yield Text(f"{prefix}:{key}", title, _squeezed(row[source.body]))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


class _Copies:
    """Finds near copies: more than half of the 5-grams of the shorter text are shared."""

    def __init__(self, texts: Iterator[str] | list[str]) -> None:
        self._grams = [_grams(text) for text in texts]
        self._where: dict[str, list[int]] = {}
        for number, grams in enumerate(self._grams):
            for gram in grams:
                self._where.setdefault(gram, []).append(number)

    def has(self, text: str) -> bool:
        grams = _grams(text)
        shared: dict[int, int] = {}
        for gram in grams:
            for number in self._where.get(gram, ()):
                shared[number] = shared.get(number, 0) + 1
        return any(
            count > 0.5 * max(1, min(len(grams), len(self._grams[number])))
            for number, count in shared.items()
        )


def _grams(text: str) -> set[str]:
    letters = re.sub(r"\W", "", text)
    return {letters[i : i + 5] for i in range(len(letters) - 4)}
