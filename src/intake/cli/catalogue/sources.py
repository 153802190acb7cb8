"""The catalogue that a command means: a folder, a workbook, a stored version, or the one in force."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path

from intake.areas.gazetteer import Gazetteer
from intake.bootstrap import Application
from intake.catalogue import Tables, workbook
from intake.catalogue.table_files import LANES, TableFault, files_in, read, unpacked
from intake.catalogue.taxonomy import Taxonomy
from intake.cli.commands.areas_and_catalogue import WHAT
from intake.cli.startup import DEFAULT, application
from intake.errors import ConfigurationError, Refused
from intake.model.zone import CHINA
from intake.settings import MODELS
from intake.store import catalogue_versions
from intake.store.engine import Store

ACTIVE = "active"


class Workshop:
    """The store and settings of the commands; the database is opened only when it is needed."""

    def __init__(self, config: Path | None) -> None:
        self.app: Application = application(config, required=False)
        named = config is not None or DEFAULT.exists()
        self.configured = named or "store" in self.app.settings.model_fields_set

    @property
    def store(self) -> Store:
        """The database; without settings none is made."""
        if not self.configured:
            raise ConfigurationError(
                "This needs the database, and there are no settings that name it.",
                hint="Give --config, or run it where intake.toml is.",
            )
        return self.app.store

    def files(
        self, what: str | None, on: date | None = None
    ) -> tuple[Mapping[str, str], list[TableFault]]:
        """Return a catalogue's files, and what was wrong already in reading them."""
        if what in (None, ACTIVE):
            return self._in_force(on or self.today), []
        path = Path(what or "")
        if path.is_dir():
            return files_in(path), []
        if path.suffix.lower() == ".xlsx":
            files, faults = workbook.read(path)
            return {LANES: shipped_lanes(), **files}, faults
        if path.exists() or len(path.parts) > 1:
            raise ConfigurationError(f"{what} is not a catalogue.", hint=WHAT)
        with self.store.read() as connection:
            version = catalogue_versions.named(connection, str(path))
            return unpacked(catalogue_versions.content(connection, version)), []

    def tables(self, what: str | None, on: date | None = None) -> Tables:
        """Return a catalogue's tables. Raises ``Refused`` for tables with faults."""
        files, faults = self.files(what, on)
        tables, more = read(files)
        if tables is None or faults or more:
            raise Refused(
                f"The catalogue {what or 'in force'} has faults: {[*faults, *more][0]}.",
                hint=f"All of them: intake catalogue lint {what or ''}".rstrip(),
            )
        return tables

    def _in_force(self, on: date) -> Mapping[str, str]:
        """Return the version in force on a day; the folder's before any activation."""
        if self.configured:
            with self.store.read() as connection:
                version = catalogue_versions.in_force(connection, on)
                if version is not None:
                    return unpacked(catalogue_versions.content(connection, version))
        return files_in(self.app.settings.models.catalogue)

    @property
    def today(self) -> date:
        """Today in China."""
        return self.app.clock().astimezone(CHINA).date()

    def gazetteer(self) -> Gazetteer:
        """Return all areas down to the towns, and the villages of the sources' homes."""
        homes = {source.home_area for source in self.app.settings.source if source.home_area}
        return Gazetteer.load(homes)

    def taxonomy(self) -> Taxonomy:
        """Return the categories."""
        return Taxonomy.load(self.app.settings.models.taxonomy)

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self.app.close()


def shipped_lanes() -> str:
    """Return the lanes that come with the product, for tables that come without."""
    return (MODELS / "catalogue" / LANES).read_text(encoding="utf-8")


def day(text: str | None, otherwise: date) -> date:
    """Read a day as people write it."""
    if text is None:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(f"{text} is not a day.", hint="Write 2026-01-31.") from error


def start_of(found: date) -> datetime:
    """Return the moment a day begins in China."""
    return datetime.combine(found, time.min, CHINA)


def area_code(gazetteer: Gazetteer, given: str) -> str:
    """Find an area by code or by name; a name that means several areas is refused with all of them."""
    if given.isdigit():
        if gazetteer.get(given) is None:
            raise ConfigurationError(
                f"There is no area {given}.", hint="Codes have 2, 4, 6, 9 or 12 digits."
            )
        return given
    named = [area for area in gazetteer.descendants("") if given.endswith(area.name)]
    found = [area for area in named if gazetteer.full_name(area.code).endswith(given)]
    if not found:
        raise ConfigurationError(
            f"There is no area {given}.", hint="Write it in full (冠县, 郴州市北湖区), or its code."
        )
    if len(found) > 1:
        codes = ", ".join(f"{gazetteer.full_name(a.code)} {a.code}" for a in found[:8])
        raise ConfigurationError(f"{given} may be {codes}.", hint="Give the code.")
    return found[0].code


def category_code(taxonomy: Taxonomy, given: str) -> str:
    """Find a leaf category by code or name; what people call it, or what it is about, is only a hint."""
    found = [leaf.code for leaf in taxonomy.leaves if given in (leaf.code, leaf.name)]
    if not found:
        near = [f"{leaf.code} {leaf.name}" for leaf in taxonomy.near(given)][:5]
        hint = f"Perhaps {', '.join(near)}." if near else "Use a four-digit code of the taxonomy."
        raise ConfigurationError(f"There is no category {given}.", hint=hint)
    return found[0]
