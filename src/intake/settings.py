"""All settings, declared once: name, type, default, help; the only module that reads the environment.

Order: environment (``INTAKE_`` and ``__`` between levels), then the TOML file, then the defaults here.
Unknown keys are errors. Secrets are ``SecretStr`` and print as asterisks.
"""

from __future__ import annotations

import os
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from intake.errors import ConfigurationError
from intake.messages import EN, ZH, Language

MODELS = Path(str(files("intake_models")))


class Section(BaseModel):
    """One table of the settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StoreSettings(Section):
    """The database."""

    url: SecretStr = Field(
        SecretStr("sqlite:///var/intake.db"),
        description="SQLite file or PostgreSQL: sqlite:///var/intake.db, "
        "postgresql+psycopg://user:password@host/database.",
    )


class QueueSettings(Section):
    """The queue that events are published to."""

    url: SecretStr = Field(
        SecretStr("intake-sqlite:///var/queue.db"),
        description="Embedded queue (intake-sqlite:///var/queue.db) or RabbitMQ (amqp://user:password@host//).",
    )
    prefix: str = Field("intake", description="First part of exchange and queue names.")
    confirm_timeout: float = Field(
        10.0, gt=0, description="Seconds to wait for the broker's confirms before trying again."
    )


class IdentitySettings(Section):
    """Encryption of citizens' identities."""

    key_file: Path = Field(
        Path("var/identity.key"),
        description="File with the base64 key (32 bytes) for identities; made on first run for development.",
    )


class ModelSettings(Section):
    """The tables and models that decisions are made with."""

    classifier: Path = Field(MODELS / "classifier", description="Folder of the classifier bundle.")
    learned: Path = Field(
        Path("bundles"),
        description="Folder of the bundles made by intake learn; the promoted one there is used "
        "instead of classifier. Read when a process starts.",
    )
    catalogue: Path = Field(
        MODELS / "catalogue",
        description="Folder of the dispatch catalogue: units, rules, paths, deadlines, holidays, "
        "signals, lanes. In force until a stored version is activated.",
    )
    taxonomy: Path = Field(MODELS / "taxonomy" / "taxonomy.csv", description="The categories.")
    areas: Path | None = Field(
        None,
        description="Folder of your own area tables, added to the shipped ones: villages, short and "
        "former names, zones, compounds, roads.",
    )


class ProcessSettings(Section):
    """The process loop."""

    language: Language = Field(
        ZH, description="Language of the sentences in decisions and events (zh-CN, en)."
    )
    batch: int = Field(1000, ge=1, le=5000, description="Raw items per batch and commit.")
    urge_days: int = Field(
        7,
        ge=0,
        le=366,
        description=(
            "Urge units whose deadline passed within so many days; 0: never, where units do not say "
            "that they are done."
        ),
    )


class DedupeSettings(Section):
    """Finding repeats."""

    index: Path = Field(
        Path("var/index"),
        description="Folder of the index of texts; a cache, safe to delete, made anew from the store.",
    )
    window_days: int = Field(
        365,
        ge=1,
        description="Days between two requests after which they are no longer one matter.",
    )


class PullSettings(Section):
    """Pulling sources."""

    interval: float = Field(60.0, gt=0, description="Seconds between two pulls of one source.")
    backlog_limit: int = Field(
        200_000, ge=1, description="Stop pulling while this many raw items wait for processing."
    )


class SystemSettings(Section):
    """One downstream system's token and rights."""

    token: SecretStr = Field(description="Its bearer token; long and random.")
    units: tuple[str, ...] = Field(
        ("*",), description="Units it reads the feed of and speaks for; `*` is all, also the desk."
    )
    identities: bool = Field(
        False, description="Whether it may redeem identity references; each is audited."
    )


class DeskSettings(Section):
    """The web application."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8060, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None, description="Address that people reach it under, for sign-in links; behind a proxy."
    )
    session_hours: float = Field(10.0, gt=0, description="Hours until a sign-in ends.")
    secure_cookies: bool = Field(
        False, description="Send cookies over HTTPS only; set it behind a TLS proxy."
    )
    language: Language = Field(
        ZH,
        description="Language of the pages (zh-CN, en) for people who have not chosen one there.",
    )
    systems: dict[str, SystemSettings] = Field(
        default_factory=dict,
        description="Downstream systems that may use /v1, by name: `[desk.systems.NAME]`.",
    )


class LogSettings(Section):
    """Logging."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level.")
    style: Literal["auto", "json", "console"] = Field("auto", description="Form of the lines.")


class FetchSettings(Section):
    """Limits of pulling over HTTP."""

    read_timeout: float = Field(20.0, gt=0, description="Seconds to wait for the next bytes.")
    total_timeout: float = Field(60.0, gt=0, description="Seconds for one answer.")
    attempts: int = Field(3, ge=1, le=10, description="Tries at one request before the pull fails.")
    max_bytes: int = Field(20_000_000, ge=1, description="Largest answer, after decompression.")
    per_second: float = Field(4.0, gt=0, description="Most requests a second to one host.")
    ca_file: str | None = Field(None, description="A private certificate authority, PEM.")
    proxy: str | None = Field(None, description="HTTP proxy; the environment's is not used.")


class SourceSettings(Section):
    """One configured source."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="Its name, for ever.")
    connector: str = Field(description="Which connector pulls it.")
    home_area: str | None = Field(
        None, pattern=r"^(\d{2}|\d{4}|\d{6}|\d{9})$", description="Area code it serves."
    )
    interval: float | None = Field(
        None, gt=0, description="Seconds between pulls, if not the default."
    )
    enabled: bool = Field(True, description="False keeps it configured but does not pull.")
    allow_hosts: tuple[str, ...] = Field(
        (), description="Hosts it may be redirected to besides its own."
    )
    fetch: FetchSettings = Field(
        FetchSettings(), description="Table `[source.fetch]`: patience and politeness over HTTP."
    )
    options: dict[str, Any] = Field(
        default_factory=dict,
        description="Table `[source.options]`: the connector's own. `env:NAME` and `file:PATH` "
        "stand for a variable's and a file's content.",
    )


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix="INTAKE_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    store: StoreSettings = StoreSettings()
    queue: QueueSettings = QueueSettings()
    identity: IdentitySettings = IdentitySettings()
    models: ModelSettings = ModelSettings()
    pull: PullSettings = PullSettings()
    dedupe: DedupeSettings = DedupeSettings()
    process: ProcessSettings = ProcessSettings()
    desk: DeskSettings = DeskSettings()
    log: LogSettings = LogSettings()
    source: tuple[SourceSettings, ...] = ()
    directory: Path = Field(Path(), exclude=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which comes in as arguments."""
        return env_settings, init_settings

    @model_validator(mode="after")
    def _unique_sources(self) -> Self:
        names = [source.name for source in self.source]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two sources are named {', '.join(twice)}; names must differ")
        return self

    def resolve(self, path: Path) -> Path:
        """Make a relative path relative to the settings file's folder."""
        return path if path.is_absolute() else self.directory / path

    def resolve_url(self, url: SecretStr) -> str:
        """Return a URL's text; the path of an embedded database becomes absolute."""
        text = url.get_secret_value()
        scheme, separator, rest = text.partition(":///")
        if separator and "sqlite" in scheme and rest and not rest.startswith((":", "/")):
            return f"{scheme}:///{(self.directory / rest).resolve()}"
        return text

    def options_of(self, source: SourceSettings) -> dict[str, Any]:
        """Return a source's options with secrets filled in.

        A text ``env:NAME`` stands for an environment variable, ``file:PATH`` for a file's content
        without its line end, so that no secret need stand in the settings file.
        """
        return {
            key: self._secret(value, f"source {source.name}, option {key}")
            for key, value in source.options.items()
        }

    def _secret(self, value: Any, where: str) -> Any:
        if not isinstance(value, str):
            return value
        kind, _, rest = value.partition(":")
        if kind == "env":
            if rest not in os.environ:
                raise ConfigurationError(
                    f"The environment has no {rest}, which {where} names.", hint="Set it."
                )
            return os.environ[rest]
        if kind == "file":
            try:
                return self.resolve(Path(rest)).read_text(encoding="utf-8").rstrip("\n")
            except OSError as error:
                raise ConfigurationError(
                    f"The file that {where} names cannot be read: {error.strerror}.",
                    hint="Check its path and rights.",
                ) from error
        return value


def load(path: Path | None) -> Settings:
    """Return the settings of ``path`` and the environment.

    Raises ``ConfigurationError`` with every fault in words.
    """
    table: dict[str, Any] = {}
    directory = Path.cwd()
    if path is not None:
        directory = path.resolve().parent
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigurationError(
                f"There is no settings file {path}.", hint="Make one with: intake init"
            ) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{path} is not valid TOML: {error}.", hint="Correct that line."
            ) from error
    return build(table, directory, str(path or "the environment"))


def build(table: dict[str, Any], directory: Path, origin: str) -> Settings:
    """Validate a table of settings. Raises ``ConfigurationError``, which names ``origin``."""
    if "directory" in table:
        raise ConfigurationError(f"{origin}: directory: is not a setting.", hint="Remove it.")
    try:
        return Settings(**table, directory=directory)
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in item['loc']) or 'settings'}: {item['msg']}"
            for item in error.errors(include_input=False, include_url=False)
        ]
        raise ConfigurationError(
            f"{origin} cannot be used: " + "; ".join(lines) + ".",
            hint="docs/settings.md lists every setting.",
        ) from None


def command_language() -> Language:
    """Return the language in which commands speak where they can: Chinese where ``INTAKE_LANG``, else
    the locale, says so.
    """
    names = ("INTAKE_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    wanted = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return ZH if wanted.startswith("zh") else EN
