"""What finding repeats costs, and what it finds, while the history grows.

``python bench/dedupe.py [--sizes 10000,100000,1000000] [--large] [--shared DIR] [--json]``. For each
size a SQLite store is filled with that many fingerprints, the index is written to disk, a new process's
start is timed, and messages that are not in the history, and edited copies of messages that are, go
through ``Deduper`` in batches of 1,000, as in the pipeline. README.md here explains the numbers.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean

import numpy as np
import sqlalchemy as sa
from rich.progress import track
from texts import Text, find_shared, load_texts

from intake.model.channel import Channel
from intake.relate import Deduper, Subject, describe
from intake.store.engine import Store, open_store
from intake.store.fingerprints import insert_fingerprints
from intake.store.tables import metadata

BATCH = 1_000
FILLED = 5_000
NEW, COPIES = 2_000, 200  # messages of a round at each size; copies are of each kind of edit
ROUNDS, WARM = 3, 1  # rounds of new messages; from which on a process has run for a while
EDITS = ("prefix", "append", "edited 10 %", "edited 25 %", "half", "reordered")
CHANGED = (
    8  # every so manieth letter of the history is another: clauses come again, not word by word
)
_START = datetime(2025, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Size:
    """Microseconds of processor time a message, MB, seconds, share of copies found by kind of edit.

    ``started_us`` is what relating and inserting took a process that had just started.
    """

    rows: int
    started_us: float
    relate_us: float
    candidates_us: float
    insert_us: float
    private_mb: float
    mapped_mb: float
    index_mb: float
    store_mb: float
    build_s: float
    start_s: float
    found: dict[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--large", action="store_true", help="also 5,000,000; takes 8 GB of disk")
    parser.add_argument("--shared", type=Path, help="folder of real texts; default ../shared")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    texts = load_texts(find_shared(arguments.shared))
    sizes = [int(size) for size in arguments.sizes.split(",")] + [5_000_000] * arguments.large
    with tempfile.TemporaryDirectory(prefix="bench-dedupe-") as folder:
        found = list(measure(Path(folder), texts, sizes))
    if arguments.json:
        json.dump([asdict(size) for size in found], sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        print(table(found))


def measure(folder: Path, texts: Sequence[Text], sizes: Sequence[int]) -> Iterator[Size]:
    """Grow one history through all sizes, measuring at each."""
    store = open_store(f"sqlite:///{folder}/history.db")
    metadata.create_all(store.engine)
    pool = [clause for text in texts for clause in text.clauses]
    rows = 0
    for size in sorted(sizes):
        _fill(store, texts, pool, range(rows, size))
        rows = size
        yield _measure(store, folder, texts, pool, rows)


def _fill(store: Store, texts: Sequence[Text], pool: Sequence[str], rows: range) -> None:
    starts = range(rows.start, rows.stop, FILLED)
    for start in track(starts, description=f"history of {rows.stop:,}", transient=True):
        page = range(start, min(start + FILLED, rows.stop))
        subjects = [_subject(f"h{n}", *_message(texts, pool, n), n) for n in page]
        with store.write() as connection:
            described = describe.describe(subjects)
            insert_fingerprints(
                connection, [describe.row_of(one, one.subject.case_id) for one in described]
            )


def _measure(
    store: Store,
    folder: Path,
    texts: Sequence[Text],
    pool: Sequence[str],
    rows: int,
) -> Size:
    started = time.process_time()
    writer = Deduper(folder / "index")
    with store.read() as connection:
        writer.refresh(connection)
    writer.tidy()
    built = time.process_time() - started
    del writer
    started = time.perf_counter()
    own = Deduper(folder / "index")
    with store.read() as connection:
        own.refresh(connection)
    start = time.perf_counter() - started
    rounds = [
        _times(
            store,
            own,
            [
                _subject(f"n{rows}-{n}", *_message(texts, pool, -rows - n), rows + n)
                for n in range(first, first + NEW)
            ],
        )
        for first in range(0, ROUNDS * NEW, NEW)
    ]
    relate, candidates, insert = (mean(part) for part in zip(*rounds[WARM:], strict=True))
    private, mapped = _memory()
    return Size(
        rows=rows,
        started_us=rounds[0][0] + rounds[0][2],
        relate_us=relate,
        candidates_us=candidates,
        insert_us=insert,
        private_mb=private,
        mapped_mb=mapped,
        index_mb=_megabytes(folder / "index"),
        store_mb=_megabytes(folder) - _megabytes(folder / "index"),
        build_s=built,
        start_s=start,
        found=_recall(store, own, texts, pool, rows),
    )


def _times(store: Store, own: Deduper, new: Sequence[Subject]) -> tuple[float, float, float]:
    """Give µs a message for relating, for the candidates in it, and for inserting."""
    spent = {"relate": 0.0, "candidates": 0.0, "insert": 0.0}
    inner = own._candidates

    def timed(connection: sa.Connection, batch: Sequence[describe.Described]) -> list[list[int]]:
        at = time.process_time()
        found = inner(connection, batch)
        spent["candidates"] += time.process_time() - at
        return found

    own._candidates = timed  # type: ignore[method-assign]
    for first in range(0, len(new), BATCH):
        batch = new[first : first + BATCH]
        with store.write() as connection:
            at = time.process_time()
            own.refresh(connection)
            own.relate(connection, batch)
            related = time.process_time()
            own.remember(connection, batch)
            spent["relate"] += related - at
            spent["insert"] += time.process_time() - related
    own._candidates = inner  # type: ignore[method-assign]
    relate, candidates, insert = (1e6 * seconds / len(new) for seconds in spent.values())
    return relate, candidates, insert


def _recall(
    store: Store, own: Deduper, texts: Sequence[Text], pool: Sequence[str], rows: int
) -> dict[str, float]:
    """Say how many edited copies of history rows lead back to the row, by kind of edit."""
    found = {}
    chance = random.Random(rows)
    for kind in EDITS:
        copied = chance.sample(range(rows), COPIES)
        batch = [
            _subject(f"{kind}{n}", "", _edit("".join(_message(texts, pool, n)), kind, chance), rows)
            for n in copied
        ]
        with store.read() as connection:
            own.refresh(connection)
            related = own.relate(connection, batch)
        hits = sum(
            relation is not None and relation.of == f"h{n}"
            for (_, relation), n in zip(related, copied, strict=True)
        )
        found[kind] = hits / COPIES
    return found


def _edit(text: str, kind: str, chance: random.Random) -> str:
    if kind == "prefix":
        return "您好我想反映一个问题事情是这样的" + text
    if kind == "append":
        return text + "以上情况属实请尽快派人来看看谢谢"
    if kind == "half":
        return text[: len(text) // 2]
    if kind == "reordered":
        half = len(text) // 2
        return text[half:] + text[:half]
    share = 0.10 if "10" in kind else 0.25
    letters = list(text)
    for place in chance.sample(range(len(letters)), int(len(letters) * share)):
        letters[place] = chance.choice(text)
    return "".join(letters)


def _message(texts: Sequence[Text], pool: Sequence[str], number: int) -> tuple[str, str]:
    """Message ``number``: a title, and as many clauses as its message had, from others, lightly changed."""
    chance = random.Random(number)
    text = chance.choice(texts)
    body = "".join(chance.choice(pool) for _ in text.clauses)
    # There are few titles: changed more, or every message had a hundred others about its very matter.
    return _changed(text.title, CHANGED // 2, chance), _changed(body, CHANGED, chance)


def _changed(text: str, every: int, chance: random.Random) -> str:
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).copy()
    places = np.arange(chance.randrange(every), len(points), every)
    points[places] = np.roll(points, chance.randrange(1, 50))[places]
    return points.tobytes().decode("utf-32-le")


def _subject(request: str, title: str, body: str, minute: int) -> Subject:
    return Subject(
        request_id=request,
        case_id=f"case-{request}",
        source="bench",
        channel=Channel.HOTLINE,
        title=title,
        comparable=body,
        contact_key=f"p{minute * 7919 % 900_001}",
        received_at=_START + timedelta(seconds=6 * minute),
    )


def _memory() -> tuple[float, float]:
    """Give MB of the process's own memory, and of files mapped into it that the system may take back."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    kb = {
        name: int(rest.split()[0])
        for name, _, rest in (line.partition(":") for line in lines)
        if "Rss" in name
    }
    return kb["RssAnon"] / 1e3, kb["RssFile"] / 1e3


def _megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def table(sizes: Sequence[Size]) -> str:
    """Write the sizes as Markdown."""
    lines = [
        "| history | just started µs | relate µs | of it candidates | insert µs | growth | own MB | mapped MB"
        " | index MB | store MB | build CPU s | start s |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    first = sizes[0].relate_us + sizes[0].insert_us
    for size in sizes:
        growth = (size.relate_us + size.insert_us) / first
        lines.append(
            f"| {size.rows:,} | {size.started_us:.0f} | {size.relate_us:.0f} | {size.candidates_us:.0f}"
            f" | {size.insert_us:.0f} | {growth:.2f} | {size.private_mb:.0f} | {size.mapped_mb:.0f}"
            f" | {size.index_mb:.0f} | {size.store_mb:.0f} | {size.build_s:.1f} | {size.start_s:.2f} |"
        )
    lines += [
        "",
        "| copies found at | " + " | ".join(EDITS) + " |",
        "|---:|" + "---:|" * len(EDITS),
    ]
    for size in sizes:
        shares = " | ".join(f"{size.found[kind]:.3f}" for kind in EDITS)
        lines.append(f"| {size.rows:,} | {shares} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
