"""The composition root: makes the running parts from the settings. Nothing else does."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from intake.areas.gazetteer import Gazetteer
from intake.casework.back_channel import BackChannel
from intake.casework.cases import Cases
from intake.casework.escalator import Escalator
from intake.casework.routing_desk import Desk
from intake.casework.supervision import Supervision
from intake.catalogue import Tables
from intake.catalogue.table_roles import require_roles
from intake.catalogue.taxonomy import Taxonomy
from intake.catalogue.versions import fetch
from intake.connect.connector import Connector, SourceContext
from intake.connect.connector import load as load_connector
from intake.connect.fetcher import Fetcher, FetchPolicy
from intake.decide.in_force import RouterInForce
from intake.decide.router import Router
from intake.errors import ConfigurationError
from intake.messages import ZH, Language
from intake.model.zone import CHINA
from intake.pipeline.processor import Processor
from intake.pipeline.settle import Settler
from intake.pull.puller import Puller
from intake.queue.broker import Broker
from intake.queue.relay import Relay
from intake.queue.topology import Topology
from intake.relate import Deduper
from intake.settings import ModelSettings, Settings, SourceSettings
from intake.store import migrate
from intake.store.catalogue_versions import in_force
from intake.store.engine import Store, is_there, open_store, printable_url
from intake.store.vault import Vault, read_key
from intake.understand.classify import BundleInForce, Classifier, load_bundle

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the current time, in UTC."""
    return datetime.now(UTC)


def build_router(
    models: ModelSettings,
    homes: Iterable[str | None],
    classifier: Classifier | None = None,
    language: Language = ZH,
) -> Router:
    """Load tables, and the model that is in force unless one is given; villages are loaded for the home
    cities only.
    """
    tables, taxonomy = Tables.load(models.catalogue), Taxonomy.load(models.taxonomy)
    require_roles(taxonomy, tables)
    return Router.of(
        classifier or BundleInForce(models.classifier, models.learned)(),
        Gazetteer.load({home for home in homes if home}, models.areas),
        taxonomy,
        tables,
        language,
    )


@dataclass
class Application(AbstractContextManager["Application"]):
    """Everything of one process, made when first asked for, closed together."""

    settings: Settings
    clock: Clock = utc_now
    key_was_made: bool = field(default=False, init=False)

    @cached_property
    def store(self) -> Store:
        """The database, at this program's schema version."""
        store = open_store(self.settings.resolve_url(self.settings.store.url))
        migrate.upgrade(store)
        return store

    @cached_property
    def vault(self) -> Vault:
        """The key of identities.

        On the embedded default a development key is made on first run, with a warning. Beside a
        database server other processes may need the same key, so none is made there.
        """
        path = self.settings.resolve(self.settings.identity.key_file)
        key, self.key_was_made = read_key(path, create=self.store.dialect == "sqlite")
        return Vault(key)

    @cached_property
    def configured(self) -> Router:
        """The model and the tables that the settings name; needs no database."""
        homes = {source.home_area for source in self.settings.source}
        return build_router(self._models, homes, self.classifier(), self._language)

    @cached_property
    def classifier(self) -> BundleInForce:
        """The classifier that was promoted last, else the one that the settings name."""
        return BundleInForce(self._models.classifier, self._models.learned)

    @property
    def _language(self) -> Language:
        return self.settings.process.language

    @property
    def _models(self) -> ModelSettings:
        models = self.settings.models
        paths = {name: self.settings.resolve(p) for name, p in models if isinstance(p, Path)}
        return models.model_copy(update=paths)

    @cached_property
    def routers(self) -> RouterInForce:
        """The router with the catalogue and the classifier that are in force."""
        return RouterInForce(self.store, self.configured, self.classifier, self.clock)

    @property
    def router(self) -> Router:
        """Model and tables that are in force."""
        return self.routers()

    def router_for(self, homes: Iterable[str | None], bundle: Path | None = None) -> Router:
        """Return a router like the one in force, with the villages around ``homes``; for rehearsals.

        ``bundle`` is another classifier's folder. Changes nothing: a database that is not there, or that
        nobody has used yet, has no catalogue in force, so the settings' folder counts.
        """
        classifier = load_bundle(bundle) if bundle else self.classifier()
        router = build_router(self._models, homes, classifier, self._language)
        tables = self._tables_in_force()
        return router.under(tables) if tables else router

    def _tables_in_force(self) -> Tables | None:
        url = self.settings.resolve_url(self.settings.store.url)
        if not is_there(url):
            return None
        store = open_store(url)
        try:
            if not migrate.check(store):
                return None
            with store.read() as connection:
                version = in_force(connection, self.clock().astimezone(CHINA).date())
            return fetch(store, version) if version else None
        finally:
            store.close()

    @cached_property
    def connectors(self) -> dict[str, Connector]:
        """All configured sources' connectors, also of disabled sources: their items still parse."""
        return {source.name: self._connector(source) for source in self.settings.source}

    def pullers(self) -> list[Puller]:
        """One puller per enabled source."""
        return [
            Puller(
                name=source.name,
                connector=self.connectors[source.name],
                store=self.store,
                clock=self.clock,
                interval=source.interval or self.settings.pull.interval,
                backlog_limit=self.settings.pull.backlog_limit,
            )
            for source in self.settings.source
            if source.enabled
        ]

    def processor(self) -> Processor:
        """Return the process loop."""
        self.routers.keep_initial()
        self.configured.reader.prepare({source.home_area for source in self.settings.source})
        settler = Settler(
            deduper=Deduper(
                self._index_folder(),
                window_days=self.settings.dedupe.window_days,
                language=self._language,
            ),
            vault=self.vault,
            homes={source.name: source.home_area for source in self.settings.source},
            clock=self.clock,
        )
        return Processor(
            store=self.store,
            connectors=self.connectors,
            routers=self.routers,
            settler=settler,
            clock=self.clock,
            batch=self.settings.process.batch,
        )

    def _index_folder(self) -> Path:
        """A folder of its own for each database: settings side by side may name the same ``index``."""
        url = self.settings.resolve_url(self.settings.store.url)
        own = hashlib.sha256(printable_url(url).encode()).hexdigest()[:12]
        return self.settings.resolve(self.settings.dedupe.index) / own

    @property
    def queue_url(self) -> str:
        """The broker's URL."""
        return self.settings.resolve_url(self.settings.queue.url)

    @property
    def topology(self) -> Topology:
        """Names of exchanges and queues."""
        return Topology(self.settings.queue.prefix)

    def relay(self) -> Relay:
        """Return the publish loop."""
        broker = Broker(
            self.queue_url,
            topology=self.topology,
            timeout=self.settings.queue.confirm_timeout,
        )
        return Relay(self.store, broker, self.clock)

    def desk(self) -> Desk:
        """Return the routing desk's use cases."""
        return Desk(
            self.store,
            lambda: self.router.catalogue,
            self.clock,
            self._language,
        )

    def back_channel(self) -> BackChannel:
        """Return the use cases of units' messages."""
        return BackChannel(
            self.store,
            lambda: self.router.reader.names,
            self.clock,
            lambda: self.router.policy.lanes.hops.limit,
            self._language,
        )

    def supervision(self) -> Supervision:
        """Urging, and sending answers back."""
        return Supervision(
            self.store,
            self.clock,
            self.settings.process.urge_days,
            self._language,
        )

    def cases(self) -> Cases:
        """Return the use cases of people's changes of cases."""
        homes = {source.name: source.home_area for source in self.settings.source}
        escalator = Escalator(
            self.router.policy, self.router.catalogue, homes, self.router.renderer
        )
        return Cases(self.store, escalator, self.clock)

    def close(self) -> None:
        """Close what was opened."""
        if "connectors" in self.__dict__:
            for connector in self.connectors.values():
                connector.close()
        if "store" in self.__dict__:
            self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _connector(self, source: SourceSettings) -> Connector:
        made = load_connector(source.connector)
        try:
            config = made.Config.model_validate(self.settings.options_of(source))
        except ValidationError as error:
            lines = "; ".join(
                f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
                for item in error.errors(include_input=False, include_url=False)
            )
            raise ConfigurationError(
                f"Source {source.name}, options: {lines}.",
                hint=f"docs/connectors.md lists the options of {source.connector}.",
            ) from None
        context = SourceContext(
            name=source.name,
            home_area=source.home_area,
            fetch=Fetcher(
                source.name,
                allow_hosts=source.allow_hosts,
                policy=FetchPolicy(**source.fetch.model_dump()),
            ),
            clock=self.clock,
            directory=self.settings.directory,
        )
        return made(config, context)
