"""Reading examples from tables that people have: CSV in UTF-8 or GB18030."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from intake.errors import ConfigurationError
from intake.learn.example import Example
from intake.learn.track import Tell, say_nothing

_LONGEST_FIELD = 10_000_000


class Columns(BaseModel):
    """The names of the columns; ``title`` and ``also`` may be absent."""

    model_config = ConfigDict(frozen=True)

    text: str = "text"
    label: str = "label"
    title: str | None = None
    also: str | None = None


def read_examples(
    files: Sequence[Path], columns: Columns, *, origin: str = "table", tell: Tell = say_nothing
) -> list[Example]:
    """Read the rows of all files; rows without text or label are left out and counted in a message.

    Raises :class:`ConfigurationError` when a file cannot be read, lacks a column or has no usable row.
    """
    found: list[Example] = []
    for file in files:
        rows, left_out = _rows(file, columns), 0
        before = len(found)
        for row in rows:
            label = (row.get(columns.label) or "").strip()
            text = (row.get(columns.text) or "").strip()
            title = (row.get(columns.title or "") or "").strip()
            if not label or not (text or title):
                left_out += 1
                continue
            also = (row.get(columns.also or "") or "").strip() or None
            found.append(Example(code=label, title=title, text=text, origin=origin, also=also))
        if left_out:
            tell(f"{file.name}: {left_out} rows without text or label were left out")
        if len(found) == before:
            raise ConfigurationError(
                f"{file}: there is no row with text and label.",
                hint="Check the file, and --text and --label.",
            )
    return found


def _rows(file: Path, columns: Columns) -> list[dict[str, str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(io.StringIO(_decoded(file), newline=""))
    try:
        header = list(reader.fieldnames or ())
        if not header:
            raise ConfigurationError(
                f"{file} is empty.", hint="A CSV with a header line is wanted."
            )
        wanted = (columns.text, columns.label, columns.title, columns.also)
        missing = [column for column in wanted if column and column not in header]
        if missing:
            raise ConfigurationError(
                f"{file} has no column {', '.join(missing)}; it has {', '.join(header)}.",
                hint="Name the columns with --text, --label, --title and --second.",
            )
        return list(reader)
    except csv.Error as error:
        raise ConfigurationError(
            f"{file}, line {reader.line_num}: this is no CSV ({error})."
        ) from error


def _decoded(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigurationError(
        f"{file} is neither UTF-8 nor GB18030.", hint="Save it as CSV UTF-8 and try again."
    )
