"""Rows per second of import and processing, in total and per stage, beside a floor from the same run.

The rows go through twice, into two new databases: once undisturbed, for the totals and the memory, and
once with a stopwatch that says what each stage takes (its readings are in those figures).

``python bench/pipeline.py [--rows N] [--shared DIR] [--json]``; README.md here explains the numbers.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean

import floor
from stopwatch import Stopwatch, resident_mb
from texts import HOME, find_shared, load_texts, write_csv

from intake import log
from intake.bootstrap import Application
from intake.decide.router import Router
from intake.pipeline import prepare, settle
from intake.pipeline.processor import Processor
from intake.pipeline.settle import Settler
from intake.pull.puller import Puller
from intake.queue.relay import Relay
from intake.relate import Deduper, deduper
from intake.settings import Settings, build
from intake.store import landing
from intake.understand import reader
from intake.understand.classify import BundleClassifier
from intake.understand.reader import Reader

STAGES = ("land", "parse", "normalize", "classify", "locate", "relate", "decide", "write")
PUBLISHED = 5_000  # events; the embedded queue is its own subject


@dataclass(frozen=True, slots=True)
class Line:
    """One stage: seconds of wall and of processor, of the product and of the floor."""

    stage: str
    wall: float
    cpu: float
    floor_wall: float
    floor_cpu: float


@dataclass(frozen=True, slots=True)
class Report:
    """What was measured; memory in MB, means over the first and the last quarter of processing."""

    texts: str
    rows: int
    overall: Line
    lines: tuple[Line, ...]
    first_quarter_mb: float
    last_quarter_mb: float
    peak_mb: float
    published: int
    publish_seconds: float
    joined: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--shared", type=Path, help="folder of real texts; default ../shared")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with Path("/dev/null").open("w") as nowhere:
        log.configure(stream=nowhere)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            report = run(arguments.rows, find_shared(arguments.shared), Path(folder))
    if arguments.json:
        json.dump(asdict(report), sys.stdout, indent=1)
        print()
    else:
        print(table(report))


def run(rows: int, data: Path | None, folder: Path) -> Report:
    """Import ``rows`` messages into new SQLite files, process and publish them, then the floor."""
    file = folder / "messages.csv"
    write_csv(file, load_texts(data), rows)
    with _application(file, folder / "undisturbed") as app:
        started = (time.perf_counter(), time.process_time())
        memory = _import(app)
        wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
        published, seconds = _publish(app)
        with app.store.read() as connection:
            joined = connection.exec_driver_sql(
                "SELECT count(*) - count(DISTINCT case_id) FROM request"
            ).scalar_one()
    with _application(file, folder / "by-stage") as app:
        watch = Stopwatch()
        _measure_stages(watch, app)
        _import(app)
        below = floor.measure(app, file, folder, app.settings.process.batch)
    lines = tuple(Line(s, watch.wall[s], watch.cpu[s], below.wall[s], below.cpu[s]) for s in STAGES)
    quarter = max(1, len(memory) // 4)
    return Report(
        texts="tipdm2020c" if data else "corpus",
        rows=rows,
        overall=Line(
            "overall",
            wall,
            cpu,
            sum(line.floor_wall for line in lines),
            sum(line.floor_cpu for line in lines),
        ),
        lines=lines,
        first_quarter_mb=mean(memory[:quarter]),
        last_quarter_mb=mean(memory[-quarter:]),
        peak_mb=peak,
        published=published,
        publish_seconds=seconds,
        joined=joined,
    )


@contextmanager
def _application(file: Path, folder: Path) -> Iterator[Application]:
    """The product on a new database, with tables and model loaded."""
    folder.mkdir()
    with Application(_settings(file, folder)) as app:
        _ = app.router, app.store, app.vault
        app.processor()  # what a process builds once, at its start
        yield app


def _import(app: Application) -> list[float]:
    """Land and process all rows; gives the resident memory after each batch."""
    (puller,) = app.pullers()
    puller.drain(threading.Event(), lambda _report: None)
    return _process(app.processor())


def _settings(file: Path, folder: Path) -> Settings:
    source = {
        "name": "bench",
        "connector": "folder",
        "home_area": HOME,
        "options": {"path": str(file), "settle_seconds": 0},
    }
    table = {
        "source": [source],
        "store": {"url": f"sqlite:///{folder}/intake.db"},
        "queue": {"url": f"intake-sqlite:///{folder}/queue.db"},
        "identity": {"key_file": str(folder / "identity.key")},
    }
    return build(table, folder, "the benchmark")


def _measure_stages(watch: Stopwatch, app: Application) -> None:
    """Name what belongs to which stage; the innermost counts."""
    for owner, name, stage in (
        (Puller, "run_once", "land"),
        (Processor, "run_once", "write"),  # claim, and settling the items
        (Processor, "prepare", "parse"),
        (prepare, "normalize", "normalize"),
        (BundleClassifier, "classify_all", "classify"),
        (reader, "locate", "locate"),
        (Reader, "read", "locate"),  # signals and accusations: also names in the text
        (Settler, "settle", "decide"),  # requests, identities, cases, events
        (Router, "decide", "decide"),
        (Deduper, "refresh", "relate"),
        (Deduper, "relate", "relate"),
        (Deduper, "remember", "relate"),
        (deduper, "insert_fingerprints", "write"),
        (settle, "apply", "write"),
        (landing, "finish", "write"),
    ):
        watch.measure(owner, name, stage)


def _process(loop: Processor) -> list[float]:
    """Process all that waits; gives the resident memory after each batch."""
    memory = []
    while loop.run_once().items:
        memory.append(resident_mb())
    return memory


def _publish(app: Application) -> tuple[int, float]:
    watch, published = Stopwatch(), 0
    relay: Relay = app.relay()
    with watch.stage("publish"):
        while published < PUBLISHED and (sent := relay.run_once()):
            published += sent
    relay.close()
    return published, watch.wall["publish"]


def table(report: Report) -> str:
    """Write the report as Markdown."""
    lines = [
        f"{report.rows} rows of {report.texts}; {report.joined} joined an earlier case",
        "",
        "| stage | µs/row | CPU µs/row | floor µs/row | floor CPU µs/row | floor ÷ product (CPU) |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for line in (*report.lines, report.overall):
        wall, cpu, floor_wall, floor_cpu = (
            1e6 * seconds / report.rows
            for seconds in (line.wall, line.cpu, line.floor_wall, line.floor_cpu)
        )
        lines.append(
            f"| {line.stage} | {wall:.0f} | {cpu:.0f} | {floor_wall:.0f}"
            f" | {floor_cpu:.0f} | {floor_cpu / cpu:.2f} |"
        )
    overall = report.overall
    lines += [
        "",
        f"Overall {report.rows / overall.wall:,.0f} rows/s (wall), {report.rows / overall.cpu:,.0f} rows/s"
        f" (CPU); of the floor {overall.floor_wall / overall.wall:.2f} (wall),"
        f" {overall.floor_cpu / overall.cpu:.2f} (CPU).",
        f"Memory: {report.first_quarter_mb:.0f} MB in the first quarter,"
        f" {report.last_quarter_mb:.0f} MB in the last, peak {report.peak_mb:.0f} MB.",
        f"Publishing to the embedded queue: {report.published / report.publish_seconds:,.0f} events/s.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
