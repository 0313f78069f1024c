"""The one resource: settings, the store, and a client per base, opened for a run and closed after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from assets import manners
from assets.source import Source
from connectors.odata import ODataClient
from schemas import settings_file
from schemas.settings import HubSettings
from store.engine import Store


class Hub(dg.ConfigurableResource["Hub"]):
    """`settings_path` is the file `saldo.toml`; passwords and addresses may come from the environment."""

    settings_path: str
    _settings: HubSettings | None = PrivateAttr(default=None)
    _store: Store | None = PrivateAttr(default=None)

    @property
    def settings(self) -> HubSettings:
        if self._settings is None:
            self._settings = settings_file.load(Path(self.settings_path), os.environ)
        return self._settings

    @property
    def store(self) -> Store:
        if self._store is None:
            self._store = Store.open(self.settings.database_url, self.settings.landing_url)
        return self._store

    def client(self, source: Source, *, insist: bool = True) -> ODataClient:
        """A context manager: leaving it gives the base its sessions back.

        Without `insist` each request is tried once: a sensor looks again soon, and must not keep its tick.
        """
        own = source.settings
        if not insist:
            own = replace(own, limits=replace(own.limits, attempts=1))
        return ODataClient(own, gate=manners.kill_switch(self.store, own))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Hub]:  # noqa: ARG002
        try:
            yield self
        finally:
            if self._store is not None:
                self._store.close()
                self._store = None
