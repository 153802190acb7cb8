"""Messages to measure with: real ones where the shared data are at hand, else the city's corpus.

More rows are wanted than there are texts, and a text used twice would be a duplicate. So beyond the
first round a message is put together anew: a title, and as many clauses as its message had, each from
another one. Two such messages hardly share more than a clause. Every fourteenth row is a copy of an
earlier one with a few words changed, which is about what a hotline sees.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from intake.areas.gazetteer import Gazetteer
from intake.demo import load_corpus

HOME = "4310"
REAL = ("replies_fujian4_shared", "hot_fujian3_shared", "unlabelled_test", "dev")
COLUMNS = ("编号", "标题", "内容", "来电时间", "来电人", "联系电话")
COPY_EVERY = 14
SEED = 12345
_START = datetime(2026, 3, 1, 8)  # noqa: DTZ001 - a wall clock, as exports write it
_CLAUSE = re.compile(r"[^，,。！？!?；;\n]+[，,。！？!?；;\n]*")
# The real texts hide their places behind letters: A市, K8县, A3区.
_HIDDEN = re.compile(r"[A-Z]\d{0,2}(?=[市县区])[市县区]")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Text:
    """A message's words: a title, and clauses with their marks."""

    title: str
    clauses: tuple[str, ...]


def find_shared(given: Path | None) -> Path | None:
    """Give the folder of real texts: the one named, or ``../shared`` beside the checkout."""
    folder = given or Path(__file__).parents[2] / "shared"
    data = folder / "data" / "tipdm2020c"
    return data if data.is_dir() else None


def load_texts(data: Path | None) -> list[Text]:
    """Read the real texts in ``data``, or the corpus that comes with the product."""
    if data is None:
        return [_text(message.title, message.body) for message in load_corpus() if message.body]
    found = []
    for name in REAL:
        with (data / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                title, body = row.get("留言主题", ""), row.get("留言详情") or row.get("text", "")
                if body.strip():
                    found.append(_text(title, body))
    return found


def write_csv(path: Path, texts: Sequence[Text], rows: int) -> None:
    """Write ``rows`` messages, the same for the same arguments; names and telephones are invented."""
    chance = random.Random(SEED)
    counties = [area.name for area in Gazetteer.load([HOME]).children(HOME)]
    surnames = "王李张刘陈杨赵黄周吴"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, (title, body) in enumerate(_messages(texts, rows, chance, counties)):
            phone = f"1990{chance.randrange(300_000):07d}" if chance.random() < 0.8 else ""
            at = _START + timedelta(minutes=number)
            name = chance.choice(surnames) + "先生"
            writer.writerow((f"B{number:07d}", title, body, f"{at:%Y-%m-%d %H:%M:%S}", name, phone))


def _messages(
    texts: Sequence[Text], rows: int, chance: random.Random, counties: Sequence[str]
) -> Iterator[tuple[str, str]]:
    pool = [clause for text in texts for clause in text.clauses]
    earlier: list[tuple[str, str]] = []
    order: list[Text] = []
    first_round = True
    for number in range(rows):
        if number % COPY_EVERY == COPY_EVERY - 1:
            yield _edited(chance.choice(earlier), chance)
            continue
        if not order:
            first_round = not earlier
            order = chance.sample(list(texts), len(texts))
        text = order.pop()
        clauses = text.clauses if first_round else tuple(chance.choice(pool) for _ in text.clauses)
        message = _placed(text.title, "".join(clauses), chance.choice(counties))
        earlier.append(message)
        yield message


def _placed(title: str, body: str, county: str) -> tuple[str, str]:
    return _HIDDEN.sub(county, title), _HIDDEN.sub(county, body)


def _edited(message: tuple[str, str], chance: random.Random) -> tuple[str, str]:
    """The same matter told again: a number moved, a clause added or left out."""
    title, body = message
    clauses = _CLAUSE.findall(body)
    if len(clauses) > 3:
        del clauses[chance.randrange(len(clauses))]
    else:
        clauses.append("请尽快派人到现场看一看。")
    return title, _NUMBER.sub(lambda _: str(chance.randrange(2, 90)), "".join(clauses), count=1)


def _text(title: str, body: str) -> Text:
    return Text(title.strip(), tuple(_CLAUSE.findall(body)))
